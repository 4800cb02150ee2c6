/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites do to the module's outbound shims: the linker sends the calls of the module through kunit/fault.c (--wrap in Kbuild),
 * where a test can make an allocation fail or have something done at a moment that would otherwise be luck.
 */
#ifndef NFCT_KUNIT_FAULT_H
#define NFCT_KUNIT_FAULT_H

#include <linux/types.h>
#include <nfct/kernel/test_point.h>

enum nfct_fault {
	NFCT_FAULT_CONN,    /* an object from the cache */
	NFCT_FAULT_EXPECT,  /* an expectation */
	NFCT_FAULT_ZALLOC,
	NFCT_FAULT_REALLOC,
	NFCT_FAULT_PAGES,   /* a bucket array */
	NFCT_FAULT_PERCPU,  /* a namespace's counters */
	NFCT_FAULT_COUNT
};

/* The nth call from now on by this task fails, and only that one; 0: none. */
void nfct_fault_arm(enum nfct_fault kind, unsigned int nth);
/* Whether it has happened; disarms. */
bool nfct_fault_happened(enum nfct_fault kind);

/* While the collector is held it does not run; nfct_gc_step() runs it in its place and returns the delay that it asked for. */
void nfct_gc_hold(void);
void nfct_gc_release(void);
unsigned long nfct_gc_step(void);
/*
 * Runs it until a pass has come to its end and nothing is wanted at once, for which on a slow machine it takes several runs; the delay until the
 * next pass, at least HZ. A pass may have been under way: what is wanted of a whole one is there after two.
 */
unsigned long nfct_gc_pass(void);
/* How often the worker came by, held or not. */
unsigned int nfct_gc_visits(void);
/* How often it was asked to come, and in how many jiffies the last time. */
unsigned int nfct_gc_kicks(void);
unsigned long nfct_gc_kick_delay(void);

/* From now on this task's warnings (nfct_shim_warn) are counted and not said; until they are asked for. */
void nfct_warnings_catch(void);
unsigned int nfct_warnings_caught(void);

/* Called wherever the walks over the table would let others run; by this task only. Null: nothing. */
void nfct_at_resched(void (*what)(void *arg), void *arg);

/* The same at the next test point of this kind: once. In an RCU section, so it must not sleep. */
void nfct_at_point(enum nfct_point point, void (*what)(void *arg), void *arg);

#endif
