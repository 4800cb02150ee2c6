// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an nft or iptables rule, NAT or a helper does to a packet and its connection, as far as it needs no other module: templates with a zone, a
 * mask of events or timeouts of their own, reply tuples that are not the inverse, shifted sequence numbers, marks, deaths.
 */
#include <linux/tcp.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include "diff.h"

#define HELD_FOR_EVER (1 << 20)

/* A policy as nfct_timeout makes it: an array for whatever protocol it is used with. */
static struct {
	struct nf_ct_timeout policy;
	unsigned int seconds[16];
} timeouts;

void rules_begin(void)
{
	unsigned int i;

	refcount_set(&timeouts.policy.refcnt, HELD_FOR_EVER);
	for (i = 0; i < ARRAY_SIZE(timeouts.seconds); i++)
		timeouts.seconds[i] = 1 + rnd(500 * HZ);
}

/* References that connections or templates left behind. */
u64 rules_end(void)
{
	return refcount_read(&timeouts.policy.refcnt) - HELD_FOR_EVER;
}

void rules_forget(struct flow *f)
{
	if (!f->tmpl)
		return;
	nf_ct_timeout_put(f->tmpl);
	nf_ct_put(f->tmpl);
	f->tmpl = NULL;
}

void rules_open(struct flow *f)
{
	static const u8 directions[] = { NF_CT_DEFAULT_ZONE_DIR, NF_CT_DEFAULT_ZONE_DIR, NF_CT_ZONE_DIR_ORIG, NF_CT_ZONE_DIR_REPL };
	struct nf_conntrack_zone zone;
	u16 ctmask = 0, expmask = 0;
	bool helped;

	f->nat = diff_translating && one_in(2) ? 50 + rnd(3) : 0;
	f->shifted = one_in(6) && f->protocol == IPPROTO_TCP;
	helped = diff_expecting && !f->expected && one_in(2);
	if (!helped && !one_in(6))
		return;
	nf_ct_zone_init(&zone, helped || one_in(3) ? 0 : 1 + rnd(3), directions[rnd(4)], one_in(4) ? NF_CT_FLAG_MARK : 0);
	f->tmpl = nf_ct_tmpl_alloc(diff_net, &zone, GFP_ATOMIC);
	if (!f->tmpl)
		return;
	if (one_in(2)) {
		ctmask = rnd32();
		expmask = rnd32();
		nf_ct_ecache_ext_add(f->tmpl, ctmask, expmask, GFP_ATOMIC);
	}
	if (one_in(2))
		nf_ct_timeout_ext_add(f->tmpl, &timeouts.policy, GFP_ATOMIC);
	if (helped)
		expect_help(f->tmpl);
	/* Open vSwitch's is not: such a packet leaves the expectation where it is. */
	if (!f->expected || !one_in(4))
		__set_bit(IPS_CONFIRMED_BIT, &f->tmpl->status);
}

enum rule some_rule(const struct flow *f)
{
	u32 n = rnd(1200);

	if (f->shifted && one_in(8))
		return SHIFT;
	return n < 30 ? MARK : n < 50 ? DROP : n < 53 ? KILL : n < 56 ? FIX : n < 59 ? CLOSE : n < 90 ? HOLD : PASS;
}

/* What NAT does to a connection before it is confirmed. */
static void translate(const struct flow *f, struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *original = &ct->tuplehash[0].tuple;
	union nf_inet_addr *seen = &ct->tuplehash[1].tuple.dst.u3;

	if (f->shifted && nf_ct_protonum(ct) == IPPROTO_TCP && !nfct_seqadj(ct))
		nfct_seqadj_ext_add(ct);
	if (!f->nat || original->src.l3num != f->family)
		return;
	if (f->family == NFPROTO_IPV4 && original->src.u3.ip == htonl(0x0a000000 + f->host[0]))
		seen->ip = htonl(0x0a000000 + f->nat);
	else if (f->family == NFPROTO_IPV6 && original->src.u3.ip6[3] == htonl(f->host[0]))
		seen->ip6[3] = htonl(f->nat);
	else
		return;
	ct->status |= IPS_SRC_NAT;
}

static void shift(const struct packet *p, struct sk_buff *skb, struct nf_conn *ct, enum ip_conntrack_info info)
{
	const struct tcphdr *th;
	struct tcphdr buf;

	if (!p->clean || p->protocol != IPPROTO_TCP || nf_ct_protonum(ct) != IPPROTO_TCP || !nfct_seqadj(ct))
		return;
	th = skb_header_pointer(skb, p->l4, sizeof(buf), &buf);
	if (th)
		nf_ct_seqadj_set(ct, info, th->seq, (s32)(ntohl(th->seq) % 41) - 20);
}

/* For a packet that has a connection. False: the packet goes no further. */
bool apply_rule(enum rule rule, struct flow *f, const struct packet *p, struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (!nf_ct_is_confirmed(ct) && info == IP_CT_NEW)
		translate(f, ct);
	if (diff_expecting)
		expect_rule(ct);
	switch (rule) {
	case PASS:
		return true;
	case MARK:
		ct->mark = 1 + (ct->mark * 7 + 5) % 1000;
		nf_conntrack_event_cache(IPCT_MARK, ct);
		return true;
	case KILL:
		if (nf_ct_is_confirmed(ct))
			nf_ct_kill(ct);
		return true;
	case FIX:
		set_bit(IPS_FIXED_TIMEOUT_BIT, &ct->status);
		return true;
	case CLOSE:
		nf_ct_set_closing(&ct->ct_general);
		return true;
	case SHIFT:
		shift(p, skb, ct, info);
		return true;
	case HOLD:
		return f->held;
	case DROP:
		break;
	}
	return false;
}
