// SPDX-License-Identifier: GPL-2.0-only
// Making room in a full table: unassured connections near the newcomer's hash are killed, or one of those that came last.
//
// Stock looks at eight buckets, whatever is in them; with many more buckets than entries these are mostly empty, and new flows are
// refused while victims exist. What is at hand is tried first: the newcomer's own chain, and one that was fetched when the last one came. Then those
// that came last, and at the end a search until some chains held something; empty buckets are skipped eight to a cache line.
#include <nfct/table/table.hpp>

#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/fetch.hpp>
#include <nfct/table/gc.hpp>
#include <nfct/table/hints.hpp>
#include <nfct/table/layout.hpp>
#include <nfct/table/newcomers.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

constexpr u32 buckets_to_try = 8, chains_to_try = 4; // both, at the least
constexpr u32 one_in = 8;                            // newcomers looks where the last one who looked there found nobody
constexpr u32 buckets_ahead = 64;                    // among which the next newcomer's chain is sought
// The oldest first, so that a new connection has time to become assured; then the newest, since the oldest may be so, or gone, long ago. Many of these: the
// next is a refusal, and who is asked is forgotten.
constexpr u32 oldest_to_try = 4, newcomers_to_try = 32;
constexpr u32 buckets_to_scan = 65536; // half a megabyte of bucket heads at the most

// Kills the unassured connections of this netns in one chain; the number of those that died by our hand.
static u32 drop_unassured(const net &n, const hlist_nulls_head &head, u32 now)
{
	u32 dropped = 0;
	for (hlist_nulls_node *p = kernel::first(head); !kernel::is_end(p); p = kernel::next(p)) {
		nf_conn &ct = Node::of(p).conn();
		if (is_ours_to_keep(ct))
			continue;
		if (is_expired(ct, now)) {
			reap_if_expired(ct, now);
			continue;
		}
		if (status_of(ct) & (IPS_ASSURED | IPS_DYING) || &net_of(ct) != &n)
			continue;
		NFCT_TEST_POINT(BEFORE_REAP);
		// The slab may have given it to another netns, or to a packet in flight, before the reference pinned it.
		Ref ref = Ref::try_share(ct);
		if (!ref || &net_of(*ref) != &n || !is_confirmed(*ref))
			continue;
		// Unlinking will write there.
		for (Direction d : both_directions)
			if (kernel::is_linked(link_in(ct, d)))
				fetch_neighbours(link_in(ct, d));
		dropped += nf_ct_delete(ref.get(), 0, 0);
	}
	return dropped;
}

namespace {

// A search from the newcomer's place onwards, which may be interrupted and taken up again.
class Nearby {
    public:
	Nearby(net &n, u32 hash, const kernel::RcuRead &rcu)
		: n_(n), hash_(hash), rcu_(rcu), v_(view(hash, rcu)), bucket_(bucket_of(hash, v_.size)), stop_(v_.stop())
	{
	}

	bool is_large() const { return v_.size >= least_hinted; }

	// The hash of the next chain that holds something. Asked when the newcomer's own is behind: he is about to be its first.
	u32 fetch_next_chain() const
	{
		const u32 stop = stop_ - bucket_ > buckets_ahead ? bucket_ + buckets_ahead : stop_;
		for (u32 bucket = bucket_; bucket < stop; bucket++) {
			const hlist_nulls_head &head = v_.heads[bucket];
			if (!kernel::is_end(kernel::first(head))) {
				fetch_first(head);
				return static_cast<u32>(start_of(bucket, v_.size));
			}
		}
		// One that is empty, or in the other array.
		return static_cast<u32>(start_of(stop, v_.size));
	}

