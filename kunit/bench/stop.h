/* SPDX-License-Identifier: GPL-2.0-only */
/* How long nobody gets through: a packet of an established flow ten thousand times a second, from a timer, as from a card. */
#ifndef NFCT_BENCH_STOP_H
#define NFCT_BENCH_STOP_H

#include "bench.h"

struct stops {
	u64 packets;	/* the longest time between two packets that got through */
	u32 refused;
};

/* The flow must exist; its packets keep it alive. */
bool stop_watch(const struct bench *b, u32 flow);
struct stops stop_end(void);

#endif
