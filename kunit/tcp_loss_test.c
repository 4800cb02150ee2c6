// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: TCP connections whose packets get lost, come again or come late, in which nothing may be taken for INVALID; and packets of an
 * older connection between the same ports. kunit/fuzz/tcp_honest_fuzz.cpp plays the same with the fuzzer's luck.
 */
#include <nfct/kunit/talk.h>

#define EST(t) IS(ESTABLISHED, t)

/* Each way in which a segment can be lost: in front of us, so that we see a hole, or behind us. */
static void data_sent_again(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		/* 101 to 200 never come by */
		{ C, ACK, 1, 1, 100, EST(300) },
		{ C, ACK, 201, 1, 100, EST(300) },
		{ S, ACK, 1, 101, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, ACK, 101, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 301, EST(432000) },
		/* lost behind us, sent again, and again although acknowledged: that was lost as well */
		{ C, PSHACK, 301, 1, 100, EST(300) },
		{ C, PSHACK, 301, 1, 100, EST(300) },
		{ S, ACK, 1, 401, EST(432000) },
		{ C, PSHACK, 301, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 401, .state = TCP_CONNTRACK_ESTABLISHED });
}

/* Selective acknowledgements of what came behind a hole, and of what came twice. */
static void selective_acknowledgements(struct kunit *test)
{
	static const u8 offer[] = { 1, 1, 4, 2 };
	unsigned int i;

	for (i = 0; i < nfct_isn_count; i++) {
		struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, nfct_isns[i][0], nfct_isns[i][1]);
		u32 base = t.isn[0];
		__be32 hole[] = { htonl(0x0101050a), htonl(base + 301), htonl(base + 401) };
		__be32 two[] = { htonl(0x01010512), htonl(base + 501), htonl(base + 601), htonl(base + 301), htonl(base + 401) };
		__be32 twice[] = { htonl(0x0101050a), htonl(base + 1), htonl(base + 101) };
		struct nfct_line lines[] = {
			{ C, SYN, 0, 0, .options = offer, .options_len = 4 },
			{ S, SYNACK, 0, 1, .options = offer, .options_len = 4 },
			{ C, ACK, 1, 1, 100, EST(300) },
			{ C, ACK, 301, 1, 100, EST(300) },
			{ S, ACK, 1, 101, .options = (u8 *)hole, .options_len = sizeof(hole), .state = TCP_CONNTRACK_ESTABLISHED },
			{ C, ACK, 501, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
			{ S, ACK, 1, 101, .options = (u8 *)two, .options_len = sizeof(two), .state = TCP_CONNTRACK_ESTABLISHED },
			{ C, ACK, 101, 1, 200, .state = TCP_CONNTRACK_ESTABLISHED },
			{ C, ACK, 401, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
			{ S, ACK, 1, 601, EST(432000) },
			/* The acknowledgement was lost, the data comes twice: the answer says which. */
			{ C, ACK, 1, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
			{ S, ACK, 1, 601, .options = (u8 *)twice, .options_len = sizeof(twice), .state = TCP_CONNTRACK_ESTABLISHED },
		};
		unsigned int n;

		for (n = 0; n < ARRAY_SIZE(lines); n++)
			nfct_say(&t, &lines[n], n);
		nfct_flush(test);
	}
}

/* A whole window was acknowledged, the acknowledgements were lost: the sender begins again far below. */
static void all_acknowledgements_lost(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 900, EST(300) },
		{ S, ACK, 1, 901, EST(432000) },
		{ C, ACK, 901, 1, 900, EST(300) },
		{ S, ACK, 1, 1801, EST(432000) },
		{ C, ACK, 1801, 1, 900, EST(300) },
		{ S, ACK, 1, 2701, EST(432000) },
		{ C, ACK, 1, 1, 900, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 2701, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, ACK, 2701, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED });
}

static void fin_sent_again(struct kunit *test)
{
	/* The client's, before and after its acknowledgement, and with the last data. */
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ S, ACK, 1, 2, IS(CLOSE_WAIT, 60) },
		{ C, FINACK, 1, 1, .state = TCP_CONNTRACK_LAST_ACK },
		{ S, ACK, 1, 2, .state = TCP_CONNTRACK_TIME_WAIT },
		{ S, FINACK, 1, 2, .state = TCP_CONNTRACK_TIME_WAIT },
		{ C, ACK, 2, 2, .state = TCP_CONNTRACK_TIME_WAIT });
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 100, EST(300) },
		{ C, FINACK, 101, 1, .state = TCP_CONNTRACK_FIN_WAIT },
		{ C, FINACK, 1, 1, 100, .state = TCP_CONNTRACK_LAST_ACK },
		{ S, ACK, 1, 102, .state = TCP_CONNTRACK_TIME_WAIT });
	/* Both sides', and the server's once it is all over. */
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ S, FINACK, 1, 2, IS(LAST_ACK, 30) },
		{ S, FINACK, 1, 2, IS(LAST_ACK, 30) },
		{ C, ACK, 2, 2, IS(TIME_WAIT, 120) },
		{ S, FINACK, 1, 2, IS(TIME_WAIT, 120) },
		{ C, ACK, 2, 2, IS(TIME_WAIT, 120) });
}

