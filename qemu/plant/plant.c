// SPDX-License-Identifier: GPL-2.0-only
// A module with a bug of your choice, to see that the test machinery sees it: insmod plant.ko bug=<name>.
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *bug = "";
module_param(bug, charp, 0);
MODULE_PARM_DESC(bug, "warning, oops, lock_order, rcu, sleep, use_after_free, leak");

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static int __rcu *shared;

static void lock_both(spinlock_t *first, spinlock_t *second)
{
	spin_lock(first);
	spin_lock(second);
	spin_unlock(second);
	spin_unlock(first);
}

static void use_after_free(void)
{
	int *p = kmalloc(64, GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(*p, 1);
}

static void sleep_in_atomic(void)
{
	spin_lock(&lock_a);
	msleep(1);
	spin_unlock(&lock_a);
}

static void leak(void)
{
	int i;

	/* Several, because a stale pointer to the last one may stay on a stack. */
	for (i = 0; i < 20; i++) {
		void *p = kmalloc(200, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static int __init plant_init(void)
{
	if (sysfs_streq(bug, "warning"))
		WARN(1, "planted\n");
	else if (sysfs_streq(bug, "oops"))
		*(volatile int *)16 = 0;
	else if (sysfs_streq(bug, "lock_order"))
		lock_both(&lock_a, &lock_b), lock_both(&lock_b, &lock_a);
	else if (sysfs_streq(bug, "rcu"))
		(void)rcu_dereference(shared);
	else if (sysfs_streq(bug, "sleep"))
		sleep_in_atomic();
	else if (sysfs_streq(bug, "use_after_free"))
		use_after_free();
	else if (sysfs_streq(bug, "leak"))
		leak();
	else
		return -EINVAL;
	return 0;
}

static void __exit plant_exit(void)
{
}

module_init(plant_init);
module_exit(plant_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Bugs on request, for tests of the test machinery");
