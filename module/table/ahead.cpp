// SPDX-License-Identifier: GPL-2.0-only
// Running ahead of a walk that is not ours: nf_conntrack_netlink's dump goes from bucket to bucket and would wait for each entry. It tells
// nobody where it is, but it has each connection's ports put into attributes (present/netlink_tuple.c), and a connection knows its hash.
#include <nfct/table/ahead.h>
#include <nfct/table/ahead.hpp>
#include <nfct/table/fetch.hpp>
#include <nfct/table/hashes.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

alignas(cache_line) u32 fetched_before;

// The chain's first entry is on its way since a while.
static void fetch_second(const hlist_nulls_head &head)
{
	hlist_nulls_node *p = kernel::first(head);
	if (kernel::is_end(p))
		return;
	p = kernel::read_once(p->next);
	if (!kernel::is_end(p))
		fetch(Node::of(p).conn());
}

} // namespace nfct::table

using namespace nfct;

extern "C" void nfct_run_ahead(const nf_conn *ct)
{
	kernel::RcuGuard rcu;
	const u32 hash = table::hash_in(*ct, Direction::original);
	const table::View v = table::view(hash, rcu);
	const table::Run run = table::run_from(table::bucket_of(hash, v.size), v.stop(), kernel::read_once(table::fetched_before));
	for (u32 bucket = run.from; bucket < run.to; bucket++) {
		table::fetch_first(v.heads[bucket]);
		if (bucket >= table::ahead_second)
			table::fetch_second(v.heads[bucket - table::ahead_second]);
	}
	kernel::write_once(table::fetched_before, run.to);
}
