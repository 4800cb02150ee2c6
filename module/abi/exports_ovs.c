// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_ovs.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>

#ifdef NFCT_KERNEL_DECLARES_nf_ct_helper
EXPORT_SYMBOL_GPL(nf_ct_helper);
EXPORT_SYMBOL_GPL(nf_ct_add_helper);
EXPORT_SYMBOL_GPL(nf_ct_skb_network_trim);
EXPORT_SYMBOL_GPL(nf_ct_handle_fragments);
#endif
