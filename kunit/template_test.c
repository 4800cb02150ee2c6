// SPDX-License-Identifier: GPL-2.0-only
/* Suite: templates, by which a rule says in which zone a packet is to be tracked. */
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

static struct nf_conn *template(struct kunit *test, u16 id, u8 flags, u8 dirs)
{
	struct nf_conntrack_zone zone = { .id = id, .flags = flags, .dir = dirs };
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &zone, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	return tmpl;
}

static void outside_the_table(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 7, 0, NF_CT_ZONE_DIR_ORIG);

	KUNIT_EXPECT_TRUE(test, nf_ct_is_template(tmpl));
	KUNIT_EXPECT_EQ(test, refcount_read(&tmpl->ct_general.use), 1);
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_net(tmpl), &init_net);
	KUNIT_EXPECT_EQ(test, nf_ct_zone(tmpl)->id, 7);
	KUNIT_EXPECT_EQ(test, nf_ct_zone(tmpl)->dir, NF_CT_ZONE_DIR_ORIG);
	/* Three bits of its address are needed for skb->_nfct. */
	KUNIT_EXPECT_EQ(test, (unsigned long)tmpl & NFCT_INFOMASK, 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	/* The last reference frees it. */
	nf_ct_put(tmpl);
}

/* Helpers and timeout policies hang on templates as extensions, which go with them (kmemleak would tell). */
static void with_an_extension(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 0, 0, NF_CT_DEFAULT_ZONE_DIR);

	KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(tmpl, NF_CT_EXT_HELPER, GFP_KERNEL));
	nf_ct_put(tmpl);
}

/*
 * Templates are not of the connections' cache and do not count as connections: were one freed as such, the count would go below zero, which
 * is a full table for ever.
 */
static void freed_where_it_came_from(struct kunit *test)
{
	const int before = nf_conntrack_count(&init_net);
	struct nfct_flow other = flow;
	unsigned int n;

	for (n = 0; n < 100; n++) {
		struct nf_conn *tmpl = template(test, n, 0, NF_CT_DEFAULT_ZONE_DIR);
		struct sk_buff *skb = nfct_udp(test, &flow, 4);

		/* Its last reference is given back by the packet that it came with: without a connection, and with one. */
		nf_ct_set(skb, tmpl, IP_CT_NEW);
		if (n & 1) {
			nfct_cut(skb, 4);
			nfct_seal(skb);
			KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_INVALID);
		} else {
			KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
		}
		nfct_drop(test, skb);
		nf_ct_put(template(test, n, 0, NF_CT_DEFAULT_ZONE_DIR));
		KUNIT_ASSERT_EQ(test, nf_conntrack_count(&init_net), before);
	}
	/* There is room for just one more. */
	nf_conntrack_max = before + 1;
	nfct_open(test, &other);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* A packet that came with it leaves with a connection in its zone, and gives the template's reference back. */
static void decides_the_zone(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 7, 0, NF_CT_DEFAULT_ZONE_DIR);
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;

	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, refcount_read(&tmpl->ct_general.use), 1);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_PTR_NE(test, ct, tmpl);
	KUNIT_EXPECT_FALSE(test, nf_ct_is_template(ct));
	KUNIT_EXPECT_EQ(test, nf_ct_zone(ct)->id, 7);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));

	/* Without it, the reply is of another zone and opens a connection there; with it, it belongs to the first. */
	skb = nfct_udp(test, &back, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	skb = nfct_udp(test, &back, 4);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
}

/* Clients of overlapping networks in zones, their replies come in without: only the original direction is in the zone. */
static void zone_of_one_direction(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 7, 0, NF_CT_ZONE_DIR_ORIG);
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;

	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &back, ct));
	skb = nfct_udp(test, &back, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
}

/* The reply direction's zone, and the client's packet that looks for it by its original tuple: the second hash finds it. */
static void zone_of_the_other_direction(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 7, 0, NF_CT_ZONE_DIR_REPL);
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;

	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, ct));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &back));
	skb = nfct_udp(test, &back, 4);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
}

/* Both ends spoke first, each in the zone with its original direction and outside with the other: two connections, which do not clash. */
static void crossed_in_a_zone_of_one_direction(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *a = nfct_udp(test, &flow, 4), *b = nfct_udp(test, &back, 4);

	nf_ct_set(a, template(test, 7, 0, NF_CT_ZONE_DIR_ORIG), IP_CT_NEW);
	nf_ct_set(b, template(test, 7, 0, NF_CT_ZONE_DIR_ORIG), IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_in(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, b), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, a), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, b), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, clash_resolve), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, nfct_conn(b)));
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &back, nfct_conn(a)));
}

static void zone_out_of_the_mark(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 0, NF_CT_FLAG_MARK, NF_CT_DEFAULT_ZONE_DIR);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	skb->mark = 0x12345;
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	/* As far as it goes into 16 bits. */
	KUNIT_EXPECT_EQ(test, nf_ct_zone(nfct_conn(skb))->id, 0x2345);
}

/* INVALID packets must not keep it. */
static void invalid_packets_let_go(struct kunit *test)
{
	struct nf_conn *tmpl = template(test, 7, 0, NF_CT_DEFAULT_ZONE_DIR);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	nfct_cut(skb, 4);
	nfct_seal(skb);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_INVALID);
	KUNIT_EXPECT_EQ(test, skb->_nfct, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&tmpl->ct_general.use), 1);
	nf_ct_put(tmpl);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(outside_the_table),
	KUNIT_CASE(with_an_extension),
	KUNIT_CASE(freed_where_it_came_from),
#ifdef CONFIG_NF_CONNTRACK_ZONES
	KUNIT_CASE(decides_the_zone),
	KUNIT_CASE(zone_of_one_direction),
	KUNIT_CASE(zone_of_the_other_direction),
	KUNIT_CASE(crossed_in_a_zone_of_one_direction),
	KUNIT_CASE(zone_out_of_the_mark),
#endif
	KUNIT_CASE(invalid_packets_let_go),
	{}
};
NFCT_SUITE(nfct_template, cases);
