/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions behind nf_ct_hook and the confirming netfilter hooks (packet/ct_hook.cpp, packet/confirm.cpp). */
#ifndef NFCT_PACKET_CT_HOOK_H
#define NFCT_PACKET_CT_HOOK_H

struct sk_buff;
struct nf_conntrack;
struct nf_conntrack_tuple;
struct nf_hook_state;

void nfct_hook_attach(struct sk_buff *answer, const struct sk_buff *cause);
bool nfct_hook_get_tuple(struct nf_conntrack_tuple *to, const struct sk_buff *skb);
void nfct_hook_set_closing(struct nf_conntrack *nfct);

/* Confirms the packet's connection if that is still to be done. NF_ACCEPT or NF_DROP; RCU. */
unsigned int nfct_confirm_packet(struct sk_buff *skb, const struct nf_hook_state *state);

#endif
