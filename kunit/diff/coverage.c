// SPDX-License-Identifier: GPL-2.0-only
/* Which cells the packets hit: protocol, state of the entry before, direction (DCCP: role), kind of packet. */
#include <linux/dccp.h>
#include "diff.h"

#define STATES 10
#define KINDS 12

struct table {
	const char *name;
	u8 protocol;
	const char *state[STATES], *kind[KINDS];
	u64 cell[STATES][2][KINDS];
};

#define SIMPLE { "NONE", "UNREPLIED", "REPLIED", "ASSURED" }
static struct table tables[] = {
	{ "tcp", IPPROTO_TCP,
	  { "NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE", "SYN_SENT2" },
	  { "syn", "synack", "fin", "ack", "rst" } },	/* "none": such flags are refused before the table */
	{ "sctp", IPPROTO_SCTP,
	  { "NONE", "CLOSED", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT" },
	  { "init", "init_ack", "abort", "shutdown", "shutdown_ack", "error", "cookie_echo", "cookie_ack", "shutdown_complete", "heartbeat",
	    "heartbeat_ack", "other" } },
	{ "dccp", IPPROTO_DCCP,
	  { "NONE", "REQUEST", "RESPOND", "PARTOPEN", "OPEN", "CLOSEREQ", "CLOSING", "TIMEWAIT" },
	  { "request", "response", "data", "ack", "dataack", "closereq", "close", "reset", "sync", "syncack" } },
	{ "udp", IPPROTO_UDP, SIMPLE, { "good", "bad length" } },
	{ "udplite", IPPROTO_UDPLITE, { "NONE", "UNREPLIED", "REPLIED", "ASSURED" }, { "good", "bad coverage" } },
	{ "icmp", IPPROTO_ICMP, { "NONE", "UNREPLIED", "REPLIED" }, { "question", "answer", "other" } },
	{ "icmpv6", IPPROTO_ICMPV6, { "NONE", "UNREPLIED", "REPLIED" }, { "question", "answer", "other" } },
	{ "gre", IPPROTO_GRE, SIMPLE, { "version 0", "version 1", "other version" } },
	{ "pieces", IPPROTO_FRAGMENT, { "IPv4", "IPv6" }, { "whole", "in order", "out of order", "twice", "overlapping", "lost" } },
	{ "expect", 0, { "any" }, { "helper called", "put up", "refused", "taken back", "fulfilled", "gone" } },
	{ "other", 253, { "NONE", "UNREPLIED", "REPLIED" }, { "any" } },
};

void coverage_clear(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		memset(tables[i].cell, 0, sizeof(tables[i].cell));
}

static struct table *table_of(u8 protocol)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables) - 1; i++)
		if (tables[i].protocol == protocol)
			break;
	return &tables[i];
}

/* Called before the packet is played. One that was mutated is not what its generator says it is. */
void coverage_count(const struct flow *f, const struct packet *p)
{
	const struct nf_conn *ct = f->ct;
	unsigned int state = 0, dir = 0;
	struct table *t = table_of(p->protocol);

	table_of(IPPROTO_FRAGMENT)->cell[p->family == NFPROTO_IPV6][p->from][p->arrival]++;
	if (p->arrival == LOST)
		return;
	if (p->protocol != f->protocol || (!p->clean && p->protocol != IPPROTO_UDP && p->protocol != IPPROTO_UDPLITE))
		return;
	if (ct && !nf_ct_is_expired(ct) && !nf_ct_is_dying(ct)) {
		dir = p->from != f->original;
		switch (p->protocol) {
		case IPPROTO_TCP:
			state = ct->proto.tcp.state;
			break;
		case IPPROTO_SCTP:
			state = ct->proto.sctp.state;
			break;
		case IPPROTO_DCCP:
			state = ct->proto.dccp.state;
			dir = ct->proto.dccp.role[dir];
			break;
		default:
			state = 1 + test_bit(IPS_SEEN_REPLY_BIT, &ct->status);
			if (t->state[3] && test_bit(IPS_ASSURED_BIT, &ct->status))
				state = 3;
		}
	}
	if (state < STATES && p->kind < KINDS)
		t->cell[state][dir][p->kind]++;
}

/* What came of a packet's expectations: that they are put up and fulfilled at all. */
void coverage_outcome(const struct record *r)
{
	u64 *cell = table_of(0)->cell[0][0];

	cell[0] += !!r->helped;
	cell[1] += r->expected == 1;
	cell[2] += (s32)r->expected < 0;
	cell[3] += r->expected == EXPECT_TAKEN_BACK;
	cell[4] += r->stat[8];
	cell[5] += r->stat[10];
}

void coverage_print(void)
{
	unsigned int i, state, dir, kind;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct table *t = &tables[i];

		for (state = 0; state < STATES && t->state[state]; state++)
			for (dir = 0; dir < 2; dir++)
				for (kind = 0; kind < KINDS && t->kind[kind]; kind++)
					/* Without an entry every packet is of the original direction. */
					if (state || !dir)
						diff_print("C\t%s\t%s\t%s\t%s\t%llu\n", t->name, t->state[state], dir ? "reply" : "original",
							   t->kind[kind], t->cell[state][dir][kind]);
	}
}
