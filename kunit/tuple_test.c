// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the tuple of a packet, out of real buffers, linear and scattered; and its inverse. */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <nfct/kunit/lab.h>

#define EXPECT_TUPLE(test, skb, expected)                                                                                                 \
	do {                                                                                                                              \
		struct nf_conntrack_tuple got = {}, want = expected;                                                                      \
                                                                                                                                          \
		KUNIT_EXPECT_TRUE(test, extract(skb, &got));                                                                              \
		KUNIT_EXPECT_MEMEQ(test, &got, &want, sizeof(got));                                                                       \
	} while (0)

static bool extract(const struct sk_buff *skb, struct nf_conntrack_tuple *t)
{
	/* Whatever was in it before must not show. */
	memset(t, 0xa5, sizeof(*t));
	return nf_ct_get_tuplepr(skb, skb_network_offset(skb), skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 : NFPROTO_IPV6, &init_net, t);
}

static const struct nfct_flow flows[] = {
	{ NFPROTO_IPV4, IPPROTO_TCP, 0x10203, 4660, 0x40506, 22136 },
	{ NFPROTO_IPV4, IPPROTO_UDP, 0x10203, 1, 0x40506, 65535 },
	{ NFPROTO_IPV4, IPPROTO_UDPLITE, 0x10203, 258, 0x40506, 772 },
	{ NFPROTO_IPV4, IPPROTO_SCTP, 0x10203, 258, 0x40506, 772 },
	{ NFPROTO_IPV4, IPPROTO_DCCP, 0x10203, 258, 0x40506, 772 },
	{ NFPROTO_IPV6, IPPROTO_TCP, 0x10203, 4660, 0x40506, 22136 },
	{ NFPROTO_IPV6, IPPROTO_UDP, 0x10203, 1, 0x40506, 65535 },
	{ NFPROTO_IPV6, IPPROTO_UDPLITE, 0x10203, 258, 0x40506, 772 },
	{ NFPROTO_IPV6, IPPROTO_SCTP, 0x10203, 258, 0x40506, 772 },
	{ NFPROTO_IPV6, IPPROTO_DCCP, 0x10203, 258, 0x40506, 772 },
};

static void ports(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++)
		EXPECT_TUPLE(test, nfct_ports(test, &flows[i], 20), nfct_tuple_of(&flows[i]));
}

/* Wherever the linear part ends, the tuple is the same. */
static void scattered(struct kunit *test)
{
	unsigned int i, linear;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct sk_buff *whole = nfct_ports(test, &flows[i], 20);

		for (linear = 0; linear <= whole->len; linear++) {
			struct sk_buff *skb = nfct_paged(test, whole, linear);

			KUNIT_ASSERT_EQ(test, skb->len, whole->len);
			KUNIT_ASSERT_EQ(test, skb_headlen(skb), linear);
			EXPECT_TUPLE(test, skb, nfct_tuple_of(&flows[i]));
			nfct_drop(test, skb);
		}
	}
}

static void icmp(struct kunit *test)
{
	struct nfct_flow four = { NFPROTO_IPV4, IPPROTO_ICMP, 1, 4660, 2 }, six = { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 4660, 2 };
	struct nf_conntrack_tuple t = nfct_tuple_of(&four);

	EXPECT_TUPLE(test, nfct_icmp(test, &four, ICMP_ECHO, 0, NULL, 0), t);
	EXPECT_TUPLE(test, nfct_icmp(test, &six, ICMPV6_ECHO_REQUEST, 0, NULL, 0), nfct_tuple_of(&six));
	/* Of a type without an id the same bytes are taken. */
	t.dst.u.icmp.type = ICMP_DEST_UNREACH;
	t.dst.u.icmp.code = ICMP_PORT_UNREACH;
	EXPECT_TUPLE(test, nfct_icmp(test, &four, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, NULL, 0), t);
}

static void gre(struct kunit *test)
{
	static const u8 plain[] = { 0x20, 0, 0x08, 0, 1, 2, 3, 4 };
	static const u8 pptp[] = { 0x30, 1, 0x88, 0x0b, 0, 4, 0x12, 0x34 };
	static const u8 not_ppp[] = { 0x30, 1, 0x08, 0, 0, 4, 0x12, 0x34 };
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_GRE, 1, 0, 2, 0 };
	struct nf_conntrack_tuple t;

	EXPECT_TUPLE(test, nfct_raw(test, &f, plain, sizeof(plain)), nfct_tuple_of(&f));
	KUNIT_EXPECT_FALSE(test, extract(nfct_raw(test, &f, not_ppp, sizeof(not_ppp)), &t));
	f.dport = 0x1234;
	EXPECT_TUPLE(test, nfct_raw(test, &f, pptp, sizeof(pptp)), nfct_tuple_of(&f));
}

