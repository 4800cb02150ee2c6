// SPDX-License-Identifier: GPL-2.0-only
// Making room in a full table: unassured connections near the newcomer's hash are killed.
//
// Stock looks at eight buckets, whatever is in them; with many more buckets than entries these are mostly empty, and new flows are
// refused while victims exist. We count chains that hold something instead, and skip empty buckets eight to a cache line.
#include <nfct/table/table.hpp>

#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/layout.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

constexpr u32 chains_to_try = 8;
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
		if (Ref ref = Ref::try_share(ct); ref && &net_of(*ref) == &n && is_confirmed(*ref) && nf_ct_delete(ref.get(), 0, 0))
			dropped++;
	}
	return dropped;
}

bool early_drop(net &n, u32 hash, const kernel::RcuRead &rcu)
{
	const u32 now = kernel::now32();
	View v = view(hash, rcu);
	u32 chains = 0, bucket = bucket_of(hash, v.size), stop = v.stop();
	bool wrapped = false, last = false;

	for (u32 i = 0; i < buckets_to_scan && chains < chains_to_try; i++) {
		const hlist_nulls_head &head = v.heads[bucket];
		if (!kernel::is_end(kernel::first(head))) {
			chains++;
			if (u32 dropped = drop_unassured(n, head, now)) {
				NFCT_STAT_ADD(n, early_drop, dropped);
				return true;
			}
		}
		if (++bucket < stop)
			continue;
		if (last)
			return false;
		// On in the other array if the table is moving, else from the beginning to where we started.
		const u32 on = static_cast<u32>(v.end);
		wrapped |= on == 0;
		v = view(on, rcu);
		bucket = bucket_of(on, v.size);
		last = wrapped && hash < v.end;
		stop = last ? bucket_of(hash, v.size) + 1 : v.stop();
	}
	return false;
}

} // namespace nfct::table
