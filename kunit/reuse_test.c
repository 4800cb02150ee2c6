// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: references, and objects that die or become another flow under a reader's eyes. The cases in reuse_cases.cpp take a lookup's steps
 * one by one; those below let the table's own lookup run, and step in between.
 */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

/* Enough that the slab hands out the object just freed at least once. */
#define TRIES 64

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1 + n / 50000, n % 50000, 2, 53 };
}

static unsigned int bucket_of(const struct nfct_flow *f)
{
	struct nf_conntrack_tuple t = nfct_tuple_of(f);

	return nfct_kunit_bucket(&t);
}

/* The connection to take away, and the packet whose connection may take its memory; made beforehand, since there is no sleep in between. */
struct swap {
	struct kunit *test;
	struct nf_conn *old;
	struct sk_buff *fresh;
	bool happened;
};

static void take_away(void *arg)
{
	struct swap *s = arg;

	s->happened = true;
	nf_ct_delete(s->old, 0, 0);
	if (s->fresh)
		KUNIT_EXPECT_EQ(s->test, nfct_pass(s->test, s->fresh), NFCT_TRACKED);
}

static void dies_before_the_reference(struct kunit *test)
{
	struct nfct_flow f = numbered(1);
	struct swap s = { test, nfct_open(test, &f) };

	nfct_at_point(NFCT_POINT_BEFORE_REFERENCE, take_away, &s);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	KUNIT_ASSERT_TRUE(test, s.happened);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* The reference is granted, but by another connection: it must be given back, and the seeker be told that there is nothing. */
static void becomes_another_flow_before_the_reference(struct kunit *test)
{
	unsigned int n, reused = 0;

	for (n = 0; n < TRIES; n++) {
		struct nfct_flow f = numbered(2 * n), other = numbered(2 * n + 1);
		struct swap s = { test, nfct_open(test, &f), nfct_udp(test, &other, 4) };

		nfct_at_point(NFCT_POINT_BEFORE_REFERENCE, take_away, &s);
		KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
		KUNIT_ASSERT_TRUE(test, s.happened);
		KUNIT_ASSERT_NOT_NULL(test, nfct_conn(s.fresh));
		reused += nfct_conn(s.fresh) == s.old;
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &other, nfct_conn(s.fresh)));
		KUNIT_EXPECT_EQ(test, refcount_read(&nfct_conn(s.fresh)->ct_general.use), 2);
		nfct_drop(test, s.fresh);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), TRIES);
	if (!reused)
		kunit_skip(test, "the slab never handed out the object just freed");
}

/* What a packet makes of the same: it has no connection, so it opens one. */
static void a_packet_meets_it(struct kunit *test)
{
	struct nfct_flow f = numbered(1), other = numbered(2);
	struct swap s = { test, nfct_open(test, &f), nfct_udp(test, &other, 4) };
	struct sk_buff *skb = nfct_udp(test, &f, 4);

	nfct_at_point(NFCT_POINT_BEFORE_REFERENCE, take_away, &s);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_TRUE(test, s.happened);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &f, nfct_conn(skb)));
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &other, nfct_conn(s.fresh)));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
}

/*
 * The reader stands on a node in front of the one it seeks, when that node's memory goes into another chain: it would follow that chain
 * to its end and miss what it seeks, if the end did not tell which chain it is of.
 */
static void carried_into_another_chain(struct kunit *test)
{
	unsigned int n = 1, tries, reused = 0;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	for (tries = 0; tries < TRIES; tries++) {
		struct nfct_flow sought = numbered(n++), before, elsewhere;
		struct nf_conn *ct = nfct_open(test, &sought);
		struct swap s = { test };

		do
			before = numbered(n++);
		while (bucket_of(&before) != bucket_of(&sought));
		do
			elsewhere = numbered(n++);
		while (bucket_of(&elsewhere) == bucket_of(&sought));
		s.old = nfct_open(test, &before);
		s.fresh = nfct_udp(test, &elsewhere, 4);

		nfct_recount(test);
		nfct_at_point(NFCT_POINT_AT_NODE, take_away, &s);
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &sought, ct));
		KUNIT_ASSERT_TRUE(test, s.happened);
		if (nfct_conn(s.fresh) == s.old) {
			reused++;
			KUNIT_EXPECT_EQ(test, nfct_counted(test, search_restart), 1);
		}
		nfct_drop(test, s.fresh);
		nfct_flush(test);
	}
	if (!reused)
		kunit_skip(test, "the slab never handed out the object just freed");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(dead_object_gives_no_reference),
	KUNIT_CASE(reused_object_is_another_flow),
	KUNIT_CASE(unpublished_object_is_no_flow),
	KUNIT_CASE(references_balance),
	KUNIT_CASE(chains_mark_their_ends),
	KUNIT_CASE(dies_before_the_reference),
	KUNIT_CASE(becomes_another_flow_before_the_reference),
	KUNIT_CASE(a_packet_meets_it),
	KUNIT_CASE(carried_into_another_chain),
	{}
};
NFCT_SUITE(nfct_reuse, cases);
