// SPDX-License-Identifier: GPL-2.0-only
/* nf_confirm(), whose signature differs between kernels: what bridges and Open vSwitch call for a packet that leaves. RCU. */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <nfct/packet/ct_hook.h>
#include <nfct/shim/compat.h>

#ifdef NFCT_CONFIRM_TAKES_OFFSET
unsigned int nf_confirm(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return nfct_confirm_at(skb, protoff, ct, ctinfo);
}
#else
unsigned int nf_confirm(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return nfct_confirm_packet(skb, state);
}
#endif
