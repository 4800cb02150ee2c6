// SPDX-License-Identifier: GPL-2.0-only
/* Packets of the differential run: IP headers, checksums, mutations, socket buffers. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/icmp.h>
#include <linux/dccp.h>
#include <linux/sctp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/crc32c.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>
#include "diff.h"

#define HEADROOM 64

u8 *packet_add(struct packet *p, unsigned int len)
{
	u8 *at = p->data + p->len;

	if (WARN_ON(p->len + len > MAX_PACKET))
		return p->data;
	memset(at, 0, len);
	p->len += len;
	return at;
}

static void ipv4(struct packet *p, const struct flow *f, u8 from)
{
	unsigned int options = one_in(40) ? 4 * (1 + rnd(10)) : 0;
	struct iphdr *ip = (struct iphdr *)packet_add(p, sizeof(*ip) + options);

	ip->version = 4;
	ip->ihl = (sizeof(*ip) + options) / 4;
	ip->ttl = 64;
	ip->protocol = p->protocol;
	ip->saddr = htonl(0x0a000000 + f->host[from]);
	ip->daddr = htonl(0x0a000000 + (from && f->nat ? f->nat : f->host[!from]));
	if (options)
		memset(ip + 1, IPOPT_NOOP, options);
}

static struct in6_addr host6(u32 n)
{
	struct in6_addr a = {};

	a.s6_addr32[0] = htonl(0xfd000000);
	a.s6_addr32[3] = htonl(n);
	return a;
}

/* Extension headers: those that conntrack steps over, and some at which it stops. */
static void ipv6(struct packet *p, const struct flow *f, u8 from)
{
	static const u8 extension[] = { NEXTHDR_HOP, NEXTHDR_ROUTING, NEXTHDR_DEST, NEXTHDR_FRAGMENT, NEXTHDR_AUTH, NEXTHDR_NONE, 139 };
	struct ipv6hdr *ip = (struct ipv6hdr *)packet_add(p, sizeof(*ip));
	u8 *next = &ip->nexthdr;
	unsigned int n = one_in(24) ? 1 + rnd(3) : 0;

	ip->version = 6;
	ip->hop_limit = 255;
	ip->saddr = host6(f->host[from]);
	ip->daddr = host6(from && f->nat ? f->nat : f->host[!from]);
	while (n--) {
		u8 type = extension[rnd(one_in(4) ? ARRAY_SIZE(extension) : 3)];
		unsigned int len = type == NEXTHDR_FRAGMENT ? 8 : 8 * (1 + rnd(3));
		u8 *h = packet_add(p, len);

		h[1] = type == NEXTHDR_AUTH ? len / 4 - 2 : type == NEXTHDR_FRAGMENT ? 0 : len / 8 - 1;
		if (type == NEXTHDR_FRAGMENT && one_in(2))
			h[2] = 1;	/* not the first */
		*next = type;
		next = h;
	}
	*next = p->protocol;
}

void packet_begin(struct packet *p, const struct flow *f, u8 from)
{
	p->family = f->family;
	p->protocol = f->protocol;
	p->from = from;
	p->hook = one_in(8) ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;
	p->summed = one_in(16) ? CHECKSUM_UNNECESSARY : CHECKSUM_NONE;
	p->clean = true;
	p->kind = 0;
	p->len = 0;
	p->text[0] = 0;
	if (f->family == NFPROTO_IPV4)
		ipv4(p, f, from);
	else
		ipv6(p, f, from);
	p->l4 = p->len;
}

void packet_say(struct packet *p, const char *format, ...)
{
	va_list args;
	size_t at;

	if (!diff_verbose)
		return;
	at = strlen(p->text);
	va_start(args, format);
	vscnprintf(p->text + at, sizeof(p->text) - at, format, args);
	va_end(args);
}

/* Of `covered` bytes of layer 4 that is `len` long, with the pseudo-header. */
static __sum16 sum(const struct packet *p, u16 covered, u16 len)
{
	__wsum s = csum_partial(p->data + p->l4, covered, 0);
	const struct iphdr *ip = (const struct iphdr *)p->data;
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)p->data;

	if (p->protocol == IPPROTO_ICMP)
		return csum_fold(s);
	if (p->family == NFPROTO_IPV4)
		return csum_tcpudp_magic(ip->saddr, ip->daddr, len, p->protocol, s);
	return csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len, p->protocol, s);
}

static void seal_at(struct packet *p, unsigned int field, u16 covered, u16 len)
{
	__sum16 *at = (__sum16 *)(p->data + p->l4 + field);

	if (len < field + 2)
		return;
	*at = 0;
	*at = sum(p, min(covered, len), len) ?: CSUM_MANGLED_0;
}

