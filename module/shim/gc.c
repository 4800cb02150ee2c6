// SPDX-License-Identifier: GPL-2.0-only
/* The delayed work that drives the garbage collector in table/gc.cpp, and what its worker must know. */
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>

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

/* Whether each listed namespace has this module's data. */
static DEFINE_MUTEX(countable_mutex);
static bool countable;

void nfct_shim_countable(bool yes)
{
	mutex_lock(&countable_mutex);
	countable = yes;
	mutex_unlock(&countable_mutex);
}

unsigned long nfct_shim_count_connections(void)
{
	unsigned long sum = 0;
	struct net *net;

	mutex_lock(&countable_mutex);
	if (countable) {
		down_read(&net_rwsem);
		for_each_net(net)
			sum += atomic_read(&nfct_netns_of(net)->kernel.count);
		up_read(&net_rwsem);
	}
	mutex_unlock(&countable_mutex);
	return sum;
}
