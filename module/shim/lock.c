// SPDX-License-Identifier: GPL-2.0-only
/* Spinlocks, bottom halves, RCU, mutexes and lists under RCU for C++ (kernel: linux/spinlock.h, rcupdate.h, bottom_half.h, mutex.h). */
#include <linux/bottom_half.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <nfct/shim/kernel.h>

/* One init call per kind: lockdep takes each as a class of its own. */
void nfct_shim_spin_lock_init_bucket(spinlock_t *lock)
{
	spin_lock_init(lock);
}

void nfct_shim_spin_lock_init_conn(spinlock_t *lock)
{
	spin_lock_init(lock);
}

void nfct_shim_spin_lock_init_all(spinlock_t *lock)
{
	spin_lock_init(lock);
}

void nfct_shim_spin_lock(spinlock_t *lock)
{
	spin_lock(lock);
}

void nfct_shim_spin_lock_nested(spinlock_t *lock)
{
	spin_lock_nested(lock, SINGLE_DEPTH_NESTING);
}

void nfct_shim_spin_unlock(spinlock_t *lock)
{
	spin_unlock(lock);
}

bool nfct_shim_spin_lock_bh(spinlock_t *lock)
{
	if (likely(in_softirq())) {
		spin_lock(lock);
		return false;
	}
	spin_lock_bh(lock);
	return true;
}

void nfct_shim_spin_unlock_bh(spinlock_t *lock, bool turn_on)
{
	if (unlikely(turn_on))
		spin_unlock_bh(lock);
	else
		spin_unlock(lock);
}

bool nfct_shim_local_bh_disable(void)
{
	if (likely(in_softirq()))
		return false;
	local_bh_disable();
	return true;
}

void nfct_shim_local_bh_enable(void)
{
	local_bh_enable();
}

void nfct_shim_local_bh_pause(void)
{
	local_bh_enable();
	local_bh_disable();
}

void nfct_shim_rcu_read_lock(void)
{
	rcu_read_lock();
}

void nfct_shim_rcu_read_unlock(void)
{
	rcu_read_unlock();
}

DEFINE_SPINLOCK(nfct_gre_keymap_lock);

static DEFINE_MUTEX(table_mutex);

void nfct_shim_table_mutex_lock(void)
{
	mutex_lock(&table_mutex);
}

void nfct_shim_table_mutex_unlock(void)
{
	mutex_unlock(&table_mutex);
}

DEFINE_MUTEX(nfct_helper_mutex);
DEFINE_MUTEX(nfct_nat_helper_mutex);

void nfct_shim_mutex_lock(struct mutex *m)
{
	mutex_lock(m);
}

void nfct_shim_mutex_unlock(struct mutex *m)
{
	mutex_unlock(m);
}

/* Exported: protects every expectation and every connection's list of them. */
__cacheline_aligned_in_smp DEFINE_SPINLOCK(nf_conntrack_expect_lock);

void nfct_shim_assert_expect_lock(void)
{
	lockdep_assert_held(&nf_conntrack_expect_lock);
}

void nfct_shim_cpu_relax(void)
{
	cpu_relax();
}

void nfct_shim_cond_resched(void)
{
	cond_resched();
}

void nfct_shim_synchronize_net(void)
{
	synchronize_net();
}

void nfct_shim_synchronize_rcu(void)
{
	synchronize_rcu();
}

void nfct_shim_list_add_rcu(struct list_head *n, struct list_head *head)
{
	list_add_rcu(n, head);
}

void nfct_shim_list_del_rcu(struct list_head *n)
{
	list_del_rcu(n);
}
