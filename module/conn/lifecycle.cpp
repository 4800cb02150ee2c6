// SPDX-License-Identifier: GPL-2.0-only
// The core's part of loading and unloading the module.
#include <nfct/conn/conn.hpp>
#include <nfct/expect/expect.hpp>
#include <nfct/expect/helper.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

// The tables of connections, expectations and helpers and the object caches. 0 or -ENOMEM, and then nothing is left behind. Process
// context.
int nfct_core_start()
{
	conn::init_id_key();
	if (int err = table::init())
		return err;
	if (int err = nfct_shim_conn_cache_create()) {
		table::fini();
		return err;
	}
	if (int err = nf_conntrack_expect_init()) {
		nfct_shim_conn_cache_destroy();
		table::fini();
		return err;
	}
	if (int err = nf_conntrack_helper_init()) {
		nf_conntrack_expect_fini();
		nfct_shim_conn_cache_destroy();
		table::fini();
		return err;
	}
	return 0;
}

// No packet, no reader and no namespace is left. Objects freed a moment ago may still be waiting for their grace period; destroying the
// cache waits for them.
void nfct_core_stop()
{
	nf_conntrack_helper_fini();
	nf_conntrack_expect_fini();
	table::fini();
	nfct_shim_conn_cache_destroy();
}

} // extern "C"
