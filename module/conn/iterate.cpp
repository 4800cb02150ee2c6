// SPDX-License-Identifier: GPL-2.0-only
// Forgetting what a module left in connections, when it goes (kernel: nf_ct_iterate_destroy).
//
// Connections that are confirmed are in the table. Those that are not belong to a packet: one that waits in user space is dropped, one on
// its way is either confirmed before the grace period ends, or (6.1) never, because its extensions are outdated by then.
#include <nfct/conn/conn.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

void nf_ct_iterate_destroy(int (*iter)(nf_conn *i, void *data), void *data)
{
	nfct_shim_drop_queued_packets();
	// First outdated, then the grace period: who saw the old generation has put its connection where the walk finds it.
	conn::outdate_extensions();
	nfct_shim_synchronize_net();
	table::sweep(nullptr, iter, data, 0, 0);
	nfct_shim_synchronize_rcu();
}

} // extern "C"
