/* SPDX-License-Identifier: GPL-2.0-only */
/* How often a packet was INVALID, and why: the counters behind /proc/net/stat/nf_conntrack_invalid. */
#ifndef NFCT_SHIM_REASONS_H
#define NFCT_SHIM_REASONS_H

#ifdef __cplusplus
extern "C" {
#endif

struct net;

/* Packets of this netns that were INVALID for `reason` (position in core/reason_list.h), summed over CPUs. */
unsigned long long nfct_reason_count(struct net *net, unsigned int reason);

#ifdef __cplusplus
}
#endif

#endif
