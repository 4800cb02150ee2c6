// SPDX-License-Identifier: GPL-2.0-only
/* TCP of the differential run: two ends that talk, and a network that loses, repeats, reorders and forges. */
#include <linux/tcp.h>
#include <net/tcp.h>
#include "diff.h"

enum kind { SYN, SYNACK, FIN, ACK, RST, NONE };

void tcp_begin(struct flow *f)
{
	unsigned int end;

	memset(f->tcp, 0, sizeof(f->tcp));
	for (end = 0; end < 2; end++) {
		struct tcp_end *e = &f->tcp[end];

		/* A third of them wrap within the session, some at the sign bit. */
		e->isn = one_in(3) ? 0u - rnd(3000) : one_in(4) ? 0x80000000u - rnd(3000) : rnd32();
		e->nxt = e->last_end = e->isn;
		e->win = one_in(4) ? rnd(65536) : one_in(8) ? 0 : 200 + rnd(4000);
		e->scaling = one_in(2);
		e->scale = one_in(8) ? rnd(256) : rnd(16);
		e->sack = one_in(2);
	}
	/* Some were there before us. */
	if (one_in(6)) {
		for (end = 0; end < 2; end++) {
			f->tcp[end].nxt++;
			f->tcp[end].syn = true;
			f->tcp[end].rcv = f->tcp[!end].isn + 1;
		}
		f->phase = 3;
	}
}

/* ---- options ---- */

static unsigned int add_sack(const struct flow *f, u8 from, u8 *o)
{
	const struct tcp_end *e = &f->tcp[from], *peer = &f->tcp[!from];
	unsigned int blocks = 1 + rnd(4), i, n = 2;

	o[0] = TCPOPT_SACK;
	o[1] = 2 + 8 * blocks;
	for (i = 0; i < blocks; i++) {
		u32 left = (one_in(4) ? peer->nxt : e->rcv) + rnd(one_in(4) ? 70000 : 2000);
		u32 right = one_in(8) ? rnd32() : one_in(2) ? peer->nxt : left + rnd(2000);

		put_unaligned_be32(left, o + n);
		put_unaligned_be32(right, o + n + 4);
		n += 8;
	}
	return n;
}

/* At most 40 bytes, not padded. */
static unsigned int options(const struct flow *f, u8 from, enum kind kind, u8 *o)
{
	const struct tcp_end *e = &f->tcp[from];
	unsigned int n = 0, i;

	if (kind == SYN || kind == SYNACK) {
		if (one_in(2)) {
			memcpy(o, "\2\4\5\xb4", 4);
			n = 4;
		}
		if (e->sack) {
			memcpy(o + n, "\4\2", 2);
			n += 2;
		}
		if (one_in(3)) {
			memcpy(o + n, "\1\1\x8\xa\0\0\0\1\0\0\0\0", 12);
			n += 12;
		}
		if (e->scaling) {
			memcpy(o + n, "\1\3\3", 3);
			o[n + 3] = e->scale;
			n += 4;
		}
	} else if (one_in(5)) {
		/* Time stamps alone are a fast path of their own. */
		memcpy(o, "\1\1\x8\xa\0\0\0\1\0\0\0\2", 12);
		n = 12;
	} else if (one_in(3)) {
		while (n < 40 && one_in(2))
			o[n++] = TCPOPT_NOP;
		if (n <= 6)
			n += add_sack(f, from, o + n);
	}
	if (one_in(50)) {
		/* Garbage, lengths that lie, options that do not belong here. */
		for (i = 0; i < 12 && n < 40; i++)
			o[n++] = one_in(2) ? rnd(8) : rnd32();
		if (one_in(2))
			o[rnd(n)] = rnd(44);
	}
	return min(n, 40u);
}

/* ---- a segment ---- */

struct segment {
	u32 seq, ack, len;
	u16 win;
	u8 flags;
};

