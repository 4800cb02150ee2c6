// SPDX-License-Identifier: GPL-2.0-only
/* The watch over stops: a timer in soft interrupts, which passes a packet each time. */
#include <linux/hrtimer.h>
#include "meter.h"
#include "stop.h"

enum { PERIOD_NS = 100000 };

static struct {
	struct bench b;
	u32 flow, (*part)(const struct bench *b);
	struct hrtimer timer;
	u64 last;
	struct stops found;
} watch;

static enum hrtimer_restart packet(struct hrtimer *timer)
{
	u32 part = watch.part ? watch.part(&watch.b) : 0;
	u64 now;

	rcu_read_lock();
	watch.found.refused += !bench_pass_udp(&watch.b, watch.flow, CLIENT);
	rcu_read_unlock();
	now = bench_now();
	if (part < STOP_PARTS)
		watch.found.longest[part] = max(watch.found.longest[part], now - watch.last);
	watch.last = now;
	hrtimer_forward_now(timer, ns_to_ktime(PERIOD_NS));
	return HRTIMER_RESTART;
}

bool stop_watch(const struct bench *b, u32 flow, u32 (*part)(const struct bench *b))
{
	memset(&watch, 0, sizeof(watch));
	watch.b = *b;
	watch.flow = flow;
	watch.part = part;
	if (!bench_packet_make(&watch.b))
		return false;
	watch.last = bench_now();
	hrtimer_init(&watch.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
	watch.timer.function = packet;
	hrtimer_start(&watch.timer, ns_to_ktime(PERIOD_NS), HRTIMER_MODE_REL_SOFT);
	return true;
}

struct stops stop_end(void)
{
	hrtimer_cancel(&watch.timer);
	bench_packet_free(&watch.b);
	return watch.found;
}