/* No tracker knows it: the addresses are all, even if nothing follows the IP header. */
static void unknown_protocol(struct kunit *test)
{
	struct nfct_flow four = { NFPROTO_IPV4, 89, 1, 0, 2, 0 }, six = { NFPROTO_IPV6, 89, 1, 0, 2, 0 };

	EXPECT_TUPLE(test, nfct_raw(test, &four, "ospf", 4), nfct_tuple_of(&four));
	EXPECT_TUPLE(test, nfct_raw(test, &four, NULL, 0), nfct_tuple_of(&four));
	EXPECT_TUPLE(test, nfct_raw(test, &six, NULL, 0), nfct_tuple_of(&six));
}

static void ipv4_options(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 2000 };
	u8 options[40], len;
	__be16 l4[] = { htons(1000), htons(2000), htons(8), 0 };

	memset(options, 1, sizeof(options));
	for (len = 4; len <= sizeof(options); len += 4)
		EXPECT_TUPLE(test, nfct_raw_behind(test, &f, 0, options, len, l4, sizeof(l4)), nfct_tuple_of(&f));
}

static void ipv6_extensions(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV6, IPPROTO_UDP, 1, 1000, 2, 2000 };
	__be16 l4[] = { htons(1000), htons(2000), htons(8), 0 };
	/* Hop-by-hop of 8 bytes, routing of 16, AH of 4 * (3 + 2), first fragment, destination options. */
	static const u8 chain[] = {
		NEXTHDR_ROUTING, 0, 1, 4, 0, 0, 0, 0,
		NEXTHDR_AUTH, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		NEXTHDR_FRAGMENT, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		NEXTHDR_DEST, 0, 0, 1, 0, 0, 0, 9,
		IPPROTO_UDP, 0, 1, 4, 0, 0, 0, 0,
	};
	static const u8 later_fragment[] = { IPPROTO_UDP, 0, 0, 8, 0, 0, 0, 9 };
	static const u8 nothing_follows[] = { NEXTHDR_NONE, 0, 1, 4, 0, 0, 0, 0 };
	struct sk_buff *skb = nfct_raw_behind(test, &f, NEXTHDR_HOP, chain, sizeof(chain), l4, sizeof(l4));
	struct nf_conntrack_tuple t;
	unsigned int linear;

	EXPECT_TUPLE(test, skb, nfct_tuple_of(&f));
	for (linear = 0; linear < skb->len; linear += 3)
		EXPECT_TUPLE(test, nfct_paged(test, skb, linear), nfct_tuple_of(&f));

	skb = nfct_raw_behind(test, &f, NEXTHDR_FRAGMENT, later_fragment, sizeof(later_fragment), l4, sizeof(l4));
	KUNIT_EXPECT_FALSE(test, extract(skb, &t));
	skb = nfct_raw_behind(test, &f, NEXTHDR_HOP, nothing_follows, sizeof(nothing_follows), l4, sizeof(l4));
	KUNIT_EXPECT_FALSE(test, extract(skb, &t));
}

static void ipv4_fragments(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 2000 };
	struct sk_buff *skb = nfct_udp(test, &f, 8);
	struct nf_conntrack_tuple t;

	ip_hdr(skb)->frag_off = htons(IP_MF);
	EXPECT_TUPLE(test, skb, nfct_tuple_of(&f));
	ip_hdr(skb)->frag_off = htons(IP_DF);
	EXPECT_TUPLE(test, skb, nfct_tuple_of(&f));
	ip_hdr(skb)->frag_off = htons(1);
	KUNIT_EXPECT_FALSE(test, extract(skb, &t));
}

/* Cut at every length: a tuple comes of it as soon as the ports are there, and not before. */
static void truncated(struct kunit *test)
{
	struct nfct_flow four = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 2000 }, six = four;
	const struct nfct_flow *f;
	struct nf_conntrack_tuple t;
	unsigned int len;

	six.family = NFPROTO_IPV6;
	for (f = &four; f; f = f == &four ? &six : NULL) {
		struct sk_buff *skb = nfct_ports(test, f, 20);
		unsigned int enough = skb->len - 16;

		for (len = skb->len; len--;) {
			skb_trim(skb, len);
			KUNIT_EXPECT_EQ_MSG(test, extract(skb, &t), len >= enough, "%u bytes of IPv%c", len, f == &four ? '4' : '6');
		}
	}
}

