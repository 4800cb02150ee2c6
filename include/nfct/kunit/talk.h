/* SPDX-License-Identifier: GPL-2.0-only */
/* A TCP conversation, packet by packet, with what conntrack must think of each: the same script runs at any initial sequence numbers. */
#ifndef NFCT_KUNIT_TALK_H
#define NFCT_KUNIT_TALK_H

#include <nfct/kunit/lab.h>

enum nfct_speaker { NFCT_CLIENT, NFCT_SERVER };

#define SYN TCPHDR_SYN
#define SYNACK (TCPHDR_SYN | TCPHDR_ACK)
#define ACK TCPHDR_ACK
#define FINACK (TCPHDR_FIN | TCPHDR_ACK)
#define RST TCPHDR_RST
#define RSTACK (TCPHDR_RST | TCPHDR_ACK)
#define PSHACK (TCPHDR_PSH | TCPHDR_ACK)

struct nfct_talk {
	struct kunit *test;
	struct nfct_flow flow;
	u32 isn[2];	    /* sequence number 0 of client and server */
	struct nf_conn *ct; /* of the last packet that was tracked; not a reference */
};

/* One packet and its effect. Numbers count from the sender's and the other side's isn; ack is sent only with the flag. */
struct nfct_line {
	enum nfct_speaker who;
	u8 flags;
	u32 seq, ack;
	u16 len;
	u16 window; /* 0: 1000; NFCT_NO_WINDOW: 0 */
	const u8 *options;
	u8 options_len;
	/* What must come of it. */
	enum nfct_fate fate;
	enum nfct_reason reason; /* with NFCT_INVALID and NFCT_DROPPED */
	enum tcp_conntrack state; /* with NFCT_TRACKED; TCP_CONNTRACK_NONE: not checked */
	unsigned int seconds;	  /* to live; 0: not checked */
};

#define NFCT_NO_WINDOW 0xffff
#define C .who = NFCT_CLIENT
#define S .who = NFCT_SERVER
#define IS(s, t) .state = TCP_CONNTRACK_##s, .seconds = (t)
#define BAD(r) .fate = NFCT_INVALID, .reason = NFCT_REASON_##r

/* Initial sequence numbers, of both sides, at which every script is played: the circle's beginning, its middle and its end. */
extern const u32 nfct_isns[][2];
extern const unsigned int nfct_isn_count;

struct nfct_talk nfct_talk(struct kunit *test, u8 family, u32 isn_client, u32 isn_server);
/* Sends the line and checks all that it says. `n` is for the message. */
void nfct_say(struct nfct_talk *t, const struct nfct_line *line, int n);
/* A whole script on a new connection, at every initial sequence number, IPv4 and IPv6 in turn; the table is empty afterwards. */
void nfct_play(struct kunit *test, const struct nfct_line *lines, int count);
#define NFCT_PLAY(test, ...)                                                                                                              \
	do {                                                                                                                              \
		static const struct nfct_line script[] = { __VA_ARGS__ };                                                                 \
		nfct_play(test, script, ARRAY_SIZE(script));                                                                              \
	} while (0)

/* The handshake that most scripts begin with; both windows 1000, no options. Three lines. */
#define NFCT_HANDSHAKE                                                                                                                    \
	{ C, SYN, 0, 0, IS(SYN_SENT, 120) }, { S, SYNACK, 0, 1, IS(SYN_RECV, 60) }, { C, ACK, 1, 1, IS(ESTABLISHED, 432000) }

#endif
