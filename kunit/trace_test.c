// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the end of a namespace finds its connections by their traces, however they came into the table, and nobody else's. */
#include <nfct/abi/module.h>
#include <nfct/kunit/lab.h>
#include <nfct/shim/kernel.h>

enum { FLOWS = 200 };

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1, 1000 + n, 2, 53 };
}

static struct net *filled(struct kunit *test)
{
	struct net *other = nfct_other_net(test);
	unsigned int n;

	for (n = 0; n < FLOWS; n++) {
		struct nfct_flow f = numbered(n);

		nfct_open(test, &f);
		nfct_open_in(test, other, &f);
	}
	KUNIT_ASSERT_EQ(test, nf_conntrack_count(other), FLOWS);
	KUNIT_ASSERT_EQ(test, nfct_entries(test), FLOWS);
	return other;
}

/* With fewer buckets than ranges, with more, and with more than there were when the connections came. */
static void its_own_are_gone(struct kunit *test)
{
	static const unsigned int buckets[][2] = { { 512, 512 }, { 1 << 17, 1 << 17 }, { 512, 1 << 17 }, { 1 << 17, 1024 } };
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		struct net *other;

		KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(buckets[i][0]), 0);
		other = filled(test);
		KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(buckets[i][1]), 0);
		nfct_end_connections(other);
		KUNIT_EXPECT_EQ_MSG(test, nf_conntrack_count(other), 0, "%u buckets, then %u", buckets[i][0], buckets[i][1]);
		KUNIT_EXPECT_EQ(test, nfct_entries(test), FLOWS);
		nfct_end_connections(&init_net);
		KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	}
}

/* That it does go by the traces: a few in many ranges. */
static void elsewhere_is_not_looked_at(struct kunit *test)
{
	struct net *other = filled(test);
	unsigned long *trace = nfct_netns_of(other)->trace;
	unsigned int marked = bitmap_weight(trace, NFCT_TRACE_RANGES);

	KUNIT_EXPECT_GT(test, marked, FLOWS / 2);
	KUNIT_EXPECT_LE(test, marked, FLOWS);
	bitmap_zero(trace, NFCT_TRACE_RANGES);
	nfct_end_connections(other);
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(other), FLOWS);
	bitmap_fill(trace, NFCT_TRACE_RANGES);
	nfct_end_connections(other);
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(other), 0);
}

/* Inserted by user space; and one that lost a clash and is found by its replies alone. */
static void those_that_came_otherwise(struct kunit *test)
{
	struct nfct_flow f = numbered(0), g = numbered(1);
	struct sk_buff *winner = nfct_udp(test, &f, 4), *loser = nfct_udp(test, &f, 4);
	struct nf_conn *ct = nfct_alloc(test, &g);

	bitmap_zero(nfct_netns_of(&init_net)->trace, NFCT_TRACE_RANGES);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_check_insert(ct), 0);
	nf_ct_put(ct);

	KUNIT_ASSERT_EQ(test, nfct_in(test, winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, loser), NFCT_TRACKED);
	nfct_conn(winner)->status |= IPS_SRC_NAT_DONE;
	nfct_conn(loser)->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port = htons(999);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, loser), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_entries(test), 3);
	nfct_drop(test, winner);
	nfct_drop(test, loser);
	nfct_end_connections(&init_net);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* Who holds one has it counted on; the walk over all that follows in netns.c waits for him. */
static void who_is_held_counts_on(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct nf_conn *ct = nfct_open(test, &f);

	nf_conntrack_get(&ct->ct_general);
	nfct_end_connections(&init_net);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_dying(ct));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(its_own_are_gone),
	KUNIT_CASE(elsewhere_is_not_looked_at),
	KUNIT_CASE(those_that_came_otherwise),
	KUNIT_CASE(who_is_held_counts_on),
	{}
};
NFCT_SUITE(nfct_trace, cases);
