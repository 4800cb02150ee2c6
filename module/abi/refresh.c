// SPDX-License-Identifier: GPL-2.0-only
/* __nf_ct_refresh_acct(), whose signature differs between kernels: one behaviour behind both. */
#include <net/netfilter/nf_conntrack.h>
#include <nfct/conn/refresh.h>
#include <nfct/shim/compat.h>

#ifdef NFCT_REFRESH_TAKES_SKB
void __nf_ct_refresh_acct(struct nf_conn *ct, enum ip_conntrack_info ctinfo, const struct sk_buff *skb, u32 extra_jiffies, bool do_acct)
{
	nfct_refresh_acct(ct, ctinfo, extra_jiffies, do_acct ? skb->len : 0);
}
#else
void __nf_ct_refresh_acct(struct nf_conn *ct, enum ip_conntrack_info ctinfo, u32 extra_jiffies, unsigned int bytes)
{
	nfct_refresh_acct(ct, ctinfo, extra_jiffies, bytes);
}
#endif
