// SPDX-License-Identifier: GPL-2.0-only
// ICMP messages that are no exchange of their own (kernel: nf_conntrack_icmpv4_error and its IPv6 twin): errors become RELATED to the
// connection of the packet that they quote; neighbour discovery and its kin are not tracked at all.
#include <nfct/packet/arrival.hpp>

#include <nfct/packet/gre_keymap.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmp_error.hpp>
#include <nfct/proto/icmpv6.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

static IcmpResult relate(const Arrival &a, u32 quoted)
{
	NFCT_SCRATCH PacketView inner;
	NFCT_SCRATCH Tuple sent;
	if (Reason r = quoted_packet(a.view, quoted, inner, sent); r != Reason::none)
		return {IcmpFate::invalid, r};
	add_source_call(a.n, inner, sent, a.rcu());
	NFCT_SCRATCH Tuple sought = mirror_of(sent);
	if (!answers_mirror(sent.protonum) && !invert(sent, sought)) [[unlikely]]
		return {IcmpFate::invalid, Reason::icmp_inner_no_inverse};
	const u32 hash = table::flow_hash(sought, a.zone.id_in(Direction::original), a.n);
	table::Found found = table::find_either_direction(a.n, a.zone, sought, hash, a.rcu());
	if (!found.ref)
		return {IcmpFate::invalid, Reason::icmp_inner_unknown};
	if (!addressed_alike(a.view, tuple_in(*found.ref, found.dir)))
		return {IcmpFate::invalid, Reason::icmp_inner_address};
	attach(a.skb, found.ref.release(), found.dir == Direction::reply ? IP_CT_RELATED_REPLY : IP_CT_RELATED);
	return {IcmpFate::settled, Reason::none};
}

[[gnu::noinline, gnu::flatten]] IcmpResult settle_icmp(Arrival &a)
{
	const bool v4 = a.view.l3 == L3::ipv4;
	// ICMP in IPv6 or the other way round is nobody's error message; it is tracked by its addresses.
	if (v4 != (a.view.protonum == ipproto::icmp))
		return {IcmpFate::track, Reason::none};
	if (Reason r = check(a); r != Reason::none)
		return {IcmpFate::invalid, r};

	const IcmpMessage message = v4 ? icmp::classify(a.view) : icmpv6::classify(a.view, kconst::nfct_mrd_is_untracked != 0);
	switch (message.kind) {
	case IcmpMessage::Kind::exchange:
		break;
	case IcmpMessage::Kind::error:
		return relate(a, message.quoted);
	case IcmpMessage::Kind::untracked:
		attach(a.skb, nullptr, IP_CT_UNTRACKED);
		return {IcmpFate::settled, Reason::none};
	case IcmpMessage::Kind::invalid:
		return {IcmpFate::invalid, message.reason};
	}
	return {IcmpFate::track, Reason::none};
}

} // namespace nfct::packet