/* The window was opened meanwhile, by an acknowledgement of the same number: the RST has still the number that was acknowledged. */
static void reset_after_a_window_update(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 100, EST(300) },
		{ S, ACK, 1, 101, .window = NFCT_NO_WINDOW, EST(300) },
		{ S, ACK, 1, 101, .window = 2000, EST(432000) },
		{ C, RSTACK, 101, 1, IS(CLOSE, 10) });
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 100, EST(300) },
		{ S, ACK, 1, 101, EST(432000) },
		{ C, ACK, 101, 1, .window = 3000, EST(432000) },
		{ S, RST, 1, 0, IS(CLOSE, 10) });
	/* Into the part of the window that the update opened: not the number that was acknowledged, so it does not close, but it is not INVALID. */
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ S, ACK, 1, 1, .window = 2000, EST(432000) },
		{ C, RST, 1500, 0, .state = TCP_CONNTRACK_ESTABLISHED });
}

/* The handshake's own packets. */
static void handshake_sent_again(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, IS(SYN_SENT, 120) },
		{ C, SYN, 0, 0, IS(SYN_SENT, 0) },
		{ S, SYNACK, 0, 1, IS(SYN_RECV, 60) },
		{ S, SYNACK, 0, 1, .state = TCP_CONNTRACK_SYN_RECV },
		{ C, SYN, 0, 0, .state = TCP_CONNTRACK_SYN_RECV },
		{ S, SYNACK, 0, 1, .state = TCP_CONNTRACK_SYN_RECV },
		{ C, ACK, 1, 1, .state = TCP_CONNTRACK_ESTABLISHED },
		/* that was lost behind us */
		{ S, SYNACK, 0, 1, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, ACK, 1, 1, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, PSHACK, 1, 1, 100, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 101, EST(432000) });
}

/* The answer to the SYN of an older connection comes first: it is INVALID, and must not spoil the right one. */
static void syn_ack_for_an_older_syn(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, IS(SYN_SENT, 120) },
		{ S, SYNACK, 500000, 700000, BAD(tcp_ack_over) },
		{ C, SYN, 0, 0, .state = TCP_CONNTRACK_SYN_SENT },
		{ S, SYNACK, 900000, 1, IS(SYN_RECV, 60) },
		{ C, ACK, 1, 900001, EST(432000) },
		{ S, PSHACK, 900001, 1, 100, EST(300) },
		{ C, ACK, 1, 900101, EST(432000) });
}

/* The ports are used again; the server still has the old connection, challenges the SYN, and is reset: then the SYN comes again. */
static void challenged_and_opened_again(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, PSHACK, 1, 1, 100, EST(300) },
		{ S, ACK, 1, 101, EST(432000) },
		{ C, SYN, 200000, 0, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 101, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, RST, 101, 0, .state = TCP_CONNTRACK_CLOSE },
		{ C, SYN, 200000, 0, IS(SYN_SENT, 120) },
		{ S, SYNACK, 300000, 200001, IS(SYN_RECV, 60) },
		{ C, ACK, 200001, 300001, EST(432000) });
}

/* The same where we know nothing of the old connection: the challenge has numbers that fit nothing. */
static void challenged_by_a_stranger(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, IS(SYN_SENT, 120) },
		{ S, ACK, 145824453, 643160523, .state = TCP_CONNTRACK_SYN_SENT },
		{ C, RST, 643160523, 0 },
		{ C, SYN, 0, 0, .state = TCP_CONNTRACK_SYN_SENT },
		{ S, SYNACK, 0, 1, .state = TCP_CONNTRACK_SYN_RECV },
		{ C, ACK, 1, 1, .state = TCP_CONNTRACK_ESTABLISHED });
}

/* Waiting for the last ACK, the server challenges a SYN: that is not the ACK that it waits for. */
static void challenge_is_not_the_last_ack(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ S, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ C, FINACK, 1, 2, IS(LAST_ACK, 30) },
		{ C, SYN, 200000, 0, .state = TCP_CONNTRACK_LAST_ACK },
		{ S, ACK, 2, 1, .state = TCP_CONNTRACK_LAST_ACK },
		{ C, RST, 1, 0, .state = TCP_CONNTRACK_CLOSE },
		{ C, SYN, 200000, 0, IS(SYN_SENT, 120) });
}

static struct kunit_case cases[] = {
	KUNIT_CASE(data_sent_again),
	KUNIT_CASE(selective_acknowledgements),
	KUNIT_CASE(all_acknowledgements_lost),
	KUNIT_CASE(fin_sent_again),
	KUNIT_CASE(reset_after_a_window_update),
	KUNIT_CASE(handshake_sent_again),
	KUNIT_CASE(syn_ack_for_an_older_syn),
	KUNIT_CASE(challenged_and_opened_again),
	KUNIT_CASE(challenged_by_a_stranger),
	KUNIT_CASE(challenge_is_not_the_last_ack),
	{}
};
NFCT_SUITE(nfct_tcp_loss, cases);
