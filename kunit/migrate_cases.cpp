// SPDX-License-Identifier: GPL-2.0-only
// For migrate_test.c: where the table says that a flow lives.
#include <nfct/kunit/cases.h>
#include <nfct/table/migrate.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

unsigned nfct_kunit_place(const nf_conntrack_tuple *tuple, bool *moved)
{
	const u32 hash = table::flow_hash(tuple_of(*tuple), 0, init_net);
	const table::View v = table::place(hash);
	*moved = table::migrating() && v.heads != nf_conntrack_hash;
	return table::bucket_of(hash, v.size);
}

bool nfct_kunit_migrating()
{
	return table::migrating();
}
