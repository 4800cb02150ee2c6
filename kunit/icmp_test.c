// SPDX-License-Identifier: GPL-2.0-only
/* Suite: ICMP and ICMPv6: exchanges, errors that belong to the connection they quote, and what is not tracked at all. */
#include <nfct/kunit/lab.h>

static const struct nfct_flow ping4 = { NFPROTO_IPV4, IPPROTO_ICMP, 1, 77, 2 };
static const struct nfct_flow ping6 = { NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 77, 2 };
/* A router on the way, who sends the errors. */
#define ROUTER 9

struct exchange {
	const struct nfct_flow *flow;
	u8 ask, answer;
};

static const struct exchange exchanges[] = {
	{ &ping4, ICMP_ECHO, ICMP_ECHOREPLY },
	{ &ping4, ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY },
	{ &ping4, ICMP_INFO_REQUEST, ICMP_INFO_REPLY },
	{ &ping4, ICMP_ADDRESS, ICMP_ADDRESSREPLY },
	{ &ping6, ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY },
	{ &ping6, ICMPV6_NI_QUERY, ICMPV6_NI_REPLY },
};

static void question_and_answer(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(exchanges); i++) {
		const struct exchange *x = &exchanges[i];
		struct nfct_flow back = nfct_reply_of(x->flow);
		struct sk_buff *skb = nfct_icmp(test, x->flow, x->ask, 0, "data", 4);
		struct nf_conn *ct;

		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
		ct = nfct_conn(skb);
		KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);

		skb = nfct_icmp(test, &back, x->answer, 0, "data", 4);
		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
		/* A second answer, as from a broadcast, still belongs to it. */
		skb = nfct_icmp(test, &back, x->answer, 0, "data", 4);
		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &ct->status));

		/* Another id is another exchange. */
		back.sport++;
		skb = nfct_icmp(test, &back, x->answer, 0, NULL, 0);
		KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_INVALID);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), ARRAY_SIZE(exchanges));
}

static void answers_do_not_open(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(exchanges); i++) {
		struct sk_buff *skb = nfct_icmp(test, exchanges[i].flow, exchanges[i].answer, 0, NULL, 0);

		nfct_recount(test);
		KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_INVALID);
		KUNIT_EXPECT_EQ(test, nfct_reasoned(test, NFCT_REASON_icmp_new_invalid), 1);
		KUNIT_EXPECT_EQ(test, nfct_counted(test, invalid), 1);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* An error from the router to `to` about a packet. */
static struct sk_buff *error_about(struct kunit *test, const struct sk_buff *cause, u32 to, u8 type, u8 code, u16 quoted)
{
	bool v4 = cause->protocol == htons(ETH_P_IP);
	struct nfct_flow f = { v4 ? NFPROTO_IPV4 : NFPROTO_IPV6, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, ROUTER, 0, to };

	return nfct_icmp(test, &f, type, code, cause->data, min_t(u16, quoted, cause->len));
}

static const u8 errors4[] = { ICMP_DEST_UNREACH, ICMP_SOURCE_QUENCH, ICMP_REDIRECT, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB };
static const u8 errors6[] = { ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_TIME_EXCEED, ICMPV6_PARAMPROB };

/* About a packet of either direction, for each protocol that can be quoted. */
static void errors_are_related(struct kunit *test)
{
	static const struct nfct_flow flows[] = {
		{ NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 },	{ NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 },
		{ NFPROTO_IPV4, IPPROTO_ICMP, 1, 77, 2 },	{ NFPROTO_IPV4, 89, 1, 0, 2, 0 },
		{ NFPROTO_IPV6, IPPROTO_UDP, 1, 1000, 2, 53 },	{ NFPROTO_IPV6, IPPROTO_TCP, 1, 1000, 2, 80 },
		{ NFPROTO_IPV6, IPPROTO_ICMPV6, 1, 77, 2 },	{ NFPROTO_IPV6, 89, 1, 0, 2, 0 },
	};
	int i, n;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		const struct nfct_flow *f = &flows[i];
		bool v4 = f->family == NFPROTO_IPV4;
		const u8 *types = v4 ? errors4 : errors6;
		struct nf_conn *ct = nfct_open(test, f);
		struct sk_buff *there, *back, *skb;
		struct nfct_flow r = nfct_reply_of(f);

		if (f->protocol == IPPROTO_ICMP || f->protocol == IPPROTO_ICMPV6) {
			there = nfct_icmp(test, f, v4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST, 0, NULL, 0);
			back = nfct_icmp(test, &r, v4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY, 0, NULL, 0);
		} else {
			there = nfct_ports(test, f, 20);
			back = nfct_ports(test, &r, 20);
		}
		for (n = 0; n < (v4 ? ARRAY_SIZE(errors4) : ARRAY_SIZE(errors6)); n++) {
			/* Eight bytes of layer 4 are what routers must quote. */
			u16 quoted = there->len - nfct_l4_len(there) + 8;

			skb = error_about(test, there, 1, types[n], 0, quoted);
			KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
			KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
			KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED_REPLY);
			nfct_drop(test, skb);

			skb = error_about(test, back, 2, types[n], 0, quoted);
			KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
			KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
			KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
			nfct_drop(test, skb);
		}
		/* An error is no answer. */
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_SEEN_REPLY_BIT, &ct->status));
		KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
	}
	KUNIT_EXPECT_EQ(test, nfct_counted(test, error), 0);
}

static void expect_error(struct kunit *test, struct sk_buff *skb, enum nfct_reason reason)
{
	nfct_recount(test);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_INVALID);
	KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned(test, reason), 1, "reason %d", reason);
	KUNIT_EXPECT_EQ(test, nfct_reasoned_any(test), 1);
	/* A column of its own in the statistics. */
	KUNIT_EXPECT_EQ(test, nfct_counted(test, error), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, invalid), 0);
}

