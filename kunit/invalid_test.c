// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: packets that are INVALID, each for one reason. Such a packet is let through without a connection, is counted once under its
 * reason and once under "invalid", and leaves the table alone. ICMP's reasons are in icmp_test.c.
 */
#include <linux/ipv6.h>
#include <nfct/kunit/talk.h>

static const struct nfct_flow tcp4 = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 }, tcp6 = { NFPROTO_IPV6, IPPROTO_TCP, 1, 1000, 2, 80 };
static const struct nfct_flow udp4 = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 }, udp6 = { NFPROTO_IPV6, IPPROTO_UDP, 1, 1000, 2, 53 };
static const struct nfct_segment syn = { .flags = TCPHDR_SYN, .seq = 1, .window = 1000 };

static void expect_invalid(struct kunit *test, struct sk_buff *skb, enum nfct_reason reason)
{
	int entries = nfct_entries(test);

	nfct_recount(test);
	KUNIT_EXPECT_EQ_MSG(test, nfct_pass(test, skb), NFCT_INVALID, "reason %d", reason);
	KUNIT_EXPECT_EQ(test, skb->_nfct, 0);
	KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned(test, reason), 1, "reason %d", reason);
	KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned_any(test), 1, "reason %d", reason);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, invalid), 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), entries);
	nfct_drop(test, skb);
}

static void tcp_flags(struct kunit *test)
{
	/* PSH, ECE and CWR go with anything; of the rest these are all that a TCP sends. */
	static const u8 possible[] = { SYN, SYN | TCPHDR_URG, SYNACK, RST, RSTACK, FINACK, FINACK | TCPHDR_URG, ACK, ACK | TCPHDR_URG };
	unsigned int flags, i;

	/* What is possible may still be refused as a first packet, for another reason. */
	for (flags = 0; flags < 256; flags++) {
		struct nfct_segment s = { .flags = flags, .seq = 1, .ack = 1, .window = 1000 };
		struct sk_buff *skb = nfct_tcp(test, &tcp4, &s);
		bool good = false;

		for (i = 0; i < ARRAY_SIZE(possible); i++)
			good |= possible[i] == (flags & ~(TCPHDR_PSH | TCPHDR_ECE | TCPHDR_CWR));
		if (!good) {
			expect_invalid(test, skb, NFCT_REASON_tcp_bad_flags);
		} else {
			nfct_recount(test);
			nfct_pass(test, skb);
			KUNIT_EXPECT_EQ_MSG(test, nfct_reasoned(test, NFCT_REASON_tcp_bad_flags), 0, "flags %#x", flags);
		}
		nfct_flush(test);
	}
}

static void tcp_lengths(struct kunit *test)
{
	const struct nfct_flow *f;
	struct sk_buff *skb;
	u16 len;

	for (f = &tcp4; f; f = f == &tcp4 ? &tcp6 : NULL) {
		for (len = 0; len < 20; len++) {
			skb = nfct_tcp(test, f, &syn);
			nfct_cut(skb, len);
			nfct_seal(skb);
			expect_invalid(test, skb, NFCT_REASON_tcp_short);
		}
		/* The header says that it is shorter than it can be, or longer than the packet. */
		for (len = 0; len < 16; len++) {
			skb = nfct_tcp(test, f, &syn);
			nfct_l4(skb)[12] = len << 4;
			nfct_seal(skb);
			if (len != 5)
				expect_invalid(test, skb, NFCT_REASON_tcp_bad_length);
			else
				KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		}
		nfct_flush(test);
	}
}

/* Whatever bit is wrong. */
static void tcp_checksum(struct kunit *test)
{
	unsigned int bit;

	for (bit = 0; bit < 20 * 8; bit += 5) {
		struct sk_buff *skb = nfct_tcp(test, &tcp4, &syn);

		/* A wrong length is found before the sum is. */
		if (bit / 8 == 12)
			continue;
		nfct_l4(skb)[bit / 8] ^= 1 << bit % 8;
		expect_invalid(test, skb, NFCT_REASON_tcp_bad_checksum);
		skb = nfct_tcp(test, &tcp6, &syn);
		nfct_l4(skb)[bit / 8] ^= 1 << bit % 8;
		expect_invalid(test, skb, NFCT_REASON_tcp_bad_checksum);
	}
}

