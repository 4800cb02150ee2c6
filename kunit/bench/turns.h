/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two guests, stock in one and ours in the other, measure in turns, of packets each a few milliseconds, and on the same processor, while the other one waits
 * on another: what slows the machine, or one of its processors, slows both, and neither has the other's work beside its own. The parameter `turns` says
 * whether this is the first (0) or the second (1) of two, `processors` which of the host's is for measuring and which for waiting. Without them a guest
 * is alone, and nothing here waits.
 */
#ifndef NFCT_BENCH_TURNS_H
#define NFCT_BENCH_TURNS_H

#include <linux/types.h>

/*
 * Around all that is measured, equally often in both guests. They begin together: the first one has the first turn. Within a turn others are part of it.
 * Process context, no lock held.
 */
void turn_begin(void);
void turn_end(void);

/* Around so many short plays, which are one turn if they are several: when one begins, nothing that is measured is in the processor's caches. */
static inline void plays_begin(u32 plays)
{
	if (plays > 1)
		turn_begin();
}

static inline void plays_end(u32 plays)
{
	if (plays > 1)
		turn_end();
}

/* Nanoseconds spent so far in waiting for the other one. */
u64 turn_waited(void);

/* False if there should be another guest and there is no memory to meet in, or no processor. */
bool turns_ready(void);

#endif
