// SPDX-License-Identifier: GPL-2.0-only
/* Plays a packet through conntrack, whichever is loaded, and takes down what became of it. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include "diff.h"

static struct record *now;	/* of the packet that is being played */
static u64 events_outside;	/* no packet is being played: the end of a chapter */
static u32 refuse;		/* the listener refuses events that may be told again: odds of this packet */

static bool expired(const struct nf_conn *ct)
{
	return (s32)(READ_ONCE(ct->timeout) - (u32)jiffies) <= 0;
}

static u64 mix(u64 h, const void *data, size_t size)
{
	const u8 *at = data;

	for (; size >= 8; size -= 8, at += 8) {
		h = (h ^ *(const u64 *)at) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	while (size--)
		h = (h ^ *at++) * 0x100000001b3ULL;
	return h;
}

static u64 digest(const struct sk_buff *skb)
{
	static u8 bytes[MAX_PACKET] __aligned(8);

	return skb_copy_bits(skb, 0, bytes, skb->len) ? 0 : mix(skb->len, bytes, skb->len);
}

/* ---- events ---- */

static int tell(struct event *e, bool again)
{
	if (!now) {
		/* The order of a chapter's end, again, depends on the key: a sum. */
		events_outside += mix(1, e, sizeof(*e));
		return 0;
	}
	e->refused = refuse && again;
	if (now->events < MAX_EVENTS)
		now->event[now->events] = *e;
	now->events++;
	return e->refused ? -ENOBUFS : 0;
}

static int listen(unsigned int mask, const struct nf_ct_event *item)
{
	struct nf_conn *ct = item->ct;
	bool destroy = mask & BIT(IPCT_DESTROY);
	struct event e = {};

	/* Who finds an expired entry first depends on the chains, which depend on a random key. */
	if (destroy && expired(ct))
		return 0;
	e.mask = mask;
	e.status = (u32)ct->status; /* the other half is the module's own */
	e.tuple = ct->tuplehash[0].tuple;
	/* A destruction would be told later, by a timer. */
	return tell(&e, !destroy);
}

static int listen_expect(unsigned int mask, const struct nf_exp_event *item)
{
	struct event e = { .mask = mask << 16, .status = item->exp->flags, .tuple = item->exp->tuple };

	tell(&e, false);
	return 0;
}

static const struct nf_ct_event_notifier listener = { .ct_event = listen, .exp_event = listen_expect };

void play_notify(bool on)
{
	if (on)
		nf_conntrack_register_notifier(diff_net, &listener);
	else
		nf_conntrack_unregister_notifier(diff_net);
}

/* ---- what there is to see of a connection ---- */

/* Each protocol's own part: what is behind it nobody has written, and of a protocol without one the connection's memory may end there. */
static void keep_state(struct entry *e, const struct nf_conn *ct)
{
	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		e->proto.tcp = ct->proto.tcp;
		break;
	case IPPROTO_SCTP:
		e->proto.sctp = ct->proto.sctp;
		break;
	case IPPROTO_DCCP:
		e->proto.dccp = ct->proto.dccp;
		break;
	case IPPROTO_GRE:
		e->proto.gre = ct->proto.gre;
		break;
	default:
		e->proto.udp = ct->proto.udp;
	}
}

static void look(struct entry *e, struct nf_conn *ct)
{
	const struct nf_conn_acct *acct;
	const struct nf_conn_tstamp *tstamp;
	const struct nf_conntrack_ecache *cache;
	const struct nf_conn_help *help;
	unsigned int i;

	if (!ct)
		return;
	e->status = (u32)ct->status;
	if (!nf_ct_is_confirmed(ct)) {
		e->what = UNCONFIRMED;
		e->left = ct->timeout;
	} else if (expired(ct)) {
		/* Whether it was found yet is chance, see above. */
		memset(e, 0, sizeof(*e));
		e->what = EXPIRED;
		return;
	} else {
		e->what = nf_ct_is_dying(ct) ? DYING : ALIVE;
		e->left = (s32)(ct->timeout - (u32)jiffies);
	}
	e->mark = ct->mark;
	e->use = refcount_read(&ct->ct_general.use);
	e->zone = nf_ct_zone(ct)->id;
	e->tuple[0] = ct->tuplehash[0].tuple;
	e->tuple[1] = ct->tuplehash[1].tuple;
	keep_state(e, ct);
	for (i = 0; i < NF_CT_EXT_NUM; i++)
		if (nf_ct_ext_exist(ct, i))
			e->extensions |= BIT(i);
	acct = nf_conn_acct_find(ct);
	if (acct)
		for (i = 0; i < 2; i++) {
			e->acct[2 * i] = atomic64_read(&acct->counter[i].packets);
			e->acct[2 * i + 1] = atomic64_read(&acct->counter[i].bytes);
		}
	tstamp = nf_conn_tstamp_find(ct);
	e->started = tstamp && tstamp->start;
	if (nfct_seqadj(ct))
		e->shift = *nfct_seqadj(ct);
	if (ct->master)
		e->master = ct->master->tuplehash[0].tuple;
	help = nfct_help(ct);
	if (help) {
		memcpy(e->expecting, help->expecting, sizeof(help->expecting));
		e->expecting[7] = !!rcu_access_pointer(help->helper);
	}
	cache = nf_ct_ecache_find(ct);
	if (cache) {
		e->pending = cache->cache;
		e->ctmask = cache->ctmask;
		e->missed = cache->missed;
	}
}

