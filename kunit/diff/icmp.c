// SPDX-License-Identifier: GPL-2.0-only
/* ICMP and ICMPv6 of the differential run: questions and answers, and errors about packets of any flow. */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "diff.h"

enum kind { QUESTION, ANSWER, STRANGE };

void icmp_next(struct flow *f, struct packet *p)
{
	static const u8 question4[] = { ICMP_ECHO, ICMP_TIMESTAMP, ICMP_INFO_REQUEST, ICMP_ADDRESS };
	static const u8 answer4[] = { ICMP_ECHOREPLY, ICMP_TIMESTAMPREPLY, ICMP_INFO_REPLY, ICMP_ADDRESSREPLY };
	static const u8 question6[] = { ICMPV6_ECHO_REQUEST, 139 };
	static const u8 answer6[] = { ICMPV6_ECHO_REPLY, 140 };
	bool v6 = f->family == NFPROTO_IPV6;
	unsigned int which = one_in(4) ? rnd(v6 ? 2 : 4) : f->number % (v6 ? 2 : 4);
	u8 from = f->sent ? rnd(2) : one_in(10);
	struct icmphdr *h;

	packet_begin(p, f, from);
	h = (struct icmphdr *)packet_add(p, sizeof(*h) + rnd(40));
	p->kind = one_in(20) ? !from : from ? ANSWER : QUESTION;
	if (p->kind == ANSWER)
		h->type = v6 ? answer6[which] : answer4[which];
	else
		h->type = v6 ? question6[which] : question4[which];
	if (one_in(16)) {
		/* Neighbour discovery, multicast listeners, router solicitation, what nobody knows. */
		h->type = v6 ? 128 + rnd(24) : rnd(22);
		p->kind = STRANGE;
	}
	if (one_in(20))
		h->code = rnd(18);
	h->un.echo.id = htons(f->port[0]);
	h->un.echo.sequence = htons(f->sent);
	packet_seal(p);
	packet_say(p, "type=%u code=%u id=%u", h->type, h->code, f->port[0]);
}

/* The quoted packet was a piece of one, as the host met it that complains: mostly the first. */
static void of_a_piece(struct packet *p, u8 *inner, unsigned int *quoted)
{
	u16 where = one_in(4) ? 8 * (1 + rnd(100)) : 0;
	bool more = !where || one_in(2);
	struct frag_hdr *piece = (struct frag_hdr *)(inner + sizeof(struct ipv6hdr));

	if (*quoted < sizeof(struct ipv6hdr))
		return;
	if (p->family == NFPROTO_IPV4) {
		struct iphdr *ip = (struct iphdr *)inner;

		ip->frag_off = htons(where / 8 | (more ? IP_MF : 0));
		ip_send_check(ip);
	} else if (p->len + sizeof(*piece) <= MAX_PACKET) {
		struct ipv6hdr *ip = (struct ipv6hdr *)inner;

		packet_add(p, sizeof(*piece));
		memmove(piece + 1, piece, *quoted - sizeof(*ip));
		memset(piece, 0, sizeof(*piece));
		piece->nexthdr = ip->nexthdr;
		piece->frag_off = htons(where | more);
		ip->nexthdr = NEXTHDR_FRAGMENT;
		*quoted += sizeof(*piece);
	}
	packet_say(p, "(a piece at %u) ", where);
}

/* An error about one of the flow's last packets, from its receiver or from a router on the way. */
void icmp_error(struct flow *f, struct packet *p)
{
	static const u8 error4[] = { ICMP_DEST_UNREACH, ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB, ICMP_SOURCE_QUENCH, ICMP_REDIRECT };
	const struct packet *about = &f->ring[rnd(f->in_ring)];
	bool v6 = f->family == NFPROTO_IPV6;
	unsigned int quoted = one_in(3) ? about->len : min_t(unsigned int, about->len, about->l4 + (one_in(2) ? 8 : rnd(40)));
	u32 host = f->host[!about->from];
	u8 protocol = f->protocol, *inner;
	struct icmphdr *h;

	if (!one_in(3))
		f->host[!about->from] = 200 + rnd(3);
	f->protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	packet_begin(p, f, !about->from);
	f->host[!about->from] = host;
	f->protocol = protocol;
	p->kind = STRANGE;
	p->clean = false;
	quoted = min_t(unsigned int, quoted, MAX_PACKET - p->len - sizeof(*h) - 8);
	h = (struct icmphdr *)packet_add(p, sizeof(*h));
	h->type = v6 ? one_in(12) ? rnd(128) : 1 + rnd(4) : error4[rnd(ARRAY_SIZE(error4))];
	h->code = rnd(one_in(4) ? 16 : 4);
	h->un.frag.mtu = htons(rnd(2000));
	if (quoted) {
		inner = packet_add(p, quoted);
		memcpy(inner, about->data, quoted);
		/* The other side knows the sender by another address. */
		if (f->nat && !about->from && quoted >= sizeof(struct ipv6hdr) && !one_in(4)) {
			if (v6)
				((struct ipv6hdr *)inner)->saddr.s6_addr32[3] = htonl(f->nat);
			else
				((struct iphdr *)inner)->saddr = htonl(0x0a000000 + f->nat);
		}
		if (one_in(8))
			of_a_piece(p, inner, &quoted);
		if (one_in(8))
			inner[rnd(quoted)] ^= BIT(rnd(8));
		if (one_in(16) && quoted >= sizeof(struct ipv6hdr)) {
			/* The inner packet the wrong way round. */
			if (v6) {
				struct ipv6hdr *ip = (struct ipv6hdr *)inner;

				swap(ip->saddr, ip->daddr);
			} else {
				struct iphdr *ip = (struct iphdr *)inner;

				swap(ip->saddr, ip->daddr);
			}
		}
	}
	packet_seal(p);
	packet_say(p, "ICMP error type=%u code=%u about %u bytes of: %s", h->type, h->code, quoted, about->text);
}
