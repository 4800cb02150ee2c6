/* SPDX-License-Identifier: GPL-2.0-only */
/* What the administrator says about the number of buckets (module parameters, sysctl); how many there are is nf_conntrack_htable_size. */
#ifndef NFCT_TABLE_BUCKETS_H
#define NFCT_TABLE_BUCKETS_H

#ifdef __cplusplus
extern "C" {
#endif

/* The least number of buckets, in whole pages: what was written last, or the default. Before load: what is asked for, 0 for the default. */
extern unsigned int nfct_buckets_wanted;

/* More buckets while there are more entries (table/follow.cpp). */
extern bool nfct_auto_buckets;

/* The switch, or the number of buckets, has changed. Any context. */
void nfct_watch_load(void);

#ifdef __cplusplus
}
#endif

#endif
