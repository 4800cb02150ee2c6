// SPDX-License-Identifier: GPL-2.0-only
/* Suite: what a new connection gets before others can see it: master, helper, timeout policy; and what its helper may do with its packets. */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/expectation.h>
#include <nfct/kunit/fault.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

static struct {
	unsigned int calls;
	struct nf_conn *ct;
	struct nf_conntrack_expect *exp;
	int references;
} prepared;

static void prepare(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	prepared.calls++;
	prepared.ct = ct;
	prepared.exp = exp;
	prepared.references = refcount_read(&ct->ct_general.use);
}

/* The master's, in the table; no reference is kept. */
static void expect(struct kunit *test, struct nf_conn *master, unsigned int flags)
{
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);

	memset(&prepared, 0, sizeof(prepared));
	exp->flags |= flags;
	exp->expectfn = prepare;
	rcu_assign_pointer(exp->assign_helper, &nfct_test_helper);
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	nf_ct_expect_put(exp);
}

static struct sk_buff *expected_packet(struct kunit *test)
{
	struct nfct_flow f = nfct_expected_flow(0);

	return nfct_udp(test, &f, 4);
}

static void the_expected_is_related(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *ct;
	struct nfct_flow f = nfct_expected_flow(0), back = nfct_reply_of(&f);
	struct sk_buff *skb = expected_packet(test);

#ifdef CONFIG_NF_CONNTRACK_MARK
	master->mark = 7;
#endif
	expect(test, master, 0);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_PTR_EQ(test, ct->master, master);
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 2);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_EXPECTED_BIT, &ct->status));
#ifdef CONFIG_NF_CONNTRACK_MARK
	KUNIT_EXPECT_EQ(test, ct->mark, 7);
#endif
	KUNIT_ASSERT_NOT_NULL(test, nfct_help(ct));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), &nfct_test_helper);
	/* Others may see it by then, and the expectation is used up. */
	KUNIT_EXPECT_EQ(test, prepared.calls, 1);
	KUNIT_EXPECT_PTR_EQ(test, prepared.ct, ct);
	KUNIT_EXPECT_EQ(test, prepared.references, 1);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_new), 1);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);

	skb = nfct_udp(test, &back, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 2);
	nfct_expire(ct);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 1);
}

/* It never leaves the router: its master is let go, and the expectation stays used up, as in stock. */
static void dropped_before_confirmation(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct sk_buff *skb = expected_packet(test);

	expect(test, master, 0);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 1);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
}

static void a_permanent_one_stays(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct sk_buff *skb = expected_packet(test);

	expect(test, master, NF_CT_EXPECT_PERMANENT);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
}

/* Open vSwitch and act_ct look without committing: their template is not confirmed. */
static void who_only_looks_uses_nothing_up(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct sk_buff *skb = expected_packet(test);

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	expect(test, master, 0);
	nf_conntrack_get(&tmpl->ct_general);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	nfct_drop(test, skb);

	__set_bit(IPS_CONFIRMED_BIT, &tmpl->status);
	skb = expected_packet(test);
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
}

static void no_memory(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct sk_buff *skb = expected_packet(test);

	expect(test, master, 0);
	nfct_fault_arm(NFCT_FAULT_CONN, 1);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_DROPPED);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_CONN));
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 1);
	/* Without memory for its helper it is related all the same. */
	nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_NULL(test, nfct_help(nfct_conn(skb)));
}

/* ---- the helper on the packet's way ---- */

static unsigned int help_calls;
static int help_verdict;

static int help(struct sk_buff *skb, unsigned int l4, struct nf_conn *ct, enum ip_conntrack_info info)
{
	help_calls += l4 == sizeof(struct iphdr) && ct == nfct_conn(skb) && info == nfct_info(skb);
	return help_verdict;
}

static struct nf_conntrack_helper judging = { .name = "judging", .help = help };

static void the_helper_decides(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn_help *part;

	help_calls = 0;
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	part = nf_ct_helper_ext_add(nfct_conn(skb), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, part);
	rcu_assign_pointer(part->helper, &judging);
	help_verdict = NF_DROP;
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, help_calls, 1);
	KUNIT_EXPECT_FALSE(test, nf_ct_is_confirmed(nfct_conn(skb)));
	help_verdict = NF_ACCEPT;
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, help_calls, 2);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_confirmed(nfct_conn(skb)));
	nfct_drop(test, skb);
	/* Of a known connection, too. */
	skb = nfct_udp(test, &flow, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, help_calls, 3);
	nfct_drop(test, skb);
	nfct_flush(test);
}

/* ---- timeout policies ---- */

static void lives_by_its_policy(struct kunit *test)
{
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct nf_ct_timeout *policy = kzalloc(sizeof(*policy) + 2 * sizeof(u32), GFP_KERNEL);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;
	u32 *timeouts;

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	KUNIT_ASSERT_NOT_NULL(test, policy);
	refcount_set(&policy->refcnt, 1);
	timeouts = (u32 *)policy->data;
	timeouts[UDP_CT_UNREPLIED] = 1000 * HZ;
	timeouts[UDP_CT_REPLIED] = 2000 * HZ;
	KUNIT_ASSERT_NOT_NULL(test, nf_ct_timeout_ext_add(tmpl, policy, GFP_KERNEL));
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	/* Ours, the template's (which went without giving it back, see nf_ct_destroy_timeout()) and the connection's. */
	KUNIT_EXPECT_EQ(test, refcount_read(&policy->refcnt), 3);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 1000);
	nf_ct_untimeout(&init_net, policy);
	KUNIT_EXPECT_EQ(test, refcount_read(&policy->refcnt), 2);
	nfct_drop(test, skb);
	skb = nfct_udp(test, &flow, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_LE(test, nfct_seconds_left(ct), 30);
	kfree(policy);
}

static void the_policy_goes_with_the_connection(struct kunit *test)
{
	struct nf_ct_timeout *policy = kzalloc(sizeof(*policy) + 2 * sizeof(u32), GFP_KERNEL);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_NOT_NULL(test, policy);
	refcount_set(&policy->refcnt, 1);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_NOT_NULL(test, nf_ct_timeout_ext_add(nfct_conn(skb), policy, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, refcount_read(&policy->refcnt), 2);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, refcount_read(&policy->refcnt), 1);
	kfree(policy);
}

/* A namespace without counters does not come into being; the one allocation that went well is given back (kmemleak). */
static void no_memory_for_counters(struct kunit *test)
{
	struct net *net = nfct_other_net(test);
	unsigned int nth;

	for (nth = 1; nth <= 2; nth++) {
		int err;

		nfct_counters_free(net);
		nfct_fault_arm(NFCT_FAULT_PERCPU, nth);
		err = nfct_counters_alloc(net);
		KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_PERCPU));
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_ASSERT_EQ(test, nfct_counters_alloc(net), 0);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_expected_is_related),
	KUNIT_CASE(dropped_before_confirmation),
	KUNIT_CASE(a_permanent_one_stays),
	KUNIT_CASE(who_only_looks_uses_nothing_up),
	KUNIT_CASE(no_memory),
	KUNIT_CASE(no_memory_for_counters),
	KUNIT_CASE(the_helper_decides),
	KUNIT_CASE(lives_by_its_policy),
	KUNIT_CASE(the_policy_goes_with_the_connection),
	{}
};
NFCT_SUITE(nfct_create, cases);
