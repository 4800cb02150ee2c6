// SPDX-License-Identifier: GPL-2.0-only
/* Suite: TCP's window, probed at its edges; every script runs with sequence numbers that wrap at different places. */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/talk.h>

static const u8 scale3[] = { 3, 3, 3, 1 }, scale15[] = { 3, 3, 15, 1 };
static const u8 sack_ok[] = { 1, 1, 4, 2 };
#define OPTIONS(o) .options = (o), .options_len = sizeof(o)
#define ESTABLISHED .state = TCP_CONNTRACK_ESTABLISHED

/*
 * The server's window is 1000: the client may send up to 1001. What begins behind that, but overshoots by no more than a window, is let
 * through (some TCPs do so); what lies beyond is not part of the connection.
 */
static void upper_edge(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 1000, ESTABLISHED },
		{ C, ACK, 1001, 1, 0, ESTABLISHED });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 1002, 1, 0, .state = TCP_CONNTRACK_ESTABLISHED });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 2000, 1, 0, ESTABLISHED });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 2001, 1, 0, BAD(tcp_seq_over) });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 1002, 1, 999, BAD(tcp_seq_over) });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 0x40000000, 1, 0, BAD(tcp_seq_over) });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { S, ACK, 2001, 1, 0, BAD(tcp_seq_over) });
}

/* It moves with what the receiver acknowledges and announces. */
static void upper_edge_moves(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 500, ESTABLISHED },
		{ S, ACK, 1, 501, 0, 2000, ESTABLISHED },
		/* 501 + 2000 */
		{ C, ACK, 2501, 1, 0, ESTABLISHED },
		{ C, ACK, 2501 + 2001, 1, 0, BAD(tcp_seq_over) });
	/* A window that shrinks takes nothing back. */
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ S, ACK, 1, 1, 0, 10, ESTABLISHED },
		{ C, ACK, 1, 1, 1000, ESTABLISHED });
}

/* Nobody acknowledges what was never sent; a little more than was seen would do if the edge were wrong by one. */
static void ack_of_what_was_not_sent(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, 100, ESTABLISHED },
		{ S, ACK, 1, 102, 0, BAD(tcp_ack_over) },
		{ S, ACK, 1, 101, 0, ESTABLISHED });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 1, 2, 0, BAD(tcp_ack_over) });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, ACK, 1, 0x7fffffff, 0, BAD(tcp_ack_over) });
}

/* The lower edges: far too old packets are let through, since they may be late, but they do not count for anything. */
static void lower_edges(struct kunit *test)
{
	struct nfct_talk t;
	unsigned int i;

	for (i = 0; i < nfct_isn_count; i++) {
		t = nfct_talk(test, NFPROTO_IPV4, nfct_isns[i][0], nfct_isns[i][1]);
		nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0 }, 0);
		nfct_say(&t, &(struct nfct_line){ S, SYNACK, 0, 1, .window = 1000 }, 1);
		nfct_say(&t, &(struct nfct_line){ C, ACK, 1, 1, 1000, ESTABLISHED }, 2);
		nfct_say(&t, &(struct nfct_line){ S, ACK, 1, 1001, ESTABLISHED }, 3);
		nfct_say(&t, &(struct nfct_line){ C, ACK, 1001, 1, 1000, ESTABLISHED }, 4);
		nfct_say(&t, &(struct nfct_line){ S, ACK, 1, 2001, ESTABLISHED }, 5);

		/* Sent are 2001, the window is 1000: what ends at 1001 still touches it. */
		WRITE_ONCE(t.ct->timeout, nfct_time_stamp + 50 * HZ);
		nfct_say(&t, &(struct nfct_line){ C, ACK, 1000, 1, IS(ESTABLISHED, 50) }, 6);
		nfct_say(&t, &(struct nfct_line){ C, ACK, 1001, 1, IS(ESTABLISHED, 432000) }, 7);
		/* Of an acknowledgement 66000 are forgiven. */
		WRITE_ONCE(t.ct->timeout, nfct_time_stamp + 50 * HZ);
		nfct_say(&t, &(struct nfct_line){ S, ACK, 1, 2001 - 66001, IS(ESTABLISHED, 50) }, 8);
		nfct_say(&t, &(struct nfct_line){ S, ACK, 1, 2001 - 66000, IS(ESTABLISHED, 432000) }, 9);
		nfct_flush(test);
	}
}

/* Scaled by 8 once both have offered scaling; a SYN's own window never is. */
static void scaling(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, OPTIONS(scale3) },
		{ S, SYNACK, 0, 1, OPTIONS(scale3) },
		{ C, ACK, 1, 1, 0, 1000, ESTABLISHED },
		/* Still the SYN/ACK's 1000. */
		{ C, ACK, 1 + 1000 + 8001, 1, 0, BAD(tcp_seq_over) },
		{ S, ACK, 1, 1, 0, 1000, ESTABLISHED },
		{ C, ACK, 8001, 1, 0, ESTABLISHED },
		{ C, ACK, 8001 + 8001, 1, 0, BAD(tcp_seq_over) });
	/* Only one side offers it: nobody scales. */
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, OPTIONS(scale3) },
		{ S, SYNACK, 0, 1 },
		{ C, ACK, 1, 1, 0, 1000, ESTABLISHED },
		{ S, ACK, 1, 1, 0, 1000, ESTABLISHED },
		{ C, ACK, 2002, 1, 0, BAD(tcp_seq_over) },
		{ S, ACK, 2002, 1, 0, BAD(tcp_seq_over) });
}

