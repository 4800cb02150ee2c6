// SPDX-License-Identifier: GPL-2.0-only
/* The nf_ct_hook pointer: how core netfilter reaches conntrack without depending on the module. */
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <nfct/abi/module.h>
#include <nfct/packet/ct_hook.h>

/*
 * A packet comes back from a queue in user space. Helpers in user space do not exist yet, so nothing remains to be done; a connection
 * that became known while the packet was away is met when the packet is confirmed.
 */
static int update(struct net *net, struct sk_buff *skb)
{
	return NF_ACCEPT;
}

static const struct nf_ct_hook hook = {
	.update = update,
	.destroy = nf_ct_destroy,
	.get_tuple_skb = nfct_hook_get_tuple,
	.attach = nfct_hook_attach,
	.set_closing = nfct_hook_set_closing,
	.confirm = __nf_conntrack_confirm,
};

void nfct_ct_hook_start(void)
{
	rcu_assign_pointer(nf_ct_hook, &hook);
}

void nfct_ct_hook_stop(void)
{
	RCU_INIT_POINTER(nf_ct_hook, NULL);
	synchronize_rcu();
}
