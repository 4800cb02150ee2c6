// SPDX-License-Identifier: GPL-2.0-only
/* Suite: two packets open the same flow at once. Both pass nf_conntrack_in() before either is confirmed, as they would on two CPUs. */
#include <net/netfilter/nf_conntrack_acct.h>
#include <nfct/kunit/lab.h>
#include <nfct/shim/compat.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

/* Two packets, each with an unconfirmed connection of its own. */
struct race {
	struct sk_buff *winner, *loser;
	struct nf_conn *winner_ct, *loser_ct;
};

static struct race start(struct kunit *test, const struct nfct_flow *a, const struct nfct_flow *b)
{
	struct race r = { nfct_udp(test, a, 4), nfct_udp(test, b, 4) };

	KUNIT_ASSERT_EQ(test, nfct_in(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, r.loser), NFCT_TRACKED);
	r.winner_ct = nfct_conn(r.winner);
	r.loser_ct = nfct_conn(r.loser);
	KUNIT_ASSERT_PTR_NE(test, r.winner_ct, r.loser_ct);
	KUNIT_ASSERT_EQ(test, nfct_entries(test), 2);
	return r;
}

/* What NAT does before confirmation: the server will be spoken to from `port`. */
static void translate(struct nf_conn *ct, u16 port)
{
	ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port = htons(port);
	ct->status |= IPS_SRC_NAT | IPS_SRC_NAT_DONE;
}

static u64 packets(const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	return atomic64_read(&nf_conn_acct_find(ct)->counter[dir].packets);
}

static u64 bytes(const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	return atomic64_read(&nf_conn_acct_find(ct)->counter[dir].bytes);
}

/* The loser's packet goes on, as one of the winner's. */
static void same_flow_joins(struct kunit *test)
{
	struct race r;

	init_net.ct.sysctl_acct = 1;
	r = start(test, &flow, &flow);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.loser), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(r.loser), r.winner_ct);
	KUNIT_EXPECT_EQ(test, nfct_info(r.loser), IP_CT_NEW);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, insert_failed), 0);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 0);
	/* Both are accounted. */
	KUNIT_EXPECT_EQ(test, packets(r.winner_ct, IP_CT_DIR_ORIGINAL), 2);
	KUNIT_EXPECT_EQ(test, bytes(r.winner_ct, IP_CT_DIR_ORIGINAL), 2 * r.winner->len);
	/* The table, and the two packets. */
	KUNIT_EXPECT_EQ(test, refcount_read(&r.winner_ct->ct_general.use), 3);
	nfct_drop(test, r.winner);
	nfct_drop(test, r.loser);
	KUNIT_EXPECT_EQ(test, refcount_read(&r.winner_ct->ct_general.use), 1);
}

/* Both ends speak first. */
static void crossing_flows_join(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct race r = start(test, &flow, &back);

	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.loser), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(r.loser), r.winner_ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 1);
}

/* NAT gave each its own port: they are two connections of which lookups can tell only the replies apart. */
static void translated_differently_lives_beside(struct kunit *test)
{
	struct nfct_flow loser_back = { NFPROTO_IPV4, IPPROTO_UDP, 2, 53, 1, 1002 }, winner_back = loser_back;
	struct race r = start(test, &flow, &flow);
	struct sk_buff *answer;

	winner_back.dport = 1001;
	translate(r.winner_ct, 1001);
	translate(r.loser_ct, 1002);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.loser), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(r.loser), r.loser_ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 1);

	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, r.winner_ct));
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &winner_back, r.winner_ct));
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &loser_back, r.loser_ct));

	/* For a second at the most, whatever comes. */
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_NAT_CLASH_BIT, &r.loser_ct->status));
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_FIXED_TIMEOUT_BIT, &r.loser_ct->status));
	KUNIT_EXPECT_LE(test, nf_ct_expires(r.loser_ct), HZ);
	KUNIT_EXPECT_GT(test, nf_ct_expires(r.loser_ct), 0);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_FIXED_TIMEOUT_BIT, &r.winner_ct->status));

	/* Its first reply gets through, and the entry has served. */
	nfct_drop(test, r.loser);
	answer = nfct_udp(test, &loser_back, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, answer), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(answer), r.loser_ct);
	KUNIT_EXPECT_EQ(test, nfct_info(answer), IP_CT_ESTABLISHED_REPLY);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &r.loser_ct->status));
	KUNIT_EXPECT_LE(test, nf_ct_expires(r.loser_ct), HZ);
}

