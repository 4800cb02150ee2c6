// SPDX-License-Identifier: GPL-2.0-only
/* Turns of two guests. They meet in a page that the runner maps into both (qemu/uml -i). */
#include <linux/bug.h>
#include <linux/moduleparam.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "turns.h"

enum { ALONE = -1, FIRST, SECOND, GUESTS };
enum { LOOKS_A_CLOCK = 256 };
/* So long does nobody's work between two turns take: the other guest has died. The runner sees the warning. */
#define PATIENCE_NS (120 * NSEC_PER_SEC)

static int turns = ALONE;
module_param(turns, int, 0400);

/* How often each guest has come to a meeting; its own line, because the other one looks at it all the time. */
struct meetings {
	u32 came;
} __aligned(128);

static struct meetings *page;
static u64 waited;

#ifdef CONFIG_UML
unsigned long find_iomem(char *driver, unsigned long *len);

static struct meetings *shared_page(void)
{
	unsigned long len, at = find_iomem("turns", &len);

	return at && len >= GUESTS * sizeof(struct meetings) ? (struct meetings *)at : NULL;
}
#else
static struct meetings *shared_page(void)
{
	return NULL;
}
#endif

bool turns_ready(void)
{
	if (turns != FIRST && turns != SECOND)
		return turns == ALONE;
	page = shared_page();
	return page;
}

/*
 * Until the other one has come here as often. It only looks, and seldom at the clock: both may be on one core. What one of them wrote before, the other
 * does not read: there is nothing to order.
 */
static void meet(void)
{
	u32 came, looks = 0;
	u64 begin;

	if (!page)
		return;
	begin = ktime_get_raw_fast_ns();
	came = page[turns].came + 1;
	WRITE_ONCE(page[turns].came, came);
	while ((s32)(READ_ONCE(page[!turns].came) - came) < 0) {
		cpu_relax();
		if (++looks % LOOKS_A_CLOCK)
			continue;
		cond_resched();
		if (WARN(ktime_get_raw_fast_ns() - begin > PATIENCE_NS, "the other guest does not come")) {
			page = NULL;
			return;
		}
	}
	waited += ktime_get_raw_fast_ns() - begin;
}

void turn_begin(void)
{
	meet();
	if (turns == SECOND)
		meet();
}

void turn_end(void)
{
	meet();
	if (turns == FIRST)
		meet();
}

u64 turn_waited(void)
{
	return waited;
}
