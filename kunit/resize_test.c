// SPDX-License-Identifier: GPL-2.0-only
/* Suite: another number of buckets. No entry is lost, every chain stays sound, and readers on the way notice nothing. */
#include <linux/kthread.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

#define ENTRIES 2000
#define STANDING 3000 /* during traffic */
#define PER_PAGE (PAGE_SIZE / sizeof(struct hlist_nulls_head))

/* Kernel parameter `hashsize` (present/params.c). */
int nf_conntrack_set_hashsize(const char *val, const struct kernel_param *kp);

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ n & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4, IPPROTO_UDP, 1, 1000 + n, 2, 53 };
}

/* Every entry by both of its tuples, and every chain from its head to its own number. */
static void expect_sound(struct kunit *test, unsigned int entries)
{
	unsigned int n, bucket, nodes = 0, astray = 0, tag = 0;

	for (n = 0; n < entries; n++) {
		struct nfct_flow f = numbered(n), back = nfct_reply_of(&f);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_put(ct);
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &back, ct));
	}
	for (bucket = 0; bucket < nf_conntrack_htable_size; bucket++) {
		struct hlist_nulls_node *p, *before = NULL;

		for (p = nf_conntrack_hash[bucket].first; !is_a_nulls(p); before = p, p = p->next) {
			nodes++;
			astray += p->pprev != (before ? &before->next : &nf_conntrack_hash[bucket].first);
		}
		/* All of an array are off by the same. */
		if (!bucket)
			tag = get_nulls_value(p);
		astray += get_nulls_value(p) != bucket + tag;
	}
	KUNIT_EXPECT_EQ(test, nodes, entries);
	KUNIT_EXPECT_EQ(test, astray, 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), entries);
}

static void all_survive(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 131072, 1024, 1536, 16384, 512 };
	unsigned int n, i;

	for (n = 0; n < ENTRIES; n++) {
		struct nfct_flow f = numbered(n);

		nfct_open(test, &f);
	}
	expect_sound(test, ENTRIES);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(sizes[i]), 0);
		/* Whole pages. */
		KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, round_up(sizes[i], PER_PAGE));
		expect_sound(test, ENTRIES);
	}
}

/* A first packet that came in before, and is confirmed after. */
static void a_packet_between(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct sk_buff *skb = nfct_udp(test, &f, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(4 * nf_conntrack_htable_size), 0);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	expect_sound(test, 1);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	expect_sound(test, 1);
}

/* The buckets are computed, then the table changes, then they are locked: they must be computed anew. In, and out. */
static void a_packet_within(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct sk_buff *skb = nfct_udp(test, &f, 4);
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nfct_resize_meanwhile(test, NFCT_POINT_BEFORE_LOCK, 4 * nf_conntrack_htable_size);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
	expect_sound(test, 1);

	ct = nfct_conn(skb);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	nfct_resize_meanwhile(test, NFCT_POINT_BEFORE_LOCK, PER_PAGE);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
	nfct_drop(test, skb);
	expect_sound(test, 0);
}

/* A lookup in the old table, while all moves into the new one: from a node that moves, and into a chain that is empty by then. */
static void a_lookup_within(struct kunit *test)
{
	static const enum nfct_point moments[] = { NFCT_POINT_AT_NODE, NFCT_POINT_AFTER_VIEW };
	struct nfct_flow f = numbered(0);
	struct nf_conn *ct = nfct_open(test, &f);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(moments); i++) {
		nfct_resize_meanwhile(test, moments[i], 4 * nf_conntrack_htable_size);
		KUNIT_EXPECT_TRUE_MSG(test, nfct_finds(test, &f, ct), "moment %u", i);
		KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
		expect_sound(test, 1);
	}
}

/* NAT asks for a free tuple: one that is taken does not look free because its entry is moving. */
static void a_tuple_taken_within(struct kunit *test)
{
	struct nfct_flow f = numbered(0), other = numbered(2);
	struct nf_conn *ct = nfct_open(test, &f);
	struct sk_buff *skb = nfct_udp(test, &other, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nfct_resize_meanwhile(test, NFCT_POINT_AFTER_VIEW, 4 * nf_conntrack_htable_size);
	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&ct->tuplehash[IP_CT_DIR_REPLY].tuple, nfct_conn(skb)), 1);
	KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
	nfct_drop(test, skb);
	expect_sound(test, 1);
}

