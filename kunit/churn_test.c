// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: after any number of connections were made and destroyed, by two tasks at once and on the same flows, the count is what is in the
 * table: one that drifts says "table full" in the end, for ever.
 */
#include <linux/kthread.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

#define FLOWS 48
#define ENOUGH 20000 /* steps of all tasks together */
#define TASKS 2

struct worker {
	struct kunit *test;
	unsigned int number, steps, refused;
	struct sk_buff *packets[2][FLOWS]; /* by direction; made beforehand: the bench's queue is not for several tasks */
};

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ n & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4, n % 3 ? IPPROTO_UDP : IPPROTO_TCP, 1, 1000 + n, 2, 53 };
}

/* One of the ways in which a connection comes or goes. */
static void step(struct worker *w, unsigned int n, unsigned int way)
{
	struct nfct_flow f = numbered(n);
	struct sk_buff *skb = w->packets[0][n], *back = w->packets[1][n];
	struct nf_conn *ct;

	switch (way % 8) {
	case 0: /* dropped by a rule, before it was confirmed */
		nfct_in(w->test, skb);
		break;
	case 1: /* deleted by somebody, perhaps by both of us */
	case 2:
		ct = nfct_find(w->test, &f);
		if (ct) {
			nf_ct_delete(ct, 0, 0);
			nf_ct_put(ct);
		}
		break;
	case 3: /* runs out: whoever comes upon it next clears it away */
		ct = nfct_find(w->test, &f);
		if (ct) {
			nfct_expire(ct);
			nf_ct_put(ct);
		}
		break;
	case 4: /* killed on the way, by NAT or a helper that goes */
		if (nfct_in(w->test, skb) == NFCT_TRACKED && nfct_conn(skb) && !nf_ct_is_confirmed(nfct_conn(skb))) {
			set_bit(IPS_DYING_BIT, &nfct_conn(skb)->status);
			w->refused += nfct_confirm(w->test, skb) != NFCT_DROPPED;
		}
		break;
	case 5: /* the other side is first, so that the two of us may clash crosswise */
		w->refused += nfct_pass(w->test, back) != NFCT_TRACKED;
		break;
	default:
		w->refused += nfct_pass(w->test, skb) != NFCT_TRACKED;
		break;
	}
	nf_reset_ct(skb);
	nf_reset_ct(back);
	w->steps++;
}

static int work(void *data)
{
	struct worker *w = data;
	u32 luck = 12345 + w->number;

	while (!kthread_should_stop()) {
		unsigned int i;

		for (i = 0; i < 64; i++) {
			luck = luck * 1664525 + 1013904223;
			step(w, (luck >> 8) % FLOWS, luck >> 20);
		}
		cond_resched();
	}
	return 0;
}

static int count_one(struct nf_conn *ct, void *data)
{
	++*(unsigned int *)data;
	return 0;
}

static unsigned int walk(void)
{
	unsigned int met = 0;
	struct nf_ct_iter_data iter = { .net = &init_net, .data = &met };

	nf_ct_iterate_cleanup_net(count_one, &iter);
	return met;
}

static void churn(struct kunit *test, unsigned int max)
{
	struct worker *workers = kunit_kcalloc(test, TASKS, sizeof(*workers), GFP_KERNEL);
	unsigned long enough = jiffies + HZ, too_long = jiffies + 60 * HZ;
	struct task_struct *tasks[TASKS];
	unsigned int i, n, steps;

	KUNIT_ASSERT_NOT_NULL(test, workers);
	for (i = 0; i < TASKS; i++) {
		workers[i].test = test;
		workers[i].number = i;
		for (n = 0; n < FLOWS; n++) {
			struct nfct_segment syn = { .flags = TCPHDR_SYN, .window = 1000 };
			struct nfct_flow f = numbered(n), back = nfct_reply_of(&f);

			workers[i].packets[0][n] = f.protocol == IPPROTO_TCP ? nfct_tcp(test, &f, &syn) : nfct_udp(test, &f, 4);
			workers[i].packets[1][n] = f.protocol == IPPROTO_TCP ? nfct_tcp(test, &back, &syn) : nfct_udp(test, &back, 4);
		}
	}
	nf_conntrack_max = max ? nf_conntrack_count(&init_net) + max : 0;
	for (i = 0; i < TASKS; i++)
		tasks[i] = kthread_run(work, &workers[i], "nfct_churn/%u", i);

	/* No assertion before they are stopped: it would end this task and leave them behind. */
	do {
		schedule_timeout_uninterruptible(1);
		/* Expired entries that nobody comes upon. */
		nfct_gc_step();
		for (i = 0, steps = 0; i < TASKS; i++)
			steps += READ_ONCE(workers[i].steps);
	} while ((steps < ENOUGH || time_before(jiffies, enough)) && time_before(jiffies, too_long));
	for (i = 0; i < TASKS; i++)
		if (!IS_ERR(tasks[i]))
			kthread_stop(tasks[i]);

	kunit_info(test, "%u steps, %u and %u refused\n", steps, workers[0].refused, workers[1].refused);
	for (i = 0; i < TASKS; i++) {
		KUNIT_EXPECT_FALSE(test, IS_ERR(tasks[i]));
		KUNIT_EXPECT_GT(test, workers[i].steps, 0);
		if (!max)
			KUNIT_EXPECT_LT(test, workers[i].refused, workers[i].steps);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), walk());
	KUNIT_EXPECT_LE(test, nfct_entries(test), FLOWS);
	nfct_flush(test);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_EQ(test, walk(), 0);
}

static void with_room(struct kunit *test)
{
	churn(test, 0);
}

/* The table is full most of the time: early drop, and refusals. */
static void without_room(struct kunit *test)
{
	churn(test, FLOWS / 4);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(with_room),
	KUNIT_CASE_SLOW(without_room),
	{}
};
NFCT_SUITE(nfct_churn, cases);