static void put(struct flow *f, struct packet *p, u8 from, enum kind kind, const struct segment *s)
{
	struct tcp_end *e = &f->tcp[from];
	u8 o[64] = {};
	unsigned int n = options(f, from, kind, o), padded = ALIGN(n, 4);
	struct tcphdr *th;

	packet_begin(p, f, from);
	p->kind = kind;
	th = (struct tcphdr *)packet_add(p, sizeof(*th) + padded + s->len);
	th->source = htons(f->port[from]);
	th->dest = htons(f->port[!from]);
	th->seq = htonl(s->seq);
	th->ack_seq = htonl(s->ack);
	th->doff = (sizeof(*th) + padded) / 4;
	((u8 *)th)[13] = s->flags;
	th->window = htons(s->win);
	memcpy(th + 1, o, padded);
	packet_seal(p);
	e->last_end = s->seq + s->len + !!(s->flags & TCPHDR_SYN) + !!(s->flags & TCPHDR_FIN);
	if (s->flags & TCPHDR_SYN)
		e->syn_end = e->last_end;
	if (s->flags & TCPHDR_ACK)
		e->acked = s->ack;
	packet_say(p, "flags=%s%s%s%s%s%s seq=%u(isn%+d) ack=%u(peer isn%+d) win=%u len=%u options=%*phN",
		   s->flags & TCPHDR_SYN ? "S" : "", s->flags & TCPHDR_FIN ? "F" : "", s->flags & TCPHDR_RST ? "R" : "",
		   s->flags & TCPHDR_PSH ? "P" : "", s->flags & TCPHDR_ACK ? "A" : "", s->flags & TCPHDR_URG ? "U" : "",
		   s->seq, (s32)(s->seq - e->isn), s->ack, (s32)(s->ack - f->tcp[!from].isn), s->win, s->len, min_t(int, padded, 40), o);
}

/* The next in order, taken in by the model: the peer has it from now on unless it is lost behind us. */
static void regular(struct flow *f, struct packet *p, u8 from, u8 flags, u32 len)
{
	struct tcp_end *e = &f->tcp[from], *peer = &f->tcp[!from];
	struct segment s = { .seq = e->nxt, .ack = flags & TCPHDR_ACK ? e->rcv : 0, .len = len, .win = e->win, .flags = flags };
	enum kind kind = flags & TCPHDR_SYN ? flags & TCPHDR_ACK ? SYNACK : SYN : flags & TCPHDR_FIN ? FIN : ACK;

	if (flags & TCPHDR_SYN) {
		s.seq = e->isn;
		e->nxt = e->isn;
		e->syn = true;
	}
	if (flags & TCPHDR_FIN)
		e->fin = true;
	put(f, p, from, kind, &s);
	e->nxt = s.seq + len + !!(flags & (TCPHDR_SYN | TCPHDR_FIN));
	/* Lost after it passed us, one in ten: the peer goes on acknowledging what it had. */
	if (!one_in(10) || flags & TCPHDR_SYN)
		peer->rcv = e->nxt;
	if (one_in(10))
		e->win = one_in(4) ? 0 : rnd(one_in(4) ? 65536 : 4000);
}

static u32 payload(const struct flow *f)
{
	return one_in(30) ? 1000 + rnd(460) : rnd(120);
}

/* ---- anything may happen ---- */

static u32 some_seq(const struct flow *f, u8 from)
{
	const struct tcp_end *e = &f->tcp[from], *peer = &f->tcp[!from];
	u32 window = (u32)peer->win << (peer->scaling && e->scaling ? min_t(u8, peer->scale, 14) : 0);

	switch (rnd(20)) {
	case 0: return e->nxt - 1;
	case 1: return e->isn;
	case 2: return e->isn + 1;
	case 3: return e->nxt - rnd(2000);
	case 4: return e->nxt + rnd(2000);
	case 5: return peer->rcv;
	case 6: return peer->acked;
	case 7: return peer->acked + rnd(5) - 2;
	case 8: return peer->rcv + window + rnd(5) - 2;
	case 9: return peer->rcv + window + rnd(4000);
	case 10: return peer->rcv - window - rnd(4000);
	case 11: return e->nxt + 65000 + rnd(3000);
	case 12: return rnd32();
	case 13: return one_in(2) ? 0 : e->last_end;
	case 14: return e->last_end;
	default: return e->nxt;
	}
}

