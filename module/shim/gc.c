// SPDX-License-Identifier: GPL-2.0-only
/* The delayed work that drives the garbage collector in table/gc.cpp. */
#include <linux/workqueue.h>
#include <nfct/shim/kernel.h>

static void gc_work_run(struct work_struct *work);
static DECLARE_DELAYED_WORK(gc_work, gc_work_run);
static bool gc_stopping;

static void gc_work_run(struct work_struct *work)
{
	unsigned long delay = nfct_gc_run();

	if (!READ_ONCE(gc_stopping))
		queue_delayed_work(system_power_efficient_wq, &gc_work, delay);
}

void nfct_shim_gc_start(unsigned long delay)
{
	queue_delayed_work(system_power_efficient_wq, &gc_work, delay);
}

void nfct_shim_gc_stop(void)
{
	WRITE_ONCE(gc_stopping, true);
	cancel_delayed_work_sync(&gc_work);
}

void nfct_shim_gc_kick(unsigned long delay)
{
	if (!READ_ONCE(gc_stopping))
		mod_delayed_work(system_power_efficient_wq, &gc_work, delay);
}
