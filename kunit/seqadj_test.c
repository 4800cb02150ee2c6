// SPDX-License-Identifier: GPL-2.0-only
/* Suite: packets of a stream that NAT has changed get the numbers that their receiver expects, with checksums that are still right. */
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 21 };

/* An unconfirmed connection, held by its packet, whose numbers may be shifted. */
static struct nf_conn *adjusted(struct kunit *test)
{
	struct nfct_segment syn = { .flags = TCPHDR_SYN, .seq = 1, .window = 1000 };
	struct sk_buff *skb = nfct_tcp(test, &flow, &syn);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_NOT_NULL(test, nfct_seqadj_ext_add(nfct_conn(skb)));
	return nfct_conn(skb);
}

static const struct tcphdr *header(struct sk_buff *skb, struct tcphdr *buffer)
{
	return skb_header_pointer(skb, skb_network_offset(skb) + ip_hdrlen(skb), sizeof(*buffer), buffer);
}

static bool checksum_is_right(struct sk_buff *skb)
{
	unsigned int offset = skb_network_offset(skb) + ip_hdrlen(skb), len = skb->len - offset;

	return !csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len, IPPROTO_TCP, skb_checksum(skb, offset, len, 0));
}

/* The packet after adjustment: 1, or 0 if it is to be dropped. */
static int adjust(struct kunit *test, struct nf_conn *ct, enum ip_conntrack_info info, struct sk_buff *skb)
{
	int done;

	KUNIT_EXPECT_TRUE_MSG(test, checksum_is_right(skb), "before");
	done = nf_ct_seq_adjust(skb, ct, info, skb_network_offset(skb) + ip_hdrlen(skb));
	KUNIT_EXPECT_TRUE_MSG(test, checksum_is_right(skb), "after");
	return done;
}

static void expect_numbers(struct kunit *test, struct nf_conn *ct, enum ip_conntrack_info info, u32 seq, u32 ack, u32 new_seq, u32 new_ack)
{
	struct nfct_segment s = { .flags = TCPHDR_ACK, .seq = seq, .ack = ack, .window = 1000, .len = 7 };
	bool reply = CTINFO2DIR(info) == IP_CT_DIR_REPLY;
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_tcp(test, reply ? &back : &flow, &s), *paged = nfct_paged(test, skb, 25);
	struct tcphdr buffer;

	KUNIT_EXPECT_EQ(test, adjust(test, ct, info, skb), 1);
	KUNIT_EXPECT_EQ(test, ntohl(header(skb, &buffer)->seq), new_seq);
	KUNIT_EXPECT_EQ(test, ntohl(header(skb, &buffer)->ack_seq), new_ack);
	/* The same of a packet that is scattered over pages. */
	KUNIT_EXPECT_EQ(test, adjust(test, ct, info, paged), 1);
	KUNIT_EXPECT_EQ(test, ntohl(header(paged, &buffer)->seq), new_seq);
	KUNIT_EXPECT_EQ(test, ntohl(header(paged, &buffer)->ack_seq), new_ack);
}

static const u32 starts[] = { 1000, 0xfffffff0, 0x7ffffff8, 0 };

