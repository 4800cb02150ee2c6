// SPDX-License-Identifier: GPL-2.0-only
// What others may ask of the garbage collector (table/gc.cpp).
#pragma once

namespace nfct::table {

// The table is full: have the collector evict what may go, soon. Any context.
void request_eviction();
// The last eviction went over the whole table, with the limit that there is, and found nobody who may go. Those that came since are
// table/newcomers.hpp's. Any context.
bool eviction_is_futile();

} // namespace nfct::table
