// SPDX-License-Identifier: GPL-2.0-only
// The table's generation: tells lockless readers that array and size changed under them (kernel: nf_conntrack_generation).
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/kernel/atomic.hpp>
#include <nfct/shim/kernel.h>

namespace nfct::table {

extern u32 generation;

// Waits for a resize in progress to end. Bounded by the time that a resize holds all buckets.
inline u32 stable_generation()
{
	u32 g;
	while ((g = kernel::load_acquire(generation)) & 1) [[unlikely]]
		nfct_shim_cpu_relax();
	return g;
}

// Whether what was read since stable_generation() returned seen belongs together.
inline bool still(u32 seen)
{
	kernel::fence_acquire();
	return kernel::read_once(generation) == seen;
}

// The writer's two ends. All buckets held.
inline void begin_change()
{
	kernel::write_once(generation, generation + 1);
	kernel::fence_full();
}
inline void end_change() { kernel::store_release(generation, generation + 1); }

} // namespace nfct::table
