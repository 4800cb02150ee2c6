// SPDX-License-Identifier: GPL-2.0-only
/* The rows. Each begins with the table that the one before left, as the comments say; a slice of packets runs without interruption. */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmstat.h>
#include <net/tcp.h>
#include "bench.h"

enum { SLICE = 4096, HOT = 64 };

static void (*report)(const struct figure *f);

/* Runs `what` for 0 .. times - 1 in slices, as softirq code does: bottom halves off, RCU held. It answers whether it was accepted. */
#define ROW(label, count, what)                                                                                                                 \
	do {                                                                                                                                   \
		struct figure figure_ = { label, 0, count, 0 };                                                                               \
		u32 i = 0;                                                                                                                     \
		while (i < figure_.times) {                                                                                                    \
			u32 stop_ = min_t(u64, figure_.times, i + SLICE);                                                                      \
			u64 begin_;                                                                                                            \
			local_bh_disable();                                                                                                    \
			rcu_read_lock();                                                                                                       \
			begin_ = ktime_get_raw_fast_ns();                                                                                      \
			for (; i < stop_; i++)                                                                                                 \
				figure_.refused += !(what);                                                                                    \
			figure_.ns += ktime_get_raw_fast_ns() - begin_;                                                                        \
			rcu_read_unlock();                                                                                                     \
			local_bh_enable();                                                                                                     \
			cond_resched();                                                                                                        \
		}                                                                                                                              \
		report(&figure_);                                                                                                              \
	} while (0)

/* The same for one thing that may sleep and does `times` things. */
#define WHOLE(label, count, what)                                                                                                              \
	do {                                                                                                                                   \
		u64 begin_ = ktime_get_raw_fast_ns();                                                                                          \
		what;                                                                                                                          \
		report(&(struct figure){ label, ktime_get_raw_fast_ns() - begin_, count, 0 });                                                  \
	} while (0)

static int everyone(struct nf_conn *ct, void *data)
{
	return 1;
}

static void flush(void)
{
	struct nf_ct_iter_data all = { .net = bench_net };

	nf_ct_iterate_cleanup_net(everyone, &all);
	/* Freed memory goes back to the slab, not to somebody's memory of the row before. */
	synchronize_net();
}

static bool udp(struct bench *b, u32 flow, enum from from)
{
	bench_udp(b, flow, from);
	return bench_pass(b);
}

static bool tcp(struct bench *b, u32 flow, enum from from, u8 flags, u32 seq, u32 ack)
{
	bench_tcp(b, flow, from, flags, seq, ack);
	return bench_pass(b);
}

/* A packet that must become INVALID. */
static bool invalid(struct bench *b)
{
	bool none;

	bench_in(b);
	none = !skb_nfct(b->skb);
	bench_forget(b);
	return none;
}

static bool related(struct bench *b, u32 flow)
{
	enum ip_conntrack_info info;
	bool found;

	bench_icmp_error(b, flow);
	bench_in(b);
	found = nf_ct_get(b->skb, &info) && (info == IP_CT_RELATED || info == IP_CT_RELATED_REPLY);
	bench_forget(b);
	return found;
}

static bool session(struct bench *b, u32 flow)
{
	bool ok = tcp(b, flow, CLIENT, TCPHDR_SYN, 1000, 0);

	ok &= tcp(b, flow, SERVER, TCPHDR_SYN | TCPHDR_ACK, 5000, 1001);
	ok &= tcp(b, flow, CLIENT, TCPHDR_ACK, 1001, 5001);
	ok &= tcp(b, flow, CLIENT, TCPHDR_ACK | TCPHDR_PSH, 1001, 5001);
	ok &= tcp(b, flow, SERVER, TCPHDR_ACK | TCPHDR_PSH, 5001, 1001);
	ok &= tcp(b, flow, CLIENT, TCPHDR_ACK, 1001, 5001);
	ok &= tcp(b, flow, CLIENT, TCPHDR_FIN | TCPHDR_ACK, 1001, 5001);
	ok &= tcp(b, flow, SERVER, TCPHDR_ACK, 5001, 1002);
	ok &= tcp(b, flow, SERVER, TCPHDR_FIN | TCPHDR_ACK, 5001, 1002);
	return ok & tcp(b, flow, CLIENT, TCPHDR_ACK, 1002, 5002);
}

