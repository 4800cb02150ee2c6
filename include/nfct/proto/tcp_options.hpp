// SPDX-License-Identifier: GPL-2.0-only
// The TCP options that tracking needs: window scale, SACK permitted, SACK (kernel: tcp_options, tcp_sack).
#pragma once

#include <nfct/base/endian.hpp>
#include <nfct/base/seq.hpp>
#include <nfct/proto/tcp_segment.hpp>

namespace nfct::tcp {

namespace option {
inline constexpr u8 end = 0, nop = 1, window_scale = 3, sack_permitted = 4, sack = 5, timestamp = 8; // kinds
inline constexpr u8 window_scale_len = 3, sack_permitted_len = 2, sack_block_len = 8, timestamp_len = 10;
} // namespace option

// RFC 7323 section 2.3: more than this is to be taken as this.
inline constexpr u8 max_scale = 14;

// Calls visit(kind, value, value_len) for each option that has a length and lies within len bytes at p, until it returns false. An option
// of length 0 or 1, or one that claims to reach past the end, ends the walk: what follows cannot be told.
template <typename Visit>
constexpr void for_each_option(const u8 *p, u32 len, Visit visit)
{
	u32 at = 0;

	while (at < len) {
		const u8 kind = p[at];
		if (kind == option::end)
			return;
		if (kind == option::nop) {
			at++;
			continue;
		}
		if (len - at < 2)
			return;
		const u32 size = p[at + 1];
		if (size < 2 || size > len - at || !visit(kind, p + at + 2, size - 2))
			return;
		at += size;
	}
}

// What a SYN offers.
struct Offer {
	bool window_scale = false;
	u8 scale = 0;
	bool sack_permitted = false;
};

// Options of a wrong size are as good as absent; of several window scales the last one holds.
constexpr Offer parse_offer(const u8 *p, u32 len)
{
	Offer offer;

	for_each_option(p, len, [&](u8 kind, const u8 *value, u32 size) {
		if (kind == option::sack_permitted && size + 2 == option::sack_permitted_len) {
			offer.sack_permitted = true;
		} else if (kind == option::window_scale && size + 2 == option::window_scale_len) {
			offer.window_scale = true;
			offer.scale = value[0] < max_scale ? value[0] : max_scale;
		}
		return true;
	});
	return offer;
}

// The right edge of the highest block of the first sound SACK option, or ack if none is higher.
constexpr Seq highest_sack(const u8 *p, u32 len, Seq ack)
{
	for_each_option(p, len, [&](u8 kind, const u8 *value, u32 size) {
		if (kind != option::sack || size == 0 || size % option::sack_block_len)
			return true;
		for (u32 at = 0; at < size; at += option::sack_block_len) {
			const Seq right = {load_be32(value + at + 4)};
			if (after(right, ack))
				ack = right;
		}
		return false;
	});
	return ack;
}

// The bytes of a packet's options.
struct OptionBytes {
	const u8 *p; // null if there are none
	u32 len;
};

inline OptionBytes option_bytes(const PacketView &packet, const Segment &s, u8 (&buf)[max_options_len])
{
	if (s.header_len <= min_header_len)
		return {nullptr, 0};
	const u32 len = s.header_len - min_header_len;
	return {packet.l4(min_header_len, len, buf), len};
}

} // namespace nfct::tcp
