// SPDX-License-Identifier: GPL-2.0-only
/* What one packet costs. Each row begins with the table that the one before left. */
#include <net/tcp.h>
#include "bench.h"
#include "meter.h"

enum { HOT = 64 };

static int everyone(struct nf_conn *ct, void *data)
{
	return 1;
}

static void delete_all(struct bench *b)
{
	struct nf_ct_iter_data all = { .net = b->net };

	nf_ct_iterate_cleanup_net(everyone, &all);
}

void bench_flush(struct bench *b)
{
	delete_all(b);
	/* Freed memory goes back to the slab, not to somebody's memory of the row before. */
	synchronize_net();
}

bool bench_fill_udp(struct bench *b, u32 first, u32 n)
{
	u32 i, bad = 0;

	for (i = first; i < first + n; i++) {
		local_bh_disable();
		bad += !bench_pass_udp(b, i, CLIENT);
		local_bh_enable();
		cond_resched();
	}
	return !bad;
}

/* Handshake, data both ways, the end. */
static const struct {
	enum from from;
	u8 flags;
	u32 seq, ack;
} session[] = {
	{ CLIENT, TCPHDR_SYN, 1000, 0 },
	{ SERVER, TCPHDR_SYN | TCPHDR_ACK, 5000, 1001 },
	{ CLIENT, TCPHDR_ACK, 1001, 5001 },
	{ CLIENT, TCPHDR_ACK | TCPHDR_PSH, 1001, 5001 },
	{ SERVER, TCPHDR_ACK | TCPHDR_PSH, 5001, 1001 },
	{ CLIENT, TCPHDR_ACK, 1001, 5001 },
	{ CLIENT, TCPHDR_FIN | TCPHDR_ACK, 1001, 5001 },
	{ SERVER, TCPHDR_ACK, 5001, 1002 },
	{ SERVER, TCPHDR_FIN | TCPHDR_ACK, 5001, 1002 },
	{ CLIENT, TCPHDR_ACK, 1002, 5002 },
};

enum { HANDSHAKE = 3, TEN = ARRAY_SIZE(session) };

static void of_session(struct bench *b, u32 flow, u32 step)
{
	bench_tcp(b, flow, session[step].from, session[step].flags, session[step].seq, session[step].ack);
}

/* The first so many packets of a session. */
static bool open_session(struct bench *b, u32 flow, u32 steps)
{
	bool ok = true;
	u32 step;

	local_bh_disable();
	for (step = 0; step < steps; step++) {
		of_session(b, flow, step);
		ok &= bench_pass(b);
	}
	local_bh_enable();
	return ok;
}

static bool open_sessions(struct bench *b, u32 n, u32 steps)
{
	u32 i, bad = 0;

	for (i = 0; i < n; i++) {
		bad += !open_session(b, i, steps);
		cond_resched();
	}
	return !bad;
}

bool bench_fill_tcp(struct bench *b, u32 n)
{
	return open_sessions(b, n, HANDSHAKE);
}

/* ---- one of each kind ---- */

/* A packet that must become INVALID. */
static bool invalid(struct bench *b)
{
	bool none;

	bench_in(b);
	none = !skb_nfct(b->skb);
	bench_forget(b);
	return none;
}

static bool related(struct bench *b)
{
	enum ip_conntrack_info info;
	bool found;

	bench_in(b);
	found = nf_ct_get(b->skb, &info) && (info == IP_CT_RELATED || info == IP_CT_RELATED_REPLY);
	bench_forget(b);
	return found;
}

static void tcp_ack(struct bench *b, u32 flow, enum from from)
{
	if (from == SERVER)
		bench_tcp(b, flow, SERVER, TCPHDR_ACK, 5001, 1001);
	else
		bench_tcp(b, flow, CLIENT, TCPHDR_ACK, 1001, 5001);
}

static bool delete(struct bench *b)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;

	if (!nf_ct_get_tuplepr(b->skb, 0, b->family, b->net, &tuple))
		return false;
	h = nf_conntrack_find_get(b->net, &nf_ct_zone_dflt, &tuple);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
	return true;
}

/* ---- rows ---- */

/* A small table is filled several times, so that its rows have packets enough. */
static u32 fills(const struct bench *b)
{
	return clamp(bench_packets_a_row / 4 / b->flows, 1u, 50u);
}

/* What a play's packets have used up, before the next one. The first begins with the table as it is. */
static void refill_udp(struct bench *b, u32 play)
{
	if (!play)
		return;
	bench_flush(b);
	bench_fill_udp(b, 0, b->flows);
}

