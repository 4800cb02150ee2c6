/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning and the end of a namespace's redelivery of destroy events (shim/ecache.c), for abi/netns.c. */
#ifndef NFCT_SHIM_ECACHE_H
#define NFCT_SHIM_ECACHE_H

struct net;
struct nf_conntrack_net_ecache;

/* Before the namespace has connections. */
void nfct_shim_ecache_init(struct net *net);
/* When it has none any more. Waits for a running work. May sleep. */
void nfct_shim_ecache_fini(struct net *net);

/* conn/redelivery.cpp */
void nfct_dying_list_init(struct nf_conntrack_net_ecache *ecache);

#endif
