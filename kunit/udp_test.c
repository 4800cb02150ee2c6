// SPDX-License-Identifier: GPL-2.0-only
/* Suite: UDP, UDP-Lite, and protocols without a tracker: how long an entry lives, and when it is assured. */
#include <net/netfilter/nf_conntrack_acct.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow udp = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
static const struct nfct_flow udp6 = { NFPROTO_IPV6, IPPROTO_UDP, 1, 1000, 2, 53 };

static enum ip_conntrack_info send(struct kunit *test, const struct nfct_flow *f)
{
	struct sk_buff *skb = nfct_udp(test, f, 10);
	enum ip_conntrack_info info;

	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	info = nfct_info(skb);
	nfct_drop(test, skb);
	return info;
}

static void query_and_answer(struct kunit *test)
{
	const struct nfct_flow *flows[] = { &udp, &udp6 };
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct nfct_flow back = nfct_reply_of(flows[i]);
		struct nf_conn *ct;

		KUNIT_EXPECT_EQ(test, send(test, flows[i]), IP_CT_NEW);
		ct = nfct_find(test, flows[i]);
		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_put(ct);
		KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
		KUNIT_EXPECT_EQ(test, send(test, flows[i]), IP_CT_NEW);
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_SEEN_REPLY_BIT, &ct->status));

		KUNIT_EXPECT_EQ(test, send(test, &back), IP_CT_ESTABLISHED_REPLY);
		KUNIT_EXPECT_TRUE(test, test_bit(IPS_SEEN_REPLY_BIT, &ct->status));
		KUNIT_EXPECT_EQ(test, send(test, flows[i]), IP_CT_ESTABLISHED);
		/* All within two seconds: no stream. */
		KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
	}
}

static void a_stream(struct kunit *test)
{
	struct nf_conn *ct = nfct_open_answered(test, &udp);

	KUNIT_EXPECT_TRUE(test, time_in_range(ct->proto.udp.stream_ts, jiffies, jiffies + 2 * HZ));
	/* Two seconds have passed since the first packet. */
	ct->proto.udp.stream_ts = jiffies - 1;
	KUNIT_EXPECT_EQ(test, send(test, &udp), IP_CT_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 120);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
}

/* However long it goes on, what nobody answers is no stream. */
static void unanswered_is_no_stream(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);

	ct->proto.udp.stream_ts = jiffies - 1;
	send(test, &udp);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
}

static void the_loser_of_a_race_is_never_assured(struct kunit *test)
{
	struct nf_conn *ct = nfct_open_answered(test, &udp);

	set_bit(IPS_NAT_CLASH_BIT, &ct->status);
	ct->proto.udp.stream_ts = jiffies - 1;
	send(test, &udp);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
}

static void timeouts_are_settings(struct kunit *test)
{
	struct nf_conn *ct;

	nf_udp_pernet(&init_net)->timeouts[UDP_CT_UNREPLIED] = 7 * HZ;
	nf_udp_pernet(&init_net)->timeouts[UDP_CT_REPLIED] = 77 * HZ;
	ct = nfct_open(test, &udp);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 7);
	ct->proto.udp.stream_ts = jiffies - 1;
	nfct_open_answered(test, &udp);
	send(test, &udp);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 77);
}

static void a_fixed_timeout_stays(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &udp);

	set_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 5 * HZ);
	send(test, &udp);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 5);
}

static void udplite(struct kunit *test)
{
	struct nfct_flow f = udp, back;
	struct nf_conn *ct;

	f.protocol = IPPROTO_UDPLITE;
	back = nfct_reply_of(&f);
	KUNIT_EXPECT_EQ(test, send(test, &f), IP_CT_NEW);
	ct = nfct_find(test, &f);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
	KUNIT_EXPECT_EQ(test, send(test, &back), IP_CT_ESTABLISHED_REPLY);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
	/* Without a delay, unlike UDP. */
	KUNIT_EXPECT_EQ(test, send(test, &back), IP_CT_ESTABLISHED_REPLY);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 120);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
}