static void stats(u32 *s)
{
	const struct ip_conntrack_stat *st = per_cpu_ptr(diff_net->ct.stat, 0);

	/* Not those that depend on the hash: search_restart, chaintoolong. */
	s[0] = st->invalid;
	s[1] = st->insert;
	s[2] = st->insert_failed;
	s[3] = st->clash_resolve;
	s[4] = st->drop;
	s[5] = st->early_drop;
	s[6] = st->error;
	s[7] = st->found;
	s[8] = st->expect_new;
	s[9] = st->expect_create;
	s[10] = st->expect_delete;
}

/* ---- a packet's way ---- */

static struct nf_hook_state at(const struct sk_buff *skb, u8 hook)
{
	struct nf_hook_state s = {
		.hook = hook,
		.pf = skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.net = diff_net,
	};

	if (hook == NF_INET_PRE_ROUTING)
		s.in = diff_net->loopback_dev;
	else
		s.out = diff_net->loopback_dev;
	return s;
}

#ifdef CONFIRM_IS_A_HOOK
static u32 confirm(struct sk_buff *skb)
{
	struct nf_hook_state s = at(skb, NF_INET_POST_ROUTING);

	return nf_confirm(NULL, skb, &s);
}
#else
/* What the hooks of 6.1 do before they call it; they are not exported. */
static u32 confirm(struct sk_buff *skb)
{
	int offset = skb_network_offset(skb) + ip_hdrlen(skb);
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);
	u8 protocol = ipv6_hdr(skb)->nexthdr;
	__be16 fragment = 0;

	if (!ct || info == IP_CT_RELATED_REPLY)
		return nf_conntrack_confirm(skb);
	if (skb->protocol == htons(ETH_P_IPV6))
		offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &protocol, &fragment);
	return offset < 0 || fragment & htons(~0x7) ? nf_conntrack_confirm(skb) : nf_confirm(skb, offset, ct, info);
}
#endif

static void adopt(struct flow *f, const struct packet *p, struct nf_conn *ct)
{
	const union nf_inet_addr *src = &ct->tuplehash[0].tuple.src.u3;

	nf_conntrack_get(&ct->ct_general);
	if (f->ct)
		nf_ct_put(f->ct);
	f->ct = ct;
	f->original = ntohl(f->family == NFPROTO_IPV4 ? src->ip : src->ip6[3]) % 0x01000000 != f->host[0];
}

/* ---- entries that ran out ---- */

static struct nf_conn *known[2 * CHAPTER_PACKETS];
static unsigned int n_known;

/* A packet's connection that was in no table before confirm. */
static void know(struct nf_conn *ct)
{
	if ((!diff_translating && !diff_expecting) || !ct || !nf_ct_is_confirmed(ct) || n_known == ARRAY_SIZE(known))
		return;
	nf_conntrack_get(&ct->ct_general);
	known[n_known++] = ct;
}

/*
 * Where reply tuples are not the inverse, an entry that ran out stands in the way of another as long as no lookup has come across it, which is a
 * matter of chance; so do its expectations until then. So in such chapters the feeder removes them itself whenever the clock has moved.
 */
void play_sweep(bool all)
{
	unsigned int i, kept = 0;

	for (i = 0; i < n_known; i++) {
		struct nf_conn *ct = known[i];

		if (!all && !nf_ct_is_dying(ct) && !expired(ct)) {
			known[kept++] = ct;
			continue;
		}
		if (expired(ct))
			nf_ct_kill(ct);
		nf_ct_put(ct);
	}
	n_known = kept;
}

void play_helped(u32 protoff, u32 outcome)
{
	if (!now)
		return;
	now->helped += protoff ? 0x10000 + protoff : 0;
	if (outcome)
		now->expected = outcome;
}