static struct sk_buff *damaged(struct kunit *test, const struct nfct_flow *f, u8 summed)
{
	struct sk_buff *skb = f->protocol == IPPROTO_TCP ? nfct_tcp(test, f, &syn) : nfct_udp(test, f, 10);

	/* What a card has summed up: all that it received. */
	if (summed == CHECKSUM_COMPLETE)
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb->ip_summed = summed;
	nfct_l4(skb)[6] ^= 1;
	return skb;
}

/* Nobody sums again what the hardware has verified, or is yet to sum. Its own sum counts only if it is right. */
static void trusted_checksums(struct kunit *test)
{
	static const u8 trusted[] = { CHECKSUM_UNNECESSARY, CHECKSUM_PARTIAL, CHECKSUM_COMPLETE };
	const struct nfct_flow *flows[] = { &tcp4, &tcp6, &udp4, &udp6 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		const struct nfct_flow *f = flows[i];
		const enum nfct_reason bad = f->protocol == IPPROTO_TCP ? NFCT_REASON_tcp_bad_checksum : NFCT_REASON_udp_bad_checksum;
		struct sk_buff *skb;

		expect_invalid(test, damaged(test, f, CHECKSUM_NONE), bad);
		skb = damaged(test, f, CHECKSUM_COMPLETE);
		skb->csum = csum_add(skb->csum, htons(1));
		expect_invalid(test, skb, bad);
		for (j = 0; j < ARRAY_SIZE(trusted); j++) {
			KUNIT_EXPECT_EQ_MSG(test, nfct_pass(test, damaged(test, f, trusted[j])), NFCT_TRACKED, "flow %u, %u", i, trusted[j]);
			nfct_flush(test);
		}
	}
}

