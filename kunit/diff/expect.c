// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers and expectations. A third of the chapters has flows that are expected (UDP, GRE and protocols without a tracker: their first packet is never
 * INVALID, see "Differences that are meant"). The others' packets put up what they will fulfil: from a helper that a template brings, or from a rule,
 * without a helper.
 */
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include "diff.h"

bool diff_expecting;

/* What is done at this packet; drawn before it is played, whatever comes of it. */
static struct {
	const struct flow *target;
	enum { NOTHING, BY_HELPER, BY_RULE, TAKE_BACK } what;
	u8 from, class, flags, skip_master, verdict;
	bool any_source, any_port, helped, called, extend;
	u32 seconds;
} plan;

static int help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info info);

/* The oldest has to go soon; no limit. */
static const struct nf_conntrack_expect_policy policies[] = {
	{ .max_expected = 2, .timeout = 20, .name = "few" },
	{ .max_expected = 0, .timeout = 3000, .name = "many" },
};

static struct nf_conntrack_helper helper = {
	.name = "diff",
	.me = THIS_MODULE,
	.refcnt = REFCOUNT_INIT(1),
	.tuple = { .src.l3num = NFPROTO_IPV4, .dst.protonum = IPPROTO_UDP },
	.expect_policy = policies,
	.expect_class_max = ARRAY_SIZE(policies) - 1,
	.help = help,
};

int expect_init(void)
{
	return nf_conntrack_helper_register(&helper);
}

void expect_exit(void)
{
	nf_conntrack_helper_unregister(&helper);
}

bool expect_can(u8 protocol)
{
	return protocol != IPPROTO_TCP && protocol != IPPROTO_SCTP && protocol != IPPROTO_DCCP && protocol != IPPROTO_UDPLITE &&
	       protocol != IPPROTO_ICMP && protocol != IPPROTO_ICMPV6;
}

void expect_help(struct nf_conn *tmpl)
{
	struct nf_conn_help *h = nf_ct_helper_ext_add(tmpl, GFP_ATOMIC);

	if (h)
		rcu_assign_pointer(h->helper, &helper);
}

void expect_plan(const struct flow *target)
{
	u32 n = rnd(20);

	memset(&plan, 0, sizeof(plan));
	plan.target = target;
	plan.verdict = one_in(60) ? NF_DROP : NF_ACCEPT;
	plan.extend = one_in(2);
	if (!target)
		return;
	plan.what = n < 7 ? BY_HELPER : n < 14 ? BY_RULE : n < 15 ? TAKE_BACK : NOTHING;
	plan.from = one_in(5);
	plan.class = rnd(ARRAY_SIZE(policies));
	plan.flags = (one_in(3) ? NF_CT_EXPECT_PERMANENT : 0) | (one_in(8) ? NF_CT_EXPECT_INACTIVE : 0);
	plan.skip_master = one_in(3) ? NF_CT_EXP_F_SKIP_MASTER : 0;
	plan.any_source = one_in(3);
	plan.any_port = one_in(2);
	plan.helped = one_in(3);
	plan.called = one_in(2);
	plan.seconds = 1 + rnd(200);
}

static void welcome(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	ct->mark += 1000;
}

static void address(const struct flow *f, u8 end, union nf_inet_addr *a)
{
	memset(a, 0, sizeof(*a));
	if (f->family == NFPROTO_IPV4) {
		a->ip = htonl(0x0a000000 + f->host[end]);
	} else {
		a->ip6[0] = htonl(0xfd000000);
		a->ip6[3] = htonl(f->host[end]);
	}
}

static __be16 port(const struct flow *f, u8 end)
{
	return f->protocol == IPPROTO_UDP ? htons(f->port[end]) : 0;
}

/* What became of it, plus 1. */
static u32 put_up(struct nf_conn *ct)
{
	const struct flow *f = plan.target;
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(ct);
	__be16 from = port(f, plan.from), to = port(f, !plan.from);
	union nf_inet_addr src, dst;
	int error;

	if (!exp)
		return 0;
	address(f, plan.from, &src);
	address(f, !plan.from, &dst);
	nf_ct_expect_init(exp, plan.class, f->family, plan.any_source ? NULL : &src, &dst, f->protocol, plan.any_port ? NULL : &from, &to);
	exp->flags = plan.flags;
	if (plan.helped)
		rcu_assign_pointer(exp->assign_helper, &helper);
	if (plan.called)
		exp->expectfn = welcome;
	/* With a helper its policy says how long. */
	if (!rcu_access_pointer(nfct_help(ct)->helper))
		exp->timeout += plan.seconds * HZ;
	error = nf_ct_expect_related(exp, plan.skip_master);
	nf_ct_expect_put(exp);
	return 1 + error;
}

static u32 take_back(const struct nf_conn *ct)
{
	const struct flow *f = plan.target;
	struct nf_conntrack_tuple t = { .src.l3num = f->family, .dst.protonum = f->protocol };
	struct nf_conntrack_expect *exp;

	address(f, plan.from, &t.src.u3);
	address(f, !plan.from, &t.dst.u3);
	t.src.u.all = port(f, plan.from);
	t.dst.u.all = port(f, !plan.from);
	exp = nf_ct_expect_find_get(diff_net, nf_ct_zone(ct), &t);
	if (!exp)
		return 0;
	nf_ct_unexpect_related(exp);
	nf_ct_expect_put(exp);
	return EXPECT_TAKEN_BACK;
}

static int help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info info)
{
	play_helped(protoff, plan.what == BY_HELPER ? put_up(ct) : 0);
	return plan.verdict;
}

void expect_rule(struct nf_conn *ct)
{
	if (plan.extend && !nf_ct_is_confirmed(ct) && !nfct_help(ct))
		nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (plan.what == BY_RULE && nfct_help(ct))
		play_helped(0, put_up(ct));
	else if (plan.what == TAKE_BACK)
		play_helped(0, take_back(ct));
}

static bool over(struct nf_conntrack_expect *exp, void *unused)
{
	return nf_ct_exp_is_expired(exp);
}

/* Who comes across one that ran out depends on a random key: nobody does. */
void expect_sweep(void)
{
	nf_ct_expect_iterate_net(diff_net, over, NULL, 0, 0);
}

static bool one_more(struct nf_conntrack_expect *exp, void *n)
{
	++*(u64 *)n;
	return false;
}

u64 expect_left(void)
{
	u64 n = 0;

	nf_ct_expect_iterate_net(diff_net, one_more, &n, 0, 0);
	return n;
}