/* Lengths and checksums as they should be. */
void packet_seal(struct packet *p)
{
	u16 len = p->len - p->l4;
	u8 *l4 = p->data + p->l4;

	if (p->family == NFPROTO_IPV4) {
		struct iphdr *ip = (struct iphdr *)p->data;

		ip->tot_len = htons(p->len);
		ip->check = 0;
		ip->check = ip_fast_csum(ip, max_t(unsigned int, ip->ihl, 5));
	} else {
		((struct ipv6hdr *)p->data)->payload_len = htons(p->len - sizeof(struct ipv6hdr));
	}
	switch (p->protocol) {
	case IPPROTO_TCP:
		seal_at(p, offsetof(struct tcphdr, check), len, len);
		break;
	case IPPROTO_UDP:
		seal_at(p, offsetof(struct udphdr, check), len, len);
		break;
	case IPPROTO_UDPLITE:
		if (len >= sizeof(struct udphdr))
			seal_at(p, offsetof(struct udphdr, check), ntohs(((struct udphdr *)l4)->len) ?: len, len);
		break;
	case IPPROTO_DCCP:
		if (len >= sizeof(struct dccp_hdr)) {
			const struct dccp_hdr *dh = (const struct dccp_hdr *)l4;
			u16 covered = dh->dccph_cscov ? dh->dccph_doff * 4 + (dh->dccph_cscov - 1) * 4 : len;

			seal_at(p, offsetof(struct dccp_hdr, dccph_checksum), covered, len);
		}
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		seal_at(p, offsetof(struct icmphdr, checksum), len, len);
		break;
	case IPPROTO_SCTP:
		if (len >= sizeof(struct sctphdr)) {
			struct sctphdr *sh = (struct sctphdr *)l4;

			sh->checksum = 0;
			sh->checksum = cpu_to_le32(~crc32c(~(u32)0, l4, len));
		}
		break;
	}
}

/* Partial checksums are documented differences (see udp_next(), dccp's put()): a mutation must not bring them in by the back door. */
static void unlisted(struct packet *p)
{
	u8 wire = p->data[p->family == NFPROTO_IPV4 ? 9 : 6];
	bool moved = p->family == NFPROTO_IPV4 && p->data[0] != 0x40 + p->l4 / 4;

	if (diff_improvement)
		return;
	if (p->protocol == IPPROTO_UDPLITE || wire == IPPROTO_UDPLITE || (wire == IPPROTO_DCCP && p->protocol != wire) ||
	    (p->protocol == IPPROTO_DCCP && (moved || p->len < p->l4 + 6 || p->data[p->l4 + 5] & 0xf)))
		p->summed = CHECKSUM_UNNECESSARY;
}

/* Spoils a packet in one or two ways. Half of them get good checksums afterwards, so that what is behind the checksum test meets them too. */
void packet_mutate(struct packet *p)
{
	unsigned int n = 1 + one_in(4), network = p->family == NFPROTO_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	bool seal = one_in(2);

	p->clean = false;
	packet_say(p, " MUTATED:");
	while (n--) {
		unsigned int at, to;

		switch (rnd(10)) {
		case 0:	/* cut */
			/* IP itself lets nothing through without its header. */
			to = one_in(3) || p->len <= p->l4 ? network + rnd(p->len - network + 1) : p->l4 + rnd(p->len - p->l4 + 1);
			p->len = to;
			packet_say(p, " cut to %u,", to);
			break;
		case 1:	/* a byte of the IP header */
			at = rnd(min_t(unsigned int, p->l4, p->len ?: 1));
			p->data[at] = one_in(2) ? rnd32() : p->data[at] ^ BIT(rnd(8));
			packet_say(p, " IP byte %u is %02x,", at, p->data[at]);
			break;
		case 2:	/* noise behind the ports */
			for (at = p->l4 + 4; at < p->len && at < p->l4 + 64; at++)
				p->data[at] = rnd32();
			packet_say(p, " noise behind the ports,");
			break;
		case 3:	/* a checksum */
			if (p->len > p->l4 + 18) {
				p->data[p->l4 + rnd(18)] ^= BIT(rnd(8));
				seal = false;
			}
			packet_say(p, " one bit of layer 4,");
			break;
		default:
			if (p->len <= p->l4)
				break;
			at = p->l4 + rnd(min(p->len - p->l4, 48));
			p->data[at] = one_in(2) ? rnd32() : p->data[at] ^ BIT(rnd(8));
			packet_say(p, " layer 4 byte %u is %02x,", at - p->l4, p->data[at]);
		}
	}
	unlisted(p);
	if (seal && p->len >= p->l4 && p->len >= sizeof(struct ipv6hdr)) {
		packet_seal(p);
		packet_say(p, " sealed");
	}
}

struct sk_buff *packet_skb(const struct packet *p)
{
	struct sk_buff *skb = alloc_skb(HEADROOM + MAX_PACKET, GFP_ATOMIC);
	unsigned int linear = min(p->linear, p->len);

	if (!skb)
		return NULL;
	skb_reserve(skb, HEADROOM);
	skb->dev = diff_net->loopback_dev;
	skb->ip_summed = p->summed;
	skb->protocol = p->family == NFPROTO_IPV4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	skb_reset_network_header(skb);
	skb_put_data(skb, p->data, linear);
	skb_set_transport_header(skb, p->l4);
	if (linear < p->len) {
		struct page *page = alloc_page(GFP_ATOMIC);

		if (!page) {
			kfree_skb(skb);
			return NULL;
		}
		memcpy(page_address(page), p->data + linear, p->len - linear);
		skb_add_rx_frag(skb, 0, page, 0, p->len - linear, PAGE_SIZE);
	}
	return skb;
}
