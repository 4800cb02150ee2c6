/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c has for the commands: the answer, the other namespace. */
#ifndef NFCT_BENCH_MAIN_H
#define NFCT_BENCH_MAIN_H

#include <linux/printk.h>
#include <linux/types.h>

/* Add to what /proc/nfct_bench answers. */
__printf(1, 2) void main_print(const char *format, ...);

/* The namespace that was made last, NULL if it has ended. */
struct net *main_newest_netns(void);

#endif
