// SPDX-License-Identifier: GPL-2.0-only
/* New flows on a table that holds as many as it may. */
#include <net/tcp.h>
#include "bench.h"
#include "meter.h"

/* One in a hundred is unassured, far from each other in the table. */
static bool fill_mixed(struct bench *b, u32 n)
{
	struct bench udp = *b;

	return bench_fill_tcp(b, n - n / 100) && bench_fill_udp(&udp, 0, n / 100);
}

static bool fill_unassured(struct bench *b, u32 n)
{
	return bench_fill_udp(b, 0, n);
}

/* Flows that nobody has seen. */
static u32 unused;

static void row(struct bench *b, const char *name, u32 buckets)
{
	u32 begun = max(bench_packets_a_row, b->flows / 2), more = bench_packets_a_row / 4;

	meter_begin(name);
	if (bench_set_buckets(buckets)) {
		/* A table is full for a while. What is learned of it in the first moments, or gathered, is not what the row is about. */
		bench_fill_udp(b, unused, begun);
		unused += begun;
		METER_PLAY(b, more, bench_udp(b, unused + i, CLIENT), bench_pass(b));
		unused += more;
	}
	meter_end();
}

/* What got in instead of another is unassured, as that one was: the second row finds what the first one found. */
static void rows(struct bench *b, const char *once, const char *four_times, bool (*fill)(struct bench *, u32))
{
	u32 n = b->flows;
	unsigned int max = nf_conntrack_max;

	unused = n;
	bench_set_buckets(n);
	nf_conntrack_max = n;
	if (fill(b, n)) {
		row(b, once, n);
		row(b, four_times, 4 * n);
	}
	nf_conntrack_max = max;
	bench_flush(b);
}

void bench_full(struct bench *b)
{
	u32 buckets = nf_conntrack_htable_size;

	rows(b, "full, unassured, 1x buckets", "full, unassured, 4x buckets", fill_unassured);
	rows(b, "full, 1% unassured, 1x buckets", "full, 1% unassured, 4x buckets", fill_mixed);
	rows(b, "full, assured, 1x buckets", "full, assured, 4x buckets", bench_fill_tcp);
	bench_set_buckets(buckets);
}
