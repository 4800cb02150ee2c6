// SPDX-License-Identifier: GPL-2.0-only
// A packet goes out (kernel: __nf_conntrack_confirm): it passed all rules, so its new connection goes into the table.
//
//	CPU 0                            CPU 1
//	packet a: lookup, none; create   packet b of the same flow: lookup, none; create
//	confirm: inserted                confirm: taken -> packet/clash decides
#include <nfct/packet/clash.hpp>
#include <nfct/packet/confirm.hpp>
#include <nfct/packet/ct_hook.h>

#include <nfct/conn/conn.hpp>
#include <nfct/conn/events.hpp>
#include <nfct/conn/seqadj.hpp>
#include <nfct/kernel/skb.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/newcomers.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

namespace {

// Last stores before others can find it: from here on the timeout is absolute, and the table holds a reference.
void prepare_to_insert(nf_conn &ct)
{
	kernel::ref_inc(ct.ct_general.use);
	if (nf_conn_tstamp *stamp = timestamp_of(ct))
		stamp->start = nfct_shim_real_ns();
}

// Whether the reply tuple is still the one that the connection was made with, not NAT's.
bool is_plain(const Tuple &original, const Tuple &reply)
{
	if (mirrors(original, reply)) [[likely]]
		return true;
	if (answers_mirror(original.protonum))
		return false;
	NFCT_SCRATCH Tuple plain;
	return invert(original, plain) && same_flow(plain, reply);
}

HookVerdict insert(sk_buff &skb, nf_conn &ct, const kernel::BhGuard &bh)
{
	const net &n = net_of(ct);
	table::ChainLimit chain_limit;
	table::Hashes hashes = conn::kept_hashes(ct);
	if (!is_plain(tuple_in(ct, Direction::original), tuple_in(ct, Direction::reply))) [[unlikely]]
		hashes.reply = table::flow_hash(ct, Direction::reply);
	table::BucketPair buckets(hashes, bh);

	// A clone of the packet, as bridges make when they flood, confirmed it meanwhile.
	if (is_confirmed(ct)) [[unlikely]]
		return HookVerdict::drop;
	// Killed before it was known: NAT or a helper went away.
	if (is_dying(ct) || (ct.ext && !conn::settle_extensions(ct))) [[unlikely]] {
		NFCT_STAT_INC(n, insert_failed);
		return HookVerdict::drop;
	}
	const table::Clash clash = table::look_for_clash(ct, buckets, chain_limit);
	switch (clash.kind) {
	case table::Clash::none:
		break;
	case table::Clash::chain_too_long:
		NFCT_STAT_INC(n, chaintoolong);
		NFCT_STAT_INC(n, insert_failed);
		return HookVerdict::drop;
	case table::Clash::taken:
		return resolve_clash(skb, clash.node, buckets);
	}
	kernel::write_once(ct.timeout, ct.timeout + kernel::now32());
	prepare_to_insert(ct);
	table::link(ct, buckets);
	NFCT_TEST_POINT(BEFORE_CONFIRMED);
	kernel::set_bits(ct.status, IPS_CONFIRMED); // after the links: who sees the bit finds it in the table
	table::note_newcomer(n, hashes.original, bh);
	if (const nf_conn_help *help = help_of(ct); help && kernel::read_once(help->helper)) [[unlikely]]
		conn::note_event(ct, IPCT_HELPER);
	conn::note_event(ct, ct.master ? IPCT_RELATED : IPCT_NEW);
	return HookVerdict::accept;
}

} // namespace

void insert_reply_only(nf_conn &ct, const table::BucketPair &buckets)
{
	prepare_to_insert(ct);
	table::link_reply(ct, buckets);
	kernel::set_bits(ct.status, IPS_CONFIRMED);
}

bool layer4_offset(const sk_buff &skb, const nf_conn &ct, u32 &offset)
{
	PacketView view;
	if (parse_l3(bytes_of(skb), l3num(ct), network_offset(skb), view) != Reason::none)
		return false;
	offset = view.l4_offset;
	return true;
}