/* Options that lie about their length are skipped over; they must lead nobody astray. The packet itself is fine. */
static void tcp_odd_options(struct kunit *test)
{
	static const u8 options[][8] = {
		{ 3, 0, 7 }, { 3, 1, 7 }, { 3, 255, 7 }, { 1, 1, 1, 1, 1, 1, 1, 3 }, { 1, 1, 1, 1, 1, 1, 3, 3 }, { 3, 4, 7, 0 }, { 0, 3, 3, 7 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		struct nfct_segment s = { .flags = SYN, .window = 1000, .options = options[i], .options_len = 8 };
		struct sk_buff *skb = nfct_tcp(test, &tcp4, &s);

		KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_EQ_MSG(test, nfct_conn(skb)->proto.tcp.seen[0].td_scale, 0, "options %u", i);
		KUNIT_EXPECT_FALSE(test, nfct_conn(skb)->proto.tcp.seen[0].flags & IP_CT_TCP_FLAG_WINDOW_SCALE);
		nfct_drop(test, skb);
		nfct_flush(test);
	}
}

static void udp_headers(struct kunit *test)
{
	const struct nfct_flow *f;
	struct sk_buff *skb;
	u16 len;

	for (f = &udp4; f; f = f == &udp4 ? &udp6 : NULL) {
		for (len = 0; len < 8; len++) {
			skb = nfct_udp(test, f, 10);
			nfct_cut(skb, len);
			nfct_seal(skb);
			expect_invalid(test, skb, NFCT_REASON_udp_short);
		}
		for (len = 0; len < 30; len++) {
			skb = nfct_udp(test, f, 10);
			nfct_l4(skb)[4] = 0;
			nfct_l4(skb)[5] = len;
			nfct_l4(skb)[6] = nfct_l4(skb)[7] = 0; /* no checksum */
			if (len < 8 || len > 18)
				expect_invalid(test, skb, NFCT_REASON_udp_bad_length);
			else
				KUNIT_EXPECT_EQ_MSG(test, nfct_pass(test, skb), NFCT_TRACKED, "length %u", len);
		}
		nfct_flush(test);
		skb = nfct_udp(test, f, 10);
		nfct_l4(skb)[12] ^= 0x80;
		expect_invalid(test, skb, NFCT_REASON_udp_bad_checksum);
	}
}

static void udplite_headers(struct kunit *test)
{
	struct nfct_flow f = udp4;
	struct sk_buff *skb;
	u16 len;

	f.protocol = IPPROTO_UDPLITE;
	for (len = 0; len < 8; len++) {
		skb = nfct_udp(test, &f, 10);
		nfct_cut(skb, len);
		nfct_seal(skb);
		expect_invalid(test, skb, NFCT_REASON_udplite_short);
	}
	for (len = 1; len < 30; len++) {
		if (len >= 8 && len <= 18)
			continue;
		skb = nfct_udp(test, &f, 10);
		nfct_l4(skb)[5] = len;
		expect_invalid(test, skb, NFCT_REASON_udplite_bad_coverage);
	}
	skb = nfct_udp(test, &f, 10);
	nfct_l4(skb)[6] = nfct_l4(skb)[7] = 0;
	expect_invalid(test, skb, NFCT_REASON_udplite_no_checksum);
	skb = nfct_udp(test, &f, 10);
	nfct_l4(skb)[17] ^= 1;
	expect_invalid(test, skb, NFCT_REASON_udplite_bad_checksum);
}

static void layer_3(struct kunit *test)
{
	static const u8 no_next[] = { NEXTHDR_NONE, 0, 1, 4, 0, 0, 0, 0 };
	static const u8 fragment[] = { IPPROTO_UDP, 0, 0, 8, 0, 0, 0, 1 };
	struct sk_buff *skb;

	skb = nfct_udp(test, &udp4, 10);
	skb_trim(skb, 19);
	expect_invalid(test, skb, NFCT_REASON_l3_truncated);
	skb = nfct_udp(test, &udp6, 10);
	skb_trim(skb, 39);
	expect_invalid(test, skb, NFCT_REASON_l3_truncated);

	/* Reassembly comes before us; what was not reassembled has no ports. */
	skb = nfct_udp(test, &udp4, 10);
	ip_hdr(skb)->frag_off = htons(3);
	expect_invalid(test, skb, NFCT_REASON_l3_fragment);
	expect_invalid(test, nfct_raw_behind(test, &udp6, NEXTHDR_FRAGMENT, fragment, 8, NULL, 20), NFCT_REASON_l3_fragment);

	expect_invalid(test, nfct_raw_behind(test, &udp6, NEXTHDR_DEST, no_next, 8, NULL, 20), NFCT_REASON_l3_no_next_header);
	/* An extension that is cut off within its first bytes. */
	skb = nfct_raw_behind(test, &udp6, NEXTHDR_DEST, "\x11", 1, NULL, 0);
	expect_invalid(test, skb, NFCT_REASON_l3_bad_extension);
}

/* GRE version 1 is PPTP's, and carries PPP. */
static void gre(struct kunit *test)
{
	static const u8 pptp_without_ppp[] = { 0x30, 1, 0x08, 0, 0, 4, 0x12, 0x34 };
	struct nfct_flow f = udp4;

	f.protocol = IPPROTO_GRE;
	expect_invalid(test, nfct_raw(test, &f, pptp_without_ppp, 8), NFCT_REASON_l4_truncated);
}

/* An INVALID packet never makes room for itself: nobody is evicted from a full table for garbage. */
static void garbage_evicts_nobody(struct kunit *test)
{
	struct nfct_segment fin = { .flags = FINACK, .seq = 1, .ack = 1 };
	struct nfct_flow f = udp4;

	nfct_open(test, &f);
	f.sport++;
	nfct_open(test, &f);
	nf_conntrack_max = nf_conntrack_count(&init_net);
	expect_invalid(test, nfct_tcp(test, &tcp4, &fin), NFCT_REASON_tcp_new_invalid);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, early_drop), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tcp_flags),	  KUNIT_CASE(tcp_lengths),     KUNIT_CASE(tcp_checksum), KUNIT_CASE(trusted_checksums), KUNIT_CASE(tcp_odd_options),
	KUNIT_CASE(udp_headers),  KUNIT_CASE(udplite_headers), KUNIT_CASE(layer_3),	 KUNIT_CASE(gre),
	KUNIT_CASE(garbage_evicts_nobody),
	{}
};
NFCT_SUITE(nfct_invalid, cases);
