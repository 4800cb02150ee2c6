// SPDX-License-Identifier: GPL-2.0-only
/* Suite: TCP's states, walked packet by packet through nf_conntrack_in(), with the time to live in each. */
#include <nfct/kunit/talk.h>

static void open_talk_close(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		/* Data waits for its acknowledgement, and shortens the life until it has come. */
		{ C, PSHACK, 1, 1, 100, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 101, IS(ESTABLISHED, 432000) },
		{ S, PSHACK, 1, 101, 200, IS(ESTABLISHED, 300) },
		{ C, ACK, 101, 201, IS(ESTABLISHED, 432000) },
		{ C, FINACK, 101, 201, IS(FIN_WAIT, 120) },
		{ S, ACK, 201, 102, IS(CLOSE_WAIT, 60) },
		{ S, FINACK, 201, 102, IS(LAST_ACK, 30) },
		{ C, ACK, 102, 202, IS(TIME_WAIT, 120) },
		{ C, ACK, 102, 202, IS(TIME_WAIT, 120) });
}

static void server_closes_first(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ S, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ C, ACK, 1, 2, IS(CLOSE_WAIT, 60) },
		{ C, FINACK, 1, 2, IS(LAST_ACK, 30) },
		{ S, ACK, 2, 2, IS(TIME_WAIT, 120) });
}

static void both_close_at_once(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ S, FINACK, 1, 1, IS(LAST_ACK, 30) },
		{ C, ACK, 2, 2, IS(TIME_WAIT, 120) },
		{ S, ACK, 2, 2, IS(TIME_WAIT, 120) });
}

static void simultaneous_open(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, IS(SYN_SENT, 120) },
		{ S, SYN, 0, 0, IS(SYN_SENT2, 120) },
		{ C, SYNACK, 0, 1, IS(SYN_RECV, 60) },
		{ S, SYNACK, 0, 1, IS(SYN_RECV, 0) },
		{ S, ACK, 1, 1, IS(ESTABLISHED, 432000) },
		{ C, ACK, 1, 1, IS(ESTABLISHED, 432000) });
}

/* A client that picks the ports of a connection in TIME_WAIT opens a new one, in a new entry. */
static void reopened_after_time_wait(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, FINACK, 1, 1, IS(FIN_WAIT, 120) },
		{ S, FINACK, 1, 2, IS(LAST_ACK, 30) },
		{ C, ACK, 2, 2, IS(TIME_WAIT, 120) },
		{ C, SYN, 5000, 0, IS(SYN_SENT, 120) },
		{ S, SYNACK, 7000, 5001, IS(SYN_RECV, 60) },
		{ C, ACK, 5001, 7001, IS(ESTABLISHED, 432000) });
}

static void reset_ends_it(struct kunit *test)
{
	NFCT_PLAY(test, NFCT_HANDSHAKE, { C, RSTACK, 1, 1, IS(CLOSE, 10) });
	NFCT_PLAY(test, NFCT_HANDSHAKE, { S, RST, 1, 0, IS(CLOSE, 10) });
	NFCT_PLAY(test, { C, SYN, 0, 0, IS(SYN_SENT, 120) }, { S, SYNACK, 0, 1, IS(SYN_RECV, 60) }, { S, RSTACK, 1, 1, IS(CLOSE, 10) });
	/* After it, stragglers leave the entry closed. */
	NFCT_PLAY(test, NFCT_HANDSHAKE, { S, RSTACK, 1, 1, IS(CLOSE, 10) }, { C, ACK, 1, 1, IS(CLOSE, 10) });
}

/* Who does not know the exact number may have guessed: it must not close the connection. */
static void inexact_reset(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, PSHACK, 1, 1, 10, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 11, IS(ESTABLISHED, 432000) },
		{ C, RST, 100, 0, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, RST, 10, 0, BAD(tcp_invalid_rst) },
		{ C, RST, 11, 0, IS(CLOSE, 10) });
}

static void reset_of_any_number_if_allowed(struct kunit *test)
{
	nf_tcp_pernet(&init_net)->tcp_ignore_invalid_rst = 1;
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, PSHACK, 1, 1, 10, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 11, IS(ESTABLISHED, 432000) },
		{ C, RST, 10, 0, .state = TCP_CONNTRACK_ESTABLISHED });
}

/* Refused at once: the entry goes with the refusal. */
static void refused(struct kunit *test)
{
	struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, 100, 200);

	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0, IS(SYN_SENT, 120) }, 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	nfct_say(&t, &(struct nfct_line){ S, RSTACK, -200, 1 }, 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &t.flow));
}

static void status_of_the_connection(struct kunit *test)
{
	struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, 100, 200);

	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0 }, 0);
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_SEEN_REPLY_BIT, &t.ct->status));
	nfct_say(&t, &(struct nfct_line){ S, SYNACK, 0, 1 }, 1);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_SEEN_REPLY_BIT, &t.ct->status));
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_ASSURED_BIT, &t.ct->status));
	nfct_say(&t, &(struct nfct_line){ C, ACK, 1, 1 }, 2);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_ASSURED_BIT, &t.ct->status));
	nfct_say(&t, &(struct nfct_line){ C, FINACK, 1, 1 }, 3);
	KUNIT_EXPECT_TRUE(test, t.ct->proto.tcp.seen[0].flags & IP_CT_TCP_FLAG_CLOSE_INIT);
	KUNIT_EXPECT_FALSE(test, t.ct->proto.tcp.seen[1].flags & IP_CT_TCP_FLAG_CLOSE_INIT);
}

