// SPDX-License-Identifier: GPL-2.0-only
// A packet comes back from a queue in user space (kernel: nf_conntrack_update). A helper that runs there has read it; what the confirming
// hook does for other helpers' packets is done here.
#include <nfct/packet/confirm.hpp>
#include <nfct/packet/ct_hook.h>

#include <nfct/conn/conn.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

namespace {

// The tuple with which the packet came, before NAT changed it as its connection says.
bool tuple_before_nat(const sk_buff &skb, const nf_conn &ct, Tuple &tuple)
{
	PacketView view;
	if (parse_l3(bytes_of(skb), l3num(ct), network_offset(skb), view) != Reason::none || !tuple_of(view, tuple))
		return false;
	const Tuple &original = tuple_in(ct, Direction::original);
	const unsigned long status = status_of(ct);
	if (status & IPS_SRC_NAT) {
		tuple.src = original.src;
		tuple.src_l4 = original.src_l4;
	}
	if (status & IPS_DST_NAT) {
		tuple.dst = original.dst;
		tuple.dst_l4 = original.dst_l4;
	}
	return true;
}

// A first packet whose flow became known while it was away joins the connection that is known, and NAT treats it as it did before. Only
// kernels whose NAT offers that (6.1); elsewhere confirmation settles it. False: the packet must be dropped.
template <class Nat> bool join_known(net &n, sk_buff &skb, const Nat *nat, const kernel::RcuRead &rcu)
{
	if constexpr (requires { nat->manip_pkt; }) {
		const Attached a = attached(skb);
		const Zone zone = zone_of(*a.ct);
		Tuple tuple;
		if (!tuple_before_nat(skb, *a.ct, tuple))
			return false;
		table::Found known = table::find_either_direction(n, zone, tuple,
								  table::flow_hash(tuple, zone.id_in(Direction::original), n), rcu);
		if (!known.ref)
			return true;
		const unsigned long status = status_of(*a.ct);
		nf_conn *ct = known.ref.get();
		Ref gone = detach(skb);
		attach(skb, known.ref.release(), a.info);
		constexpr unsigned drop = static_cast<unsigned>(HookVerdict::drop);
		if (!nat)
			return true;
		if (status & IPS_SRC_NAT && nat->manip_pkt(&skb, ct, NF_NAT_MANIP_SRC, IP_CT_DIR_ORIGINAL) == drop)
			return false;
		if (status & IPS_DST_NAT && nat->manip_pkt(&skb, ct, NF_NAT_MANIP_DST, IP_CT_DIR_ORIGINAL) == drop)
			return false;
	}
	return true;
}

bool has_helper_in_user_space(const nf_conn &ct)
{
	const nf_conn_help *help = help_of(ct);
	const nf_conntrack_helper *helper = help ? kernel::read_once(help->helper) : nullptr;
	return helper && kernel::read_once(helper->flags) & NF_CT_HELPER_F_USERSPACE;
}

HookVerdict come_back(net &n, sk_buff &skb)
{
	const kernel::RcuRead rcu = kernel::RcuRead::held_by_netfilter();
	Attached a = attached(skb);
	if (!a.ct)
		return HookVerdict::accept;
	if (!is_confirmed(*a.ct)) {
		if (!join_known(n, skb, kernel::read_once(::nf_nat_hook), rcu))
			return HookVerdict::drop;
		a = attached(skb);
	}
	u32 offset;
	if (!has_helper_in_user_space(*a.ct) || !layer4_offset(skb, *a.ct, offset))
		return HookVerdict::accept;
	if (needs_seq_adjust(skb, *a.ct) && !seq_adjust(skb, *a.ct, a.info, offset))
		return HookVerdict::drop;
	return confirm(skb);
}

} // namespace

} // namespace nfct::packet

extern "C" unsigned int nfct_hook_update(net *n, sk_buff *skb)
{
	return static_cast<unsigned>(nfct::packet::come_back(*n, *skb));
}
