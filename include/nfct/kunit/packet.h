/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets built in memory for the KUnit suites: whole, with right lengths and checksums, so that a test spoils just what it is about. */
#ifndef NFCT_KUNIT_PACKET_H
#define NFCT_KUNIT_PACKET_H

#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/tcp.h>

/* One direction of a flow, in host byte order. Host number n is 10.0.0.0 + n or fd00:: + n. ICMP: sport is the id. */
struct nfct_flow {
	u8 family; /* NFPROTO_IPV4, NFPROTO_IPV6 */
	u8 protocol;
	u32 from;
	u16 sport;
	u32 to;
	u16 dport;
};

struct nfct_flow nfct_reply_of(const struct nfct_flow *f);
union nf_inet_addr nfct_host(u8 family, u32 n);
/* The tuple that a packet of the flow has; worked out here, not by the code under test. ICMP: type echo request, code 0. */
struct nf_conntrack_tuple nfct_tuple_of(const struct nfct_flow *f);

/* What a TCP segment says. */
struct nfct_segment {
	u8 flags; /* TCPHDR_* */
	u32 seq, ack;
	u16 window;
	u16 len; /* of its payload */
	const u8 *options;
	u8 options_len; /* a multiple of 4 */
};

/*
 * Every packet belongs to the test and is freed when it ends, or by nfct_drop(). A test that has no memory for one ends there.
 * The packets are linear, came in through the loopback device, and their checksums are yet to be verified.
 */
struct sk_buff *nfct_udp(struct kunit *test, const struct nfct_flow *f, u16 payload);
/* Also for UDP-Lite, with full coverage, and for SCTP, DCCP and the like as far as their ports go: `len` bytes behind the IP header. */
struct sk_buff *nfct_ports(struct kunit *test, const struct nfct_flow *f, u16 len);
struct sk_buff *nfct_tcp(struct kunit *test, const struct nfct_flow *f, const struct nfct_segment *s);
/* Type, code, id out of f->sport, sequence number 1, then the data. */
struct sk_buff *nfct_icmp(struct kunit *test, const struct nfct_flow *f, u8 type, u8 code, const void *data, u16 len);
/* Any layer 4, as it is given. */
struct sk_buff *nfct_raw(struct kunit *test, const struct nfct_flow *f, const void *l4, u16 len);
/* The same behind IPv4 options, or IPv6 extension headers of which the first is of type `first`. */
struct sk_buff *nfct_raw_behind(struct kunit *test, const struct nfct_flow *f, u8 first, const void *between, u16 between_len,
				const void *l4, u16 len);

/* Where layer 4 begins; what a test changes there holds once it is sealed again. */
u8 *nfct_l4(struct sk_buff *skb);
u16 nfct_l4_len(const struct sk_buff *skb);
/* Cuts the packet off after `len` bytes of layer 4. */
void nfct_cut(struct sk_buff *skb, u16 len);
/* Sets lengths and checksums right. */
void nfct_seal(struct sk_buff *skb);

/* A copy of which only the first `linear` bytes are in the buffer; the rest is scattered over pages in odd pieces. */
struct sk_buff *nfct_paged(struct kunit *test, const struct sk_buff *skb, unsigned int linear);

#endif