static void refill_syn(struct bench *b, u32 play)
{
	if (!play)
		return;
	bench_flush(b);
	open_sessions(b, b->flows, 1);
}

static void flush_row(struct bench *b)
{
	u32 k, left;
	u64 begin;

	meter_begin("flush");
	plays_begin(fills(b));
	for (k = 0; k < fills(b); k++) {
		if (k)
			bench_fill_udp(b, 0, b->flows);
		left = nf_conntrack_count(b->net);
		turn_begin();
		begin = bench_now();
		delete_all(b);
		meter_slice(bench_now() - begin, left, nf_conntrack_count(b->net));
		turn_end();
	}
	plays_end(fills(b));
	meter_end();
}

static void udp_rows(struct bench *b)
{
	u32 n = b->flows, many = bench_packets_a_row, again = fills(b), k;
	u64 begin, waited, wall = 0;

	meter_begin("udp first");
	plays_begin(again);
	for (k = 0; k < again; k++) {
		bench_flush(b);
		waited = turn_waited();
		begin = bench_now();
		METER_PLAY(b, n, bench_udp(b, i, CLIENT), bench_pass(b));
		wall += bench_now() - begin - (turn_waited() - waited);
	}
	plays_end(again);
	meter_end();
	/* What first packets set going, such as a table that grows, runs between the slices. */
	meter_say("udp first, with its background", wall, (u64)again * n, 0);
	METER_PLAYS(b, "udp first reply", again, refill_udp(b, play), n, bench_udp(b, i, SERVER), bench_pass(b));
	METER_ROW(b, "udp established hot", many, bench_udp(b, i % HOT, i & 1), bench_pass(b));
	METER_ROW(b, "udp established cold", many, bench_udp(b, bench_random(b, n), i & 1), bench_pass(b));
	METER_ROW(b, "icmp error", many, bench_icmp_error(b, bench_random(b, n)), related(b));
	/* In a table that holds other flows, too. */
	METER_ROW(b, "tcp session of ten", min(TEN * n, many), of_session(b, i / TEN, i % TEN), bench_pass(b));
	METER_PLAYS(b, "delete by tuple", again, refill_udp(b, play), n / 2, bench_udp(b, 2 * i, CLIENT), delete(b));
	flush_row(b);
	bench_flush(b);
}

static void tcp_rows(struct bench *b)
{
	u32 n = b->flows, many = bench_packets_a_row, again = fills(b);

	METER_PLAYS(b, "tcp first", again, bench_flush(b), n, bench_tcp(b, i, CLIENT, TCPHDR_SYN, 1000, 0), bench_pass(b));
	METER_PLAYS(b, "tcp first reply", again, refill_syn(b, play), n, bench_tcp(b, i, SERVER, TCPHDR_SYN | TCPHDR_ACK, 5000, 1001), bench_pass(b));
	bench_flush(b);
	bench_fill_tcp(b, n);
	METER_ROW(b, "tcp established hot", many, tcp_ack(b, i % HOT, i & 1), bench_pass(b));
	METER_ROW(b, "tcp established cold", many, tcp_ack(b, bench_random(b, n), i & 1), bench_pass(b));
	METER_ROW(b, "invalid by flags", many, bench_tcp(b, bench_random(b, n), CLIENT, TCPHDR_SYN | TCPHDR_FIN, 1001, 5001), invalid(b));
	METER_ROW(b, "invalid by window", many, bench_tcp(b, bench_random(b, n), CLIENT, TCPHDR_ACK, 0x40000000, 5001), invalid(b));
	bench_flush(b);
}

static void accounted_rows(struct bench *b)
{
	u32 n = b->flows, many = bench_packets_a_row;

	b->net->ct.sysctl_acct = 1;
	METER_PLAYS(b, "udp first, accounted", fills(b), bench_flush(b), n, bench_udp(b, i, CLIENT), bench_pass(b));
	METER_ROW(b, "udp established hot, accounted", many, bench_udp(b, i % HOT, i & 1), bench_pass(b));
	METER_ROW(b, "udp established cold, accounted", many, bench_udp(b, bench_random(b, n), i & 1), bench_pass(b));
	bench_flush(b);
	bench_fill_tcp(b, n);
	METER_ROW(b, "tcp established hot, accounted", many, tcp_ack(b, i % HOT, i & 1), bench_pass(b));
	METER_ROW(b, "tcp established cold, accounted", many, tcp_ack(b, bench_random(b, n), i & 1), bench_pass(b));
	b->net->ct.sysctl_acct = 0;
	bench_flush(b);
}

void bench_packets(struct bench *b)
{
	udp_rows(b);
	tcp_rows(b);
	accounted_rows(b);
}