/* The old array with the new size: a larger one would have it read behind the array's end, a smaller one look into the wrong chain. */
static void an_array_and_another_ones_size(struct kunit *test)
{
	const unsigned int sizes[] = { 64 * PER_PAGE, PER_PAGE };
	struct nfct_flow f = numbered(0);
	struct nf_conn *ct = nfct_open(test, &f);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		nfct_resize_meanwhile(test, NFCT_POINT_WITHIN_VIEW, sizes[i]);
		KUNIT_EXPECT_TRUE_MSG(test, nfct_finds(test, &f, ct), "%u buckets", sizes[i]);
		KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
		expect_sound(test, 1);
	}
}

static void refused_sizes(struct kunit *test)
{
	struct hlist_nulls_head *before = nf_conntrack_hash;
	unsigned int size = nf_conntrack_htable_size;
	struct nfct_flow f = numbered(0);

	nfct_open(test, &f);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(0), -EINVAL);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(UINT_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(INT_MAX / sizeof(struct hlist_nulls_head) + 1), -ENOMEM);
	nfct_fault_arm(NFCT_FAULT_PAGES, 1);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(2 * size), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_PAGES));
	KUNIT_EXPECT_PTR_EQ(test, nf_conntrack_hash, before);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, size);
	expect_sound(test, 1);
}

/* More buckets than memory in one piece has room for: as the kernel maps what stock allocates for them. */
static void large_pages_for_large_tables(struct kunit *test)
{
#if defined(CONFIG_HAVE_ARCH_HUGE_VMALLOC) && defined(CONFIG_X86_64)
	unsigned int level = PG_LEVEL_NONE;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1 << 20), 0);
	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(nf_conntrack_hash));
	KUNIT_EXPECT_NOT_NULL(test, lookup_address((unsigned long)(nf_conntrack_hash + (1 << 19)), &level));
	KUNIT_EXPECT_EQ(test, level, PG_LEVEL_2M);
#else
	kunit_skip(test, "not for a kernel that has none for such areas");
#endif
}

static void the_same_size(struct kunit *test)
{
	struct hlist_nulls_head *before = nf_conntrack_hash;

	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(nf_conntrack_htable_size), 0);
	KUNIT_EXPECT_PTR_EQ(test, nf_conntrack_hash, before);
}

static void by_parameter(struct kunit *test)
{
	static const char *const bad[] = { "", "x", "-1", "0", "12x", "99999999999", "4294967296" };
	unsigned int size = nf_conntrack_htable_size, i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_LT_MSG(test, nf_conntrack_set_hashsize(bad[i], NULL), 0, "\"%s\"", bad[i]);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, size);
	KUNIT_EXPECT_EQ(test, nf_conntrack_set_hashsize("16384\n", NULL), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 16384);
	KUNIT_EXPECT_EQ(test, nf_conntrack_set_hashsize("0x2000", NULL), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 8192);
}

/* The limit is not the resize's business. */
static void the_limit_stays(struct kunit *test)
{
	unsigned int max = nf_conntrack_max;

	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(4 * nf_conntrack_htable_size), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_max, max);
}

/* ---- under traffic ---- */

struct worker {
	struct kunit *test;
	unsigned int first, rounds, lost, refused;
	struct sk_buff *packets[64]; /* made beforehand: the bench's queue is not for several tasks */
};

/* Looks for entries that are there all the time. */
static int look(void *data)
{
	struct worker *w = data;
	unsigned int n;

	while (!kthread_should_stop()) {
		for (n = 0; n < 200; n++) {
			struct nfct_flow f = numbered(n), back = nfct_reply_of(&f);
			struct nf_conn *there = nfct_find(w->test, &f);

			w->lost += !there || !nfct_finds(w->test, &back, there);
			if (there)
				nf_ct_put(there);
		}
		w->rounds++;
		cond_resched();
	}
	return 0;
}

