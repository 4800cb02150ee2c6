// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the table is full. Who must go, who may stay, and that a victim is found whatever the number of buckets. */
#include <linux/jiffies.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1 + n / 10000, 1000 + n % 10000, 2, 53 };
}

/* `n` connections, the first `assured` of them assured; there is no room for another then. */
static void fill(struct kunit *test, unsigned int n, unsigned int assured)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct nfct_flow f = numbered(i);
		struct nf_conn *ct = nfct_open(test, &f);

		if (i < assured)
			set_bit(IPS_ASSURED_BIT, &ct->status);
	}
	nf_conntrack_max = nf_conntrack_count(&init_net);
	nfct_recount(test);
}

static enum nfct_fate newcomer(struct kunit *test)
{
	struct nfct_flow f = numbered(99999);

	return nfct_pass(test, nfct_udp(test, &f, 4));
}

/* One of the numbered flows, into a full table. */
static void gets_in(struct kunit *test, unsigned int n)
{
	struct nfct_flow f = numbered(n);

	KUNIT_EXPECT_EQ(test, nfct_pass(test, nfct_udp(test, &f, 4)), NFCT_TRACKED);
	skb_queue_purge(&nfct_lab(test)->packets);
}

static void an_unassured_one_goes(struct kunit *test)
{
	fill(test, 20, 0);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
	KUNIT_EXPECT_GE(test, nfct_counted(test, early_drop), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 21 - nfct_counted(test, early_drop));
}

/* The one victim is found among empty buckets, wherever it is. A few rounds, since the newcomer's place is the same in each. */
static void few_entries_in_many_buckets(struct kunit *test)
{
	unsigned int round;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	for (round = 0; round < 20; round++) {
		struct nfct_flow f = numbered(round);

		nfct_open(test, &f);
		nf_conntrack_max = nf_conntrack_count(&init_net);
		nfct_recount(test);
		KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_counted(test, early_drop), 1);
		KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
		skb_queue_purge(&nfct_lab(test)->packets);
		nfct_flush(test);
	}
}

static void the_assured_stay(struct kunit *test)
{
	unsigned int i;

	fill(test, 40, 40);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, early_drop), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 40);
	for (i = 0; i < 40; i++) {
		struct nfct_flow f = numbered(i);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_put(ct);
	}
}

/* Few buckets, so that the victim shares its chain with the assured. */
static void the_assured_stay_beside_a_victim(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	fill(test, 2000, 1000);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
	KUNIT_EXPECT_GE(test, nfct_counted(test, early_drop), 1);
	for (i = 0; i < 1000; i++) {
		struct nfct_flow f = numbered(i);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_put(ct);
	}
}

/* All but the newest are assured: each newcomer takes the place of one before it, however far apart their places in the table are. */
static void newcomers_go_where_all_others_are_assured(struct kunit *test)
{
	unsigned int i;

	/* More of them than are remembered, and gone. */
	nf_conntrack_max = nf_conntrack_count(&init_net) + 2;
	for (i = 0; i < 3000; i++) {
		struct nfct_flow f = numbered(10000 + i);

		KUNIT_EXPECT_TRUE(test, nf_ct_delete(nfct_open(test, &f), 0, 0));
	}
	nf_conntrack_max = 0;
	fill(test, 2000, 2000);
	nf_conntrack_max++;
	nfct_recount(test);
	for (i = 0; i < 200; i++)
		gets_in(test, 50000 + i);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, early_drop), 199);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2001);
}

/* Opens some in a full table; the number of those that are there afterwards. */
static unsigned int newcomers_that_stay(struct kunit *test, unsigned int first, unsigned int n)
{
	unsigned int i, there = 0;

	for (i = first; i < first + n; i++)
		gets_in(test, i);
	for (i = first; i < first + n; i++) {
		struct nfct_flow f = numbered(i);

		there += nfct_found(test, &f);
	}
	return there;
}

/* Whatever was in vain before, in tables small and large: a newcomer is one of many who may go, or it would never become assured. */
static void newcomers_stay_where_others_may_go(struct kunit *test)
{
	static const unsigned int buckets[] = { 1024, 32768 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(buckets[i]), 0);
		fill(test, 4000, 0);
		/* One of 4000, whoever it is: two in three stay. One of those that came last: one in three. */
		KUNIT_EXPECT_GE(test, newcomers_that_stay(test, 50000, 3000), 1700);
		KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 0);
		nf_conntrack_max = 0;
		nfct_flush(test);
	}
}

/* Where nobody is near anybody, the oldest goes, not the one before. */
static void newcomers_stay_among_empty_buckets(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(131072), 0);
	fill(test, 200, 0);
	/* Who is remembered from earlier tests is forgotten meanwhile. */
	newcomers_that_stay(test, 50000, 1000);
	KUNIT_EXPECT_GE(test, newcomers_that_stay(test, 60000, 200), 50);
}

/*
 * In a table of mostly assured connections each newcomer that becomes assured, too, is one less to take a place from. The others are not to pay for it as
 * long as there are older ones: who answers within fifty newcomers is still there.
 */
