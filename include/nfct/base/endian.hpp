// SPDX-License-Identifier: GPL-2.0-only
// Integers in network byte order as types of their own: the only way to the value is host(), so no one forgets the swap.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct {

namespace detail {
constexpr bool little_endian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
} // namespace detail

// 16 bits as they stand in a packet. Trivial, so that it can live in structures shared with the kernel.
struct Be16 {
	u16 raw;

	static constexpr Be16 from_host(u16 v) { return {detail::little_endian ? __builtin_bswap16(v) : v}; }
	constexpr u16 host() const { return detail::little_endian ? __builtin_bswap16(raw) : raw; }
	friend constexpr bool operator==(Be16, Be16) = default;
};

// 32 bits as they stand in a packet.
struct Be32 {
	u32 raw;

	static constexpr Be32 from_host(u32 v) { return {detail::little_endian ? __builtin_bswap32(v) : v}; }
	constexpr u32 host() const { return detail::little_endian ? __builtin_bswap32(raw) : raw; }
	friend constexpr bool operator==(Be32, Be32) = default;
};

// Reads from bytes that need not be aligned.
constexpr u16 load_be16(const u8 *p) { return static_cast<u16>(p[0] << 8 | p[1]); }
constexpr u32 load_be32(const u8 *p) { return u32(p[0]) << 24 | u32(p[1]) << 16 | u32(p[2]) << 8 | p[3]; }

} // namespace nfct
