// SPDX-License-Identifier: GPL-2.0-only
// Is the packet's layer 4 sound: header, lengths, flags, checksum. Asked before anything is looked up, so that garbage costs little.
#include <nfct/packet/arrival.hpp>

#include <nfct/proto/dccp.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmpv6.hpp>
#include <nfct/proto/sctp.hpp>
#include <nfct/proto/tcp.hpp>
#include <nfct/proto/udp.hpp>
#include <nfct/proto/udplite.hpp>

#include <nfct/base/poison.hpp>

extern "C" {
// 0 if the checksum is right, or if the hardware said so. May write skb->csum; RCU.
u16 nf_checksum(sk_buff *skb, unsigned hook, unsigned dataoff, u8 protocol, unsigned short family);
u16 nf_checksum_partial(sk_buff *skb, unsigned hook, unsigned dataoff, unsigned len, u8 protocol, unsigned short family);
}

namespace nfct::packet {

namespace {

// Only in PRE_ROUTING: what we forward was verified there, and what we send has its checksum yet to come. Of a trusted one nf_checksum() would
// say that it is right.
bool verifies_checksums(const Arrival &a)
{
	return a.n.ct.sysctl_checksum && a.state.hook == NF_INET_PRE_ROUTING && !has_trusted_checksum(a.skb);
}

bool checksum_bad(const Arrival &a, u8 protocol)
{
	return verifies_checksums(a) && nf_checksum(&a.skb, a.state.hook, a.view.l4_offset, protocol, a.state.pf) != 0;
}

Reason check_tcp(Arrival &a)
{
	if (Reason r = tcp::read_header(a.view, a.segment); r != Reason::none)
		return r;
	if (checksum_bad(a, ipproto::tcp))
		return Reason::tcp_bad_checksum;
	return tcp::check_flags(a.segment);
}

Reason check_udp(const Arrival &a)
{
	u32 covered;
	if (Reason r = udp::check_header(a.view, covered); r != Reason::none)
		return r;
	return covered && checksum_bad(a, ipproto::udp) ? Reason::udp_bad_checksum : Reason::none;
}

Reason check_udplite(const Arrival &a)
{
	u32 covered;
	if (Reason r = udplite::check_header(a.view, covered); r != Reason::none)
		return r;
	// Stock verifies with UDP's number in the pseudo-header and so takes every checksum that a sender computed for bad (RFC 3828, 3.2).
	if (verifies_checksums(a) &&
	    nf_checksum_partial(&a.skb, a.state.hook, a.view.l4_offset, covered, ipproto::udplite, a.state.pf) != 0)
		return Reason::udplite_bad_checksum;
	return Reason::none;
}

Reason check_icmp(const Arrival &a, u8 protocol)
{
	u32 covered;
	Reason r = protocol == ipproto::icmp ? icmp::check_header(a.view, covered) : icmpv6::check_header(a.view, covered);
	if (r != Reason::none)
		return r;
	if (!checksum_bad(a, protocol))
		return Reason::none;
	return protocol == ipproto::icmp ? Reason::icmp_bad_checksum : Reason::icmpv6_bad_checksum;
}

Reason check_sctp(Arrival &a)
{
	u32 covered;
	if (Reason r = sctp::check_header(a.view, covered); r != Reason::none)
		return r;
	if (!verifies_checksums(a))
		return Reason::none;
	const bool bad = nfct_shim_sctp_crc_bad(&a.skb, a.view.l4_offset);
	a.view.bytes = bytes_of(a.skb); // the packet may have been copied to be read
	return bad ? Reason::sctp_bad_checksum : Reason::none;
}

Reason check_dccp(const Arrival &a)
{
	u32 covered;
	if (Reason r = dccp::check_header(a.view, covered); r != Reason::none)
		return r;
	if (verifies_checksums(a) &&
	    nf_checksum_partial(&a.skb, a.state.hook, a.view.l4_offset, covered, ipproto::dccp, a.state.pf) != 0)
		return Reason::dccp_bad_checksum;
	return Reason::none;
}

// In a function of its own: what a packet's way has no need of takes no registers from it.
[[gnu::noinline]] Reason check_other(Arrival &a)
{
	switch (a.view.protonum) {
	case ipproto::udplite:
		return check_udplite(a);
	case ipproto::sctp:
		return check_sctp(a);
	case ipproto::dccp:
		return check_dccp(a);
	}
	return Reason::none;
}

} // namespace

Reason check(Arrival &a)
{
	if (a.view.protonum == ipproto::tcp) [[likely]]
		return check_tcp(a);
	if (a.view.protonum == ipproto::udp) [[likely]]
		return check_udp(a);
	if (a.view.protonum == ipproto::icmp || a.view.protonum == ipproto::icmpv6)
		return check_icmp(a, a.view.protonum);
	return check_other(a);
}

} // namespace nfct::packet
