// SPDX-License-Identifier: GPL-2.0-only
// Prints the frequency of this processor's time stamp counter in kHz, right even on a busy machine.
//
// QEMU's emulated counter is the host's own. A guest that must find out its frequency by watching an emulated timer gets it wrong by
// any factor when the host is busy, and then its clock and all its timeouts are wrong; so qemu/vm tells it.
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	uint64_t ns, tsc, uncertainty;
};

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// Both clocks at one moment: of many tries the one that nothing interrupted.
static struct moment now(void)
{
	struct moment best = { .uncertainty = UINT64_MAX };

	for (int i = 0; i < 200; i++) {
		uint64_t before = __rdtsc(), ns = clock_ns(), after = __rdtsc();

		if (after - before < best.uncertainty)
			best = (struct moment){ ns, before + (after - before) / 2, after - before };
	}
	return best;
}

int main(void)
{
	struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
	struct moment begin = now(), end;

	nanosleep(&pause, NULL);
	end = now();
	printf("%llu\n", (unsigned long long)((end.tsc - begin.tsc) * 1000000.0 / (end.ns - begin.ns) + 0.5));
	return 0;
}
