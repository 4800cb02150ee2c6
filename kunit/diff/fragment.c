// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that come in pieces: in and out of order, twice, overlapping, or not all of them. The kernel's own defragmentation puts them together
 * before conntrack sees them, so what it gets is a buffer with a list of buffers. No queue outlives the packet, and so no timer of one.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/timer.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "diff.h"

#define MAX_PIECES 6

struct piece {
	u16 from, to;	/* bytes behind the header that each piece has */
};

/*
 * The queues' timers are set at the chapter's time, far from the kernel's own. A timer that is due at once keeps the wheel from following.
 */
static void nothing(struct timer_list *unused)
{
}
static DEFINE_TIMER(anchor, nothing);

void fragments_begin(void)
{
	mod_timer(&anchor, jiffies + 1);
}

void fragments_exit(void)
{
	timer_delete_sync(&anchor);
}

/* Bytes of the header that each piece has, or 0 if the packet cannot be cut; *least: what must be in the first piece. */
static unsigned int header(const struct packet *p, unsigned int *least)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)p->data;
	const struct iphdr *ip = (const struct iphdr *)p->data;
	u8 next = ip6->nexthdr;
	struct sk_buff *skb;
	__be16 offset;
	int l4;

	*least = 8;
	if (p->family == NFPROTO_IPV4) {
		if (p->len < sizeof(*ip) || ip->version != 4 || ip->ihl < 5 || ip->ihl * 4 > p->len || ntohs(ip->tot_len) != p->len || ip->frag_off)
			return 0;
		return ip->ihl * 4;
	}
	if (p->len < sizeof(*ip6) || ip6->version != 6 || ntohs(ip6->payload_len) != p->len - sizeof(*ip6))
		return 0;
	/* A first piece without all headers is no piece (RFC 8200, 4.5). */
	skb = packet_skb(p);
	if (!skb)
		return 0;
	l4 = ipv6_skip_exthdr(skb, sizeof(*ip6), &next, &offset);
	kfree_skb(skb);
	if (l4 < 0 || offset || next == NEXTHDR_NONE)
		return 0;
	*least = round_up(l4 + 20 - sizeof(*ip6), 8);
	return sizeof(*ip6);
}

/* How the packet comes: in one piece, or in several. What is lost nobody sees: seldom. */
void fragments_choose(struct packet *p)
{
	unsigned int least, head = one_in(12) ? header(p, &least) : 0;

	p->arrival = WHOLE;
	if (head && p->len > head + least)
		p->arrival = one_in(40) ? LOST : IN_ORDER + rnd(4);
}

static unsigned int cut(unsigned int body, unsigned int least, struct piece *piece)
{
	unsigned int wanted = 2 + rnd(MAX_PIECES - 1), at = 0, n = 0;

	while (n < wanted - 1 && at + 8 < body) {
		unsigned int len = 8 * (1 + rnd((body - at - 1) / 8));

		if (!n)
			len = max(len, least);
		if (at + len >= body)
			break;
		piece[n++] = (struct piece){ at, at + len };
		at += len;
	}
	piece[n++] = (struct piece){ at, body };
	return n;
}

/* The packet, if this piece is the last that was missing. */
static struct sk_buff *deliver(const struct packet *whole, unsigned int head, const struct piece *piece, u32 id)
{
	static struct packet p;
	unsigned int len = piece->to - piece->from;
	bool more = head + piece->to < whole->len;
	struct sk_buff *skb;
	int error;

	memcpy(&p, whole, offsetof(struct packet, data));
	memcpy(p.data, whole->data, head);
	p.len = head;
	if (p.family == NFPROTO_IPV4) {
		struct iphdr *ip = (struct iphdr *)p.data;

		memcpy(packet_add(&p, len), whole->data + head + piece->from, len);
		ip->tot_len = htons(p.len);
		ip->id = htons(id);
		ip->frag_off = htons(piece->from / 8 | (more ? IP_MF : 0));
		ip_send_check(ip);
	} else {
		struct ipv6hdr *ip = (struct ipv6hdr *)p.data;
		struct frag_hdr *fragment = (struct frag_hdr *)packet_add(&p, sizeof(*fragment));

		fragment->nexthdr = ip->nexthdr;
		fragment->frag_off = htons(piece->from | more);
		fragment->identification = htonl(id);
		ip->nexthdr = NEXTHDR_FRAGMENT;
		memcpy(packet_add(&p, len), whole->data + head + piece->from, len);
		ip->payload_len = htons(p.len - sizeof(*ip));
	}
	p.linear = min_t(unsigned int, whole->linear, p.len);
	if (p.linear < p.len && p.linear < p.len - len)
		p.linear = p.len - len;
	skb = packet_skb(&p);
	if (!skb)
		return NULL;
	skb_reset_mac_header(skb);
	if (p.family == NFPROTO_IPV4)
		return ip_defrag(diff_net, skb, IP_DEFRAG_CONNTRACK_IN) ? NULL : skb;
	error = nf_ct_frag6_gather(diff_net, skb, IP_DEFRAG_CONNTRACK_IN);
	if (error && error != -EINPROGRESS)
		kfree_skb(skb);
	return error ? NULL : skb;
}

/* The packet as conntrack's hook meets it, or NULL if it got lost on the way. */
struct sk_buff *fragments_arrive(const struct packet *p)
{
	unsigned int head, least, i, n, sent;
	struct piece piece[MAX_PIECES], order[MAX_PIECES + 1];
	struct sk_buff *skb = NULL;
	u32 id;

	if (p->arrival == WHOLE)
		return packet_skb(p);
	head = header(p, &least);
	n = sent = cut(p->len - head, least, piece);
	memcpy(order, piece, sizeof(piece));
	if (p->arrival == TWICE) {
		order[sent++] = piece[rnd(n)];
	} else if (p->arrival == OVERLAPPING) {
		i = 1 + rnd(n - 1);
		order[sent++] = (struct piece){ piece[i].from - 8, piece[i].to };
	}
	if (p->arrival != IN_ORDER)
		for (i = sent - 1; i; i--) {
			unsigned int other = rnd(i + 1);

			swap(order[i], order[other]);
		}
	if (p->arrival == LOST)
		sent--;
	id = rnd32();
	for (i = 0; i < sent && !skb; i++)
		skb = deliver(p, head, &order[i], id);
	/* Lost, or spoiled by an overlap: sent again until nothing is missing. */
	for (i = 0; i < n && !skb; i++)
		skb = deliver(p, head, &piece[i], id);
	WARN_ON_ONCE(!skb);
	if (!skb)
		return NULL;
	if (p->arrival == LOST) {
		kfree_skb(skb);
		return NULL;
	}
	skb_set_transport_header(skb, p->l4);
	return skb;
}
