// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the hash of the table (hash_cases.cpp). */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

static void kept_in_the_connection(struct kunit *test)
{
	struct nfct_flow six = { NFPROTO_IPV6, IPPROTO_TCP, 1, 1000, 2, 80 };
	struct nf_conn *ct;

	KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(nfct_open(test, &flow)), NFCT_HASHES_KEPT);

	/* One that user space makes. */
	ct = nfct_alloc(test, &six);
	KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(ct), NFCT_HASHES_COMPUTED);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_check_insert(ct), 0);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(ct), NFCT_HASHES_KEPT);

	nfct_flush(test);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &six));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* NAT's link is where they would be, then what NAT leaves behind when its module goes; the reply tuple is another one, too. */
static void nat_takes_their_place(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow), translated = back;
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	HLIST_HEAD(sources);
	struct nf_conn *ct;

	translated.dport = 4000;
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	nfct_translate(ct, &translated);
	hlist_add_head_rcu(&ct->nat_bysource, &sources);
	ct->status |= IPS_SRC_NAT | IPS_SRC_NAT_DONE;
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(ct), NFCT_HASHES_COMPUTED);
	KUNIT_EXPECT_PTR_EQ(test, sources.first, &ct->nat_bysource);
	KUNIT_ASSERT_PTR_EQ(test, ct->nat_bysource.pprev, &sources.first); /* it is followed below */

	clear_bit(IPS_SRC_NAT_DONE_BIT, &ct->status);
	hlist_del_rcu(&ct->nat_bysource);
	KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(ct), NFCT_HASHES_COMPUTED);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &translated, ct));
	nfct_flush(test);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &translated));
}

/* Memory that was one connection with hashes, and becomes another: what it keeps is its own. */
static void forgotten_with_the_connection(struct kunit *test)
{
	unsigned int n;

	for (n = 0; n < 64; n++) {
		struct nfct_flow other = flow;
		struct sk_buff *skb;

		other.sport += n;
		skb = nfct_udp(test, &other, 4);
		KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(nfct_conn(skb)), NFCT_HASHES_COMPUTED);
		KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_kunit_hashes(nfct_conn(skb)), NFCT_HASHES_KEPT);
		nfct_drop(test, skb);
		nfct_flush(test);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hash_is_a_function),
	KUNIT_CASE(hash_depends_on_every_bit),
	KUNIT_CASE(hash_depends_on_zone),
	KUNIT_CASE(hash_depends_on_netns),
	KUNIT_CASE(hash_is_keyed),
	KUNIT_CASE(hash_spreads),
	KUNIT_CASE(buckets_are_pieces_of_hash_space),
	KUNIT_CASE(kept_in_the_connection),
	KUNIT_CASE(nat_takes_their_place),
	KUNIT_CASE(forgotten_with_the_connection),
	{}
};
NFCT_SUITE(nfct_hash, cases);
