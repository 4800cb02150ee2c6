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

static void row(struct bench *b, const char *name, u32 buckets, bool (*fill)(struct bench *, u32))
{
	u32 n = b->flows, more = min(n, bench_packets_a_row / 10);
	unsigned int max = nf_conntrack_max;

	meter_begin(name);
	if (!bench_set_buckets(buckets)) {
		meter_end();
		return;
	}
	nf_conntrack_max = n;
	if (fill(b, n))
		METER_PLAY(more, bench_pass_udp(b, n + i, CLIENT));
	meter_end();
	nf_conntrack_max = max;
	bench_flush(b);
}

void bench_full(struct bench *b)
{
	u32 n = b->flows, buckets = nf_conntrack_htable_size;

	row(b, "full, unassured, 1x buckets", n, fill_unassured);
	row(b, "full, 1% unassured, 1x buckets", n, fill_mixed);
	row(b, "full, assured, 1x buckets", n, bench_fill_tcp);
	row(b, "full, unassured, 4x buckets", 4 * n, fill_unassured);
	row(b, "full, 1% unassured, 4x buckets", 4 * n, fill_mixed);
	row(b, "full, assured, 4x buckets", 4 * n, bench_fill_tcp);
	bench_set_buckets(buckets);
}
