// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters, and what a new netns takes from them (kernel: nf_conntrack_{standalone,proto,acct,...}.c). */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>

#include <nfct/present/present.h>
#include <nfct/table/buckets.h>

static bool default_acct __read_mostly;
MODULE_PARM_DESC(acct, "Enable connection tracking flow accounting.");
module_param_named(acct, default_acct, bool, 0644);

#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
static bool default_tstamp __read_mostly;
MODULE_PARM_DESC(tstamp, "Enable connection tracking flow timestamping.");
module_param_named(tstamp, default_tstamp, bool, 0644);
#endif

static bool enable_hooks __read_mostly;
MODULE_PARM_DESC(enable_hooks, "Always enable conntrack hooks");
module_param(enable_hooks, bool, 0000);

module_param_named(expect_hashsize, nf_ct_expect_hsize, uint, 0400);

/*
 * While the module is being loaded there is no table yet, and the number is only noted (0: choose by memory). Later the table is
 * resized, and the number changes if that works.
 */
int nf_conntrack_set_hashsize(const char *val, const struct kernel_param *kp)
{
	unsigned int buckets;
	int ret;

	/* The table belongs to all; a container must not resize it. */
	if (!net_eq(current->nsproxy->net_ns, &init_net))
		return -EOPNOTSUPP;
	if (!nf_conntrack_hash)
		return param_set_uint(val, kp);

	ret = kstrtouint(val, 0, &buckets);
	return ret ? ret : nf_conntrack_hash_resize(buckets);
}

/* What was asked for is what is read: to write it again changes nothing. How many there are for now is in buckets_in_use. */
module_param_call(hashsize, nf_conntrack_set_hashsize, param_get_uint, &nfct_buckets_wanted, 0600);

static int set_auto_buckets(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_bool(val, kp);

	nfct_watch_load();
	return ret;
}

static const struct kernel_param_ops auto_buckets_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set_auto_buckets,
	.get = param_get_bool,
};
module_param_cb(auto_buckets, &auto_buckets_ops, &nfct_auto_buckets, 0644);
__MODULE_PARM_TYPE(auto_buckets, "bool");
MODULE_PARM_DESC(auto_buckets, "More buckets than hashsize while there are many entries (default: Y)");
module_param_named(buckets_in_use, nf_conntrack_htable_size, uint, 0444);
MODULE_PARM_DESC(buckets_in_use, "Number of buckets at present (read only)");

bool nfct_enable_hooks(void)
{
	return enable_hooks;
}

/* Events are on demand (2): built for a connection only if somebody listens when it begins. */
#define EVENTS_ON_DEMAND 2

void nfct_netns_defaults(struct net *net)
{
	net->ct.sysctl_checksum = 1;
	net->ct.sysctl_acct = default_acct;
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	net->ct.sysctl_tstamp = default_tstamp;
#endif
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	net->ct.sysctl_events = EVENTS_ON_DEMAND;
#endif
	nfct_proto_defaults(net);
}
