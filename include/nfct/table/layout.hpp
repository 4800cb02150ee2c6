// SPDX-License-Identifier: GPL-2.0-only
// Where a hash lives, also while the entries move from one bucket array into another (kernel: nf_conntrack_generation, in part).
//
// Order in hash space is bucket order in every array, so a migration is a line that goes up through hash space: what is below `done` lives
// in the next array, what is at or above `moving` in the present one, and what lies between is on its way at this moment.
//
//	0            done   moving                     2^32
//	|-- next array --|--??--|----- present array ----|
//
// Who writes: all words only with all buckets held (table/migrate.cpp), and between two steps done == moving. So:
//   - who holds any stripe sees no chunk under way, and the words do not change under him;
//   - who holds none (RCU or bottom halves off, which keeps the arrays) reads them as a sequence lock: an odd generation, or another one
//     afterwards, means again. A chunk raises `moving` before it touches a node and `done` after it touched the last.
//
// Hence a lookup waits only for a chunk that moves its own piece of hash space. Who found nothing has seen everybody if the chain ended
// in its own number and the hash still lives where it did (holds()): the loads of the chain are ordered before that second look, and
// the write of `moving` before the chunk's writes to nodes. Numbers of the two arrays differ by a tag: an entry that is deleted and comes
// back in the other array must not lead a reader to the end of a chain that only looks like his.
#pragma once

#include <nfct/core/bytes.hpp>
#include <nfct/table/table.hpp>

#include <nfct/kernel/test_point.h>
#include <nfct/shim/kernel.h>

namespace nfct::table {

inline constexpr u64 hash_space = u64(1) << 32;

// Least hash that falls into the bucket.
inline u64 start_of(u32 bucket, u32 size) { return (u64(bucket) * hash_space + size - 1) / size; }

// An array's chain i ends in i + tag. A migration goes to the other tag; an array of the same tag again cannot come before who
// reads this one is gone.
struct Array {
	hlist_nulls_head *heads;
	u32 size;
	u32 tag;
};
inline constexpr u32 other_tag = 1u << 30; // above every bucket number, and below what a chain's end can hold on 32 bits

struct alignas(64) Layout {
	u32 generation; // odd: being written
	Array now;
	Array next; // no heads: no migration
	u64 done, moving;
};
extern Layout layout;

// False: it changed meanwhile, or the hash is being moved.
inline bool try_view(u32 hash, View &v)
{
	v.generation = kernel::load_acquire(layout.generation);
	v.heads = kernel::read_once(layout.now.heads);
	NFCT_TEST_POINT(WITHIN_VIEW);
	v.size = kernel::read_once(layout.now.size);
	v.tag = kernel::read_once(layout.now.tag);
	v.end = hash_space;
	bool on_its_way = false;
	if (hlist_nulls_head *next = kernel::read_once(layout.next.heads)) [[unlikely]] {
		const u64 done = kernel::read_once(layout.done);
		if (hash < done)
			v = {next, kernel::read_once(layout.next.size), kernel::read_once(layout.next.tag), v.generation, done};
		else
			on_its_way = hash < kernel::read_once(layout.moving);
	}
	kernel::fence_acquire();
	return !(v.generation & 1) && kernel::read_once(layout.generation) == v.generation && !on_its_way;
}

// Bounded by the time that a chunk takes.
inline View place(u32 hash)
{
	NFCT_SCRATCH View v;
	while (!try_view(hash, v)) [[unlikely]]
		nfct_shim_cpu_relax();
	return v;
}

// Nothing at all has changed since the view was taken.
inline bool still(const View &v)
{
	kernel::fence_acquire();
	return kernel::read_once(layout.generation) == v.generation;
}

// Whether the hash of a view lives where it did. Then so does all above it, as far as the view reaches.
inline bool holds(const View &v, u32 hash) { return still(v) || place(hash).heads == v.heads; }

} // namespace nfct::table
