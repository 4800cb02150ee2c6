// SPDX-License-Identifier: GPL-2.0-only
// What core netfilter asks of conntrack through the nf_ct_hook pointer, without depending on the module.
#include <nfct/conn/conn.hpp>
#include <nfct/conn/timeout_policy.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/skb.hpp>
#include <nfct/packet/gre_keymap.hpp>
#include <nfct/proto/tcp.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

// The tuple of the packet whose network header is at nhoff. False if it cannot be tracked. Any context.
bool nf_ct_get_tuplepr(const sk_buff *skb, unsigned int nhoff, u16 l3num, net *n, nf_conntrack_tuple *tuple)
{
	if (l3num != static_cast<u16>(L3::ipv4) && l3num != static_cast<u16>(L3::ipv6))
		return false;
	PacketView view;
	if (parse_l3(bytes_of(*skb), static_cast<L3>(l3num), nhoff, view) != Reason::none || !tuple_of(view, tuple_of(*tuple)))
		return false;
	kernel::RcuGuard rcu;
	packet::add_source_call(*n, view, tuple_of(*tuple), rcu);
	return true;
}

// The tuple of the answer. False for an ICMP type that has none.
bool nf_ct_invert_tuple(nf_conntrack_tuple *inverse, const nf_conntrack_tuple *orig)
{
	return invert(tuple_of(*orig), tuple_of(*inverse));
}

// REJECT's answer belongs to the connection of the packet that caused it, in the other direction. Shares the reference. The answer to an
// UNTRACKED packet is not UNTRACKED itself: it is looked up like any other.
void nfct_hook_attach(sk_buff *answer, const sk_buff *cause)
{
	const Attached a = attached(*cause);
	attach(*answer, a.ct ? Ref::share(*a.ct).release() : nullptr,
	       direction_of(a.info) == Direction::original ? IP_CT_RELATED_REPLY : IP_CT_RELATED);
}

// The packet's tuple before NAT (for IPv4 packets of unknown connection: of the entry that they match). RCU.
bool nfct_hook_get_tuple(nf_conntrack_tuple *to, const sk_buff *skb)
{
	const Attached a = attached(*skb);
	if (a.ct) {
		tuple_of(*to) = tuple_in(*a.ct, direction_of(a.info));
		return true;
	}
	net &n = net_of_device(*skb->dev);
	nf_conntrack_tuple tuple;
	if (!nf_ct_get_tuplepr(skb, network_offset(*skb), static_cast<u16>(L3::ipv4), &n, &tuple))
		return false;
	kernel::RcuGuard rcu;
	table::Found found = table::find(n, default_zone, tuple_of(tuple), table::flow_hash(tuple_of(tuple), 0, n), rcu);
	if (!found.ref)
		return false;
	tuple_of(*to) = tuple_in(*found.ref, opposite(found.dir));
	return true;
}

// REJECT answered with a RST, or an offloaded flow is seen closing: it must not stay ESTABLISHED for days. Any context.
void nfct_hook_set_closing(struct nf_conntrack *nfct)
{
	// SAFETY: ct_general is the first member.
	nf_conn &ct = *reinterpret_cast<nf_conn *>(nfct);
	if (protonum(ct) != ipproto::tcp || !is_confirmed(ct))
		return;
	Outcome o;
	{
		kernel::RcuGuard rcu;
		const u32 *policy = conn::policy_timeouts(ct, rcu);
		kernel::SpinBhGuard lock(ct.lock);
		o = tcp::set_closing(reinterpret_cast<tcp::Conn &>(ct.proto.tcp), status_of(ct),
				     policy ? policy : net_of(ct).ct.nf_ct_proto.tcp.timeouts);
	}
	if (o.has(todo::retime))
		conn::refresh(ct, o.timeout, kernel::now32());
	if (o.events() & bit(Event::protoinfo))
		conn::note_event(ct, IPCT_PROTOINFO);
}

} // extern "C"
