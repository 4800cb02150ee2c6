// SPDX-License-Identifier: GPL-2.0-only
/* Protocols without a state table in the differential run: UDP, UDP-Lite, GRE, and those that conntrack does not know. */
#include <linux/udp.h>
#include <net/gre.h>
#include "diff.h"

/* Who speaks: mostly in turns, so that streams come about. */
static u8 speaker(const struct flow *f)
{
	return f->sent ? rnd(3) == 0 : one_in(20);
}

void udp_next(struct flow *f, struct packet *p)
{
	bool lite = f->protocol == IPPROTO_UDPLITE;
	u8 from = speaker(f);
	unsigned int len = sizeof(struct udphdr) + (one_in(20) ? rnd(1400) : rnd(64));
	unsigned int said = len;
	struct udphdr *uh;

	packet_begin(p, f, from);
	uh = (struct udphdr *)packet_add(p, len);
	uh->source = htons(f->port[from]);
	uh->dest = htons(f->port[!from]);
	if (lite)
		said = one_in(3) ? 0 : one_in(3) ? 8 + rnd(len - 7) : len;
	if (!f->expected && one_in(30)) {
		said = one_in(2) ? rnd(2 * len) : rnd(12);
		p->clean = false;
	}
	/* UDP-Lite's checksum is a documented difference (improvement 1): otherwise nobody looks at it. */
	if (lite && diff_improvement != 1)
		p->summed = CHECKSUM_UNNECESSARY;
	p->kind = !p->clean;
	uh->len = htons(said);
	packet_seal(p);
	if (one_in(30)) {
		uh->check = 0;
		packet_say(p, "no checksum ");
	}
	packet_say(p, "length=%u of %u", said, len);
}

void gre_next(struct flow *f, struct packet *p)
{
	u8 from = speaker(f);
	bool pptp = one_in(2), key = one_in(2);
	unsigned int len = one_in(20) ? rnd(8) : 8 + rnd(60);
	u8 *h;

	packet_begin(p, f, from);
	h = packet_add(p, len);
	p->clean = len >= 8;
	if (len >= 8) {
		h[0] = pptp || key ? 0x20 : 0;
		h[1] = one_in(8) ? rnd(8) : pptp;
		p->kind = h[1] < 2 ? h[1] : 2;
		put_unaligned_be16(pptp ? 0x880b : 0x0800, h + 2);
		put_unaligned_be16(len - 8, h + 4);
		put_unaligned_be16(f->port[from], h + 6);
	}
	packet_seal(p);
	packet_say(p, "version=%u flags=%02x length=%u", len > 1 ? h[1] & 7 : 0, h[0], len);
}

void other_next(struct flow *f, struct packet *p)
{
	u8 from = speaker(f);
	unsigned int len = rnd(80), i;
	u8 *h;

	packet_begin(p, f, from);
	h = packet_add(p, len);
	for (i = 0; i < len; i++)
		h[i] = rnd32();
	packet_seal(p);
	packet_say(p, "length=%u", len);
}
