/* SPDX-License-Identifier: GPL-2.0-only */
/* How a row is measured and told. */
#ifndef NFCT_BENCH_METER_H
#define NFCT_BENCH_METER_H

#include <linux/bottom_half.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include "bench.h"
#include "turns.h"

/* Packets. A turn is a few milliseconds: long enough for what the other guest's turn has pushed out of the caches to be no part of it. */
enum { METER_SLICE = BENCH_PLACES, METER_TURN = 80 * METER_SLICE };

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
 * One slice, for i = first .. stop - 1: its packets are made, each in a place of its own, and then `pass` is measured with each, as softirq code runs:
 * bottom halves off, RCU held. It answers whether the packet was accepted.
 */
#define METER_PASS(b, first, stop, make, pass, ns, refused)											\
	do {																	\
		u64 begin_;															\
		u32 i;																\
		for (i = (first); i < (stop); i++) {												\
			bench_at(b, i - (first));												\
			make;															\
		}																\
		local_bh_disable();														\
		rcu_read_lock();														\
		begin_ = bench_now();														\
		for (i = (first); i < (stop); i++) {												\
			bench_at(b, i - (first));												\
			refused += !(pass);													\
		}																\
		ns += bench_now() - begin_;													\
		rcu_read_unlock();														\
		local_bh_enable();														\
		cond_resched();															\
	} while (0)

/* i = 0 .. count - 1, in slices and turns. */
#define METER_PLAY(b, count, make, pass)													\
	do {																	\
		u32 at_ = 0, count_ = (count);													\
		while (at_ < count_) {														\
			u32 turn_ = min_t(u32, count_, at_ + METER_TURN);									\
			turn_begin();														\
			while (at_ < turn_) {													\
				u32 stop_ = min_t(u32, turn_, at_ + METER_SLICE), refused_ = 0;							\
				u64 ns_ = 0;													\
				METER_PASS(b, at_, stop_, make, pass, ns_, refused_);								\
				meter_slice(ns_, stop_ - at_, refused_);									\
				at_ = stop_;													\
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

/* Several short plays in one turn: for play = 0 .. plays - 1 first `prepare`, which is not measured, then the packets. */
#define METER_PLAYS(b, name, plays, prepare, count, make, pass)											\
	do {																	\
		u32 play, plays_ = (plays);													\
		meter_begin(name);														\
		plays_begin(plays_);														\
		for (play = 0; play < plays_; play++) {												\
			prepare;														\
			METER_PLAY(b, count, make, pass);											\
		}																\
		plays_end(plays_);														\
		meter_end();															\
	} while (0)

#endif
