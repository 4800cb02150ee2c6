// SPDX-License-Identifier: GPL-2.0-only
/* Packets for the KUnit suites, built in memory. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include <nfct/kunit/lab.h>

#define HEADROOM 64

/* What a packet must remember of how it was made, in skb->cb until somebody else needs it. */
struct made {
	u8 family, protocol;
	u8 l4_offset;
};

static struct made *made(const struct sk_buff *skb)
{
	return (struct made *)skb->cb;
}

struct nfct_flow nfct_reply_of(const struct nfct_flow *f)
{
	struct nfct_flow reply = { f->family, f->protocol, f->to, f->dport, f->from, f->sport };

	/* An answer repeats the id. */
	if (f->protocol == IPPROTO_ICMP || f->protocol == IPPROTO_ICMPV6)
		swap(reply.sport, reply.dport);
	return reply;
}

union nf_inet_addr nfct_host(u8 family, u32 n)
{
	union nf_inet_addr a = {};

	if (family == NFPROTO_IPV4) {
		a.ip = htonl(0x0a000000 + n);
	} else {
		a.ip6[0] = htonl(0xfd000000);
		a.ip6[3] = htonl(n);
	}
	return a;
}

struct nf_conntrack_tuple nfct_tuple_of(const struct nfct_flow *f)
{
	struct nf_conntrack_tuple t;

	/* Padding is compared too. */
	memset(&t, 0, sizeof(t));
	t.src.l3num = f->family;
	t.src.u3 = nfct_host(f->family, f->from);
	t.src.u.all = htons(f->sport);
	t.dst.u3 = nfct_host(f->family, f->to);
	t.dst.u.all = htons(f->dport);
	t.dst.protonum = f->protocol;
	if (f->protocol == IPPROTO_ICMP)
		t.dst.u.icmp.type = ICMP_ECHO;
	if (f->protocol == IPPROTO_ICMPV6)
		t.dst.u.icmp.type = ICMPV6_ECHO_REQUEST;
	return t;
}

static struct sk_buff *alloc(struct kunit *test, unsigned int size)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct sk_buff *skb = alloc_skb(HEADROOM + size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_queue_tail(&lab->packets, skb);
	skb_reserve(skb, HEADROOM);
	skb->dev = lab->net->loopback_dev;
	skb->ip_summed = CHECKSUM_NONE;
	return skb;
}

static void put_ipv4(struct sk_buff *skb, const struct nfct_flow *f, const void *options, u16 options_len)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = (sizeof(*ip) + options_len) / 4;
	ip->ttl = 64;
	ip->protocol = f->protocol;
	ip->saddr = nfct_host(NFPROTO_IPV4, f->from).ip;
	ip->daddr = nfct_host(NFPROTO_IPV4, f->to).ip;
	skb_put_data(skb, options, options_len);
	skb->protocol = htons(ETH_P_IP);
}

static void put_ipv6(struct sk_buff *skb, const struct nfct_flow *f, u8 first, const void *extensions, u16 extensions_len)
{
	struct ipv6hdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 6;
	ip->hop_limit = 255;
	ip->nexthdr = extensions_len ? first : f->protocol;
	ip->saddr = nfct_host(NFPROTO_IPV6, f->from).in6;
	ip->daddr = nfct_host(NFPROTO_IPV6, f->to).in6;
	skb_put_data(skb, extensions, extensions_len);
	skb->protocol = htons(ETH_P_IPV6);
}

struct sk_buff *nfct_raw_behind(struct kunit *test, const struct nfct_flow *f, u8 first, const void *between, u16 between_len,
				const void *l4, u16 len)
{
	struct sk_buff *skb = alloc(test, sizeof(struct ipv6hdr) + between_len + len);

	skb_reset_network_header(skb);
	if (f->family == NFPROTO_IPV4)
		put_ipv4(skb, f, between, between_len);
	else
		put_ipv6(skb, f, first, between, between_len);
	*made(skb) = (struct made){ f->family, f->protocol, skb->len };
	skb_set_transport_header(skb, skb->len);
	if (l4)
		skb_put_data(skb, l4, len);
	else
		skb_put_zero(skb, len);
	nfct_seal(skb);
	return skb;
}

struct sk_buff *nfct_raw(struct kunit *test, const struct nfct_flow *f, const void *l4, u16 len)
{
	return nfct_raw_behind(test, f, 0, NULL, 0, l4, len);
}

struct sk_buff *nfct_ports(struct kunit *test, const struct nfct_flow *f, u16 len)
{
	struct sk_buff *skb = nfct_raw(test, f, NULL, len);
	__be16 ports[] = { htons(f->sport), htons(f->dport) };

	memcpy(nfct_l4(skb), ports, min_t(u16, len, sizeof(ports)));
	nfct_seal(skb);
	return skb;
}

