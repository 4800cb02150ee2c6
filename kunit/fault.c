// SPDX-License-Identifier: GPL-2.0-only
/* Failing allocations, and moments that a test can choose: the module's calls of these shims come through here (--wrap). */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <nfct/kunit/fault.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>

#define NFCT_WRAP(type, name, ...)                                                                                                        \
	type __real_##name(__VA_ARGS__);                                                                                                  \
	type __wrap_##name(__VA_ARGS__);                                                                                                  \
	type __wrap_##name(__VA_ARGS__)

static struct {
	struct task_struct *task;
	unsigned int countdown;
	bool happened;
} faults[NFCT_FAULT_COUNT];

void nfct_fault_arm(enum nfct_fault kind, unsigned int nth)
{
	faults[kind].happened = false;
	faults[kind].countdown = nth;
	WRITE_ONCE(faults[kind].task, nth ? current : NULL);
}

bool nfct_fault_happened(enum nfct_fault kind)
{
	WRITE_ONCE(faults[kind].task, NULL);
	return faults[kind].happened;
}

static bool fails(enum nfct_fault kind)
{
	if (READ_ONCE(faults[kind].task) != current || !in_task() || faults[kind].happened)
		return false;
	if (--faults[kind].countdown)
		return false;
	faults[kind].happened = true;
	return true;
}

NFCT_WRAP(struct nf_conn *, nfct_shim_conn_cache_alloc, bool whole, bool area, gfp_t gfp)
{
	return fails(NFCT_FAULT_CONN) ? NULL : __real_nfct_shim_conn_cache_alloc(whole, area, gfp);
}

NFCT_WRAP(struct nf_conntrack_expect *, nfct_shim_expect_cache_alloc, gfp_t gfp)
{
	return fails(NFCT_FAULT_EXPECT) ? NULL : __real_nfct_shim_expect_cache_alloc(gfp);
}

NFCT_WRAP(void *, nfct_shim_kzalloc, size_t size, gfp_t gfp)
{
	return fails(NFCT_FAULT_ZALLOC) ? NULL : __real_nfct_shim_kzalloc(size, gfp);
}

NFCT_WRAP(void *, nfct_shim_krealloc, void *p, size_t size, gfp_t gfp)
{
	return fails(NFCT_FAULT_REALLOC) ? NULL : __real_nfct_shim_krealloc(p, size, gfp);
}

NFCT_WRAP(void *, nfct_shim_pages_alloc, size_t size)
{
	return fails(NFCT_FAULT_PAGES) ? NULL : __real_nfct_shim_pages_alloc(size);
}

NFCT_WRAP(void __percpu *, nfct_shim_alloc_percpu, size_t size, size_t align)
{
	return fails(NFCT_FAULT_PERCPU) ? NULL : __real_nfct_shim_alloc_percpu(size, align);
}

/* ---- warnings ---- */

static struct task_struct *warned_task;
static unsigned int warnings;

void nfct_warnings_catch(void)
{
	warnings = 0;
	WRITE_ONCE(warned_task, current);
}

unsigned int nfct_warnings_caught(void)
{
	WRITE_ONCE(warned_task, NULL);
	return warnings;
}

NFCT_WRAP(void, nfct_shim_warn, const char *what)
{
	if (READ_ONCE(warned_task) == current && in_task())
		warnings++;
	else
		__real_nfct_shim_warn(what);
}

/* ---- walks that let others run ---- */

static struct task_struct *resched_task;
static void (*resched_do)(void *arg);
static void *resched_arg;

void nfct_at_resched(void (*what)(void *arg), void *arg)
{
	resched_do = what;
	resched_arg = arg;
	WRITE_ONCE(resched_task, what ? current : NULL);
}

NFCT_WRAP(void, nfct_shim_cond_resched, void)
{
	if (READ_ONCE(resched_task) == current)
		resched_do(resched_arg);
	__real_nfct_shim_cond_resched();
}

static struct task_struct *point_task;
static enum nfct_point point_wanted;
static void (*point_do)(void *arg);
static void *point_arg;

void nfct_at_point(enum nfct_point point, void (*what)(void *arg), void *arg)
{
	point_wanted = point;
	point_do = what;
	point_arg = arg;
	WRITE_ONCE(point_task, what ? current : NULL);
}

void nfct_kunit_point(enum nfct_point point)
{
	if (READ_ONCE(point_task) != current || !in_task() || point != point_wanted)
		return;
	WRITE_ONCE(point_task, NULL);
	point_do(point_arg);
}

/* ---- the collector ---- */

static DEFINE_MUTEX(gc_mutex); /* whoever runs it; protects gc_held and gc_visits */
static bool gc_held;
static unsigned int gc_visits;

NFCT_WRAP(unsigned long, nfct_gc_run, void)
{
	unsigned long delay = HZ;

	mutex_lock(&gc_mutex);
	gc_visits++;
	if (!gc_held)
		delay = __real_nfct_gc_run();
	mutex_unlock(&gc_mutex);
	return delay;
}

void nfct_gc_hold(void)
{
	mutex_lock(&gc_mutex);
	gc_held = true;
	mutex_unlock(&gc_mutex);
}

void nfct_gc_release(void)
{
	mutex_lock(&gc_mutex);
	gc_held = false;
	mutex_unlock(&gc_mutex);
}

unsigned long nfct_gc_step(void)
{
	unsigned long delay;

	/* Also in the middle of a resize, under the table's mutex, which a step may take in its turn: so it must not wait here. */
	while (!mutex_trylock(&gc_mutex))
		schedule_timeout_uninterruptible(1);
	delay = __real_nfct_gc_run();
	mutex_unlock(&gc_mutex);
	return delay;
}

unsigned long nfct_gc_pass(void)
{
	unsigned int runs = 0;
	unsigned long delay;

	do
		delay = nfct_gc_step();
	while (delay < HZ && runs++ < 10000);
	return delay;
}

unsigned int nfct_gc_visits(void)
{
	unsigned int visits;

	mutex_lock(&gc_mutex);
	visits = gc_visits;
	mutex_unlock(&gc_mutex);
	return visits;
}

static atomic_t gc_kicks;
static unsigned long gc_kick_delay;

NFCT_WRAP(void, nfct_shim_gc_kick, unsigned long delay)
{
	atomic_inc(&gc_kicks);
	WRITE_ONCE(gc_kick_delay, delay);
	__real_nfct_shim_gc_kick(delay);
}

unsigned int nfct_gc_kicks(void)
{
	return atomic_read(&gc_kicks);
}

unsigned long nfct_gc_kick_delay(void)
{
	return READ_ONCE(gc_kick_delay);
}
