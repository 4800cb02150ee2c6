// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading the module (kernel: nf_conntrack_standalone.c). */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_bpf.h>
#include <nfct/abi/module.h>
#include <nfct/present/present.h>
#include <nfct/shim/kernel.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("IPv4 and IPv6 connection tracking");
MODULE_VERSION(NFCT_VERSION);
MODULE_ALIAS("ip_conntrack");
MODULE_ALIAS("nf_conntrack-" __stringify(AF_INET));
MODULE_ALIAS("nf_conntrack-" __stringify(AF_INET6));

static int __init nfct_module_init(void)
{
	int err;

	err = nfct_core_start();
	if (err)
		return err;
	err = nfct_getorigdst_start();
	if (err)
		goto no_sockopt;
	err = nfct_present_init();
	if (err)
		goto no_present;
	nfct_ct_hook_start();
	nfct_shim_gc_start(HZ);
	err = nfct_netns_start();
	if (err)
		goto no_netns;
	err = register_nf_conntrack_bpf();
	if (err)
		goto no_bpf;

	pr_info("nf_conntrack: conntrack++ %s (%u buckets, %u max)\n", NFCT_VERSION, nf_conntrack_htable_size, nf_conntrack_max);
	return 0;

no_bpf:
	nfct_netns_stop();
no_netns:
	nfct_shim_gc_stop();
	nfct_ct_hook_stop();
	nfct_present_exit();
no_present:
	nfct_getorigdst_stop();
no_sockopt:
	nfct_core_stop();
	return err;
}

/*
 * Every module that uses ours is gone by now, the loader saw to that. What is left: packets in flight that hold connections, waited for
 * as each namespace drains, and the collector, stopped before the table goes.
 */
static void __exit nfct_module_exit(void)
{
	cleanup_nf_conntrack_bpf();
	nfct_netns_stop();
	nfct_shim_gc_stop();
	nfct_ct_hook_stop();
	nfct_present_exit();
	nfct_getorigdst_stop();
	nfct_core_stop();
}

module_init(nfct_module_init);
module_exit(nfct_module_exit);
