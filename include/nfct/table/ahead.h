/* SPDX-License-Identifier: GPL-2.0-only */
/* Running ahead of a walk over the table that is not ours. */
#ifndef NFCT_TABLE_AHEAD_H
#define NFCT_TABLE_AHEAD_H

#ifdef __cplusplus
extern "C" {
#endif

struct nf_conn;

/*
 * A walk over the exported table in the order of its buckets has come to this connection, which the caller keeps alive: what comes next is
 * fetched. Nothing but time depends on it. Any context; under a stripe, or without one.
 */
void nfct_run_ahead(const struct nf_conn *ct);

#ifdef __cplusplus
}
#endif

#endif