/* The addresses alone are the flow, and it is never assured. */
static void any_other_protocol(struct kunit *test)
{
	static const u8 protocols[] = { 0, 2, 50, 51, 89, 255 };
	int i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct nfct_flow f = { NFPROTO_IPV4, protocols[i], 1, 0, 2, 0 }, back = nfct_reply_of(&f);
		struct sk_buff *skb = nfct_raw(test, &f, NULL, 20);
		struct nf_conn *ct;

		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
		ct = nfct_conn(skb);
		KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 600);
		nfct_drop(test, skb);

		skb = nfct_raw(test, &back, NULL, 20);
		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
		nfct_drop(test, skb);
		skb = nfct_raw(test, &f, NULL, 20);
		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED);
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &ct->status));
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), ARRAY_SIZE(protocols));
}

static u64 counter(const struct nf_conn *ct, enum ip_conntrack_dir dir, bool bytes)
{
	const struct nf_conn_counter *c = &nf_conn_acct_find(ct)->counter[dir];

	return bytes ? atomic64_read(&c->bytes) : atomic64_read(&c->packets);
}

/* Bytes are those of the whole IP packet; counters exist only if they were wanted when the connection began. */
static void accounting(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&udp);
	struct nf_conn *ct;
	int i;

	KUNIT_EXPECT_NULL(test, nf_conn_acct_find(nfct_open(test, &udp6)));
	init_net.ct.sysctl_acct = 1;
	KUNIT_EXPECT_EQ(test, send(test, &udp6), IP_CT_NEW);

	ct = nfct_open(test, &udp);
	KUNIT_ASSERT_NOT_NULL(test, nf_conn_acct_find(ct));
	for (i = 0; i < 3; i++)
		send(test, &back);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_ORIGINAL, false), 1);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_ORIGINAL, true), 20 + 8 + 4);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_REPLY, false), 3);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_REPLY, true), 3 * (20 + 8 + 10));

	nf_ct_acct_add(ct, IP_CT_DIR_REPLY, 10, 1000);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_REPLY, false), 13);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_REPLY, true), 3 * (20 + 8 + 10) + 1000);
}

/* On its second way through the hooks, as on loopback, a packet keeps what it has and counts once. */
static void seen_already(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &udp, 4);
	struct nf_conn *ct;

	init_net.ct.sysctl_acct = 1;
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	KUNIT_EXPECT_EQ(test, counter(ct, IP_CT_DIR_ORIGINAL, false), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 2);
}

static void marked_untracked(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &udp, 4);

	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_UNTRACKED);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* What we send ourselves has no checksum yet; only PRE_ROUTING looks at it. */
static void checksums_are_verified_where_packets_come_in(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &udp, 4);

	nfct_l4(skb)[8] ^= 1;
	KUNIT_EXPECT_EQ(test, nfct_in_at(test, skb, NF_INET_LOCAL_OUT), NFCT_TRACKED);
	nfct_drop(test, skb);

	skb = nfct_udp(test, &udp, 4);
	nfct_l4(skb)[8] ^= 1;
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_INVALID);
	KUNIT_EXPECT_EQ(test, nfct_reasoned(test, NFCT_REASON_udp_bad_checksum), 1);
	nfct_drop(test, skb);

	init_net.ct.sysctl_checksum = 0;
	skb = nfct_udp(test, &udp, 4);
	nfct_l4(skb)[8] ^= 1;
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
}

/* The kernel's checksum functions want the IP header in the buffer; behind it anything goes. */
static void scattered_packets_are_tracked(struct kunit *test)
{
	struct nfct_flow flows[] = { udp, udp6, udp, udp6 };
	int i;

	flows[2].protocol = flows[3].protocol = IPPROTO_UDPLITE;
	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct sk_buff *whole = nfct_udp(test, &flows[i], 50), *skb = nfct_paged(test, whole, whole->len - nfct_l4_len(whole));

		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flows[i], nfct_conn(skb)));
	}
	KUNIT_EXPECT_EQ(test, nfct_counted(test, invalid), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(query_and_answer),
	KUNIT_CASE(a_stream),
	KUNIT_CASE(unanswered_is_no_stream),
	KUNIT_CASE(the_loser_of_a_race_is_never_assured),
	KUNIT_CASE(timeouts_are_settings),
	KUNIT_CASE(a_fixed_timeout_stays),
	KUNIT_CASE(udplite),
	KUNIT_CASE(any_other_protocol),
	KUNIT_CASE(accounting),
	KUNIT_CASE(seen_already),
	KUNIT_CASE(marked_untracked),
	KUNIT_CASE(checksums_are_verified_where_packets_come_in),
	KUNIT_CASE(scattered_packets_are_tracked),
	{}
};
NFCT_SUITE(nfct_udp_and_generic, cases);
