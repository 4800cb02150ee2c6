/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions behind nf_ct_hook and the confirming netfilter hooks (packet/ct_hook.cpp, packet/confirm.cpp, packet/requeued.cpp). */
#ifndef NFCT_PACKET_CT_HOOK_H
#define NFCT_PACKET_CT_HOOK_H

#ifdef __cplusplus
extern "C" {
#else
#include <linux/netfilter/nf_conntrack_common.h>
#endif

struct sk_buff;
struct net;
struct nf_conn;
struct nf_conntrack;
struct nf_conntrack_tuple;
struct nf_hook_state;

void nfct_hook_attach(struct sk_buff *answer, const struct sk_buff *cause);
bool nfct_hook_get_tuple(struct nf_conntrack_tuple *to, const struct sk_buff *skb);
void nfct_hook_set_closing(struct nf_conntrack *nfct);
/* A packet comes back from a queue in user space. NF_ACCEPT or NF_DROP; RCU. */
unsigned int nfct_hook_update(struct net *net, struct sk_buff *skb);

/* Has the helper see a packet that leaves, and confirms its connection if that is still to be done. A verdict; RCU. */
unsigned int nfct_confirm_packet(struct sk_buff *skb, const struct nf_hook_state *state);
unsigned int nfct_confirm_at(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info info);

#ifdef __cplusplus
}
#endif

#endif