static void both_directions(struct kunit *test)
{
	struct nf_conn *ct = adjusted(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		u32 c = starts[i], s = starts[ARRAY_SIZE(starts) - 1 - i];

		memset(nfct_seqadj(ct), 0, sizeof(struct nf_conn_seqadj));
		clear_bit(IPS_SEQ_ADJUST_BIT, &ct->status);
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(c), 0);
		KUNIT_EXPECT_FALSE(test, test_bit(IPS_SEQ_ADJUST_BIT, &ct->status));
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(c), 12);
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED_REPLY, htonl(s), -5);
		KUNIT_EXPECT_TRUE(test, test_bit(IPS_SEQ_ADJUST_BIT, &ct->status));

		expect_numbers(test, ct, IP_CT_ESTABLISHED, c, s, c, s);
		expect_numbers(test, ct, IP_CT_ESTABLISHED, c + 1, s, c + 1 + 12, s);
		expect_numbers(test, ct, IP_CT_ESTABLISHED, c + 30, s + 20 - 5, c + 30 + 12, s + 20);
		expect_numbers(test, ct, IP_CT_ESTABLISHED_REPLY, s, c, s, c);
		expect_numbers(test, ct, IP_CT_ESTABLISHED_REPLY, s + 20, c + 30 + 12, s + 20 - 5, c + 30);

		KUNIT_EXPECT_EQ(test, nf_ct_seq_offset(ct, IP_CT_DIR_ORIGINAL, c), 0);
		KUNIT_EXPECT_EQ(test, nf_ct_seq_offset(ct, IP_CT_DIR_ORIGINAL, c + 1), 12);
		KUNIT_EXPECT_EQ(test, nf_ct_seq_offset(ct, IP_CT_DIR_REPLY, s + 1), -5);

		/* The next change; the same one again changes nothing. */
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(c + 100), 3);
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(c + 100), 3);
		nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(c + 50), 3);
		expect_numbers(test, ct, IP_CT_ESTABLISHED, c + 100, s, c + 112, s);
		expect_numbers(test, ct, IP_CT_ESTABLISHED, c + 101, s, c + 116, s);
		expect_numbers(test, ct, IP_CT_ESTABLISHED_REPLY, s, c + 130, s, c + 115);
	}
}

/* As the SYN proxy needs it: all numbers of a direction. */
static void from_the_start(struct kunit *test)
{
	struct nf_conn *ct = adjusted(test);

	nf_ct_seqadj_init(ct, IP_CT_ESTABLISHED_REPLY, 0);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_SEQ_ADJUST_BIT, &ct->status));
	nf_ct_seqadj_init(ct, IP_CT_ESTABLISHED_REPLY, 0x40000000);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_SEQ_ADJUST_BIT, &ct->status));
	expect_numbers(test, ct, IP_CT_ESTABLISHED_REPLY, 0xf0000000, 77, 0x30000000, 77);
	expect_numbers(test, ct, IP_CT_ESTABLISHED, 77, 0x30000000, 77, 0xf0000000);
}

/* A segment without ACK, as a RST, has a number of its own only. */
static void without_acknowledgement(struct kunit *test)
{
	struct nfct_segment s = { .flags = TCPHDR_RST, .seq = 2000, .ack = 6000, .window = 0 };
	struct nf_conn *ct = adjusted(test);
	struct sk_buff *skb = nfct_tcp(test, &flow, &s);
	struct tcphdr buffer;

	nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(1000), 4);
	nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED_REPLY, htonl(5000), 4);
	KUNIT_EXPECT_EQ(test, adjust(test, ct, IP_CT_ESTABLISHED, skb), 1);
	KUNIT_EXPECT_EQ(test, ntohl(header(skb, &buffer)->seq), 2004);
	KUNIT_EXPECT_EQ(test, ntohl(header(skb, &buffer)->ack_seq), s.ack);
}

static void sack_blocks(struct kunit *test)
{
	/* NOP, NOP, SACK of 900-1000, 1010-1100 and, through the wrap, of nothing sensible. */
	static const u8 options[] = { 1, 1, 5, 26, 0, 0, 3, 0x84, 0, 0, 3, 0xe8, 0, 0, 3, 0xf2, 0, 0, 4, 0x4c, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 4 };
	static const u8 wanted[] = { 1, 1, 5, 26, 0, 0, 3, 0x84, 0, 0, 3, 0xe8, 0, 0, 3, 0xe8, 0, 0, 4, 0x42, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 4 };
	struct nfct_segment s = { .flags = TCPHDR_ACK, .seq = 1, .ack = 900, .window = 1000, .options = options, .options_len = sizeof(options) };
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conn *ct = adjusted(test);
	struct sk_buff *skb[] = { nfct_tcp(test, &back, &s), NULL };
	unsigned int i;

	skb[1] = nfct_paged(test, skb[0], 41);
	nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(1000), 10);
	for (i = 0; i < 2; i++) {
		u8 got[sizeof(wanted)];

		KUNIT_EXPECT_EQ(test, adjust(test, ct, IP_CT_ESTABLISHED_REPLY, skb[i]), 1);
		KUNIT_ASSERT_EQ(test, skb_copy_bits(skb[i], skb_network_offset(skb[i]) + ip_hdrlen(skb[i]) + 20, got, sizeof(got)), 0);
		KUNIT_EXPECT_MEMEQ(test, got, wanted, sizeof(wanted));
	}
}

