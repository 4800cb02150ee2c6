/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walk over all connections of a netns, one after the other, over hours if need be (readers of /proc/net/nf_conntrack).
 *
 * The cursor is a position in the 32-bit hash space, which keeps its meaning when the table is resized: an entry that lives through
 * the walk is met exactly once. A whole bucket is referenced at a time and handed out one by one.
 */
#ifndef NFCT_TABLE_DUMP_H
#define NFCT_TABLE_DUMP_H

#ifdef __cplusplus
extern "C" {
#endif

struct net;
struct nf_conn;
struct nfct_dump;

/* May sleep. Null if there is no memory. The netns must outlive the dump. */
struct nfct_dump *nfct_dump_open(struct net *net);

/* Drops the references of what was collected and not handed out yet. */
void nfct_dump_close(struct nfct_dump *dump);

/* The next entry will be the first again. */
void nfct_dump_rewind(struct nfct_dump *dump);

/*
 * 1: *ct is the next connection, referenced by the dump until the following call on it. 0: there are no more. -ENOMEM: the next bucket
 * could not be collected; calling again tries it again. Process context, may sleep.
 */
int nfct_dump_next(struct nfct_dump *dump, struct nf_conn **ct);

#ifdef __cplusplus
}
#endif

#endif
