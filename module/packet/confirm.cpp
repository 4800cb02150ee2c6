// SPDX-License-Identifier: GPL-2.0-only
// A packet goes out (kernel: __nf_conntrack_confirm): it passed all rules, so its new connection goes into the table.
//
//	CPU 0                            CPU 1
//	packet a: lookup, none; create   packet b of the same flow: lookup, none; create
//	confirm: inserted                confirm: taken -> packet/clash decides
#include <nfct/packet/clash.hpp>

#include <nfct/conn/conn.hpp>
#include <nfct/kernel/skb.hpp>
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

HookVerdict insert(sk_buff &skb, nf_conn &ct, const kernel::BhGuard &bh)
{
	const net &n = net_of(ct);
	const Zone zone = zone_of(ct);
	const u32 chain_limit = table::draw_chain_limit();
	// The reply tuple may be NAT's by now, so only the original direction's hash is still good.
	table::BucketPair buckets(conn::kept_hash(ct), table::flow_hash(ct, Direction::reply), bh);

	// A clone of the packet, as bridges make when they flood, confirmed it meanwhile.
	if (is_confirmed(ct)) [[unlikely]]
		return HookVerdict::drop;
	// Killed before it was known: NAT or a helper went away.
	if (is_dying(ct) || !conn::settle_extensions(ct)) [[unlikely]] {
		NFCT_STAT_INC(n, insert_failed);
		return HookVerdict::drop;
	}
	for (Direction d : both_directions) {
		table::Clash clash = table::look_for_clash(buckets.head(d), tuple_in(ct, d), zone, n, chain_limit);
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
	}
	kernel::write_once(ct.timeout, ct.timeout + kernel::now32());
	prepare_to_insert(ct);
	table::link_both(ct, buckets);
	kernel::set_bits(ct.status, IPS_CONFIRMED); // after the links: who sees the bit finds it in the table
	conn::note_event(ct, ct.master ? IPCT_RELATED : IPCT_NEW);
	return HookVerdict::accept;
}

} // namespace

void insert_reply_only(nf_conn &ct, const table::BucketPair &buckets)
{
	prepare_to_insert(ct);
	kernel::fake_add(link_in(ct, Direction::original));
	kernel::add_head(link_in(ct, Direction::reply), buckets.head(Direction::reply));
	kernel::set_bits(ct.status, IPS_CONFIRMED);
}

} // namespace nfct::packet

using namespace nfct;

extern "C" {

// Puts the packet's unconfirmed connection into the table. The packet may come out attached to another connection, if that one is the
// same flow and was faster. NF_ACCEPT or NF_DROP; RCU.
int __nf_conntrack_confirm(sk_buff *skb)
{
	const Attached a = attached(*skb);
	// A reply or an error that was attached to a connection whose first packet is still on its way must not confirm it.
	if (direction_of(a.info) != Direction::original)
		return static_cast<int>(packet::HookVerdict::accept);

	kernel::BhGuard bh;
	return static_cast<int>(packet::insert(*skb, *a.ct, bh));
}

// What the confirming hooks do with every packet that leaves. RCU.
unsigned int nfct_confirm_packet(sk_buff *skb, const nf_hook_state *state)
{
	const Attached a = attached(*skb);
	if (!a.ct || is_confirmed(*a.ct) || nfct_shim_in_vrf_postrouting(state)) [[likely]]
		return static_cast<unsigned>(packet::HookVerdict::accept);
	return static_cast<unsigned>(__nf_conntrack_confirm(skb));
}

} // extern "C"
