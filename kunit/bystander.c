// SPDX-License-Identifier: GPL-2.0-only
/* Somebody on another CPU, who changes the bucket count at the very moment that a test names. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

struct nfct_bystander {
	unsigned int buckets; /* 0: go home */
	bool called;
	int err;
	struct completion go, done;
};

static int bystand(void *data)
{
	struct nfct_bystander *b = data;

	wait_for_completion(&b->go);
	if (b->buckets)
		b->err = nf_conntrack_hash_resize(b->buckets);
	/* Not a step in this module after the test may go on. */
	kthread_complete_and_exit(&b->done, 0);
}

/* Calls, and waits until the new table is there; the old one lasts as long as the RCU section that we are in. */
static void call(void *arg)
{
	struct nfct_bystander *b = arg;
	unsigned int size = nf_conntrack_htable_size;
	unsigned long until = jiffies + 20 * HZ;

	b->called = true;
	complete(&b->go);
	while (READ_ONCE(nf_conntrack_htable_size) == size && time_before(jiffies, until))
		cpu_relax();
}

void nfct_resize_meanwhile(struct kunit *test, enum nfct_point point, unsigned int buckets)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct nfct_bystander *b;
	struct task_struct *task;
	unsigned int mine, other;

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	KUNIT_ASSERT_NULL(test, lab->bystander);
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b);
	b->buckets = buckets;
	init_completion(&b->go);
	init_completion(&b->done);

	/* Each to his own CPU: the caller will not let go of his. */
	mine = cpumask_first(cpu_online_mask);
	other = cpumask_next(mine, cpu_online_mask);
	KUNIT_EXPECT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(mine)), 0);
	task = kthread_create(bystand, b, "nfct_bystander");
	if (IS_ERR(task)) {
		kfree(b);
		KUNIT_FAIL(test, "no thread");
		return;
	}
	kthread_bind(task, other);
	wake_up_process(task);
	lab->bystander = b;
	nfct_at_point(point, call, b);
}

bool nfct_resized_meanwhile(struct kunit *test)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct nfct_bystander *b = lab->bystander;
	bool done;

	if (!b)
		return false;
	nfct_at_point(0, NULL, NULL);
	if (!b->called) {
		b->buckets = 0;
		complete(&b->go);
	}
	wait_for_completion(&b->done);
	done = b->called && !b->err;
	lab->bystander = NULL;
	kfree(b);
	return done;
}
