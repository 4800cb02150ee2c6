// SPDX-License-Identifier: GPL-2.0-only
/* The delayed work of each namespace that tells destructions which could not be told at once (kernel: nf_conntrack_ecache_work). */
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <nfct/shim/ecache.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>

static void redelivery_run(struct work_struct *work)
{
	struct nf_conntrack_net_ecache *ecache = container_of(work, struct nf_conntrack_net_ecache, dwork.work);

	switch (nfct_redeliver(ecache)) {
	case NFCT_REDELIVERY_DONE:
		break;
	case NFCT_REDELIVERY_AGAIN:
		schedule_delayed_work(&ecache->dwork, 0);
		break;
	case NFCT_REDELIVERY_CONGESTED:
		schedule_delayed_work(&ecache->dwork, msecs_to_jiffies(10));
		break;
	}
}

void nfct_shim_redelivery_wanted(struct net *net)
{
	struct nf_conntrack_net_ecache *ecache = &nfct_netns_of(net)->kernel.ecache;

	if (!delayed_work_pending(&ecache->dwork)) {
		schedule_delayed_work(&ecache->dwork, HZ);
		WRITE_ONCE(net->ct.ecache_dwork_pending, true);
	}
}

void nfct_shim_redelivery_possible(struct net *net)
{
	struct nf_conntrack_net_ecache *ecache = &nfct_netns_of(net)->kernel.ecache;

	if (!hlist_nulls_empty(&ecache->dying_list))
		mod_delayed_work(system_wq, &ecache->dwork, 0);
	else
		WRITE_ONCE(net->ct.ecache_dwork_pending, false);
}

void nfct_shim_ecache_init(struct net *net)
{
	struct nf_conntrack_net_ecache *ecache = &nfct_netns_of(net)->kernel.ecache;

	INIT_DELAYED_WORK(&ecache->dwork, redelivery_run);
	spin_lock_init(&ecache->dying_lock);
	nfct_dying_list_init(ecache);
}

void nfct_shim_ecache_fini(struct net *net)
{
	cancel_delayed_work_sync(&nfct_netns_of(net)->kernel.ecache.dwork);
}
