/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two guests, stock in one and ours in the other, measure in turns, of packets each a few milliseconds: what slows the machine slows both, and neither has
 * the other's work beside its own. The parameter `turns` says whether this is the first (0) or the second (1) of two; without it a guest is alone, and
 * nothing here waits.
 */
#ifndef NFCT_BENCH_TURNS_H
#define NFCT_BENCH_TURNS_H

#include <linux/types.h>

/* Around all that is measured, equally often in both guests. They begin together: the first one has the first turn. Process context, no lock held. */
void turn_begin(void);
void turn_end(void);

/* Nanoseconds spent so far in waiting for the other one. */
u64 turn_waited(void);

/* False if there should be another guest and there is no memory to meet in. */
bool turns_ready(void);

#endif
