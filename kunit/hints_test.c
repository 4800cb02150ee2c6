// SPDX-License-Identifier: GPL-2.0-only
/* Suite: what a lookup has fetched before it knows (table/hints.hpp). That hints are wrong or old is the rule, so nothing else asks for them. */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

/* At its line, since connections need not begin with one. */
static void expect_hint(struct kunit *test, const struct nfct_flow *f, const struct nf_conn *ct)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);

	KUNIT_ASSERT_NOT_NULL(test, nfct_kunit_hinted(&tuple));
	KUNIT_EXPECT_PTR_EQ(test, nfct_kunit_hinted(&tuple), (const void *)((unsigned long)ct & ~63ul));
}

static void expect_no_hint(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);

	KUNIT_EXPECT_NULL(test, nfct_kunit_hinted(&tuple));
}

static void expect_none(struct kunit *test, unsigned int buckets)
{
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(buckets), 0);
	expect_no_hint(test, &flow);
	KUNIT_EXPECT_TRUE(test, nfct_found(test, &flow));
}

static void leads_to_who_was_linked_last(struct kunit *test)
{
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	ct = nfct_open(test, &flow);
	expect_hint(test, &flow, ct);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(131072), 0);
	expect_hint(test, &flow, ct);
	expect_none(test, 512);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	expect_hint(test, &flow, ct);
}

/* A translated connection has two places. */
static void leads_there_from_both_sides(struct kunit *test)
{
	struct nfct_flow translated = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	translated.dport = 4000;
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	nfct_translate(ct, &translated);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	expect_hint(test, &flow, ct);
	expect_hint(test, &translated, ct);
}

/* By itself, and by a walk that takes it out on the spot: a hint that stays would keep its place from others. */
static void goes_with_who_leaves(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(nfct_open(test, &flow), 0, 0));
	expect_no_hint(test, &flow);
	expect_hint(test, &flow, nfct_open(test, &flow));
	nfct_flush(test);
	expect_no_hint(test, &flow);
}

static unsigned int bucket_of(const struct nfct_flow *f)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);
	bool moved;

	return nfct_kunit_place(&tuple, &moved);
}

/* Another flow whose bucket is this one. */
static struct nfct_flow in_bucket(struct kunit *test, unsigned int bucket)
{
	struct nfct_flow f = flow;
	unsigned int n = 0;

	do {
		KUNIT_ASSERT_LT(test, n, 2000000u);
		f.from = 3 + n / 60000;
		f.sport = 1 + n % 60000;
		n++;
	} while (bucket_of(&f) != bucket);
	return f;
}

/* What leaves a chain that another begins takes no hint away but its own. */
static void is_not_anothers_to_take(struct kunit *test)
{
	struct nf_conn *first, *last;
	struct nfct_flow other;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(32768), 0);
	other = in_bucket(test, bucket_of(&flow));
	first = nfct_open(test, &flow);
	last = nfct_open(test, &other);
	expect_hint(test, &flow, last);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(first, 0, 0));
	expect_hint(test, &other, last);
}

/* Sixteen buckets have six hints, each to its own; a seventh finds no room until one of them leaves. */
static void six_of_a_group(struct kunit *test)
{
	struct nfct_flow flows[7];
	struct nf_conn *cts[7];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(32768), 0);
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		flows[i] = in_bucket(test, 160 + 2 * i);
		cts[i] = nfct_open(test, &flows[i]);
	}
	for (i = 0; i < 6; i++)
		expect_hint(test, &flows[i], cts[i]);
	expect_no_hint(test, &flows[6]);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(cts[6], 0, 0));
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(cts[2], 0, 0));
	cts[6] = nfct_open(test, &flows[6]);
	for (i = 0; i < ARRAY_SIZE(flows); i++)
		if (i != 2)
			expect_hint(test, &flows[i], cts[i]);
}

/* The greatest that has them, and the least that has none. */
static void none_in_large_tables(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(4194304), 0);
	expect_hint(test, &flow, ct);
	expect_none(test, 4194304 + 512);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(leads_to_who_was_linked_last),
	KUNIT_CASE(leads_there_from_both_sides),
	KUNIT_CASE(goes_with_who_leaves),
	KUNIT_CASE_SLOW(is_not_anothers_to_take),
	KUNIT_CASE_SLOW(six_of_a_group),
	KUNIT_CASE(none_in_large_tables),
	{}
};
NFCT_SUITE(nfct_hints, cases);