static bool delete(struct bench *b, u32 flow)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conntrack_tuple tuple;
	struct nf_conn *ct;

	bench_udp(b, flow, CLIENT);
	if (!nf_ct_get_tuplepr(b->skb, 0, b->family, bench_net, &tuple))
		return false;
	h = nf_conntrack_find_get(bench_net, &nf_ct_zone_dflt, &tuple);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
	return true;
}

static void udp_rows(struct bench *b)
{
	u32 n = b->flows, many = max(n, 200000u);
	unsigned long pages = global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) + global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);

	ROW("udp first", n, udp(b, i, CLIENT));
	pages = global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) + global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) - pages;
	report(&(struct figure){ "bytes a connection", (u64)pages << PAGE_SHIFT, n, 0 });
	ROW("udp first reply", n, udp(b, bench_random(b, n), SERVER));
	ROW("udp established hot", many, udp(b, i % HOT, i & 1));
	ROW("udp established cold", many, udp(b, bench_random(b, n), i & 1));
	ROW("icmp error", many, related(b, bench_random(b, n)));
	ROW("delete by tuple", n / 2, delete(b, 2 * i));
	WHOLE("flush", n / 2, flush());
}

static void tcp_rows(struct bench *b)
{
	u32 n = b->flows, many = max(n, 200000u), i;

	ROW("tcp session of ten", n, session(b, i));
	flush();
	ROW("tcp first", n, tcp(b, i, CLIENT, TCPHDR_SYN, 1000, 0));
	ROW("tcp first reply", n, tcp(b, i, SERVER, TCPHDR_SYN | TCPHDR_ACK, 5000, 1001));
	for (i = 0; i < n; i++) {
		tcp(b, i, CLIENT, TCPHDR_ACK, 1001, 5001);
		if (!(i % SLICE))
			cond_resched();
	}
	ROW("tcp established hot", many, (i & 1 ? tcp(b, i % HOT, SERVER, TCPHDR_ACK, 5001, 1001) : tcp(b, i % HOT, CLIENT, TCPHDR_ACK, 1001, 5001)));
	ROW("tcp established cold", many, (i & 1 ? tcp(b, bench_random(b, n), SERVER, TCPHDR_ACK, 5001, 1001) :
						   tcp(b, bench_random(b, n), CLIENT, TCPHDR_ACK, 1001, 5001)));
	ROW("invalid by flags", many, (bench_tcp(b, bench_random(b, n), CLIENT, TCPHDR_SYN | TCPHDR_FIN, 1001, 5001), invalid(b)));
	ROW("invalid by window", many, (bench_tcp(b, bench_random(b, n), CLIENT, TCPHDR_ACK, 0x40000000, 5001), invalid(b)));
	flush();
}

/* New flows on a table that holds as many as it may. */
static void full_rows(struct bench *b)
{
	u32 n = b->flows, more = min(n, 20000u), i;
	unsigned int max = nf_conntrack_max;

	nf_conntrack_max = n;
	for (i = 0; i < n; i++)
		udp(b, i, CLIENT);
	ROW("new on full, unassured", more, udp(b, n + i, CLIENT));
	nf_conntrack_max = max;
	flush();

	nf_conntrack_max = n;
	for (i = 0; i < n; i++) {
		tcp(b, i, CLIENT, TCPHDR_SYN, 1000, 0);
		tcp(b, i, SERVER, TCPHDR_SYN | TCPHDR_ACK, 5000, 1001);
		tcp(b, i, CLIENT, TCPHDR_ACK, 1001, 5001);
	}
	ROW("new on full, assured", more, udp(b, n + i, CLIENT));
	nf_conntrack_max = max;
	flush();
}

void bench_rows(struct bench *b, void (*say)(const struct figure *f))
{
	report = say;
	flush();
	udp_rows(b);
	tcp_rows(b);
	full_rows(b);
}
