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
static bool resize(struct bench *b, unsigned int buckets)
{
	unsigned int before = nf_conntrack_htable_size;

	return bench_set_buckets(buckets) && nf_conntrack_htable_size != before;
}

static void resize_row(struct bench *b, unsigned int buckets)
{
	u64 begin = bench_now();
	bool done = resize(b, buckets);

	meter_say("resize", bench_now() - begin, b->flows, !done);
}

static struct stops stops_of_resize(struct bench *b, unsigned int buckets)
{
	struct stops stops;
	u64 begin;
	bool done;

	if (!stop_watch(b, 0, NULL))
		return (struct stops){ .refused = 1 };
	done = resize(b, buckets);
	/* The packets that waited for the end. */
	for (begin = bench_now(); bench_now() - begin < NSEC_PER_MSEC;)
		cond_resched();
	stops = stop_end();
	stops.refused += !done;
	return stops;
}

/* There and back, several times: what the machine does to one of them it hardly does to the next. */
static void stop_rows(struct bench *b, unsigned int size)
{
	enum { THERE, BACK, WAYS, TIMES = 3 };
	u64 shortest[WAYS] = { U64_MAX, U64_MAX };
	struct stops stops;
	u32 k, refused = 0;

	for (k = 0; k < TIMES * WAYS; k++) {
		stops = stops_of_resize(b, k % WAYS == THERE ? 2 * size : size);
		shortest[k % WAYS] = min(shortest[k % WAYS], stops.longest[0]);
		refused += stops.refused;
	}
	for (k = 0; k < WAYS; k++)
		meter_say("resize, longest stop", shortest[k], 1, refused);
}

void bench_table(struct bench *b)
{
	unsigned int size;
	struct stops idle;

	if (!bench_fill_udp(b, 0, b->flows))
		return;
	size = settled_buckets();
	resize_row(b, 2 * size);
	resize_row(b, size);
	stop_rows(b, size);
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
