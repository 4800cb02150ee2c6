// SPDX-License-Identifier: GPL-2.0-only
/* The benchmark's packet. Checksums count as verified, as from a card that does it. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "bench.h"

union head {
	struct iphdr v4;
	struct ipv6hdr v6;
};

/* Writes the network header for `len` bytes behind it; where those begin. */
static void *network(const struct bench *b, u8 *at, u32 flow, enum from from, u8 protocol, unsigned int len)
{
	union head *h = (union head *)at;
	u32 client = BENCH_CLIENT(flow), server = BENCH_SERVER;

	if (b->family == NFPROTO_IPV4) {
		h->v4 = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = protocol, .tot_len = htons(sizeof(h->v4) + len),
					.saddr = htonl(from == CLIENT ? client : server), .daddr = htonl(from == CLIENT ? server : client) };
		return at + sizeof(h->v4);
	}
	memset(&h->v6, 0, sizeof(h->v6));
	h->v6.version = 6;
	h->v6.hop_limit = 64;
	h->v6.nexthdr = protocol;
	h->v6.payload_len = htons(len);
	h->v6.saddr.s6_addr32[0] = h->v6.daddr.s6_addr32[0] = htonl(0xfd000000);
	h->v6.saddr.s6_addr32[3] = htonl(from == CLIENT ? client : server);
	h->v6.daddr.s6_addr32[3] = htonl(from == CLIENT ? server : client);
	return at + sizeof(h->v6);
}

static __be16 port_of_client(u32 flow)
{
	return htons(1024 + (flow & 0x3fff));
}

static u8 *udp(const struct bench *b, u8 *at, u32 flow, enum from from)
{
	struct udphdr *h = network(b, at, flow, from, IPPROTO_UDP, sizeof(*h) + 8);

	h->source = from == CLIENT ? port_of_client(flow) : htons(53);
	h->dest = from == CLIENT ? htons(53) : port_of_client(flow);
	h->len = htons(sizeof(*h) + 8);
	h->check = htons(1);
	return (u8 *)(h + 1) + 8;
}

static void sized(struct bench *b, const u8 *end)
{
	b->skb->len = end - b->skb->data;
	skb_set_tail_pointer(b->skb, b->skb->len);
}

void bench_udp(struct bench *b, u32 flow, enum from from)
{
	sized(b, udp(b, b->skb->data, flow, from));
}

void bench_tcp(struct bench *b, u32 flow, enum from from, u8 flags, u32 seq, u32 ack)
{
	struct tcphdr *h = network(b, b->skb->data, flow, from, IPPROTO_TCP, sizeof(*h));

	*h = (struct tcphdr){ .source = from == CLIENT ? port_of_client(flow) : htons(80),
			      .dest = from == CLIENT ? htons(80) : port_of_client(flow), .seq = htonl(seq), .ack_seq = htonl(ack), .doff = 5,
			      .window = htons(65535), .check = htons(1) };
	((u8 *)h)[13] = flags;
	sized(b, (u8 *)(h + 1));
}

void bench_icmp_error(struct bench *b, u32 flow)
{
	u8 *inner, *end;
	bool v4 = b->family == NFPROTO_IPV4;
	struct icmphdr *h = network(b, b->skb->data, flow, SERVER, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 0);

	h->type = v4 ? ICMP_DEST_UNREACH : ICMPV6_DEST_UNREACH;
	h->code = v4 ? ICMP_PORT_UNREACH : ICMPV6_PORT_UNREACH;
	inner = (u8 *)(h + 1);
	end = udp(b, inner, flow, CLIENT);
	network(b, b->skb->data, flow, SERVER, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, end - (u8 *)h);
	sized(b, end);
}

union nf_inet_addr bench_address(const struct bench *b, u32 v4)
{
	if (b->family == NFPROTO_IPV4)
		return (union nf_inet_addr){ .ip = htonl(v4) };
	return (union nf_inet_addr){ .ip6 = { htonl(0xfd000000), 0, 0, htonl(v4) } };
}

bool bench_packet_make(struct bench *b)
{
	b->skb = alloc_skb(BENCH_PLACES * BENCH_PLACE, GFP_KERNEL);
	if (!b->skb)
		return false;
	b->skb->dev = b->net->loopback_dev;
	b->skb->ip_summed = CHECKSUM_UNNECESSARY;
	b->skb->protocol = b->family == NFPROTO_IPV4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	bench_at(b, 0);
	nf_hook_state_init(&b->state, NF_INET_PRE_ROUTING, b->family, b->net->loopback_dev, NULL, NULL, b->net, NULL);
	return true;
}

void bench_packet_free(struct bench *b)
{
	kfree_skb(b->skb);
}
