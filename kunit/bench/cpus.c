// SPDX-License-Identifier: GPL-2.0-only
/* All processors at once: a task on each, with flows of its own. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include "bench.h"
#include "meter.h"

enum { MOST_CPUS = 8, AGAIN = 5 };

struct player {
	struct bench b;
	u32 first;
	u32 packets;	/* 0: the first packet of each flow; otherwise so many of any flow */
	u32 refused;
	u64 took;
	struct completion done;
};

static struct player players[MOST_CPUS];
static atomic_t ready;
static unsigned int cpus;

static u32 flow_of(struct player *p, u32 i)
{
	return p->packets ? bench_random(&p->b, p->b.flows) : i;
}

static int play(void *data)
{
	struct player *p = data;
	u32 at, stop, n = p->packets ?: p->b.flows;

	atomic_inc(&ready);
	while (atomic_read(&ready) < cpus)
		cpu_relax();
	for (at = 0; at < n; at = stop) {
		stop = min_t(u32, n, at + METER_SLICE);
		METER_PASS(&p->b, at, stop, bench_udp(&p->b, p->first + flow_of(p, i), p->packets ? i & 1 : CLIENT), bench_pass(&p->b), p->took, p->refused);
	}
	complete(&p->done);
	return 0;
}

static void together(const char *name, u32 packets)
{
	struct task_struct *tasks[MOST_CPUS];
	u32 k, refused = 0;
	u64 took = 0;

	atomic_set(&ready, 0);
	for (k = 0; k < cpus; k++) {
		players[k].packets = packets;
		players[k].refused = 0;
		players[k].took = 0;
		init_completion(&players[k].done);
		tasks[k] = kthread_create(play, &players[k], "nfct_bench/%u", k);
		/* The others would wait for ever. */
		if (WARN_ON(IS_ERR(tasks[k])))
			return;
		kthread_bind(tasks[k], k);
	}
	for (k = 0; k < cpus; k++)
		wake_up_process(tasks[k]);
	for (k = 0; k < cpus; k++) {
		wait_for_completion(&players[k].done);
		refused += players[k].refused;
		took = max(took, players[k].took);
	}
	meter_say(name, took, (u64)cpus * (packets ?: players[0].b.flows), refused);
}

/*
 * With its first packet stock draws its hash key, and then patches its own code, in the background. Emulated processors that are within that code
 * at this moment have died of it.
 */
static void let_it_settle(struct bench *b)
{
	local_bh_disable();
	bench_pass_udp(b, 0, CLIENT);
	local_bh_enable();
	msleep(500);
}

void bench_cpus(struct bench *b)
{
	u32 k, again, made = 0;

	let_it_settle(b);
	cpus = min_t(u32, num_online_cpus(), MOST_CPUS);
	for (k = 0; k < cpus; k++, made++) {
		players[k].b = *b;
		players[k].b.random = k + 1;
		players[k].first = k * b->flows;
		if (!bench_packet_make(&players[k].b))
			break;
	}
	for (again = 0; made == cpus && again < AGAIN; again++) {
		bench_flush(b);
		together("new, all processors", 0);
		together("established, all processors", bench_packets_a_row);
	}
	while (made--)
		bench_packet_free(&players[made].b);
	bench_flush(b);
}
