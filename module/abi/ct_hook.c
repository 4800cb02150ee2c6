// SPDX-License-Identifier: GPL-2.0-only
/* The nf_ct_hook pointer: how core netfilter reaches conntrack without depending on the module. */
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <nfct/abi/module.h>
#include <nfct/packet/ct_hook.h>
#include <nfct/shim/compat.h>

static int update(struct net *net, struct sk_buff *skb)
{
	unsigned int verdict = nfct_hook_update(net, skb);

#ifdef NFCT_UPDATE_RETURNS_ERRNO
	return verdict == NF_ACCEPT ? 0 : -1;
#else
	return verdict;
#endif
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
