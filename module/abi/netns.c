// SPDX-License-Identifier: GPL-2.0-only
/* Bringing connection tracking up and down in each network namespace (kernel: the pernet part of nf_conntrack_standalone.c). */
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netns/generic.h>
#include <nfct/abi/module.h>
#include <nfct/shim/ecache.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>
#include <nfct/present/present.h>

unsigned int nf_conntrack_net_id __read_mostly;

u32 nf_conntrack_count(const struct net *net)
{
	return atomic_read(&nfct_netns_of(net)->kernel.count);
}

static int any_conn(struct nf_conn *ct, void *data)
{
	return 1;
}

/*
 * Who may still hold a connection of a dying namespace: packets in flight (waited for here), a queue in user space (core netfilter drops
 * those), and nobody else: readers of /proc were shut out before. So the count comes to zero.
 */
static void drain(struct list_head *nets)
{
	struct net *net;
	bool busy;

	list_for_each_entry(net, nets, exit_list)
		nfct_end_connections(net);
	do {
		busy = false;
		list_for_each_entry(net, nets, exit_list) {
			struct nf_ct_iter_data all = { .net = net };

			nf_ct_iterate_cleanup_net(any_conn, &all);
			busy |= nf_conntrack_count(net) != 0;
		}
		if (busy)
			schedule();
	} while (busy);
}

/* The hooks of these namespaces are gone; so are, when this returns, their packets, connections and counters. */
static void clean_up(struct list_head *nets)
{
	struct net *net;

	/* Packets that saw the hooks are through after this. */
	synchronize_rcu_expedited();
	drain(nets);
	list_for_each_entry(net, nets, exit_list) {
		nfct_shim_ecache_fini(net);
		nfct_gre_keymap_flush(net);
		nfct_counters_free(net);
	}
}

static int netns_init(struct net *net)
{
	LIST_HEAD(only);
	int err;

	nfct_netns_defaults(net);
	nfct_shim_ecache_init(net);
	err = nfct_counters_alloc(net);
	if (err)
		return err;

	err = nfct_present_netns_init(net);
	if (err)
		goto no_files;

	if (nfct_enable_hooks()) {
		err = nf_ct_netns_get(net, NFPROTO_INET);
		if (err)
			goto no_hooks;
	}
	return 0;

no_hooks:
	nfct_present_netns_exit(net);
	/* One family may have tracked packets until the other failed. */
	list_add(&net->exit_list, &only);
	clean_up(&only);
	return err;
no_files:
	nfct_counters_free(net);
	return err;
}

static void netns_exit_batch(struct list_head *nets)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		if (nfct_enable_hooks())
			nf_ct_netns_put(net, NFPROTO_INET);
		nfct_present_netns_exit(net);
	}
	clean_up(nets);
}

static struct pernet_operations netns_ops = {
	.init = netns_init,
	.exit_batch = netns_exit_batch,
	.id = &nf_conntrack_net_id,
	.size = sizeof(struct nfct_netns),
};

int nfct_netns_start(void)
{
	int err = register_pernet_subsys(&netns_ops);

	if (!err)
		nfct_shim_countable(true);
	return err;
}

void nfct_netns_stop(void)
{
	nfct_shim_countable(false);
	unregister_pernet_subsys(&netns_ops);
}
