// SPDX-License-Identifier: GPL-2.0-only
// Clash resolution (kernel: nf_ct_resolve_clash): UDP clients that send two queries from one socket at once, as resolvers do for A and
// AAAA, must not lose one of them.
#include <nfct/packet/clash.hpp>

#include <nfct/conn/conn.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

namespace {

// Both directions and their zones are the same, read straight or, where the two ends spoke at once, crosswise.
bool same_connection(const nf_conn &a, const nf_conn &b, bool crossed)
{
	const Zone za = zone_of(a), zb = zone_of(b);
	for (Direction d : both_directions) {
		const Direction e = crossed ? opposite(d) : d;
		if (!same_flow(tuple_in(a, d), tuple_in(b, e)) || za.id_in(d) != zb.id_in(e))
			return false;
	}
	return &net_of(a) == &net_of(b);
}

// They are the same connection; or, as 6.1 has it, NAT has not touched the winner.
bool may_join(const nf_conn &winner, const nf_conn &loser)
{
	if constexpr (kconst::nfct_clash_joins_untranslated)
		return !is_dying(winner) && (!(status_of(winner) & IPS_NAT_DONE_MASK) || same_connection(winner, loser, false));
	return same_connection(winner, loser, false) || same_connection(winner, loser, true);
}

// The loser's packet joins the winner. The winner cannot go: it is in a chain that we hold locked.
bool join(sk_buff &skb, nf_conn &winner, nf_conn &loser, ip_conntrack_info info)
{
	if (!may_join(winner, loser))
		return false;
	if (const nf_conn_acct *acct = accounting_of(loser)) {
		const Direction d = direction_of(info);
		conn::account(winner, d, 1, static_cast<u32>(kernel::read_once(acct->counter[index(d)].bytes.counter)));
	}
	attach(skb, Ref::share(winner).release(), info);
	Ref gone = Ref::adopt(&loser);
	NFCT_STAT_INC(net_of(winner), clash_resolve);
	return true;
}

// NAT sent the two packets to different places, so they are different connections with the same original direction. The loser's replies
// can be told apart: it lives on for a second, found by them alone.
bool live_beside(sk_buff &skb, nf_conn &loser, ip_conntrack_info info, const table::BucketPair &buckets)
{
	const net &n = net_of(loser);
	table::ChainLimit any_length(~0u);
	const table::Clash reply = table::look_for_reply_clash(loser, buckets, any_length);
	if (reply.kind == table::Clash::taken)
		return join(skb, reply.node.conn(), loser, info);

	kernel::write_once(loser.timeout, kernel::now32() + kconst::hz);
	// Fixed, so that no packet prolongs it; NAT_CLASH, so that it never becomes assured and its first reply ends it.
	kernel::set_bits(loser.status, IPS_FIXED_TIMEOUT | IPS_NAT_CLASH);
	insert_reply_only(loser, buckets);
	NFCT_STAT_INC(n, clash_resolve);
	return true;
}

} // namespace

HookVerdict resolve_clash(sk_buff &skb, Node found, const table::BucketPair &buckets)
{
	const Attached a = attached(skb);
	nf_conn &loser = *a.ct, &winner = found.conn();
	if (nf_ct_l4proto_find(protonum(winner))->allow_clash &&
	    (join(skb, winner, loser, a.info) || live_beside(skb, loser, a.info, buckets)))
		return HookVerdict::accept;
	const net &n = net_of(loser);
	NFCT_STAT_INC(n, drop);
	NFCT_STAT_INC(n, insert_failed);
	return HookVerdict::drop;
}

} // namespace nfct::packet
