// SPDX-License-Identifier: GPL-2.0-only
// Where in hash space a namespace has ever had connections: its end looks there, not at every connection of the world.
//
// A bit for each of 16,384 ranges, set before a connection of the range is in the table, and never cleared: of a namespace that has seen many
// connections all are set, and its end costs what it always did. Bits are set under the range's bucket lock and read once no packet is left.
#pragma once

#include <nfct/kernel/netns.hpp>

namespace nfct::table {

inline constexpr u32 range_bits = 32 - NFCT_TRACE_RANGES_LOG2; // of a hash, within its range

inline void leave_trace(const net &n, u32 hash, const kernel::RcuRead &rcu)
{
	const u32 range = hash >> range_bits;
	unsigned long &word = pernet(n, rcu).trace[range / 64];
	const unsigned long bit = 1ul << range % 64;
	if (!(kernel::read_once(word) & bit)) [[unlikely]]
		kernel::set_bits(word, bit);
}

// The first range from this one on that has a trace, or the number of all.
inline u32 next_trace(const net &n, u32 range)
{
	const unsigned long *words = pernet(n).trace;
	while (range < NFCT_TRACE_RANGES) {
		if (const unsigned long rest = kernel::read_once(words[range / 64]) >> range % 64)
			return range + static_cast<u32>(__builtin_ctzl(rest));
		range = (range / 64 + 1) * 64;
	}
	return NFCT_TRACE_RANGES;
}

} // namespace nfct::table
