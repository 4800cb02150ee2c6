// SPDX-License-Identifier: GPL-2.0-only
// What hints_test.c asks of the table.
#include <nfct/kunit/cases.h>
#include <nfct/table/hints.hpp>
#include <nfct/table/layout.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

const void *nfct_kunit_hinted(const nf_conntrack_tuple *tuple)
{
	const u32 hash = table::flow_hash(tuple_of(*tuple), 0, init_net);
	const table::View v = table::place(hash);
	return table::hinted(table::hint_of(v.heads, v.size, table::bucket_of(hash, v.size)));
}