static u32 some_ack(const struct flow *f, u8 from)
{
	const struct tcp_end *e = &f->tcp[from], *peer = &f->tcp[!from];

	switch (rnd(18)) {
	case 0: return e->rcv - 1;
	case 1: return e->rcv + 1;
	case 2: return peer->nxt + 1;
	case 3: return peer->isn + 1;
	case 4: return e->rcv - rnd(3000);
	case 5: return e->rcv + rnd(3000);
	case 6: return peer->nxt - 66000 + rnd(5) - 2;
	case 7: return peer->nxt - 65000 - rnd(3000);
	case 8: return rnd32();
	case 9: return 0;
	case 10:
	case 11: return peer->syn_end;
	case 12: return peer->last_end;
	case 13: return peer->nxt;
	default: return e->rcv;
	}
}

static void forged(struct flow *f, struct packet *p)
{
	static const u8 flags_of[][4] = {
		[SYN] = { TCPHDR_SYN, TCPHDR_SYN, TCPHDR_SYN | TCPHDR_ECE | TCPHDR_CWR, TCPHDR_SYN | TCPHDR_URG },
		[SYNACK] = { TCPHDR_SYN | TCPHDR_ACK, TCPHDR_SYN | TCPHDR_ACK, TCPHDR_SYN | TCPHDR_ACK | TCPHDR_ECE, TCPHDR_SYN | TCPHDR_ACK | TCPHDR_PSH },
		[FIN] = { TCPHDR_FIN | TCPHDR_ACK, TCPHDR_FIN | TCPHDR_ACK, TCPHDR_FIN | TCPHDR_ACK | TCPHDR_PSH, TCPHDR_FIN | TCPHDR_ACK | TCPHDR_URG },
		[ACK] = { TCPHDR_ACK, TCPHDR_ACK, TCPHDR_ACK | TCPHDR_PSH, TCPHDR_ACK | TCPHDR_URG },
		[RST] = { TCPHDR_RST, TCPHDR_RST | TCPHDR_ACK, TCPHDR_RST | TCPHDR_ACK, TCPHDR_RST | TCPHDR_PSH },
	};
	u8 from = rnd(2);
	struct tcp_end *e = &f->tcp[from];
	enum kind kind = rnd(5);
	struct segment s = {
		.seq = some_seq(f, from), .ack = some_ack(f, from), .win = one_in(3) ? rnd32() : e->win,
		.flags = flags_of[kind][rnd(4)],
	};

	if (one_in(30))
		s.flags = rnd32();
	if ((kind == ACK && one_in(2)) || one_in(16))
		s.len = payload(f);
	if (!(s.flags & TCPHDR_ACK) && one_in(2))
		s.ack = 0;
	if ((s.flags & TCPHDR_SYN) && one_in(3)) {
		e->scaling = one_in(2);
		e->scale = rnd(16);
		e->sack = one_in(2);
	}
	put(f, p, from, kind, &s);
	/* What the tracker sees may be another kind. */
	if (s.flags & TCPHDR_RST)
		p->kind = RST;
	else if (s.flags & TCPHDR_SYN)
		p->kind = s.flags & TCPHDR_ACK ? SYNACK : SYN;
	else if (s.flags & TCPHDR_FIN)
		p->kind = FIN;
	else
		p->kind = s.flags & TCPHDR_ACK ? ACK : NONE;
	p->clean = memchr(flags_of, s.flags & ~(TCPHDR_PSH | TCPHDR_ECE | TCPHDR_CWR), sizeof(flags_of)) && s.flags;
	/* It was real after all. */
	if (one_in(3)) {
		if (s.flags & TCPHDR_SYN) {
			e->isn = s.seq;
			e->syn = true;
			e->fin = false;
		}
		e->nxt = e->last_end;
		if (one_in(2))
			f->tcp[!from].rcv = e->nxt;
		if (s.flags & TCPHDR_ACK)
			e->rcv = s.ack;
		e->win = s.win;
	}
}

