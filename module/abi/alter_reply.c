// SPDX-License-Identifier: GPL-2.0-only
/* What NAT calls to say where answers will come from (kernel up to 6.1: nf_conntrack_alter_reply; an inline function afterwards). */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#ifdef NFCT_KERNEL_DECLARES_nf_conntrack_alter_reply
/* Before the connection is confirmed, by its own packet: nobody else sees the tuple. */
void nf_conntrack_alter_reply(struct nf_conn *ct, const struct nf_conntrack_tuple *newreply)
{
	WARN_ON(nf_ct_is_confirmed(ct));
	ct->tuplehash[IP_CT_DIR_REPLY].tuple = *newreply;
}
#endif
