/* SPDX-License-Identifier: GPL-2.0-only */
/* How a row is measured and told. */
#ifndef NFCT_BENCH_METER_H
#define NFCT_BENCH_METER_H

#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include "bench.h"
#include "turns.h"

/* Packets. A turn is a few milliseconds: long enough for what the other guest's turn has pushed out of the caches to be no part of it. */
enum { METER_SLICE = 250, METER_TURN = 80 * METER_SLICE };
static_assert(METER_SLICE <= BENCH_PLACES);

/* Packets of a row of which a table has enough: established ones, errors, invalid ones. */
extern unsigned int bench_packets_a_row;
extern bool bench_in_cycles;

/* Nanoseconds; on an emulated processor that counts instructions as cycles, instructions. */
static inline u64 bench_now(void)
{
	return bench_in_cycles ? get_cycles() : ktime_get_raw_fast_ns();
}

void meter_begin(const char *name);
void meter_slice(u64 ns, u32 times, u32 refused);
/* The fastest seven eighths of the slices: what the host does to one of them is no cost of the packet's. */
void meter_end(void);
/* A row that is one figure: `amount` for `times` things, of which `refused` were not done. */
void meter_say(const char *name, u64 amount, u64 times, u64 refused);

/*
 * For i = 0 .. count - 1, in slices: a slice's packets are made, each in a place of its own, and then `pass` is measured with each, as softirq code
 * runs: bottom halves off, RCU held. It answers whether the packet was accepted.
 */
#define METER_PLAY(b, count, make, pass)													\
	do {																	\
		u32 i = 0, count_ = (count);													\
		while (i < count_) {														\
			u32 turn_ = min_t(u32, count_, i + METER_TURN);										\
			turn_begin();														\
			while (i < turn_) {													\
				u32 first_ = i, stop_ = min_t(u32, turn_, i + METER_SLICE), refused_ = 0;					\
				u64 begin_;													\
				for (; i < stop_; i++) {											\
					bench_at(b, i - first_);										\
					make;													\
				}														\
				local_bh_disable();												\
				rcu_read_lock();												\
				begin_ = bench_now();												\
				for (i = first_; i < stop_; i++) {										\
					bench_at(b, i - first_);										\
					refused_ += !(pass);											\
				}														\
				meter_slice(bench_now() - begin_, stop_ - first_, refused_);							\
				rcu_read_unlock();												\
				local_bh_enable();												\
				cond_resched();													\
			}															\
			turn_end();														\
		}																\
	} while (0)

#define METER_ROW(b, name, count, make, pass)													\
	do {																	\
		meter_begin(name);														\
		METER_PLAY(b, count, make, pass);												\
		meter_end();															\
	} while (0)

#endif
