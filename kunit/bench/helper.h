/* SPDX-License-Identifier: GPL-2.0-only */
/* A helper that reads nothing. */
#ifndef NFCT_BENCH_HELPER_H
#define NFCT_BENCH_HELPER_H

#include "bench.h"

/* A template that gives each new connection a helper that reads nothing. The caller gives it back; NULL without memory. */
struct nf_conn *bench_helped_template(struct bench *b);

#endif