/* It can be deleted like any other, though one of its links is in no chain. */
static void who_lives_beside_can_be_deleted(struct kunit *test)
{
	struct race r = start(test, &flow, &flow);

	r.winner_ct->status |= IPS_SRC_NAT_DONE;
	translate(r.loser_ct, 1002);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.loser), NFCT_TRACKED);
	nfct_drop(test, r.winner);
	nfct_drop(test, r.loser);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	/* A resize must take it along, too. */
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(2 * nf_conntrack_htable_size), 0);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &(struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 2, 53, 1, 1002 }, r.loser_ct));
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(r.loser_ct, 0, 0));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, r.winner_ct));
}

/*
 * The original directions differ, but NAT made the replies look the same: nobody could tell them apart. (6.1 does not mind as long as the winner is
 * untranslated.)
 */
static void same_reply_cannot_be_resolved(struct kunit *test)
{
	struct nfct_flow second = { NFPROTO_IPV4, IPPROTO_UDP, 3, 1000, 2, 53 };
	struct race r = start(test, &flow, &second);

	if (NFCT_CLASH_JOINS_UNTRANSLATED)
		r.winner_ct->status |= IPS_SRC_NAT_DONE;
	r.loser_ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3 = nfct_host(NFPROTO_IPV4, 1);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, r.loser), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, insert_failed), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 0);
	nfct_drop(test, r.loser);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* As before, with a winner that NAT has not touched. */
static void untranslated_winner_takes_all(struct kunit *test)
{
	struct nfct_flow second = { NFPROTO_IPV4, IPPROTO_UDP, 3, 1000, 2, 53 };
	struct race r = start(test, &flow, &second);

	r.loser_ct->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u3 = nfct_host(NFPROTO_IPV4, 1);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, r.loser), NFCT_CLASH_JOINS_UNTRANSLATED ? NFCT_TRACKED : NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_conn(r.loser) == r.winner_ct, NFCT_CLASH_JOINS_UNTRANSLATED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), NFCT_CLASH_JOINS_UNTRANSLATED);
	nfct_drop(test, r.loser);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* TCP ends would be confused by two handshakes in one connection: the SYN will be repeated. */
static void tcp_is_not_resolved(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 };
	struct nfct_segment syn = { .flags = TCPHDR_SYN, .seq = 1, .window = 1000 };
	struct sk_buff *a = nfct_tcp(test, &f, &syn), *b = nfct_tcp(test, &f, &syn);

	KUNIT_ASSERT_EQ(test, nfct_in(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, b), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, a), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, b), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, insert_failed), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 0);
}

/* A third first packet finds winner and beside-living loser; it joins the one that has its reply. */
static void third_joins_the_second(struct kunit *test)
{
	struct race r = start(test, &flow, &flow);
	struct sk_buff *third = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, third), NFCT_TRACKED);
	r.winner_ct->status |= IPS_SRC_NAT_DONE;
	translate(r.loser_ct, 1002);
	translate(nfct_conn(third), 1002);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.winner), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, r.loser), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, third), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(third), r.loser_ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 2);
}

/* In another zone it is another flow: no clash. */
static void zones_do_not_clash(struct kunit *test)
{
	struct sk_buff *a = nfct_udp(test, &flow, 4), *b = nfct_udp(test, &flow, 4);
	struct nf_conntrack_zone zone = { .id = 5, .dir = NF_CT_DEFAULT_ZONE_DIR };
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &zone, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	nf_ct_set(b, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, b), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(same_flow_joins),
	KUNIT_CASE(crossing_flows_join),
	KUNIT_CASE(translated_differently_lives_beside),
	KUNIT_CASE(who_lives_beside_can_be_deleted),
	KUNIT_CASE(same_reply_cannot_be_resolved),
	KUNIT_CASE(tcp_is_not_resolved),
	KUNIT_CASE(third_joins_the_second),
	KUNIT_CASE(untranslated_winner_takes_all),
	KUNIT_CASE(zones_do_not_clash),
	{}
};
NFCT_SUITE(nfct_clash, cases);
