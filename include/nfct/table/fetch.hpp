// SPDX-License-Identifier: GPL-2.0-only
// Having entries fetched before they are looked at, all their lines at once, not one after the other.
#pragma once

#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/chain.hpp>
#include <nfct/kernel/prefetch.hpp>
#include <nfct/table/table.hpp>

namespace nfct::table {

inline constexpr usize cache_line = 64;

// The lines of a connection up to its protocol's state. It need not be one any more.
inline void fetch(const nf_conn &ct)
{
	const char *p = reinterpret_cast<const char *>(&ct);
	for (usize at = 0; at < __builtin_offsetof(nf_conn, proto); at += cache_line)
		kernel::prefetch(p + at);
}

// Where its counters are if they are in its own memory.
inline void fetch_area(const nf_conn &ct, Room room)
{
	kernel::prefetch(reinterpret_cast<const char *>(&ct) + nfct_area_at(room == Room::of_whole_state));
}

// The first entry of a chain.
inline void fetch_first(const hlist_nulls_head &head)
{
	if (hlist_nulls_node *p = kernel::first(head); !kernel::is_end(p))
		fetch(Node::of(p).conn());
}

// What taking the link out of its chain writes to.
inline void fetch_neighbours(const hlist_nulls_node &link)
{
	kernel::prefetch(kernel::read_once(link.pprev));
	kernel::prefetch(kernel::read_once(link.next));
}

// How many chains ahead of a walk over many: one after the other they would be waited for.
inline constexpr u32 chains_ahead = 12;

} // namespace nfct::table