/* 14 is the most there is (RFC 7323): a larger one counts as 14. */
static void excessive_scale(struct kunit *test)
{
	struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, 0, 0);

	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0, OPTIONS(scale15) }, 0);
	KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[0].td_scale, 14);
	nfct_say(&t, &(struct nfct_line){ S, SYNACK, 0, 1, OPTIONS(scale15) }, 1);
	KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[1].td_scale, 14);
	nfct_say(&t, &(struct nfct_line){ C, ACK, 1, 1, .window = 0xfffe, ESTABLISHED }, 2);
	KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[0].td_maxwin, 0xfffe << 14);
}

/* SACK blocks tell what arrived out of order: the right edge of the highest one must have been sent. */
static void selective_acknowledgement(struct kunit *test)
{
	unsigned int i, option;

	for (i = 0; i < nfct_isn_count; i++) {
		struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, nfct_isns[i][0], nfct_isns[i][1]);

		for (option = 0; option < 2; option++) {
			struct nfct_line syn = { C, SYN, 0, 0 }, synack = { S, SYNACK, 0, 1 };
			__be32 block[] = { htonl(0x0101050a), htonl(t.isn[0] + 301), htonl(t.isn[0] + 401) };
			struct nfct_line dup = { S, ACK, 1, 1, .options = (u8 *)block, .options_len = sizeof(block), ESTABLISHED };

			if (option) {
				syn.options = synack.options = sack_ok;
				syn.options_len = synack.options_len = sizeof(sack_ok);
			}
			nfct_say(&t, &syn, 0);
			nfct_say(&t, &synack, 1);
			nfct_say(&t, &(struct nfct_line){ C, ACK, 1, 1, 100, ESTABLISHED }, 2);
			nfct_say(&t, &(struct nfct_line){ C, ACK, 301, 1, 100, ESTABLISHED }, 3);
			nfct_say(&t, &dup, 4);
			/* Room is counted from the block on, so that what it covers need not fit in again. */
			KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[0].td_maxend, t.isn[0] + 1001 + 400 * option);
			/* Data that was never sent is in the block: only who has agreed to SACK is asked about it. */
			block[2] = htonl(t.isn[0] + 402);
			if (option) {
				dup.fate = NFCT_INVALID;
				dup.reason = NFCT_REASON_tcp_ack_over;
			}
			nfct_say(&t, &dup, 5);
			nfct_flush(test);
		}
	}
}

/* What comes from a liberal netns, or side, is never out of window. */
static void liberal(struct kunit *test)
{
	nf_tcp_pernet(&init_net)->tcp_be_liberal = 1;
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, ACK, 900000, 1, 10, ESTABLISHED },
		{ S, ACK, 1, 900000, 10, ESTABLISHED });
}

/* Much more data than there are sequence numbers, in both directions, crossing the wrap many times: nothing is ever out of window. */
static void around_and_around(struct kunit *test)
{
	struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, 0xfff00000, 0x7ff00000);
	u32 client = 1, server = 1, i;
	const u32 window = 0xffff << 14, burst = window / 2; /* in segments that cover it by SACK-less jumps */

	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0, OPTIONS(scale15) }, 0);
	nfct_say(&t, &(struct nfct_line){ S, SYNACK, 0, 1, OPTIONS(scale15) }, 1);
	nfct_say(&t, &(struct nfct_line){ C, ACK, 1, 1, .window = 0xfffe, ESTABLISHED }, 2);
	nfct_say(&t, &(struct nfct_line){ S, ACK, 1, 1, .window = 0xfffe, ESTABLISHED }, 3);
	/* About 20 times around. A segment that lies half a window ahead stands for all that was sent before it. */
	for (i = 0; i < 160; i++) {
		nfct_say(&t, &(struct nfct_line){ C, ACK, client + burst, server, 1, .window = 0xfffe, ESTABLISHED }, 10 + i);
		client += burst + 1;
		nfct_say(&t, &(struct nfct_line){ S, ACK, server + burst, client, 1, .window = 0xfffe, ESTABLISHED }, 10 + i);
		server += burst + 1;
		nfct_say(&t, &(struct nfct_line){ C, ACK, client, server, 0, .window = 0xfffe, IS(ESTABLISHED, 432000) }, 10 + i);
	}
	KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[0].td_end, t.isn[0] + client);
	KUNIT_EXPECT_EQ(test, t.ct->proto.tcp.seen[1].td_end, t.isn[1] + server);
}

/* A packet that is out of window must not teach us anything: the connection goes on where it was. */
static void intruder_changes_nothing(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE,
		{ C, PSHACK, 5000, 1, 100, BAD(tcp_seq_over) },
		{ S, PSHACK, 1, 5100, 100, BAD(tcp_ack_over) },
		{ C, RST, 5000, 0, BAD(tcp_seq_over) },
		{ C, PSHACK, 1, 1, 100, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 101, IS(ESTABLISHED, 432000) });
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sequence_numbers_wrap),
	KUNIT_CASE(upper_edge),
	KUNIT_CASE(upper_edge_moves),
	KUNIT_CASE(ack_of_what_was_not_sent),
	KUNIT_CASE(lower_edges),
	KUNIT_CASE(scaling),
	KUNIT_CASE(excessive_scale),
	KUNIT_CASE(selective_acknowledgement),
	KUNIT_CASE(liberal),
	KUNIT_CASE(around_and_around),
	KUNIT_CASE(intruder_changes_nothing),
	{}
};
NFCT_SUITE(nfct_tcp_window, cases);