/* A packet whose options cannot be read must not pass half adjusted. */
static void broken_options(struct kunit *test)
{
	static const u8 broken[][4] = { { 1, 1, 1, 5 }, { 5, 0, 0, 0 }, { 5, 1, 0, 0 }, { 5, 10, 0, 0 }, { 8, 5, 0, 0 } };
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conn *ct = adjusted(test);
	struct sk_buff *skb;
	unsigned int i;

	nf_ct_seqadj_set(ct, IP_CT_ESTABLISHED, htonl(1000), 10);
	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		struct nfct_segment s = { .flags = TCPHDR_ACK, .seq = 1, .ack = 900, .options = broken[i], .options_len = 4 };

		KUNIT_EXPECT_EQ_MSG(test, adjust(test, ct, IP_CT_ESTABLISHED_REPLY, nfct_tcp(test, &back, &s)), 0, "options %u", i);
	}
	/* Nor one whose header claims to be longer than it is. */
	skb = nfct_tcp(test, &back, &(struct nfct_segment){ .flags = TCPHDR_ACK, .seq = 1, .ack = 900 });
	nfct_l4(skb)[12] = 0xf0;
	nfct_seal(skb);
	KUNIT_EXPECT_EQ(test, adjust(test, ct, IP_CT_ESTABLISHED_REPLY, skb), 0);
	/* Nor one that is cut off in its header. */
	skb = nfct_tcp(test, &back, &(struct nfct_segment){ .flags = TCPHDR_ACK, .seq = 1, .ack = 900 });
	nfct_cut(skb, 19);
	KUNIT_EXPECT_EQ(test, nf_ct_seq_adjust(skb, ct, IP_CT_ESTABLISHED_REPLY, skb_network_offset(skb) + ip_hdrlen(skb)), 0);
}

/* By the packet in hand, which must be TCP's. */
static void by_packet(struct kunit *test)
{
	struct nfct_segment s = { .flags = TCPHDR_ACK, .seq = 1500, .ack = 900 };
	struct nf_conn *ct = adjusted(test);
	struct sk_buff *skb = nfct_tcp(test, &flow, &s);

	nf_ct_tcp_seqadj_set(skb, ct, IP_CT_ESTABLISHED, 8);
	KUNIT_EXPECT_EQ(test, nfct_seqadj(ct)->seq[IP_CT_DIR_ORIGINAL].correction_pos, 1500);
	KUNIT_EXPECT_EQ(test, nfct_seqadj(ct)->seq[IP_CT_DIR_ORIGINAL].offset_after, 8);
	KUNIT_EXPECT_EQ(test, nfct_seqadj(ct)->seq[IP_CT_DIR_ORIGINAL].offset_before, 0);
	KUNIT_EXPECT_EQ(test, nfct_seqadj(ct)->seq[IP_CT_DIR_REPLY].offset_after, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(both_directions),
	KUNIT_CASE(from_the_start),
	KUNIT_CASE(without_acknowledgement),
	KUNIT_CASE(sack_blocks),
	KUNIT_CASE(broken_options),
	KUNIT_CASE(by_packet),
	{}
};
NFCT_SUITE(nfct_seqadj, cases);
