// SPDX-License-Identifier: GPL-2.0-only
// The striped bucket locks, and how a resize holds all of them without taking 1024 at once (kernel: nf_conntrack_lock and friends).
//
// A chunk of a migration sets all_held and then passes through every stripe once: who took a stripe before sees its work finished, who takes one
// afterwards sees all_held and waits for all_lock. The release of the stripe and the acquire of all_held pair up.
#include <nfct/table/table.hpp>

#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/follow.hpp>
#include <nfct/table/hints.hpp>
#include <nfct/table/layout.hpp>
#include <nfct/table/migrate.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

spinlock_t nf_conntrack_locks[table::stripes];

} // extern "C"

namespace nfct::table {

static spinlock_t all_lock;
static bool all_held; // written under all_lock, read under a stripe

static void lock_stripe(spinlock_t &lock)
{
	nfct_shim_spin_lock(&lock);
	if (!kernel::load_acquire(all_held)) [[likely]]
		return;

	nfct_shim_spin_unlock(&lock);
	nfct_shim_spin_lock(&all_lock);
	nfct_shim_spin_lock(&lock);
	nfct_shim_spin_unlock(&all_lock);
}

void init_locks()
{
	for (spinlock_t &lock : nf_conntrack_locks)
		nfct_shim_spin_lock_init_bucket(&lock);
	nfct_shim_spin_lock_init_all(&all_lock);
}

BucketPair::BucketPair(Hashes hashes, const kernel::BhGuard &) : hashes_(hashes)
{
	for (;;) {
		const View original = place(hashes.original), reply = hashes.one_place() ? original : place(hashes.reply);
		const u32 bucket[2] = {bucket_of(hashes.original, original.size), bucket_of(hashes.reply, reply.size)};
		head_[0] = &original.heads[bucket[0]];
		head_[1] = &reply.heads[bucket[1]];
		hint_[0] = hint_of(original.heads, original.size, bucket[0]);
		hint_[1] = hint_of(reply.heads, reply.size, bucket[1]);
		stripe_[0] = bucket[0] % stripes;
		stripe_[1] = bucket[1] % stripes;

		NFCT_TEST_POINT(BEFORE_LOCK);

		u32 a = stripe_[0], b = stripe_[1];
		lock_stripe(nf_conntrack_locks[a < b ? a : b]);
		if (a != b)
			nfct_shim_spin_lock_nested(&nf_conntrack_locks[a < b ? b : a]);
		// Once both are held nothing moves, so one look is enough. A hash moves once in a migration: no traffic can keep us here.
		if (holds(original, hashes.original) && (hashes.one_place() || holds(reply, hashes.reply)))
			return;
		unlock();
	}
}

void BucketPair::unlock()
{
	nfct_shim_spin_unlock(&nf_conntrack_locks[stripe_[0]]);
	if (stripe_[0] != stripe_[1])
		nfct_shim_spin_unlock(&nf_conntrack_locks[stripe_[1]]);
}

BucketPair::~BucketPair()
{
	unlock();
}

HashLock::HashLock(u32 hash, const kernel::BhGuard &)
{
	for (;;) {
		view_ = place(hash);
		bucket_ = bucket_of(hash, view_.size);
		NFCT_TEST_POINT(BEFORE_LOCK);
		lock_stripe(nf_conntrack_locks[bucket_ % stripes]);
		if (holds(view_, hash))
			break;
		nfct_shim_spin_unlock(&nf_conntrack_locks[bucket_ % stripes]);
	}
	// More may live in this array by now than when it was first seen.
	view_ = place(hash);
}

u64 HashLock::end() const
{
	const u64 end = start_of(bucket_ + 1, view_.size);
	return end < view_.end ? end : view_.end;
}

HashLock::~HashLock()
{
	nfct_shim_spin_unlock(&nf_conntrack_locks[bucket_ % stripes]);
}

BucketLock::BucketLock(u32 bucket, const kernel::BhGuard &) : lock_(nf_conntrack_locks[bucket % stripes])
{
	lock_stripe(lock_);
}

BucketLock::~BucketLock()
{
	nfct_shim_spin_unlock(&lock_);
}

AllBuckets::AllBuckets(const kernel::BhGuard &)
{
	nfct_shim_spin_lock(&all_lock);
	kernel::write_once(all_held, true);
	for (spinlock_t &lock : nf_conntrack_locks) {
		nfct_shim_spin_lock(&lock);
		nfct_shim_spin_unlock(&lock);
	}
}

AllBuckets::~AllBuckets()
{
	kernel::store_release(all_held, false);
	nfct_shim_spin_unlock(&all_lock);
}

} // namespace nfct::table

using namespace nfct;

extern "C" {

void nf_conntrack_lock(spinlock_t *lock)
{
	table::note_walk();
	for (;;) {
		table::lock_stripe(*lock);
		// Under a stripe no migration can begin.
		if (!table::migrating()) [[likely]]
			return;
		nfct_shim_spin_unlock(lock);
		while (table::move_chunk()) {
			// Nobody's lock is held: packets of this CPU, too, wait for no more than a chunk.
			nfct_shim_local_bh_pause();
		}
	}
}

} // extern "C"
