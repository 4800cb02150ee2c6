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

static void expect_none(struct kunit *test, unsigned int buckets)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(&flow);

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(buckets), 0);
	KUNIT_EXPECT_NULL(test, nfct_kunit_hinted(&tuple));
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
	KUNIT_CASE(none_in_large_tables),
	{}
};
NFCT_SUITE(nfct_hints, cases);
