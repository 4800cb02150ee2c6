// SPDX-License-Identifier: GPL-2.0-only
// A TCP header in host byte order, read once per packet.
#pragma once

#include <nfct/base/endian.hpp>
#include <nfct/base/seq.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/tcp_flags.hpp>

namespace nfct::tcp {

inline constexpr u32 min_header_len = 20, max_options_len = 40;

struct Segment {
	Seq seq;
	Seq ack;        // meaningful only with the flag, but kept as sent
	u16 window;     // as sent, not scaled
	u8 flags;       // flag::
	u32 header_len; // options included, as the header claims
	u32 len;        // of header and payload, as the packet has it
	Kind kind;

	constexpr bool has(u8 f) const { return flags & f; }

	// The sequence number behind this segment. SYN and FIN take one each.
	constexpr Seq end() const { return seq + len - header_len + (has(flag::syn) ? 1 : 0) + (has(flag::fin) ? 1 : 0); }
};

// False if the packet has not even the fixed part of the header.
[[nodiscard]] inline bool read_segment(const PacketView &packet, Segment &out)
{
	NFCT_SCRATCH u8 buf[min_header_len];
	const u8 *h = packet.l4(0, min_header_len, buf);
	if (!h) [[unlikely]]
		return false;
	out = {{load_be32(h + 4)}, {load_be32(h + 8)}, load_be16(h + 14), h[13], u32(h[12] >> 4) * 4, packet.l4_len(), kind_of(h[13])};
	return true;
}

} // namespace nfct::tcp
