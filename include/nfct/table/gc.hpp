// SPDX-License-Identifier: GPL-2.0-only
// What others may ask of the garbage collector (table/gc.cpp).
#pragma once

namespace nfct::table {

// The table is full: have the collector evict what may go, soon. Any context.
void request_eviction();

} // namespace nfct::table
