/* SPDX-License-Identifier: GPL-2.0-only */
/* The benchmark: rows of figures, each what one thing costs in nanoseconds, on whichever nf_conntrack is loaded. */
#ifndef NFCT_BENCH_H
#define NFCT_BENCH_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#define bench_net (&init_net)

/* One packet, over and over: only addresses, ports, flags and numbers are written. */
enum from { CLIENT, SERVER };

struct bench {
	u8 family;
	unsigned int flows;
	struct sk_buff *skb;
	struct nf_hook_state state;
	u32 random;
};

/* Give the packet this flow's face. */
void bench_udp(struct bench *b, u32 flow, enum from from);
void bench_tcp(struct bench *b, u32 flow, enum from from, u8 flags, u32 seq, u32 ack);
/* The server's port unreachable about the flow's first packet. */
void bench_icmp_error(struct bench *b, u32 flow);
bool bench_packet_make(struct bench *b);
void bench_packet_free(struct bench *b);

/* Conntrack's part of the packet's way, and what it was. */
static inline unsigned int bench_in(struct bench *b)
{
	return nf_conntrack_in(b->skb, &b->state);
}

static inline void bench_forget(struct bench *b)
{
	nf_reset_ct(b->skb);
}

/* In, confirmed, and done with. Whether it was accepted. */
static inline bool bench_pass(struct bench *b)
{
	bool accepted = bench_in(b) == NF_ACCEPT;

	if (accepted)
		accepted = nf_conntrack_confirm(b->skb) == NF_ACCEPT;
	bench_forget(b);
	return accepted;
}

static inline u32 bench_random(struct bench *b, u32 below)
{
	b->random = b->random * 1664525 + 1013904223;
	return (u64)b->random * below >> 32;
}

/* What a row found: nanoseconds for `times` things of a kind. */
struct figure {
	const char *name;
	u64 ns;
	u64 times;
	u64 refused;
};

/* Plays all rows for b->flows flows, calling say with each figure. */
void bench_rows(struct bench *b, void (*say)(const struct figure *f));

#endif
