/* SPDX-License-Identifier: GPL-2.0-only */
/* How long nobody gets through: a packet of an established flow ten thousand times a second, from a timer, as from a card. */
#ifndef NFCT_BENCH_STOP_H
#define NFCT_BENCH_STOP_H

#include "bench.h"

enum { STOP_PARTS = 8 };

struct stops {
	u64 longest[STOP_PARTS];	/* the longest time between two packets that got through, in each part of the work */
	u32 refused;
};

/*
 * The flow must exist; its packets keep it alive. `part` says in which part the work is, soft interrupt, STOP_PARTS if in none; NULL: all is part 0.
 * What is no part's is forgotten.
 */
bool stop_watch(const struct bench *b, u32 flow, u32 (*part)(const struct bench *b));
struct stops stop_end(void);

#endif
