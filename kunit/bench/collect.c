// SPDX-License-Identifier: GPL-2.0-only
/* The collector and a table of connections that are over, as after a burst. The module must have just been loaded: it has learned nothing. */
#include <linux/sched.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include "bench.h"
#include "meter.h"
#include "stop.h"

enum { LIFE_S = 2, PATIENCE_S = 120, SWITCH_NS = 50000 };

/* None while the collector waits for the end of the first: seconds, in which the machine may stop everything. */
static u32 part(const struct bench *b)
{
	u32 gone = b->flows - nf_conntrack_count(b->net);

	return gone ? div_u64((u64)gone * STOP_PARTS, b->flows) : STOP_PARTS;
}

void bench_collect(struct bench *b)
{
	unsigned int *timeouts = nf_udp_pernet(b->net)->timeouts, unreplied = timeouts[UDP_CT_UNREPLIED];
	u64 due, now, before, given_away = 0;
	unsigned long switches;
	struct stops stops;
	u32 i;
	bool filled;
	long nice = task_nice(current);

	filled = bench_fill_udp(b, 0, 1);
	timeouts[UDP_CT_UNREPLIED] = LIFE_S * HZ;
	filled &= bench_fill_udp(b, 1, b->flows - 1);
	timeouts[UDP_CT_UNREPLIED] = unreplied;
	due = bench_now() + LIFE_S * NSEC_PER_SEC;
	if (!filled || !stop_watch(b, 0, part))
		return;
	/*
	 * Time that this loop gave to another task is the collector's; the rest of the machine is asleep. The timer of stop.c is none.
	 */
	set_user_nice(current, MAX_NICE);
	now = bench_now();
	while (nf_conntrack_count(b->net) > 1 && now < due + PATIENCE_S * NSEC_PER_SEC) {
		before = now;
		switches = current->nivcsw;
		cond_resched();
		now = bench_now();
		if (current->nivcsw != switches && now - before > SWITCH_NS)
			given_away += now - before;
	}
	set_user_nice(current, nice);
	stops = stop_end();
	meter_say("gc, processor time", given_away, b->flows, nf_conntrack_count(b->net) - 1);
	meter_say("gc, lateness of the last", now > due ? now - due : 0, 1, 0);
	for (i = 0; i < STOP_PARTS; i++)
		meter_say("gc, longest stop", stops.longest[i], 1, stops.refused);
	bench_flush(b);
}
