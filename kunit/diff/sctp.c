// SPDX-License-Identifier: GPL-2.0-only
/* SCTP of the differential run. */
#include <linux/sctp.h>
#include "diff.h"

/* Rows of the tracker's table, in its order, then what does not change the state. */
static const u8 chunk_of_kind[] = {
	SCTP_CID_INIT, SCTP_CID_INIT_ACK, SCTP_CID_ABORT, SCTP_CID_SHUTDOWN, SCTP_CID_SHUTDOWN_ACK, SCTP_CID_ERROR,
	SCTP_CID_COOKIE_ECHO, SCTP_CID_COOKIE_ACK, SCTP_CID_SHUTDOWN_COMPLETE, SCTP_CID_HEARTBEAT, SCTP_CID_HEARTBEAT_ACK,
	SCTP_CID_DATA, SCTP_CID_SACK, SCTP_CID_ECN_ECNE,
};
enum kind { INIT, INIT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO, COOKIE_ACK, COMPLETE, HEARTBEAT, HEARTBEAT_ACK, DATA, SACK };

void sctp_begin(struct flow *f)
{
	f->sctp.tag[0] = rnd32() | 1;
	f->sctp.tag[1] = rnd32() | 1;
}

static void chunk(struct flow *f, struct packet *p, u8 from, enum kind kind, u8 flags)
{
	unsigned int body = kind == INIT || kind == INIT_ACK ? sizeof(struct sctp_inithdr) : kind == DATA ? 12 + rnd(40) : 4 * rnd(3);
	unsigned int len = sizeof(struct sctp_chunkhdr) + body;
	struct sctp_chunkhdr *c = (struct sctp_chunkhdr *)packet_add(p, ALIGN(len, 4));

	c->type = kind < ARRAY_SIZE(chunk_of_kind) ? chunk_of_kind[kind] : rnd32();
	c->flags = flags;
	c->length = htons(one_in(100) ? rnd(40) : len);
	if (kind == INIT || kind == INIT_ACK)
		put_unaligned_be32(f->sctp.tag[from], c + 1);
	packet_say(p, " chunk %u flags %x length %u", c->type, c->flags, ntohs(c->length));
	if (kind == INIT || kind == INIT_ACK)
		packet_say(p, " tag %08x", f->sctp.tag[from]);
}

static void begin(struct flow *f, struct packet *p, u8 from, u32 tag)
{
	struct sctphdr *sh;

	packet_begin(p, f, from);
	sh = (struct sctphdr *)packet_add(p, sizeof(*sh));
	sh->source = htons(f->port[from]);
	sh->dest = htons(f->port[!from]);
	sh->vtag = htonl(tag);
	packet_say(p, "tag=%08x", tag);
}

static void one(struct flow *f, struct packet *p, u8 from, enum kind kind)
{
	begin(f, p, from, kind == INIT ? 0 : f->sctp.tag[!from]);
	p->kind = min_t(u8, kind, 11);
	chunk(f, p, from, kind, 0);
	packet_seal(p);
}

static void forged(struct flow *f, struct packet *p)
{
	u8 from = rnd(2);
	enum kind kind = rnd(15);
	unsigned int n = one_in(4) ? rnd(4) : 1;
	u32 tag = kind == INIT ? 0 : f->sctp.tag[!from];

	if (one_in(12) || (kind == INIT && one_in(3)))
		f->sctp.tag[from] = rnd32();
	if (one_in(4))
		tag = one_in(3) ? 0 : one_in(2) ? f->sctp.tag[from] : rnd32();
	begin(f, p, from, tag);
	p->kind = min_t(u8, kind, 11);
	p->clean = n == 1;
	while (n--) {
		chunk(f, p, from, kind, one_in(3) ? rnd(2) : 0);
		kind = rnd(15);
	}
	packet_seal(p);
}

void sctp_next(struct flow *f, struct packet *p)
{
	u8 from = rnd(2);

	if (rnd(200) < f->wild) {
		forged(f, p);
		return;
	}
	/* The entry may have run out, or closed: begin anew. */
	if (f->phase && one_in(20)) {
		f->phase = 0;
		sctp_begin(f);
	}
	/* States that a session leaves at once meet every kind of chunk, too. */
	if (f->phase >= 1 && f->phase != 4 && !one_in(f->phase == 5 ? 5 : 2)) {
		one(f, p, from, rnd(13));
		return;
	}
	switch (f->phase) {
	case 0:
		if (one_in(8)) {
			/* A second path of a connection that has many. */
			one(f, p, 0, HEARTBEAT);
			f->phase = 8;
			return;
		}
		one(f, p, 0, INIT);
		break;
	case 1: one(f, p, 1, INIT_ACK); break;
	case 2: one(f, p, 0, COOKIE_ECHO); break;
	case 3: one(f, p, 1, COOKIE_ACK); break;
	case 4:
		if (one_in(6)) {
			one(f, p, from, HEARTBEAT);
		} else if (one_in(6)) {
			one(f, p, from, HEARTBEAT_ACK);
		} else if (one_in(2)) {
			one(f, p, from, SHUTDOWN);
			f->phase = 5;
		} else if (one_in(10)) {
			one(f, p, from, INIT);
			f->phase = 1;
		} else {
			one(f, p, from, one_in(2) ? DATA : SACK);
		}
		return;
	case 5:
		one(f, p, from, one_in(4) ? SHUTDOWN_ACK : DATA);
		if (!one_in(4))
			return;
		break;
	case 6: one(f, p, from, COMPLETE); break;
	case 7:
		sctp_begin(f);
		one(f, p, 0, INIT);
		f->phase = 1;
		return;
	default:
		one(f, p, 1, HEARTBEAT_ACK);
		f->phase = 4;
		return;
	}
	if (!one_in(5))
		f->phase++;
}
