// SPDX-License-Identifier: GPL-2.0-only
/* First packets that something else looks at, too: expectations, NAT. */
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>
#include "bench.h"
#include "helper.h"
#include "meter.h"

enum { MASTERS = 4, EXPECTATIONS = 1000 };

/* From the server to ports of nobody's: no packet of ours fulfils it. */
static bool expect(struct bench *b, struct nf_conn *master, u16 n)
{
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	union nf_inet_addr from = bench_address(b, BENCH_SERVER), to = bench_address(b, 0x0afe0002);
	__be16 port = htons(30000 + n);
	bool done;

	if (!exp)
		return false;
	nf_ct_expect_init(exp, 0, b->family, &from, &to, IPPROTO_UDP, NULL, &port);
	done = !nf_ct_expect_related(exp, 0);
	nf_ct_expect_put(exp);
	return done;
}

/* Flows beyond the row's own are the masters. Whether all expectations wait. */
static bool expect_many(struct bench *b)
{
	struct nf_conn *ct;
	enum ip_conntrack_info info;
	u32 k, i, bad = 0;

	b->template = bench_helped_template(b);
	if (!b->template)
		return false;
	local_bh_disable();
	rcu_read_lock();
	for (k = 0; k < MASTERS; k++) {
		bench_udp(b, b->flows + k, CLIENT);
		bad += bench_in(b) != NF_ACCEPT || nf_conntrack_confirm(b->skb) != NF_ACCEPT;
		ct = nf_ct_get(b->skb, &info);
		for (i = 0; ct && i < EXPECTATIONS / MASTERS; i++)
			bad += !expect(b, ct, k * (EXPECTATIONS / MASTERS) + i);
		bad += !ct;
		bench_forget(b);
	}
	rcu_read_unlock();
	local_bh_enable();
	nf_ct_put(b->template);
	b->template = NULL;
	return !bad;
}

static void expect_anew(struct bench *b)
{
	bench_flush(b);
	if (!expect_many(b))
		meter_slice(0, 1, 1);
}

/* As a rule that masquerades does, to an address a client. */
static bool translated(struct bench *b, u32 flow)
{
	struct nf_nat_range2 range = { .flags = NF_NAT_RANGE_MAP_IPS };
	enum ip_conntrack_info info;
	struct nf_conn *ct;
	bool ok;

	ok = bench_in(b) == NF_ACCEPT;
	ct = nf_ct_get(b->skb, &info);
	range.min_addr = range.max_addr = bench_address(b, 0x0b000000 + (BENCH_CLIENT(flow) & 0xffffff));
	ok = ok && ct && nf_nat_setup_info(ct, &range, NF_NAT_MANIP_SRC) == NF_ACCEPT && nf_conntrack_confirm(b->skb) == NF_ACCEPT;
	bench_forget(b);
	return ok;
}

void bench_special(struct bench *b)
{
	u32 n = min(b->flows, bench_packets_a_row / 2), again = clamp(20000 / n, 1u, 20u);

	METER_PLAYS(b, "udp first, no expectation", again, bench_flush(b), n, bench_udp(b, i, CLIENT), bench_pass(b));
	METER_PLAYS(b, "udp first, 1,000 expectations", again, expect_anew(b), n, bench_udp(b, i, CLIENT), bench_pass(b));
	METER_PLAYS(b, "udp first, source NAT", again, bench_flush(b), n, bench_udp(b, i, CLIENT), translated(b, i));
	bench_flush(b);
}