static void errors_that_belong_nowhere(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 }, stranger = f, six = f;
	struct sk_buff *known, *unknown, *skb;
	u16 i;

	nfct_open(test, &f);
	stranger.sport++;
	known = nfct_ports(test, &f, 20);
	unknown = nfct_ports(test, &stranger, 20);
	expect_error(test, error_about(test, unknown, 1, ICMP_DEST_UNREACH, 3, 28), NFCT_REASON_icmp_inner_unknown);
	/* To a third host: somebody who quotes a connection that is not his. */
	expect_error(test, error_about(test, known, 3, ICMP_DEST_UNREACH, 3, 28), NFCT_REASON_icmp_inner_address);
	/* The quoted packet ends before its ports. */
	for (i = 0; i < 24; i++)
		expect_error(test, error_about(test, known, 1, ICMP_DEST_UNREACH, 3, i), NFCT_REASON_icmp_inner_truncated);
	skb = error_about(test, known, 1, ICMP_DEST_UNREACH, 3, 24);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);

	/* A later fragment has no ports. */
	ip_hdr(known)->frag_off = htons(10);
	expect_error(test, error_about(test, known, 1, ICMP_DEST_UNREACH, 3, 28), NFCT_REASON_icmp_inner_fragment);
	/* An error about an error. */
	skb = error_about(test, known, 1, ICMP_DEST_UNREACH, 3, 28);
	expect_error(test, error_about(test, skb, 2, ICMP_DEST_UNREACH, 3, 60), NFCT_REASON_icmp_inner_no_inverse);

	six.family = NFPROTO_IPV6;
	unknown = nfct_ports(test, &six, 20);
	expect_error(test, error_about(test, unknown, 1, ICMPV6_TIME_EXCEED, 0, 60), NFCT_REASON_icmp_inner_unknown);
	nfct_open(test, &six);
	expect_error(test, error_about(test, unknown, 3, ICMPV6_TIME_EXCEED, 0, 60), NFCT_REASON_icmp_inner_address);
	for (i = 0; i < 44; i += 4)
		expect_error(test, error_about(test, unknown, 1, ICMPV6_TIME_EXCEED, 0, i), NFCT_REASON_icmp_inner_truncated);
}

/* Neighbours, routers and multicast groups of the link. */
static void link_business_is_not_tracked(struct kunit *test)
{
	static const u8 types[] = { 130, 131, 132, 133, 134, 135, 136, 143,
#ifdef ICMPV6_MRDISC_SOL
				      ICMPV6_MRDISC_ADV, ICMPV6_MRDISC_SOL
#endif
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct sk_buff *skb = nfct_icmp(test, &ping6, types[i], 0, NULL, 16);

		KUNIT_EXPECT_EQ_MSG(test, nfct_pass(test, skb), NFCT_UNTRACKED, "type %d", types[i]);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_reasoned_any(test), 0);
}

static void malformed(struct kunit *test)
{
	struct nfct_flow six_in_four = ping4, four_in_six = ping6;
	struct sk_buff *skb;
	u16 len;

	for (len = 0; len < 8; len++) {
		skb = nfct_icmp(test, &ping4, ICMP_ECHO, 0, NULL, 0);
		nfct_cut(skb, len);
		nfct_seal(skb);
		expect_error(test, skb, NFCT_REASON_icmp_short);
		skb = nfct_icmp(test, &ping6, ICMPV6_ECHO_REQUEST, 0, NULL, 0);
		nfct_cut(skb, len);
		nfct_seal(skb);
		expect_error(test, skb, NFCT_REASON_icmp_short);
	}
	skb = nfct_icmp(test, &ping4, ICMP_ECHO, 0, "data", 4);
	nfct_l4(skb)[9] ^= 1;
	expect_error(test, skb, NFCT_REASON_icmp_bad_checksum);
	for (len = 19; len < 256; len += 59)
		expect_error(test, nfct_icmp(test, &ping4, len, 0, NULL, 0), NFCT_REASON_icmp_bad_type);

	/* The other family's protocol is nobody's error; it cannot open a connection either. */
	six_in_four.protocol = IPPROTO_ICMPV6;
	four_in_six.protocol = IPPROTO_ICMP;
	nfct_recount(test);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, nfct_icmp(test, &six_in_four, ICMPV6_ECHO_REQUEST, 0, NULL, 0)), NFCT_INVALID);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, nfct_icmp(test, &four_in_six, ICMP_ECHO, 0, NULL, 0)), NFCT_INVALID);
	KUNIT_EXPECT_EQ(test, nfct_reasoned(test, NFCT_REASON_icmp_wrong_family), 2);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* The checksum of ICMPv6 covers the addresses, too. */
static void icmpv6_checksum(struct kunit *test)
{
	struct sk_buff *skb = nfct_icmp(test, &ping6, ICMPV6_ECHO_REQUEST, 0, "data", 4);

	nfct_l4(skb)[9] ^= 1;
	expect_error(test, skb, NFCT_REASON_icmpv6_bad_checksum);
	skb = nfct_icmp(test, &ping6, ICMPV6_ECHO_REQUEST, 0, "data", 4);
	ipv6_hdr(skb)->saddr.s6_addr[15] ^= 1;
	expect_error(test, skb, NFCT_REASON_icmpv6_bad_checksum);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(question_and_answer),
	KUNIT_CASE(answers_do_not_open),
	KUNIT_CASE(errors_are_related),
	KUNIT_CASE(errors_that_belong_nowhere),
	KUNIT_CASE(link_business_is_not_tracked),
	KUNIT_CASE(malformed),
	KUNIT_CASE(icmpv6_checksum),
	{}
};
NFCT_SUITE(nfct_icmp, cases);