bool needs_seq_adjust(const sk_buff &skb, const nf_conn &ct)
{
	return status_of(ct) & IPS_SEQ_ADJUST && !nfct_shim_is_loopback_packet(&skb);
}

bool seq_adjust(sk_buff &skb, nf_conn &ct, ip_conntrack_info info, u32 offset)
{
	if (nf_ct_seq_adjust(&skb, &ct, info, offset))
		return true;
	NFCT_STAT_INC(net_of(ct), drop);
	return false;
}

HookVerdict confirm(sk_buff &skb)
{
	if (nf_conn *ct = attached(skb).ct; ct && !is_confirmed(*ct)) {
		if (auto verdict = static_cast<HookVerdict>(__nf_conntrack_confirm(&skb)); verdict != HookVerdict::accept)
			return verdict;
	}
	// Perhaps another one by now.
	if (nf_conn *ct = attached(skb).ct)
		conn::deliver_events(*ct);
	return HookVerdict::accept;
}

} // namespace nfct::packet

using namespace nfct;

extern "C" {

// Puts the packet's unconfirmed connection into the table. The packet may come out attached to another connection, if that one is the
// same flow and was faster. NF_ACCEPT or NF_DROP; RCU.
[[gnu::flatten]] int __nf_conntrack_confirm(sk_buff *skb)
{
	const Attached a = attached(*skb);
	// A reply or an error that was attached to a connection whose first packet is still on its way must not confirm it.
	if (direction_of(a.info) != Direction::original)
		return static_cast<int>(packet::HookVerdict::accept);

	kernel::BhGuard bh;
	return static_cast<int>(packet::insert(*skb, *a.ct, bh));
}

// What the confirming hooks do with every packet that leaves: its connection's helper reads it, its sequence numbers are put right where NAT
// shifts them, and a new connection is confirmed. Then listeners hear what is new. NF_DROP, NF_ACCEPT or the helper's verdict; RCU.
unsigned int nfct_confirm_packet(sk_buff *skb, const nf_hook_state *state)
{
	const Attached a = attached(*skb);
	if (!a.ct)
		return static_cast<unsigned>(packet::HookVerdict::accept);
	const unsigned long status = status_of(*a.ct);
	if (status & IPS_CONFIRMED && !help_of(*a.ct) && !(status & IPS_SEQ_ADJUST)) [[likely]] {
		conn::deliver_events(*a.ct);
		return static_cast<unsigned>(packet::HookVerdict::accept);
	}
	if (nfct_shim_in_vrf_postrouting(state))
		return static_cast<unsigned>(packet::HookVerdict::accept);
	// Helpers do not expect ICMP errors.
	if (u32 at = 0; a.info != IP_CT_RELATED_REPLY && packet::layer4_offset(*skb, *a.ct, at))
		return nfct_confirm_at(skb, at, a.ct, a.info);
	return static_cast<unsigned>(packet::confirm(*skb));
}

// The same for a packet of this connection whose layer 4 is known to be at protoff.
unsigned int nfct_confirm_at(sk_buff *skb, unsigned int protoff, nf_conn *ct, ip_conntrack_info info)
{
	constexpr unsigned accept = static_cast<unsigned>(packet::HookVerdict::accept);
	// Decided before the helper runs: what it shifts in this packet is right already.
	const bool shifted = packet::needs_seq_adjust(*skb, *ct);
	if (const nf_conn_help *help = help_of(*ct)) {
		if (const nf_conntrack_helper *helper = kernel::read_once(help->helper)) {
			const unsigned verdict = static_cast<unsigned>(helper->help(skb, protoff, ct, info));
			if (verdict != accept)
				return verdict;
		}
	}
	if (shifted && !packet::seq_adjust(*skb, *ct, info, protoff))
		return static_cast<unsigned>(packet::HookVerdict::drop);
	return static_cast<unsigned>(packet::confirm(*skb));
}

} // extern "C"
