// SPDX-License-Identifier: GPL-2.0-only
// Finding a connection without a lock. Objects are type-stable but not identity-stable: an object may be freed and given to another
// flow while we look at it, so what was found is compared again once a reference pins it.
#include <nfct/table/table.hpp>

#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/hints.hpp>
#include <nfct/table/layout.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

View view(u32 hash, const kernel::RcuRead &)
{
	NFCT_SCRATCH const View v = place(hash);
	NFCT_TEST_POINT(AFTER_VIEW);
	return v;
}

// Whether a walk of the hash's chain that ended at `end` has met whoever is in the table: no moved entry carried it into another chain,
// and no resize emptied the chain before it came.
static bool saw_all(const View &v, u32 hash, const hlist_nulls_node *end)
{
	return kernel::nulls_value(end) == v.number(bucket_of(hash, v.size)) && holds(v, hash);
}

// The first entry of the hash's chain. What its hint leads to is on its way, too.
static inline hlist_nulls_node *enter(const View &v, u32 hash)
{
	const u32 bucket = bucket_of(hash, v.size);
	if (const nf_conn *ct = hinted(hint_of(v.heads, v.size, bucket)))
		fetch(*ct);
	return kernel::first(v.heads[bucket]);
}

// What is_flow() asks beside the tuple.
static bool is_known_in(const Node &node, const Zone &zone, const net &n)
{
	const nf_conn &ct = node.conn();
	return zone.same_in(zone_of(ct), node.dir()) && is_confirmed(ct) && &net_of(ct) == &n;
}

bool is_flow(const Node &node, const Tuple &tuple, const Zone &zone, const net &n)
{
	return node.is(tuple) && is_known_in(node, zone, n);
}

Node flow_at(const Node &met, const Tuple &tuple, const Zone &zone, const net &n)
{
	const Node node = matching(met, tuple);
	return node && is_known_in(node, zone, n) ? node : Node{};
}

Found find(const net &n, const Zone &zone, const Tuple &tuple, u32 hash, const kernel::RcuRead &rcu)
{
	const u32 now = kernel::now32();
	for (;;) {
		NFCT_SCRATCH View v = view(hash, rcu);
		hlist_nulls_node *p = enter(v, hash);
		for (; !kernel::is_end(p); p = kernel::next(p)) {
			const Node met = Node::of(p);
			nf_conn &ct = met.conn();
			NFCT_TEST_POINT(AT_NODE);
			if (n.ct.sysctl_acct)
				fetch_area(ct, room_for(tuple.protonum));
			const Node node = matching(met, tuple);
			if (!node) {
				// The timeout is in the line of the original direction's node: only there it is free to look at.
				if (met.dir() == Direction::original && is_expired(ct, now)) [[unlikely]]
					reap_if_expired(ct, now);
				continue;
			}
			if (is_expired(ct, now)) [[unlikely]] {
				reap_if_expired(ct, now);
				continue;
			}
			if (!is_known_in(node, zone, n))
				continue;
			NFCT_TEST_POINT(BEFORE_REFERENCE);
			Ref ref = Ref::try_share(ct);
			if (ref && is_flow(node, tuple, zone, n)) [[likely]]
				return {static_cast<Ref &&>(ref), node.dir()};
			// It died, or became another flow, under our eyes; an entry of ours that came since is a first packet's race,
			// which confirmation settles.
			return {};
		}
		if (saw_all(v, hash, p)) [[likely]]
			return {};
		NFCT_STAT_INC(n, search_restart);
	}
}

Found find_either_direction(const net &n, const Zone &zone, const Tuple &tuple, u32 hash_original, const kernel::RcuRead &rcu)
{
	Found found = find(n, zone, tuple, hash_original, rcu);
	if (found.ref)
		return found;
	if (zone.same_in_both()) [[likely]]
		return {};
	return find(n, zone, tuple, flow_hash(tuple, zone.id_in(Direction::reply), n), rcu);
}

} // namespace nfct::table

using namespace nfct;

extern "C" {

// The tuple hash of the connection that matches, with a reference; null if there is none. Any context.
nf_conntrack_tuple_hash *nf_conntrack_find_get(net *n, const nf_conntrack_zone *zone, const nf_conntrack_tuple *tuple)
{
	kernel::RcuGuard rcu;
	const Tuple &t = tuple_of(*tuple);
	Zone z = zone_of(zone);
	table::Found found = table::find_either_direction(*n, z, t, table::flow_hash(t, z.id_in(Direction::original), *n), rcu);
	if (!found.ref)
		return nullptr;
	return &found.ref.release()->tuplehash[index(found.dir)];
}

// Non-zero if another connection than `ignored` uses the tuple already. An entry whose original direction equals ours is the same flow
// seen twice, which confirmation resolves, and does not count. Any context.
int nf_conntrack_tuple_taken(const nf_conntrack_tuple *tuple, const nf_conn *ignored)
{
	kernel::RcuGuard rcu;
	const Tuple &t = tuple_of(*tuple);
	const net &n = net_of(*ignored);
	const Zone zone = zone_of(*ignored);
	const u32 hash = table::flow_hash(t, zone.id_in(Direction::reply), n), now = kernel::now32();

	for (;;) {
		NFCT_SCRATCH table::View v = table::view(hash, rcu);
		hlist_nulls_node *p = table::enter(v, hash);
		for (; !kernel::is_end(p); p = kernel::next(p)) {
			const Node met = Node::of(p);
			nf_conn &ct = met.conn();
			table::fetch(ct);
			if (&ct == ignored)
				continue;
			if (is_expired(ct, now)) {
				reap_if_expired(ct, now);
				continue;
			}
			if (!table::flow_at(met, t, zone, n))
				continue;
			if (same_flow(tuple_in(*ignored, Direction::original), tuple_in(ct, Direction::original)) &&
			    zone.same_in(zone_of(ct), Direction::original))
				continue;
			NFCT_STAT_INC(n, found);
			return 1;
		}
		if (table::saw_all(v, hash, p)) [[likely]]
			return 0;
		NFCT_STAT_INC(n, search_restart);
	}
}

} // extern "C"
