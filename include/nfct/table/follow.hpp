// SPDX-License-Identifier: GPL-2.0-only
// The number of buckets follows the number of entries (table/follow.cpp).
#pragma once

#include <nfct/kernel/atomic.hpp>

namespace nfct::table {

// More entries than this in one namespace, and the table should grow. Read by every new connection, written when the table changes.
extern u32 grow_at;
void request_growth();

// A namespace has so many entries. Any context.
inline void note_entries(u32 count)
{
	if (count > kernel::read_once(grow_at)) [[unlikely]]
		request_growth();
}

// Somebody requested growth since follow_load() was called last.
bool growth_wanted();

// Counts the entries of all namespaces and changes the number of buckets if it should. True: it should, and waits for a dump; to be called again in a
// second. Process context; one caller at a time.
bool follow_load();

// What the table would grow to from this size; the same if it may not grow. Process context.
u32 grown_to_load(u32 size);

// Somebody outside walks the table by bucket numbers.
extern bool walked;
inline void note_walk()
{
	if (!kernel::read_once(walked))
		kernel::write_once(walked, true);
}

} // namespace nfct::table
