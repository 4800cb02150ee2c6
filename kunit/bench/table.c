// SPDX-License-Identifier: GPL-2.0-only
/* What is done to the whole table: another bucket count. A namespace's end beside it. */
#include <linux/delay.h>
#include <linux/fs.h>
#include "bench.h"
#include "main.h"
#include "meter.h"
#include "stop.h"

bool bench_set_buckets(unsigned int n)
{
	struct file *file = filp_open("/sys/module/nf_conntrack/parameters/hashsize", O_WRONLY, 0);
	char line[12];
	int len = scnprintf(line, sizeof(line), "%u\n", n);
	loff_t at = 0;
	bool done;

	if (IS_ERR(file))
		return false;
	done = kernel_write(file, line, len, &at) == len;
	filp_close(file, NULL);
	return done;
}

/* What the watch itself sees when nobody does anything. */
static struct stops nothing(const struct bench *b, u64 for_ns)
{
	u64 begin;

	if (!stop_watch(b, 0, NULL))
		return (struct stops){};
	for (begin = bench_now(); bench_now() - begin < for_ns;)
		cond_resched();
	return stop_end();
}

/* A module may have its own idea of how many there should be, and come to it by itself: then the row begins where that has settled. */
static unsigned int settled_buckets(void)
{
	unsigned int size;

	do {
		size = nf_conntrack_htable_size;
		msleep(50);
	} while (size != nf_conntrack_htable_size);
	return size;
}

/* To another number than there is: a write that moves nobody is no resize. */
static void resize(struct bench *b, unsigned int buckets, bool watched)
{
	struct stops stops = {};
	unsigned int before = nf_conntrack_htable_size;
	u64 begin, took;
	bool done;

	if (watched && !stop_watch(b, 0, NULL))
		return;
	begin = bench_now();
	done = bench_set_buckets(buckets);
	took = bench_now() - begin;
	done &= nf_conntrack_htable_size != before;
	if (watched) {
		/* The packets that waited for the end. */
		for (begin = bench_now(); bench_now() - begin < NSEC_PER_MSEC;)
			cond_resched();
		stops = stop_end();
		meter_say("resize, longest stop", stops.longest[0], 1, stops.refused + !done);
	} else {
		meter_say("resize", took, b->flows, !done);
	}
}

void bench_table(struct bench *b)
{
	unsigned int size;
	struct stops idle;

	if (!bench_fill_udp(b, 0, b->flows))
		return;
	size = settled_buckets();
	resize(b, 2 * size, false);
	resize(b, size, false);
	resize(b, 2 * size, true);
	resize(b, size, true);
	idle = nothing(b, 20 * NSEC_PER_MSEC);
	meter_say("nothing, longest stop", idle.longest[0], 1, idle.refused);
	bench_flush(b);
}

/* As many flows as asked for here, a thousand in the namespace that was made last. Its end is told in main.c. */
void bench_elsewhere(struct bench *b)
{
	struct bench other = { .random = 1, .net = main_newest_netns(), .family = b->family };

	if (!other.net || !bench_packet_make(&other))
		return;
	if (!bench_fill_udp(b, 0, b->flows) || !bench_fill_udp(&other, 0, 1000))
		meter_say("netns exit", 0, 1, 1);
	/* A table that grows by itself may be doing so, and an end waits for that. */
	msleep(500);
	bench_packet_free(&other);
}
