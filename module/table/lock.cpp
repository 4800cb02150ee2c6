// SPDX-License-Identifier: GPL-2.0-only
// The striped bucket locks, and how a resize holds all of them without taking 1024 at once (kernel: nf_conntrack_lock and friends).
//
// A resize sets all_held and then passes through every stripe once: who took a stripe before sees its work finished, who takes one
// afterwards sees all_held and waits for all_lock. The release of the stripe and the acquire of all_held pair up.
#include <nfct/table/table.hpp>

#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/table/generation.hpp>

#include <nfct/base/poison.hpp>

extern "C" {

spinlock_t nf_conntrack_locks[nfct::table::stripes];

static spinlock_t all_lock;
static bool all_held; // written under all_lock, read under a stripe

void nf_conntrack_lock(spinlock_t *lock)
{
	nfct_shim_spin_lock(lock);
	if (!nfct::kernel::load_acquire(all_held)) [[likely]]
		return;

	nfct_shim_spin_unlock(lock);
	nfct_shim_spin_lock(&all_lock);
	nfct_shim_spin_lock(lock);
	nfct_shim_spin_unlock(&all_lock);
}

} // extern "C"

namespace nfct::table {

u32 generation; // even: stable; odd: being resized. Written under all buckets

void init_locks()
{
	for (spinlock_t &lock : nf_conntrack_locks)
		nfct_shim_spin_lock_init_bucket(&lock);
	nfct_shim_spin_lock_init_all(&all_lock);
}

BucketPair::BucketPair(u32 hash_original, u32 hash_reply, const kernel::BhGuard &)
{
	for (;;) {
		u32 seen = stable_generation();
		bucket_[0] = bucket_of(hash_original, kernel::read_once(nf_conntrack_htable_size));
		bucket_[1] = bucket_of(hash_reply, kernel::read_once(nf_conntrack_htable_size));

		NFCT_TEST_POINT(BEFORE_LOCK);

		u32 a = bucket_[0] % stripes, b = bucket_[1] % stripes;
		nf_conntrack_lock(&nf_conntrack_locks[a < b ? a : b]);
		if (a != b)
			nfct_shim_spin_lock_nested(&nf_conntrack_locks[a < b ? b : a]);
		// Once both are held no resize can start, so one look is enough.
		if (kernel::read_once(generation) == seen)
			return;
		unlock();
	}
}

void BucketPair::unlock()
{
	u32 a = bucket_[0] % stripes, b = bucket_[1] % stripes;
	nfct_shim_spin_unlock(&nf_conntrack_locks[a]);
	if (a != b)
		nfct_shim_spin_unlock(&nf_conntrack_locks[b]);
}

BucketPair::~BucketPair()
{
	unlock();
}

BucketLock::BucketLock(u32 bucket, const kernel::BhGuard &) : lock_(nf_conntrack_locks[bucket % stripes])
{
	nf_conntrack_lock(&lock_);
}

BucketLock::~BucketLock()
{
	nfct_shim_spin_unlock(&lock_);
}

AllBuckets::AllBuckets(const kernel::TableMutexGuard &, const kernel::BhGuard &)
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
