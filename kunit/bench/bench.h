/* SPDX-License-Identifier: GPL-2.0-only */
/* The benchmark: rows of figures, each what one thing costs, on whichever nf_conntrack is loaded. */
#ifndef NFCT_BENCH_H
#define NFCT_BENCH_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

enum from { CLIENT, SERVER };

/* One sk_buff, and the packets that it is in turn: places in its memory. */
enum { BENCH_PLACES = 250, BENCH_PLACE = 128 };

struct bench {
	u8 family;
	unsigned int flows;
	struct net *net;
	/* What a rule that attaches a helper would put before each packet; NULL is the usual case. */
	struct nf_conn *template;
	struct sk_buff *skb;
	struct nf_hook_state state;
	u32 random;
};

/* Addresses of IPv4, and what an IPv6 address ends in: 16,384 flows have one client, by its ports. */
#define BENCH_SERVER 0x0afe0001
#define BENCH_CLIENT(flow) (0x0a000000 + ((flow) >> 14))

/* The packet in that place; its length is the last one's that was made. */
static inline void bench_at(struct bench *b, u32 place)
{
	b->skb->data = b->skb->head + place * BENCH_PLACE;
	skb_reset_network_header(b->skb);
	skb_set_tail_pointer(b->skb, b->skb->len);
}

/* Make the packet in this place one of that flow. */
void bench_udp(struct bench *b, u32 flow, enum from from);
void bench_tcp(struct bench *b, u32 flow, enum from from, u8 flags, u32 seq, u32 ack);
/* The server's port unreachable about the flow's first packet. */
void bench_icmp_error(struct bench *b, u32 flow);
union nf_inet_addr bench_address(const struct bench *b, u32 v4);
bool bench_packet_make(struct bench *b);
void bench_packet_free(struct bench *b);

/* Conntrack's part of the packet's way, and what it was. */
static inline unsigned int bench_in(struct bench *b)
{
	if (b->template) {
		nf_conntrack_get(&b->template->ct_general);
		nf_ct_set(b->skb, b->template, IP_CT_NEW);
	}
	return nf_conntrack_in(b->skb, &b->state);
}

static inline void bench_forget(struct bench *b)
{
	nf_reset_ct(b->skb);
}

/* In, confirmed, and done with. Whether it was accepted and belongs to a connection. */
static inline bool bench_pass(struct bench *b)
{
	bool accepted = bench_in(b) == NF_ACCEPT;

	if (accepted)
		accepted = nf_conntrack_confirm(b->skb) == NF_ACCEPT && skb_nfct(b->skb);
	bench_forget(b);
	return accepted;
}

static inline bool bench_pass_udp(struct bench *b, u32 flow, enum from from)
{
	bench_udp(b, flow, from);
	return bench_pass(b);
}

static inline u32 bench_random(struct bench *b, u32 below)
{
	b->random = b->random * 1664525 + 1013904223;
	return (u64)b->random * below >> 32;
}

/* Fill the table with flows first .. first + n - 1; whether all of them got in. A TCP flow is ASSURED. */
bool bench_fill_udp(struct bench *b, u32 first, u32 n);
bool bench_fill_tcp(struct bench *b, u32 n);
/* All connections out of the namespace. */
void bench_flush(struct bench *b);
/* /sys/module/nf_conntrack/parameters/hashsize. */
bool bench_set_buckets(unsigned int n);

/* The commands of /proc/nfct_bench, one file each. */
void bench_packets(struct bench *b);	/* rows.c, special.c */
void bench_special(struct bench *b);
void bench_full(struct bench *b);
void bench_memory(struct bench *b);
void bench_table(struct bench *b);	/* table.c, dump.c */
void bench_dump(struct bench *b);
void bench_elsewhere(struct bench *b);
void bench_collect(struct bench *b);
void bench_cpus(struct bench *b);

/* In nfct_bench_clock.ko, which is loaded before nf_conntrack, so that it hears of a namespace's end after it. */
extern u64 bench_netns_left;

#endif