static void newcomers_have_time_to_become_assured(struct kunit *test)
{
	unsigned int i, in_time = 0;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(4096), 0);
	fill(test, 4000, 3800);
	for (i = 0; i < 4000; i++) {
		struct nfct_flow earlier = numbered(50000 + i - 50);

		gets_in(test, 50000 + i);
		if (i >= 50 && i % 40 == 0) {
			struct nf_conn *ct = nfct_find(test, &earlier);

			if (!ct)
				continue;
			set_bit(IPS_ASSURED_BIT, &ct->status);
			nf_ct_put(ct);
			in_time++;
		}
	}
	kunit_info(test, "%u of 98", in_time);
	KUNIT_EXPECT_GE(test, in_time, 80);
}

/* Our full table is not to be emptied at the cost of others. */
static void namespaces_are_apart(struct kunit *test)
{
	struct net *other = nfct_other_net(test);
	unsigned int i;

	fill(test, 10, 10);
	/* Right among ours, and unassured. */
	other->hash_mix = init_net.hash_mix;
	nf_conntrack_max = 0;
	for (i = 100; i < 400; i++) {
		struct nfct_flow f = numbered(i);

		nfct_open_in(test, other, &f);
	}
	nf_conntrack_max = nf_conntrack_count(&init_net);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(other), 300);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 10);
}

static void the_expired_make_room(struct kunit *test)
{
	struct nf_conn *ct;
	struct nfct_flow f = numbered(0);

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	fill(test, 2, 2); /* as many places as chains that are looked into */
	ct = nfct_find(test, &f);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	nf_ct_put(ct);
	nfct_expire(ct);
	/* Refused this time perhaps, for the dead one was not the newcomer's victim; but it is out of the way then. */
	newcomer(test);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, early_drop), 0);
}

/* One that somebody holds is dropped all the same, and counts until it is let go. */
static void a_victim_that_is_held(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct nf_conn *ct;

	fill(test, 1, 0);
	ct = nfct_find(test, &f);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_dying(ct));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* 0 means no limit. */
static void no_limit(struct kunit *test)
{
	fill(test, 5, 0);
	nf_conntrack_max = 0;
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 6);
}

/* A refused packet has the collector look for those that may go; the next ones need not call again before it came. */
static void the_collector_is_called(struct kunit *test)
{
	unsigned int kicks;

	fill(test, 40, 40);
	/* Serves what earlier packets wanted. */
	nfct_gc_pass();
	nfct_gc_pass();
	kicks = nfct_gc_kicks();
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks + 1);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks + 1);
	nfct_gc_pass();
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks + 2);
}

/* By the clock that the collector reads: mdelay() counts loops, and a processor that is lent out meanwhile loses ticks. */
static void take_a_tenth_of_a_second(void *unused)
{
	const unsigned long end = jiffies + HZ / 10;

	while (time_before(jiffies, end))
		cpu_relax();
}

/* Where it found nobody, and that took long, it is called for later than at once: overload is not to cost a CPU for looking in vain, too. */
static void the_collector_rests(struct kunit *test)
{
	fill(test, 40, 40);
	nfct_gc_pass();
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_gc_kick_delay(), 0);
	nfct_at_point(NFCT_POINT_BEFORE_REAP, take_a_tenth_of_a_second, NULL);
	nfct_gc_pass();
	nfct_at_point(NFCT_POINT_BEFORE_REAP, NULL, NULL);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	KUNIT_EXPECT_GE(test, nfct_gc_kick_delay(), HZ / 2);
}

/* While it rests nobody searches; but that nobody may go was found out with one limit, and those who came without any are not remembered. */
static void another_limit_ends_the_rest(struct kunit *test)
{
	unsigned int i;

	fill(test, 40, 40);
	nfct_gc_pass();
	nfct_gc_pass();
	/* 32 who came in earlier tests are forgotten by each. */
	for (i = 0; i < 2048 / 32; i++)
		KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_DROPPED);
	nfct_gc_pass();
	nf_conntrack_max = 0;
	for (i = 40; i < 2000; i++) {
		struct nfct_flow f = numbered(i);

		nfct_open(test, &f);
	}
	nf_conntrack_max = nf_conntrack_count(&init_net);
	KUNIT_EXPECT_EQ(test, newcomer(test), NFCT_TRACKED);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_unassured_one_goes),
	KUNIT_CASE(few_entries_in_many_buckets),
	KUNIT_CASE(the_assured_stay),
	KUNIT_CASE(the_assured_stay_beside_a_victim),
	KUNIT_CASE(newcomers_go_where_all_others_are_assured),
	KUNIT_CASE(newcomers_stay_where_others_may_go),
	KUNIT_CASE(newcomers_stay_among_empty_buckets),
	KUNIT_CASE(newcomers_have_time_to_become_assured),
	KUNIT_CASE(namespaces_are_apart),
	KUNIT_CASE(the_expired_make_room),
	KUNIT_CASE(a_victim_that_is_held),
	KUNIT_CASE(no_limit),
	KUNIT_CASE(the_collector_is_called),
	KUNIT_CASE(the_collector_rests),
	KUNIT_CASE(another_limit_ends_the_rest),
	{}
};
NFCT_SUITE(nfct_early_drop, cases);
