// SPDX-License-Identifier: GPL-2.0-only
// Where the connection that a chain begins with may be, so that it is fetched together with the chain's head, not after it.
//
// Behind an array's heads there are three hints for eight of them, each the line of memory in which the connection begins that was linked there
// last: 12 bytes for 64, so that they are in a cache that the heads are too large for. Who follows one only fetches; it may be of another chain, or
// old, and the memory somebody else's. In a small table the heads are in that cache, in a very large one not even the hints are: there are none.
#pragma once

#include <nfct/table/fetch.hpp>

namespace nfct::table {

inline constexpr u32 least_hinted = 1u << 15, most_hinted = 1u << 22; // buckets
inline constexpr bool has_hints(u32 buckets) { return buckets - least_hinted <= most_hinted - least_hinted; }

inline usize array_bytes(u32 buckets)
{
	return buckets * sizeof(hlist_nulls_head) + (has_hints(buckets) ? buckets / 8 * 3 * sizeof(u32) : 0);
}

// A bucket's; null if the array has none.
inline u32 *hint_of(hlist_nulls_head *heads, u32 buckets, u32 bucket)
{
	return has_hints(buckets) ? reinterpret_cast<u32 *>(heads + buckets) + bucket * 3 / 8 : nullptr;
}

// The bucket is locked, though nothing depends on it: another one may have the same hint. 32 bits tell 256 GiB of memory apart; beyond that a hint
// leads astray.
inline void leave_hint(u32 *hint, const nf_conn &ct)
{
	if (hint)
		kernel::write_once(*hint, static_cast<u32>((reinterpret_cast<unsigned long>(&ct) - nfct_direct_map) / cache_line));
}

// Nothing but an address.
inline const nf_conn *hinted(const u32 *hint)
{
	return reinterpret_cast<const nf_conn *>(nfct_direct_map + static_cast<unsigned long>(kernel::read_once(*hint)) * cache_line);
}

} // namespace nfct::table
