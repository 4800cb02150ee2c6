/* SPDX-License-Identifier: GPL-2.0-only */
/* What this module keeps for each network namespace, for both languages. */
#ifndef NFCT_SHIM_NETNS_DATA_H
#define NFCT_SHIM_NETNS_DATA_H

/* sparse's, which C++ does not know. */
#ifdef __cplusplus
#define __percpu
#endif

struct nfct_reason_counters;

/* Ranges of hash space, see table/trace.hpp. */
enum { NFCT_TRACE_RANGES_LOG2 = 14, NFCT_TRACE_RANGES = 1 << NFCT_TRACE_RANGES_LOG2 };

struct nfct_netns {
	struct nf_conntrack_net kernel; /* first: nf_ct_pernet() reads it here */
	struct nfct_reason_counters __percpu *reasons;
	unsigned long trace[NFCT_TRACE_RANGES / (8 * sizeof(long))]; /* a bit for each range */
};

#endif