/* ---- the session ---- */

enum phase { OPENING, ANSWERED, COMPLETING, OPEN, CLOSING, OVER };

static void again(struct flow *f)
{
	u8 end;

	for (end = 0; end < 2; end++) {
		struct tcp_end *e = &f->tcp[end];

		e->isn = one_in(3) ? e->nxt + 1 + rnd(100000) : one_in(2) ? e->nxt - rnd(100000) : rnd32();
		e->nxt = e->isn;
		e->syn = e->fin = false;
	}
	f->phase = OPENING;
}

static void in_order(struct flow *f, struct packet *p)
{
	u8 from = rnd(2);

	switch (f->phase) {
	case OPENING:
		/* Both at once, now and then. */
		regular(f, p, one_in(10), TCPHDR_SYN, 0);
		if (!one_in(5))
			f->phase = ANSWERED;
		return;
	case ANSWERED:
		if (one_in(12)) {
			/* Half open: an old connection answers. */
			struct segment s = { f->tcp[1].nxt - rnd(1000), f->tcp[0].nxt - rnd(1000), 0, f->tcp[1].win, TCPHDR_ACK };

			put(f, p, 1, ACK, &s);
			return;
		}
		regular(f, p, 1, one_in(15) ? TCPHDR_SYN : TCPHDR_SYN | TCPHDR_ACK, 0);
		if (!one_in(6))
			f->phase = COMPLETING;
		return;
	case COMPLETING:
		regular(f, p, 0, TCPHDR_ACK, one_in(5) ? payload(f) : 0);
		f->phase = OPEN;
		return;
	case OPEN:
		if (one_in(12)) {
			regular(f, p, from, TCPHDR_FIN | TCPHDR_ACK, one_in(3) ? payload(f) : 0);
			f->phase = CLOSING;
		} else if (one_in(12)) {
			struct tcp_end *e = &f->tcp[from];
			struct segment s = { e->nxt - 1, e->rcv, rnd(2), e->win, TCPHDR_ACK };

			/* Keep-alive, or a probe of a closed window. */
			put(f, p, from, ACK, &s);
		} else if (one_in(12)) {
			/* Something got lost before it came to us. */
			f->tcp[from].nxt += one_in(6) ? rnd(200000) : rnd(1500);
			regular(f, p, from, TCPHDR_ACK, payload(f));
		} else {
			regular(f, p, from, TCPHDR_ACK | (one_in(3) ? TCPHDR_PSH : 0), one_in(2) ? payload(f) : 0);
		}
		return;
	case CLOSING:
		if (!f->tcp[0].fin || !f->tcp[1].fin) {
			from = f->tcp[0].fin;
			if (one_in(2)) {
				regular(f, p, from, TCPHDR_ACK, one_in(3) ? payload(f) : 0);
				return;
			}
			regular(f, p, from, TCPHDR_FIN | TCPHDR_ACK, 0);
			return;
		}
		regular(f, p, from, TCPHDR_ACK, 0);
		if (one_in(2))
			f->phase = OVER;
		return;
	default:
		if (one_in(2)) {
			again(f);
			regular(f, p, one_in(6), TCPHDR_SYN, 0);
			f->phase = ANSWERED;
		} else {
			regular(f, p, from, one_in(3) ? TCPHDR_FIN | TCPHDR_ACK : TCPHDR_ACK, 0);
		}
	}
}

void tcp_next(struct flow *f, struct packet *p)
{
	u8 end;

	if (rnd(100) < f->wild) {
		forged(f, p);
		return;
	}
	/* What was lost is acknowledged at last. */
	for (end = 0; end < 2; end++)
		if (one_in(3) && f->phase >= OPEN)
			f->tcp[end].rcv = f->tcp[!end].nxt;
	in_order(f, p);
}
