// SPDX-License-Identifier: GPL-2.0-only
/* Masters and expectations for the suites: what a helper does when it has read about a connection to come. */
#include <nfct/kunit/expectation.h>

static const struct nf_conntrack_expect_policy policy[] = {
	{ .max_expected = 3, .timeout = 30 },
	{ .max_expected = 0, .timeout = 60, .name = "other" },
};

/* The suites expect what they want to when they want to. */
static int reads_nothing(struct sk_buff *skb, unsigned int l4, struct nf_conn *ct, enum ip_conntrack_info info)
{
	return NF_ACCEPT;
}

struct nf_conntrack_helper nfct_test_helper = {
	.name = "bench",
	.help = reads_nothing,
	.expect_policy = policy,
	.expect_class_max = 1,
};

struct sk_buff *nfct_master_packet(struct kunit *test, unsigned int n)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, n, 1000, 2, 53 };
	struct sk_buff *skb = nfct_udp(test, &f, 4);
	struct nf_conn_help *help;

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	help = nf_ct_ext_add(nfct_conn(skb), NF_CT_EXT_HELPER, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, help);
	rcu_assign_pointer(help->helper, &nfct_test_helper);
	__set_bit(IPS_HELPER_BIT, &nfct_conn(skb)->status);
	return skb;
}

struct nf_conn *nfct_master(struct kunit *test, unsigned int n)
{
	struct sk_buff *skb = nfct_master_packet(test, n);
	struct nf_conn *ct = nfct_conn(skb);

	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	return ct;
}

struct nf_conn *nfct_master_in(struct kunit *test, struct net *net, unsigned int n)
{
	struct nfct_lab *lab = nfct_lab(test);
	struct net *home = lab->net;
	struct nf_conn *ct;

	lab->net = net;
	ct = nfct_master(test, n);
	lab->net = home;
	return ct;
}

struct nfct_flow nfct_expected_flow(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 2, 4000, 1, 5000 + n };
}

struct nf_conntrack_expect *nfct_expectation(struct kunit *test, struct nf_conn *master, unsigned int class, unsigned int n)
{
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	union nf_inet_addr from = nfct_host(NFPROTO_IPV4, 2), to = nfct_host(NFPROTO_IPV4, 1);
	__be16 port = htons(5000 + n);

	KUNIT_ASSERT_NOT_NULL(test, exp);
	rcu_read_lock();
	nf_ct_expect_init(exp, class, AF_INET, &from, &to, IPPROTO_UDP, NULL, &port);
	rcu_read_unlock();
	return exp;
}

int nfct_expect_n(struct kunit *test, struct nf_conn *master, unsigned int class, unsigned int n)
{
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, class, n);
	int err = nf_ct_expect_related(exp, 0);

	nf_ct_expect_put(exp);
	return err;
}

bool nfct_waits(unsigned int n)
{
	struct nfct_flow f = nfct_expected_flow(n);
	struct nf_conntrack_tuple tuple = nfct_tuple_of(&f);
	struct nf_conntrack_expect *exp = nf_ct_expect_find_get(&init_net, &nf_ct_zone_dflt, &tuple);

	if (exp)
		nf_ct_expect_put(exp);
	return exp;
}

unsigned int nfct_waiting(struct kunit *test)
{
	return nf_ct_pernet(nfct_lab(test)->net)->expect_count;
}

unsigned int nfct_expecting(struct nf_conn *master, unsigned int class)
{
	return nfct_help(master)->expecting[class];
}

struct nf_conntrack_expect *nfct_fulfil(const struct nfct_flow *f, bool unlink)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);
	struct nf_conntrack_expect *exp;

	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = nf_ct_find_expectation(&init_net, &nf_ct_zone_dflt, &tuple, unlink);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	return exp;
}
