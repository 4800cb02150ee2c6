/* SPDX-License-Identifier: GPL-2.0-only */
/* The feeder of the differential run: a generator of packet sequences, and what conntrack made of each packet. See README.md. */
#ifndef NFCT_DIFF_H
#define NFCT_DIFF_H

#include <linux/skbuff.h>
#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#define CHAPTER_PACKETS 1000
#define FLOWS 12
#define RING 8
#define MAX_PACKET 1792

/* ---- chance: the only source of it is the chapter's seed ---- */

extern u64 diff_random_state;

static inline u32 rnd32(void)
{
	u64 z = diff_random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) >> 16;
}

/* 0 .. n-1 */
static inline u32 rnd(u32 n)
{
	return ((u64)rnd32() * n) >> 32;
}

static inline bool one_in(u32 n)
{
	return rnd(n) == 0;
}

/* ---- packets ---- */

/* How a packet comes; all but the first: in pieces. */
enum arrival { WHOLE, IN_ORDER, OUT_OF_ORDER, TWICE, OVERLAPPING, LOST };

struct packet {
	u8 family, protocol;	/* NFPROTO_*, of layer 4 as built */
	u8 from;		/* which end of its flow sends it */
	u8 hook;
	u8 summed;		/* ip_summed */
	bool clean;		/* its kind is what the tracker sees: not mutated */
	u8 kind;		/* for the coverage table of its protocol */
	u8 arrival;		/* enum arrival */
	u16 len, l4;		/* bytes, where layer 4 begins */
	u16 linear;		/* bytes in the buffer's linear part; the rest in a page */
	u8 data[MAX_PACKET] __aligned(8);
	char text[200];		/* what it is, in a replay */
};

struct tcp_end {
	u32 isn, nxt, rcv, acked;	/* next to send, next expected, last acknowledgement sent */
	u32 syn_end, last_end;		/* behind the last SYN, the last segment */
	u16 win;
	u8 scale;
	bool syn, fin, scaling, sack;
};

struct flow {
	u8 family, protocol, index;
	u32 host[2];
	u16 port[2];
	u32 number;
	u8 phase, repeat, wild;
	u16 sent, limit;
	union {
		struct tcp_end tcp[2];
		struct { u32 tag[2]; } sctp;
		struct { u64 seq[2]; } dccp;
	};
	struct packet ring[RING];
	u8 in_ring, next_ring;
	/* how the rules treat it: a template for its packets, a host that its first end appears as, sequence numbers that are shifted */
	struct nf_conn *tmpl;
	u32 nat;
	bool shifted;
	/* other flows' packets put up expectations for it; packets for which it waits with its first */
	bool expected;
	u8 master, patience;
	/* what conntrack has of it: a reference */
	struct nf_conn *ct;
	u8 original;		/* the end that sent the first packet */
	/* a packet between nf_conntrack_in() and nf_confirm() */
	struct sk_buff *held;
};

/* ---- what is compared ---- */

enum presence { ABSENT, UNCONFIRMED, ALIVE, DYING, EXPIRED };

struct entry {
	u64 what;
	u64 status;
	s64 left;		/* jiffies; for an unconfirmed one what it will get */
	u32 mark, use;
	u32 zone, extensions;
	struct nf_conntrack_tuple tuple[2];
	union nf_conntrack_proto proto __aligned(8);
	u64 acct[4];		/* packets, bytes, each direction */
	u64 pending;		/* events in the cache */
	u32 ctmask, missed;
	u64 started;		/* has a time stamp */
	struct nf_conntrack_tuple master __aligned(8);
	u8 expecting[8];	/* of each class; the last: has a helper */
	struct nf_conn_seqadj shift __aligned(8);
};

#define MAX_EVENTS 6
struct event {
	u32 mask, refused;
	u64 status;
	struct nf_conntrack_tuple tuple;
};

struct record {
	u32 in, in_info, out, out_info;
	u32 rule, late;		/* what the rules did; verdict for the packet that was held back, plus 1 */
	u64 bytes;		/* digest of what went out */
	struct entry packet;	/* the packet's own, between in and confirm */
	struct entry flow;	/* its flow's, when all is over */
	u32 helped, expected;	/* the helper was called, and where layer 4 begins; what became of what was expected */
	u32 stat[11];		/* invalid insert insert_failed clash_resolve drop early_drop error found, by this packet; expectations */
	u32 unused;
	u64 events;
	struct event event[MAX_EVENTS];
};

/* ---- main.c ---- */
extern struct net *diff_net;
extern bool diff_verbose;
extern unsigned int diff_improvement;
extern bool diff_translating;	/* this chapter has NAT */
__printf(1, 2) void diff_print(const char *format, ...);

/* ---- packet.c ---- */
void packet_begin(struct packet *p, const struct flow *f, u8 from);
u8 *packet_add(struct packet *p, unsigned int len);
void packet_seal(struct packet *p);
void packet_mutate(struct packet *p);
struct sk_buff *packet_skb(const struct packet *p);
__printf(2, 3) void packet_say(struct packet *p, const char *format, ...);

/* ---- fragment.c ---- */
void fragments_begin(void);
void fragments_exit(void);
void fragments_choose(struct packet *p);
struct sk_buff *fragments_arrive(const struct packet *p);

/* ---- expect.c ---- */
extern bool diff_expecting;	/* this chapter has expectations */
int expect_init(void);
void expect_exit(void);
#define EXPECT_TAKEN_BACK 100
bool expect_can(u8 protocol);
void expect_help(struct nf_conn *tmpl);
void expect_plan(const struct flow *target);
void expect_rule(struct nf_conn *ct);
void expect_sweep(void);
u64 expect_left(void);

/* ---- one generator a protocol: fill *p with the flow's next packet; begin a flow ---- */
void tcp_begin(struct flow *f);
void tcp_next(struct flow *f, struct packet *p);
void sctp_begin(struct flow *f);
void sctp_next(struct flow *f, struct packet *p);
void dccp_begin(struct flow *f);
void dccp_next(struct flow *f, struct packet *p);
void udp_next(struct flow *f, struct packet *p);
void gre_next(struct flow *f, struct packet *p);
void other_next(struct flow *f, struct packet *p);
void icmp_next(struct flow *f, struct packet *p);
void icmp_error(struct flow *f, struct packet *p);

/* ---- rules.c: what stands between in and confirm ---- */
enum rule { PASS, MARK, DROP, KILL, FIX, CLOSE, HOLD, SHIFT };
void rules_begin(void);
void rules_open(struct flow *f);
void rules_forget(struct flow *f);
enum rule some_rule(const struct flow *f);
bool apply_rule(enum rule rule, struct flow *f, const struct packet *p, struct sk_buff *skb);
u64 rules_end(void);

/* ---- play.c ---- */
void play_begin(void);
void play(struct flow *f, const struct packet *p, struct record *r);
void play_sweep(bool all);
void play_settle(struct flow *f);
u64 play_end(void);
void play_notify(bool on);
void play_helped(u32 protoff, u32 outcome);

/* ---- show.c ---- */
void show(unsigned int n, const struct flow *f, const struct packet *p, const struct record *r);

/* ---- coverage.c ---- */
void coverage_clear(void);
void coverage_count(const struct flow *f, const struct packet *p);
void coverage_outcome(const struct record *r);
void coverage_print(void);

#endif
