// SPDX-License-Identifier: GPL-2.0-only
// The packet that an ICMP or ICMPv6 error quotes (kernel: nf_conntrack_inet_error).

#include <nfct/proto/icmp_error.hpp>

#include <nfct/base/unsafe.hpp>

#include <nfct/base/poison.hpp>

namespace nfct {

namespace {

constexpr u32 ipv4_destination = 16, ipv6_destination = 24;

// A reason found while parsing the quoted packet is not one about the packet that quotes.
constexpr Reason as_inner(Reason r)
{
	if (r == Reason::l3_truncated)
		return Reason::icmp_inner_truncated;
	if (r == Reason::l3_fragment)
		return Reason::icmp_inner_fragment;
	return Reason::icmp_inner_malformed;
}

} // namespace

Reason quoted_packet(const PacketView &error, u32 quoted, PacketView &inner, Tuple &sent)
{
	const Reason r = parse_l3(error.bytes, error.l3, error.l4_offset + quoted, inner);
	if (r != Reason::none)
		return as_inner(r);

	return tuple_of(inner, sent) ? Reason::none : Reason::icmp_inner_truncated;
}

Addr destination_of(const PacketView &packet)
{
	Addr a{};
	NFCT_SCRATCH u8 buf[16];
	const bool v4 = packet.l3 == L3::ipv4;
	const u32 len = v4 ? 4 : 16;
	const u8 *p = packet.bytes.at(packet.l3_offset + (v4 ? ipv4_destination : ipv6_destination), len, buf);
	if (p)
		unsafe::copy(&a, p, len);
	return a;
}

} // namespace nfct
