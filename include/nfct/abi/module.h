/* SPDX-License-Identifier: GPL-2.0-only */
/* The stages of loading and unloading, in the order in which abi/module.c goes through them. */
#ifndef NFCT_ABI_MODULE_H
#define NFCT_ABI_MODULE_H

#define NFCT_VERSION "0.1.0"

/* conn/lifecycle.cpp: the object cache and the table. 0 or -ENOMEM. */
int nfct_core_start(void);
/* After the last namespace is down. */
void nfct_core_stop(void);

/* abi/getorigdst.c: getsockopt(SO_ORIGINAL_DST). */
int nfct_getorigdst_start(void);
void nfct_getorigdst_stop(void);

/* abi/ct_hook.c: what core netfilter calls. */
void nfct_ct_hook_start(void);
void nfct_ct_hook_stop(void);

/* abi/netns.c: every namespace, those that are there and those to come. */
int nfct_netns_start(void);
void nfct_netns_stop(void);

struct net;
/* table/sweep.cpp: deletes the connections of a namespace without packets; those that somebody holds count on. Process context. */
void nfct_end_connections(struct net *net);
/* packet/gre_keymap.cpp: forgets the calls of a namespace that has no connection left. */
void nfct_gre_keymap_flush(struct net *net);

#endif