	// The number of those dropped in the first chain that had any. Gives up once it has been in so many chains, and buckets.
	u32 drop_in(u32 chains, u32 buckets, u32 now)
	{
		for (; budget_ && (chains || buckets); budget_--) {
			buckets -= buckets != 0;
			const hlist_nulls_head &head = v_.heads[bucket_];
			if (!kernel::is_end(kernel::first(head))) {
				chains -= chains != 0;
				if (u32 dropped = drop_unassured(n_, head, now))
					return dropped;
			}
			if (++bucket_ >= stop_ && !go_on())
				budget_ = 1;
		}
		return 0;
	}

    private:
	// On in the other array if the table is moving, else from the beginning to where the search started. False: it has been everywhere.
	bool go_on()
	{
		if (last_)
			return false;
		const u32 on = static_cast<u32>(v_.end);
		wrapped_ |= on == 0;
		v_ = view(on, rcu_);
		bucket_ = bucket_of(on, v_.size);
		last_ = wrapped_ && hash_ < v_.end;
		stop_ = last_ ? bucket_of(hash_, v_.size) + 1 : v_.stop();
		return true;
	}

	net &n_;
	u32 hash_;
	const kernel::RcuRead &rcu_;
	View v_;
	u32 bucket_, stop_, budget_ = buckets_to_scan;
	bool wrapped_ = false, last_ = false;
};

u32 drop_in_chain_of(net &n, u32 hash, const kernel::RcuRead &rcu, u32 now)
{
	const View v = view(hash, rcu);
	return drop_unassured(n, v.heads[bucket_of(hash, v.size)], now);
}

// Whether the last attempt, whoever's it was, was in vain. No lock: who is told an old answer tries once too often, or not.
class Luck {
    public:
	bool is_worth_trying(u32 hash) const { return !kernel::read_once(in_vain_) || hash % one_in == 0; }
	u32 note(u32 dropped)
	{
		if (kernel::read_once(in_vain_) != !dropped)
			kernel::write_once(in_vain_, !dropped);
		return dropped;
	}

    private:
	bool in_vain_ = false;
};
Luck at_hand, further;

// In a large table to wait for an entry is what a search costs. So who finds nobody in his own chain has one near him fetched for the next one on this
// processor, and takes the one that was fetched for him.
u32 drop_at_hand(net &n, Nearby &nearby, const kernel::RcuRead &rcu, u32 now)
{
	if (!nearby.is_large())
		return nearby.drop_in(1, 0, now);
	if (u32 dropped = nearby.drop_in(0, 1, now))
		return dropped;
	return drop_in_chain_of(n, nfct_shim_exchange_victim(nearby.fetch_next_chain()), rcu, now);
}

u32 drop_newcomer(net &n, const kernel::RcuRead &rcu, u32 now)
{
	for (u32 i = 0; i < newcomers_to_try; i++) {
		u32 hash;
		if (!recall_newcomer(n, i < oldest_to_try ? Age::oldest : Age::newest, hash))
			return 0;
		if (u32 dropped = drop_in_chain_of(n, hash, rcu, now))
			return dropped;
	}
	return 0;
}

} // namespace

[[gnu::noinline, gnu::flatten]] bool early_drop(net &n, u32 hash, const kernel::RcuRead &rcu)
{
	const u32 now = kernel::now32();
	// Where the collector found nobody in the whole table a moment ago, a search would not either.
	const bool search = !eviction_is_futile();
	Nearby nearby(n, hash, rcu);
	u32 dropped = 0;
	if (search && at_hand.is_worth_trying(hash))
		dropped = at_hand.note(drop_at_hand(n, nearby, rcu, now));
	// The fewer they are, the sooner each must go again.
	if (!dropped && search && are_few_newcomers_known() && further.is_worth_trying(hash))
		dropped = further.note(nearby.drop_in(chains_to_try, buckets_to_try, now));
	if (!dropped)
		dropped = drop_newcomer(n, rcu, now);
	if (!dropped && search)
		dropped = nearby.drop_in(chains_to_try, buckets_to_try, now);
	if (dropped)
		NFCT_STAT_ADD(n, early_drop, dropped);
	return dropped;
}

} // namespace nfct::table
