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
static unsigned int processors[2];
module_param_array(processors, uint, NULL, 0400);
#define MEASURES (1ul << processors[0])
#define WAITS (1ul << processors[1])

/* How often each guest has come to a meeting; its own line, because the other one looks at it all the time. */
struct meetings {
	u32 came;
} __aligned(128);

static struct meetings *page;
static u64 waited;
static u32 depth;

#ifdef CONFIG_UML
unsigned long find_iomem(char *driver, unsigned long *len);

static struct meetings *shared_page(void)
{
	unsigned long len, at = find_iomem("turns", &len);

	return at && len >= GUESTS * sizeof(struct meetings) ? (struct meetings *)at : NULL;
}

/* User Mode Linux is a process: a system call made here is one to its host. */
static bool run_on(unsigned long set)
{
	enum { SCHED_SETAFFINITY = 203 };
	long done;

	asm volatile("syscall" : "=a"(done) : "a"(SCHED_SETAFFINITY), "D"(0), "S"(sizeof(set)), "d"(&set) : "rcx", "r11", "memory");
	return done >= 0;
}
#else
static struct meetings *shared_page(void)
{
	return NULL;
}

static bool run_on(unsigned long set)
{
	return false;
}
#endif

bool turns_ready(void)
{
	if (turns != FIRST && turns != SECOND)
		return turns == ALONE;
	page = shared_page();
	return page && run_on(MEASURES | WAITS);
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
	if (depth++ || turns == ALONE)
		return;
	meet();
	if (turns == SECOND) {
		run_on(WAITS);
		meet();
	}
	run_on(MEASURES);
}

/* The other one comes to the processor that this one leaves: they pass each other. */
void turn_end(void)
{
	if (--depth || turns == ALONE)
		return;
	meet();
	if (turns == FIRST) {
		run_on(WAITS);
		meet();
	}
	run_on(MEASURES | WAITS);
}

u64 turn_waited(void)
{
	return waited;
}
