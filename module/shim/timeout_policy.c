// SPDX-License-Identifier: GPL-2.0-only
/* Freeing timeout policies, and stock's messages about them, which bear no prefix (kernel: nf_conntrack_timeout.c). */
#include <linux/printk.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <nfct/shim/kernel.h>

void nfct_shim_free_timeout_policy(struct nf_ct_timeout *policy)
{
	kfree_rcu(policy, rcu);
}

void nfct_shim_info_no_timeout_policies(void)
{
	pr_info_ratelimited("Timeout policy base is empty\n");
}

void nfct_shim_info_no_timeout_policy(const char *name)
{
	pr_info_ratelimited("No such timeout policy \"%s\"\n", name);
}

void nfct_shim_info_timeout_policy_is_for(const char *name, int layer, int number)
{
	pr_info_ratelimited("Timeout policy `%s' can only be used by L%d protocol number %d\n", name, layer, number);
}
