// SPDX-License-Identifier: GPL-2.0-only
/* When nf_conntrack was done with a namespace that ended. Namespaces are left in the reverse of the order in which modules registered. */
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

u64 bench_netns_left;
EXPORT_SYMBOL_GPL(bench_netns_left);

static void __net_exit left(struct net *net)
{
	WRITE_ONCE(bench_netns_left, ktime_get_raw_fast_ns());
}

static struct pernet_operations netns = { .exit = left };

static int __init begin(void)
{
	return register_pernet_subsys(&netns);
}

static void __exit end(void)
{
	unregister_pernet_subsys(&netns);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A clock for the benchmark of nf_conntrack");