struct sk_buff *nfct_udp(struct kunit *test, const struct nfct_flow *f, u16 payload)
{
	return nfct_ports(test, f, sizeof(struct udphdr) + payload);
}

struct sk_buff *nfct_tcp(struct kunit *test, const struct nfct_flow *f, const struct nfct_segment *s)
{
	struct sk_buff *skb = nfct_raw(test, f, NULL, sizeof(struct tcphdr) + s->options_len + s->len);
	struct tcphdr *tcp = (struct tcphdr *)nfct_l4(skb);

	tcp->source = htons(f->sport);
	tcp->dest = htons(f->dport);
	tcp->seq = htonl(s->seq);
	tcp->ack_seq = htonl(s->ack);
	tcp->doff = (sizeof(*tcp) + s->options_len) / 4;
	((u8 *)tcp)[13] = s->flags;
	tcp->window = htons(s->window);
	memcpy(tcp + 1, s->options, s->options_len);
	nfct_seal(skb);
	return skb;
}

struct sk_buff *nfct_icmp(struct kunit *test, const struct nfct_flow *f, u8 type, u8 code, const void *data, u16 len)
{
	struct sk_buff *skb = nfct_raw(test, f, NULL, sizeof(struct icmphdr) + len);
	struct icmphdr *icmp = (struct icmphdr *)nfct_l4(skb);

	icmp->type = type;
	icmp->code = code;
	icmp->un.echo.id = htons(f->sport);
	icmp->un.echo.sequence = htons(1);
	if (data)
		memcpy(icmp + 1, data, len);
	nfct_seal(skb);
	return skb;
}

u8 *nfct_l4(struct sk_buff *skb)
{
	return skb->data + made(skb)->l4_offset;
}

u16 nfct_l4_len(const struct sk_buff *skb)
{
	return skb->len - made(skb)->l4_offset;
}

void nfct_cut(struct sk_buff *skb, u16 len)
{
	skb_trim(skb, made(skb)->l4_offset + len);
}

/* Of `covered` bytes of layer 4, with the pseudo-header. */
static __sum16 checksum(struct sk_buff *skb, u16 covered)
{
	__wsum sum = csum_partial(nfct_l4(skb), covered, 0);
	u8 protocol = made(skb)->protocol;
	u16 len = nfct_l4_len(skb);

	if (protocol == IPPROTO_ICMP)
		return csum_fold(sum);
	if (made(skb)->family == NFPROTO_IPV4)
		return csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len, protocol, sum);
	return csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, len, protocol, sum);
}

static void seal_l4(struct sk_buff *skb, unsigned int field, u16 covered)
{
	__sum16 *sum = (__sum16 *)(nfct_l4(skb) + field);

	if (nfct_l4_len(skb) < field + sizeof(*sum))
		return;
	*sum = 0;
	*sum = checksum(skb, covered) ?: CSUM_MANGLED_0;
}

void nfct_seal(struct sk_buff *skb)
{
	u16 len = nfct_l4_len(skb);

	if (made(skb)->family == NFPROTO_IPV4) {
		struct iphdr *ip = ip_hdr(skb);

		ip->tot_len = htons(skb->len);
		ip->check = 0;
		ip->check = ip_fast_csum(ip, ip->ihl);
	} else {
		ipv6_hdr(skb)->payload_len = htons(skb->len - sizeof(struct ipv6hdr));
	}
	switch (made(skb)->protocol) {
	case IPPROTO_TCP:
		seal_l4(skb, offsetof(struct tcphdr, check), len);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		if (len >= sizeof(struct udphdr)) {
			struct udphdr *udp = (struct udphdr *)nfct_l4(skb);

			udp->len = htons(len);
			seal_l4(skb, offsetof(struct udphdr, check), len);
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		seal_l4(skb, offsetof(struct icmphdr, checksum), len);
		break;
	}
}

struct sk_buff *nfct_paged(struct kunit *test, const struct sk_buff *from, unsigned int linear)
{
	struct sk_buff *skb = alloc(test, linear);
	unsigned int at = linear, piece;

	memcpy(skb->cb, from->cb, sizeof(skb->cb));
	skb->protocol = from->protocol;
	skb_put_data(skb, from->data, linear);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, made(skb)->l4_offset);

	/* As small as the number of fragments allows, so that headers lie across their borders. */
	for (piece = 3; piece * (MAX_SKB_FRAGS - 1) < from->len - linear; piece += 2)
		;
	while (at < from->len) {
		unsigned int n = min(piece, from->len - at), offset = 1 + at % 64;
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page) + offset, from->data + at, n);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, offset, n, PAGE_SIZE);
		at += n;
	}
	return skb;
}
