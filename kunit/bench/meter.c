// SPDX-License-Identifier: GPL-2.0-only
/* Slices of a row, and the one figure that they make. */
#include <linux/sort.h>
#include "main.h"
#include "meter.h"

enum { MOST = 20000 };

static struct {
	const char *name;
	u64 times, refused;
	unsigned int slices;
	u64 taken[MOST];
} row;

void meter_begin(const char *name)
{
	row.name = name;
	row.times = row.refused = 0;
	row.slices = 0;
}

void meter_slice(u64 ns, u32 times, u32 refused)
{
	row.times += times;
	row.refused += refused;
	/* A short one at a row's end only counts where there is no other. */
	if (row.slices < MOST && (times >= METER_SLICE || !row.slices))
		row.taken[row.slices++] = ns * METER_SLICE / times;
}

static int by_time(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

void meter_end(void)
{
	unsigned int i, kept = row.slices - row.slices / 8;
	u64 sum = 0;

	sort(row.taken, row.slices, sizeof(row.taken[0]), by_time, NULL);
	for (i = 0; i < kept; i++)
		sum += row.taken[i];
	meter_say(row.name, kept ? div64_u64(sum * row.times, (u64)kept * METER_SLICE) : 0, row.times, row.refused);
}

void meter_say(const char *name, u64 amount, u64 times, u64 refused)
{
	main_print("%s\t%llu\t%llu\t%llu\n", name, times, amount, refused);
}
