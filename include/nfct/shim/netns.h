/* SPDX-License-Identifier: GPL-2.0-only */
/* What this module keeps for each network namespace. */
#ifndef NFCT_SHIM_NETNS_H
#define NFCT_SHIM_NETNS_H

#include <net/netfilter/nf_conntrack.h>
#include <net/netns/generic.h>
#include <nfct/core/reason_list.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns_data.h>

/* The list of reasons as numbers; the same order as nfct::Reason. */
enum nfct_reason {
#define NFCT_REASON(name, text) NFCT_REASON_##name,
	NFCT_REASON_LIST
#undef NFCT_REASON
	NFCT_REASON_COUNT
};

struct nfct_reason_counters {
	u64 count[NFCT_REASON_COUNT];
};

static inline struct nfct_netns *nfct_netns_of(const struct net *net)
{
	return net_generic(net, nf_conntrack_net_id);
}

/* A namespace's per-CPU counters. 0, or -ENOMEM and there are none. Process context. */
int nfct_counters_alloc(struct net *net);
void nfct_counters_free(struct net *net);
/* As __alloc_percpu(): zeroed, or null. */
void __percpu *nfct_shim_alloc_percpu(size_t size, size_t align);

#endif