/* A client may try again and again on the same port: the entry must run out all the same. */
static void repeated_syn_does_not_prolong(struct kunit *test)
{
	struct nfct_talk t = nfct_talk(test, NFPROTO_IPV4, 100, 200);

	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0, IS(SYN_SENT, 120) }, 0);
	WRITE_ONCE(t.ct->timeout, nfct_time_stamp + 50 * HZ);
	nfct_say(&t, &(struct nfct_line){ C, SYN, 0, 0, IS(SYN_SENT, 50) }, 1);
	nfct_say(&t, &(struct nfct_line){ C, SYN, 900, 0, IS(SYN_SENT, 50) }, 2);
}

static void the_same_ack_over_and_over(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, ACK, 1, 1, IS(ESTABLISHED, 432000) },
		{ C, ACK, 1, 1, IS(ESTABLISHED, 432000) },
		{ C, ACK, 1, 1, IS(ESTABLISHED, 300) },
		{ C, ACK, 1, 1, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 1, IS(ESTABLISHED, 432000) });
}

static void closed_window(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ S, ACK, 1, 1, .window = NFCT_NO_WINDOW, IS(ESTABLISHED, 300) },
		{ S, ACK, 1, 1, .window = 500, IS(ESTABLISHED, 432000) });
}

/* Older than us: taken up in the middle, and not trusted for long before the other side was heard. */
static void picked_up(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, ACK, 1000, 2000, IS(ESTABLISHED, 300) },
		{ S, ACK, 2000, 1000, IS(ESTABLISHED, 0) },
		{ C, ACK, 1000, 2000, IS(ESTABLISHED, 432000) },
		/* Nothing is known about its windows, so nothing is out of them. */
		{ C, ACK, 900000, 2000, .state = TCP_CONNTRACK_ESTABLISHED });
}

static void not_picked_up(struct kunit *test)
{
	nf_tcp_pernet(&init_net)->tcp_loose = 0;
	NFCT_PLAY(test, { C, ACK, 1000, 2000, BAD(tcp_not_picked_up) }, NFCT_HANDSHAKE);
}

static void cannot_open(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYNACK, 0, 1, BAD(tcp_new_invalid) },
		{ C, FINACK, 0, 1, BAD(tcp_new_invalid) },
		{ C, RST, 0, 0, BAD(tcp_new_invalid) },
		{ C, RSTACK, 0, 1, BAD(tcp_new_invalid) });
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

static void wrong_in_this_state(struct kunit *test)
{
	NFCT_PLAY(test,
		{ C, SYN, 0, 0, IS(SYN_SENT, 120) },
		{ C, ACK, 1, 1, BAD(tcp_invalid_state) },
		{ C, SYNACK, 0, 1, BAD(tcp_invalid_state) },
		{ S, FINACK, 0, 1, BAD(tcp_invalid_state) },
		{ S, SYNACK, 0, 1, IS(SYN_RECV, 60) },
		{ S, SYN, 0, 0, BAD(tcp_invalid_state) });
}

/* A client that crashed and comes back on the same port: its SYN passes, the server challenges it, the client's RST ends the old one. */
static void half_open_is_challenged(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, SYN, 300000, 0, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, ACK, 1, 1, .state = TCP_CONNTRACK_ESTABLISHED },
		{ C, RST, 1, 0, .state = TCP_CONNTRACK_CLOSE },
		{ C, SYN, 300000, 0, IS(SYN_SENT, 120) });
}

/* We missed the end of the old connection: the server takes the SYN, so it is a new one. */
static void server_knows_better(struct kunit *test)
{
	NFCT_PLAY(test,
		NFCT_HANDSHAKE,
		{ C, SYN, 300000, 0, .state = TCP_CONNTRACK_ESTABLISHED },
		{ S, SYNACK, 400000, 300001, IS(SYN_RECV, 60) },
		{ C, ACK, 300001, 400001, IS(ESTABLISHED, 432000) });
}

static struct kunit_case cases[] = {
	KUNIT_CASE(open_talk_close),
	KUNIT_CASE(server_closes_first),
	KUNIT_CASE(both_close_at_once),
	KUNIT_CASE(simultaneous_open),
	KUNIT_CASE(reopened_after_time_wait),
	KUNIT_CASE(reset_ends_it),
	KUNIT_CASE(inexact_reset),
	KUNIT_CASE(reset_of_any_number_if_allowed),
	KUNIT_CASE(refused),
	KUNIT_CASE(status_of_the_connection),
	KUNIT_CASE(repeated_syn_does_not_prolong),
	KUNIT_CASE(the_same_ack_over_and_over),
	KUNIT_CASE(closed_window),
	KUNIT_CASE(picked_up),
	KUNIT_CASE(not_picked_up),
	KUNIT_CASE(cannot_open),
	KUNIT_CASE(wrong_in_this_state),
	KUNIT_CASE(half_open_is_challenged),
	KUNIT_CASE(server_knows_better),
	{}
};
NFCT_SUITE(nfct_tcp, cases);