/* Puts entries in and takes them out. */
static int come_and_go(void *data)
{
	struct worker *w = data;
	unsigned int n;

	while (!kthread_should_stop()) {
		for (n = 0; n < ARRAY_SIZE(w->packets); n++) {
			struct nfct_flow f = numbered(w->first + n);
			struct nf_conn *ct;

			w->refused += nfct_pass(w->test, w->packets[n]) != NFCT_TRACKED;
			ct = nfct_conn(w->packets[n]);
			w->lost += !ct || !nfct_finds(w->test, &f, ct);
		}
		for (n = 0; n < ARRAY_SIZE(w->packets); n++) {
			struct nfct_flow f = numbered(w->first + n);
			struct nf_conn *ct = nfct_conn(w->packets[n]);

			if (!ct)
				continue;
			w->lost += !nf_ct_delete(ct, 0, 0);
			nf_reset_ct(w->packets[n]);
			ct = nfct_find(w->test, &f);
			if (ct) {
				w->lost++;
				nf_ct_put(ct);
			}
		}
		w->rounds++;
		cond_resched();
	}
	return 0;
}

static void under_traffic(struct kunit *test)
{
	int (*const jobs[])(void *) = { look, come_and_go, come_and_go };
	struct task_struct *tasks[ARRAY_SIZE(jobs)];
	struct worker *workers = kunit_kcalloc(test, ARRAY_SIZE(jobs), sizeof(*workers), GFP_KERNEL);
	unsigned long enough = jiffies + HZ, too_long = jiffies + 120 * HZ;
	unsigned int n, i, rounds = 0;

	KUNIT_ASSERT_NOT_NULL(test, workers);
	/* Enough for some chunks; those beyond the first 200 only stand there. */
	for (n = 0; n < STANDING; n++) {
		struct nfct_flow f = numbered(n);

		nfct_open(test, &f);
	}
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		workers[i].test = test;
		workers[i].first = STANDING + 1000 * i;
		for (n = 0; n < ARRAY_SIZE(workers[i].packets); n++) {
			struct nfct_flow f = numbered(workers[i].first + n);

			workers[i].packets[n] = nfct_udp(test, &f, 4);
		}
	}
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		tasks[i] = kthread_run(jobs[i], &workers[i], "nfct_kunit/%u", i);

	/* No assertion before they are stopped: it would end this task and leave them behind. */
	while ((rounds < 20 || time_before(jiffies, enough)) && time_before(jiffies, too_long)) {
		KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(PER_PAGE << rounds % 5), 0);
		rounds++;
		schedule_timeout_uninterruptible(1);
	}
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		if (!IS_ERR(tasks[i]))
			kthread_stop(tasks[i]);
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		KUNIT_EXPECT_FALSE(test, IS_ERR(tasks[i]));
		KUNIT_EXPECT_EQ_MSG(test, workers[i].lost, 0, "worker %u of %u rounds", i, workers[i].rounds);
		KUNIT_EXPECT_EQ(test, workers[i].refused, 0);
		KUNIT_EXPECT_GT(test, workers[i].rounds, 0);
	}
	kunit_info(test, "%u resizes; %u, %u, %u rounds of traffic\n", rounds, workers[0].rounds, workers[1].rounds, workers[2].rounds);
	KUNIT_EXPECT_GE(test, rounds, 20);
	expect_sound(test, STANDING);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(all_survive),
	KUNIT_CASE(a_packet_between),
	KUNIT_CASE(a_packet_within),
	KUNIT_CASE(a_lookup_within),
	KUNIT_CASE(a_tuple_taken_within),
	KUNIT_CASE(an_array_and_another_ones_size),
	KUNIT_CASE(refused_sizes),
	KUNIT_CASE_SLOW(large_pages_for_large_tables),
	KUNIT_CASE(the_same_size),
	KUNIT_CASE(by_parameter),
	KUNIT_CASE(the_limit_stays),
	KUNIT_CASE_SLOW(under_traffic),
	{}
};
NFCT_SUITE(nfct_resize, cases);