static void release_held(struct flow *f, struct record *r)
{
	struct sk_buff *skb = f->held;
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	f->held = NULL;
	/* An entry that ran out meanwhile is told of or not, depending on who found it first. */
	if (!nf_ct_is_confirmed(ct)) {
		r->late = 1 + confirm(skb);
		if (nf_ct_get(skb, &info) == ct)
			know(ct);
	} else if (!expired(ct)) {
		r->late = 1 + confirm(skb);
	}
	kfree_skb(skb);
}

void play(struct flow *f, const struct packet *p, struct record *r)
{
	enum rule rule = some_rule(f);
	struct sk_buff *skb = fragments_arrive(p), *held = f->held;
	enum ip_conntrack_info info;
	struct nf_hook_state s;
	u32 before[ARRAY_SIZE(r->stat)], after[ARRAY_SIZE(r->stat)];
	struct nf_conn *ct;
	unsigned int i;

	refuse = one_in(64);
	memset(r, 0, sizeof(*r));
	now = r;
	stats(before);
	if (!skb) {
		r->in = NF_STOLEN;
		goto gone;
	}
	s = at(skb, p->hook);
	if (f->tmpl) {
		nf_conntrack_get(&f->tmpl->ct_general);
		nf_ct_set(skb, f->tmpl, IP_CT_NEW);
		skb->mark = f->number & 3;
	}
	r->in = nf_conntrack_in(skb, &s);
	ct = nf_ct_get(skb, &info);
	r->in_info = info;
	r->rule = rule;
	look(&r->packet, ct);
	r->out = ~0;
	if (r->in == NF_ACCEPT && (!ct || apply_rule(rule, f, p, skb))) {
		r->out = confirm(skb);
		if (r->packet.what == UNCONFIRMED && nf_ct_get(skb, &info) == ct)
			know(ct);
		ct = nf_ct_get(skb, &info);
		r->out_info = info;
		r->bytes = digest(skb);
		if (ct && nf_ct_is_confirmed(ct) && info != IP_CT_RELATED && info != IP_CT_RELATED_REPLY && ct != f->ct && (p->clean || !f->ct))
			adopt(f, p, ct);
	} else if (r->in == NF_ACCEPT && rule == HOLD) {
		f->held = skb;
		skb = NULL;
	}
gone:
	if (held)
		release_held(f, r);
	kfree_skb(skb);
	look(&r->flow, f->ct);
	if (f->ct && (r->flow.what == EXPIRED || r->flow.what == DYING)) {
		nf_ct_put(f->ct);
		f->ct = NULL;
	}
	stats(after);
	for (i = 0; i < ARRAY_SIZE(after); i++)
		r->stat[i] = after[i] - before[i];
	now = NULL;
}

/* The flow's slot is needed for another. */
void play_settle(struct flow *f)
{
	if (f->held) {
		kfree_skb(f->held);
		f->held = NULL;
	}
	if (f->ct)
		nf_ct_put(f->ct);
	f->ct = NULL;
	rules_forget(f);
}

void play_begin(void)
{
	events_outside = 0;
}

/*
 * Takes every entry out of the table. What the entries looked like and what was told of their end, as one number. They are looked at before
 * the first one goes: a child's end shows in its master.
 */
u64 play_end(void)
{
	struct nf_conntrack_tuple_hash *h;
	struct hlist_nulls_node *n;
	struct entry e;
	struct nf_conn *ct;
	unsigned int i;
	u64 sum = 0;

	rcu_read_lock();
	for (i = 0; i < nf_conntrack_htable_size; i++) {
		hlist_nulls_for_each_entry_rcu(h, n, &nf_conntrack_hash[i], hnnode) {
			ct = nf_ct_tuplehash_to_ctrack(h);
			if (NF_CT_DIRECTION(h) || nf_ct_net(ct) != diff_net)
				continue;
			memset(&e, 0, sizeof(e));
			look(&e, ct);
			if (e.what != EXPIRED)
				sum += mix(2, &e, sizeof(e));
		}
	}
	for (i = 0; i < nf_conntrack_htable_size; i++) {
again:
		hlist_nulls_for_each_entry_rcu(h, n, &nf_conntrack_hash[i], hnnode) {
			ct = nf_ct_tuplehash_to_ctrack(h);
			if (nf_ct_net(ct) != diff_net)
				continue;
			nf_conntrack_get(&ct->ct_general);
			nf_ct_delete(ct, 0, 0);
			nf_ct_put(ct);
			goto again;
		}
	}
	rcu_read_unlock();
	return sum + events_outside + rules_end() + expect_left() + (u64)nf_conntrack_count(diff_net) * 0x9e3779b97f4a7c15ULL;
}
