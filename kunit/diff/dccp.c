// SPDX-License-Identifier: GPL-2.0-only
/* DCCP of the differential run. */
#include <linux/dccp.h>
#include "diff.h"

void dccp_begin(struct flow *f)
{
	f->dccp.seq[0] = one_in(3) ? (1ull << 48) - 1 - rnd(10) : rnd32();
	f->dccp.seq[1] = (u64)rnd32() << 12;
}

static void put(struct flow *f, struct packet *p, u8 from, u8 type, u64 seq, u64 ack)
{
	unsigned int header, data = type == DCCP_PKT_DATA || type == DCCP_PKT_DATAACK ? rnd(60) : one_in(8) ? rnd(20) : 0;
	bool lacks = one_in(40);
	struct dccp_hdr *dh;

	packet_begin(p, f, from);
	p->kind = min_t(u8, type, DCCP_PKT_INVALID);
	dh = (struct dccp_hdr *)packet_add(p, sizeof(*dh));
	dh->dccph_sport = htons(f->port[from]);
	dh->dccph_dport = htons(f->port[!from]);
	dh->dccph_type = type;
	dh->dccph_x = !lacks;
	dh->dccph_seq = htons(seq >> 32);
	header = sizeof(*dh);
	if (dh->dccph_x) {
		put_unaligned_be32(seq, packet_add(p, 4));
		header += 4;
	}
	if (type != DCCP_PKT_REQUEST && type != DCCP_PKT_DATA) {
		u8 *a = packet_add(p, 8);

		put_unaligned_be16(ack >> 32, a + 2);
		put_unaligned_be32(ack, a + 4);
		header += 8;
	}
	if (type == DCCP_PKT_REQUEST || type == DCCP_PKT_RESPONSE || type == DCCP_PKT_RESET) {
		packet_add(p, 4);
		header += 4;
	}
	dh->dccph_doff = header / 4;
	/*
	 * Partial coverage is a documented difference (improvement 2): without it only where no checksum is looked at, or where both sides
	 * find the packet too short for it.
	 */
	if (one_in(10)) {
		if (diff_improvement == 2 || p->summed != CHECKSUM_NONE) {
			dh->dccph_cscov = 1 + rnd(3);
			data = max(data, 12u);
		} else if (one_in(2)) {
			dh->dccph_cscov = 15;
			data = 0;
		}
	}
	packet_add(p, data);
	if (one_in(60))
		dh->dccph_doff = rnd(32);
	/* The 24 bit form does not carry what some types need: refused before the table. */
	p->clean = !lacks && dh->dccph_cscov != 15 && dh->dccph_doff == header / 4;
	packet_seal(p);
	packet_say(p, "type=%u x=%u seq=%llu ack=%llu doff=%u coverage=%u data=%u", type, dh->dccph_x, seq, ack, dh->dccph_doff, dh->dccph_cscov, data);
}

static void regular(struct flow *f, struct packet *p, u8 from, u8 type)
{
	u64 seq = f->dccp.seq[from];

	f->dccp.seq[from] = (seq + 1) & ((1ull << 48) - 1);
	put(f, p, from, type, seq, (f->dccp.seq[!from] - 1) & ((1ull << 48) - 1));
}

void dccp_next(struct flow *f, struct packet *p)
{
	static const u8 in_session[] = { DCCP_PKT_DATAACK, DCCP_PKT_ACK, DCCP_PKT_DATA, DCCP_PKT_SYNC, DCCP_PKT_SYNCACK, DCCP_PKT_DATAACK };
	u8 from = rnd(2);

	if (rnd(100) < f->wild) {
		put(f, p, from, one_in(12) ? rnd(16) : rnd(10), f->dccp.seq[from] + rnd(3), f->dccp.seq[!from] + rnd(3) - 2);
		return;
	}
	/* The entry may have run out: begin anew. */
	if (f->phase && one_in(30)) {
		f->phase = 0;
		dccp_begin(f);
	}
	/* States that a session leaves at once meet every kind of packet, too. */
	if (f->phase >= 2 && f->phase != 4 && one_in(2)) {
		put(f, p, from, rnd(10), f->dccp.seq[from], f->dccp.seq[!from] - 1);
		return;
	}
	switch (f->phase) {
	case 0: regular(f, p, 0, DCCP_PKT_REQUEST); break;
	case 1: regular(f, p, 1, one_in(12) ? DCCP_PKT_RESET : DCCP_PKT_RESPONSE); break;
	case 2: regular(f, p, 0, one_in(3) ? DCCP_PKT_DATAACK : DCCP_PKT_ACK); break;
	case 3: regular(f, p, 1, in_session[rnd(2)]); break;
	case 4:
		regular(f, p, from, in_session[rnd(ARRAY_SIZE(in_session))]);
		if (!one_in(8))
			return;
		break;
	case 5: regular(f, p, 1, DCCP_PKT_CLOSEREQ); break;
	case 6: regular(f, p, one_in(4), DCCP_PKT_CLOSE); break;
	case 7: regular(f, p, !one_in(4), DCCP_PKT_RESET); break;
	default:
		if (one_in(2)) {
			dccp_begin(f);
			/* Reopened, now and then by the other side. */
			regular(f, p, one_in(3), DCCP_PKT_REQUEST);
			f->phase = 1;
		} else {
			regular(f, p, from, rnd(10));
		}
		return;
	}
	if (!one_in(5))
		f->phase++;
}
