// SPDX-License-Identifier: GPL-2.0-only
// Finds layer 4 of an IPv4 or IPv6 packet (kernel: ipv4_get_l4proto, ipv6_get_l4proto and ipv6_skip_exthdr).

#include <nfct/core/packet_view.hpp>

#include <nfct/base/endian.hpp>

#include <nfct/base/poison.hpp>

namespace nfct {

namespace {

// IPv4 header (RFC 791)
constexpr u32 ipv4_len = 20, ipv4_fragment = 6, ipv4_protocol = 9;
constexpr u16 ipv4_fragment_offset = 0x1fff; // mask; the bits above it are flags

// IPv6 header (RFC 8200)
constexpr u32 ipv6_len = 40, ipv6_next = 6;
constexpr u16 ipv6_fragment_offset = 0xfff8;

// IPv6 "next header" values of the extension headers that are walked over. Everything else, ESP and mobility included, is layer 4.
namespace next {
constexpr u8 hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, none = 59, destination = 60;
} // namespace next

constexpr bool is_extension(u8 header)
{
	switch (header) {
	case next::hop_by_hop:
	case next::routing:
	case next::fragment:
	case next::authentication:
	case next::none:
	case next::destination:
		return true;
	}
	return false;
}

// Length of an extension header out of its second byte, which counts in units of four for AH and of eight for the others.
constexpr u32 extension_len(u8 header, u8 length_field)
{
	if (header == next::fragment)
		return 8;
	if (header == next::authentication)
		return (u32(length_field) + 2) * 4;
	return (u32(length_field) + 1) * 8;
}

Reason parse_ipv4(PacketView &view)
{
	NFCT_SCRATCH u8 buf[ipv4_len];
	const u8 *ip = view.bytes.at(view.l3_offset, ipv4_len, buf);
	if (!ip)
		return Reason::l3_truncated;

	// Packets arrive here defragmented; what is left are fragments quoted by ICMP errors. The first one has the ports and will do.
	if (load_be16(ip + ipv4_fragment) & ipv4_fragment_offset)
		return Reason::l3_fragment;

	// The stack has checked the header of a packet on its way, but not of one that is quoted. As long as it ends within the packet it
	// is taken at its word, even if shorter than it may be: the only harm is that the tuple matches nothing.
	view.l4_offset = view.l3_offset + (ip[0] & 0xfu) * 4;
	view.protonum = ip[ipv4_protocol];
	if (view.l4_offset == 0 || view.l4_offset > view.bytes.total)
		return Reason::l3_truncated;
	return Reason::none;
}

Reason parse_ipv6(PacketView &view)
{
	NFCT_SCRATCH u8 buf[ipv6_len];
	const u8 *ip = view.bytes.at(view.l3_offset, ipv6_len, buf);
	if (!ip)
		return Reason::l3_truncated;

	u8 header = ip[ipv6_next];
	u32 offset = view.l3_offset + ipv6_len;

	// Ends: each turn moves at least 8 bytes towards the end of the packet.
	while (is_extension(header)) {
		if (header == next::none)
			return Reason::l3_no_next_header;

		const u8 *ext = view.bytes.at(offset, 2, buf);
		if (!ext)
			return Reason::l3_bad_extension;
		const u8 following = ext[0], length_field = ext[1];

		if (header == next::fragment) {
			const u8 *field = view.bytes.at(offset + 2, 2, buf);
			if (!field)
				return Reason::l3_bad_extension;
			if (load_be16(field) & ipv6_fragment_offset)
				return Reason::l3_fragment;
		}
		offset += extension_len(header, length_field);
		header = following;
	}

	// The last header may claim to reach beyond the packet. Then layer 4 is empty: trackers that need a header of their own will say
	// so, the others follow the flow by its addresses.
	view.l4_offset = offset < view.bytes.total ? offset : view.bytes.total;
	view.protonum = header;
	return Reason::none;
}

} // namespace

Reason parse_l3(const Bytes &bytes, L3 l3, u32 l3_offset, PacketView &view)
{
	view = {bytes, l3_offset, l3_offset, l3, 0};
	return parse_l3(view);
}

Reason parse_l3(PacketView &view)
{
	switch (view.l3) {
	case L3::ipv4:
		return parse_ipv4(view);
	case L3::ipv6:
		return parse_ipv6(view);
	}
	return Reason::l3_truncated;
}

} // namespace nfct