static void other_families(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 2000 };
	struct sk_buff *skb = nfct_udp(test, &f, 0);
	struct nf_conntrack_tuple t;

	KUNIT_EXPECT_FALSE(test, nf_ct_get_tuplepr(skb, skb_network_offset(skb), NFPROTO_ARP, &init_net, &t));
	KUNIT_EXPECT_FALSE(test, nf_ct_get_tuplepr(skb, skb_network_offset(skb), NFPROTO_UNSPEC, &init_net, &t));
}

/* ---- inversion ---- */

static void inverse_of_ports(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct nfct_flow back = nfct_reply_of(&flows[i]);
		struct nf_conntrack_tuple t = nfct_tuple_of(&flows[i]), inverse, again, want = nfct_tuple_of(&back);

		want.dst.dir = IP_CT_DIR_REPLY;
		memset(&inverse, 0xa5, sizeof(inverse));
		KUNIT_EXPECT_TRUE(test, nf_ct_invert_tuple(&inverse, &t));
		KUNIT_EXPECT_MEMEQ(test, &inverse, &want, sizeof(want));
		KUNIT_EXPECT_TRUE(test, nf_ct_invert_tuple(&again, &inverse));
		KUNIT_EXPECT_MEMEQ(test, &again, &t, sizeof(t));
	}
}

static void inverse_of_icmp(struct kunit *test)
{
	static const s16 answer4[256] = {
		[ICMP_ECHO] = ICMP_ECHOREPLY + 1,	      [ICMP_ECHOREPLY] = ICMP_ECHO + 1,
		[ICMP_TIMESTAMP] = ICMP_TIMESTAMPREPLY + 1,   [ICMP_TIMESTAMPREPLY] = ICMP_TIMESTAMP + 1,
		[ICMP_INFO_REQUEST] = ICMP_INFO_REPLY + 1,    [ICMP_INFO_REPLY] = ICMP_INFO_REQUEST + 1,
		[ICMP_ADDRESS] = ICMP_ADDRESSREPLY + 1,	      [ICMP_ADDRESSREPLY] = ICMP_ADDRESS + 1,
	};
	static const s16 answer6[256] = {
		[ICMPV6_ECHO_REQUEST] = ICMPV6_ECHO_REPLY + 1, [ICMPV6_ECHO_REPLY] = ICMPV6_ECHO_REQUEST + 1,
		[ICMPV6_NI_QUERY] = ICMPV6_NI_REPLY + 1,       [ICMPV6_NI_REPLY] = ICMPV6_NI_QUERY + 1,
	};
	struct nfct_flow four = { NFPROTO_IPV4, IPPROTO_ICMP, 1, 77, 2 }, six = { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 77, 2 };
	struct nfct_flow four_back = nfct_reply_of(&four), six_back = nfct_reply_of(&six);
	int type;

	for (type = 0; type < 256; type++) {
		struct nf_conntrack_tuple t = nfct_tuple_of(&four), want = nfct_tuple_of(&four_back), inverse;

		t.dst.u.icmp.type = type;
		t.dst.u.icmp.code = 5;
		KUNIT_EXPECT_EQ_MSG(test, nf_ct_invert_tuple(&inverse, &t), answer4[type] != 0, "ICMP type %d", type);
		if (answer4[type]) {
			want.dst.u.icmp.type = answer4[type] - 1;
			want.dst.u.icmp.code = 5;
			want.dst.dir = IP_CT_DIR_REPLY;
			KUNIT_EXPECT_MEMEQ(test, &inverse, &want, sizeof(want));
		}

		t = nfct_tuple_of(&six);
		want = nfct_tuple_of(&six_back);
		t.dst.u.icmp.type = type;
		KUNIT_EXPECT_EQ_MSG(test, nf_ct_invert_tuple(&inverse, &t), answer6[type] != 0, "ICMPv6 type %d", type);
		if (answer6[type]) {
			want.dst.u.icmp.type = answer6[type] - 1;
			want.dst.dir = IP_CT_DIR_REPLY;
			KUNIT_EXPECT_MEMEQ(test, &inverse, &want, sizeof(want));
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ports),	    KUNIT_CASE(scattered),	  KUNIT_CASE(icmp),	       KUNIT_CASE(gre),
	KUNIT_CASE(unknown_protocol), KUNIT_CASE(ipv4_options),	  KUNIT_CASE(ipv6_extensions), KUNIT_CASE(ipv4_fragments),
	KUNIT_CASE(truncated),	    KUNIT_CASE(other_families),	  KUNIT_CASE(inverse_of_ports), KUNIT_CASE(inverse_of_icmp),
	{}
};
NFCT_SUITE(nfct_tuple, cases);
