// SPDX-License-Identifier: GPL-2.0-only
// Putting connections into the table and taking them out, under both of their buckets' locks.
#include <nfct/table/table.hpp>

#include <nfct/table/hashes.hpp>
#include <nfct/table/hints.hpp>
#include <nfct/table/trace.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

u32 ChainLimit::draw()
{
	return drawn_ = least + nfct_shim_random_below(most - least);
}

// The first node that has the one tuple, or else the first that has the other.
static Clash look_in(const hlist_nulls_head &head, const Tuple &tuple, const Tuple *other, const nf_conn &newcomer, ChainLimit &limit)
{
	const net &n = net_of(newcomer);
	const Zone zone = zone_of(newcomer);
	Node second;
	u32 length = 0;
	for (hlist_nulls_node *p = head.first; !kernel::is_end(p); p = p->next) {
		const Node met = Node::of(p);
		if (const Node node = flow_at(met, tuple, zone, n))
			return {Clash::taken, node};
		if (other && !second)
			second = flow_at(met, *other, zone, n);
		if (limit.exceeded_by(length++))
			return {Clash::chain_too_long, {}};
	}
	return {second ? Clash::taken : Clash::none, second};
}

Clash look_for_clash(const nf_conn &ct, const BucketPair &buckets, ChainLimit &limit)
{
	const Tuple &original = tuple_in(ct, Direction::original), &reply = tuple_in(ct, Direction::reply);
	if (buckets.hashes().one_place()) [[likely]]
		return look_in(buckets.head(Direction::original), original, &reply, ct, limit);
	const Clash clash = look_in(buckets.head(Direction::original), original, nullptr, ct, limit);
	return clash.kind == Clash::none ? look_for_reply_clash(ct, buckets, limit) : clash;
}

Clash look_for_reply_clash(const nf_conn &ct, const BucketPair &buckets, ChainLimit &limit)
{
	return look_in(buckets.head(Direction::reply), tuple_in(ct, Direction::reply), nullptr, ct, limit);
}

static void link_at(Direction d, nf_conn &ct, const BucketPair &buckets)
{
	kernel::add_head(link_in(ct, d), buckets.head(d));
	leave_hint(buckets.hint(d), ct);
}

void link(nf_conn &ct, const BucketPair &buckets)
{
	keep_hashes(ct, buckets.hashes());
	leave_trace(net_of(ct), buckets.hashes().original, buckets);
	if (buckets.hashes().one_place()) [[likely]] {
		kernel::set_unlinked(link_in(ct, Direction::reply));
		link_at(Direction::original, ct, buckets);
		return;
	}
	for (Direction d : both_directions)
		link_at(d, ct, buckets);
}

void link_reply(nf_conn &ct, const BucketPair &buckets)
{
	keep_hashes(ct, buckets.hashes());
	leave_trace(net_of(ct), buckets.hashes().reply, buckets);
	kernel::set_unlinked(link_in(ct, Direction::original));
	link_at(Direction::reply, ct, buckets);
}

static void unlink_at(Direction d, nf_conn &ct, const BucketPair &buckets)
{
	if (!kernel::is_linked(link_in(ct, d)))
		return;
	kernel::unlink(link_in(ct, d));
	remove_hint(buckets.hint(d), ct);
}

void unlink(nf_conn &ct, const BucketPair &buckets)
{
	unlink_at(Direction::original, ct, buckets);
	unlink_at(Direction::reply, ct, buckets);
}

} // namespace nfct::table
