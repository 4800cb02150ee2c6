// SPDX-License-Identifier: GPL-2.0-only
// Moving all entries into another bucket array, a chunk at a time (table/migrate.cpp).
#pragma once

#include <nfct/table/layout.hpp>

namespace nfct::table {

// The array while there is no migration.
void set_now(Array array);

// From here on move_chunk() moves into this array. The mutex is held until all has moved; none is under way.
void begin_migration(Array to, const kernel::TableMutexGuard &);

// Moves a chunk, or what is left if that is less. True: there is more. No bucket lock held; any context but hard
// interrupts. Whoever needs the table whole may call it, whether or not the task that began is running.
bool move_chunk();

// To be asked under a stripe, which keeps it from changing from no to yes, or under the mutex.
inline bool migrating() { return kernel::read_once(layout.next.heads); }

} // namespace nfct::table
