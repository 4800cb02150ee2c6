// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the registry of helpers: who may register, who is found, who gets one, and what is left when one goes. */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
static const struct nfct_flow child = { NFPROTO_IPV4, IPPROTO_UDP, 2, 2000, 1, 3000 };
static const struct nf_conntrack_expect_policy policy = { .max_expected = 4, .timeout = 60 };
static const struct nf_conntrack_expect_policy too_much = { .max_expected = NF_CT_EXPECT_MAX_CNT + 1, .timeout = 60 };
static unsigned int destroyed;

static int help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return NF_ACCEPT;
}

static int other_help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct, enum ip_conntrack_info ctinfo)
{
	return NF_DROP;
}

static void destroy(struct nf_conn *ct)
{
	destroyed++;
}

static struct nf_conntrack_helper helper(const char *name, u16 family, u8 protocol, u16 port)
{
	struct nf_conntrack_helper h = {};

	nf_ct_helper_init(&h, family, protocol, name, port, port, 0, &policy, 0, help, NULL, THIS_MODULE);
	return h;
}

static struct nf_conntrack_helper *find(const char *name, u16 family, u8 protocol)
{
	struct nf_conntrack_helper *h;

	rcu_read_lock();
	h = __nf_conntrack_helper_find(name, family, protocol);
	rcu_read_unlock();
	return h;
}

static void description_is_filled_in(struct kunit *test)
{
	struct nf_conntrack_helper h = {};

	nf_ct_helper_init(&h, NFPROTO_IPV6, IPPROTO_TCP, "kunit", 21, 21, 7, &policy, 3, help, NULL, THIS_MODULE);
	KUNIT_EXPECT_STREQ(test, h.name, "kunit");
	KUNIT_EXPECT_STREQ(test, h.nat_mod_name, "ip_nat_kunit");
	KUNIT_EXPECT_EQ(test, h.tuple.src.l3num, NFPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, h.tuple.dst.protonum, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, ntohs(h.tuple.src.u.tcp.port), 21);
	KUNIT_EXPECT_PTR_EQ(test, h.expect_policy, &policy);
	KUNIT_EXPECT_EQ(test, h.expect_class_max, 3);
	KUNIT_EXPECT_TRUE(test, h.help == help);
	KUNIT_EXPECT_PTR_EQ(test, h.me, THIS_MODULE);
	/* On another port than its protocol's it has a number. */
	nf_ct_helper_init(&h, NFPROTO_IPV6, IPPROTO_TCP, "kunit", 21, 2121, 7, &policy, 3, help, NULL, NULL);
	KUNIT_EXPECT_STREQ(test, h.name, "kunit-7");
	/* Long names are cut, not written past their end. */
	nf_ct_helper_init(&h, NFPROTO_IPV6, IPPROTO_TCP, "a-name-of-twenty-two-", 21, 2121, 7, &policy, 3, help, NULL, NULL);
	KUNIT_EXPECT_STREQ(test, h.name, "a-name-of-twent");
	KUNIT_EXPECT_STREQ(test, h.nat_mod_name, "ip_nat_a-name-o");
}

static void found_by_name_family_and_protocol(struct kunit *test)
{
	struct nf_conntrack_helper four = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999), all = helper("kunit-all", NFPROTO_UNSPEC, IPPROTO_UDP, 9998);

	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), NULL);
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&four), 0);
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&all), 0);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), &four);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV6, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_TCP), NULL);
	KUNIT_EXPECT_PTR_EQ(test, find("kuni", NFPROTO_IPV4, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit-all", NFPROTO_IPV4, IPPROTO_UDP), &all);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit-all", NFPROTO_IPV6, IPPROTO_UDP), &all);
	KUNIT_EXPECT_EQ(test, refcount_read(&four.refcnt), 1);
	nf_conntrack_helper_unregister(&four);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit-all", NFPROTO_IPV4, IPPROTO_UDP), &all);
	nf_conntrack_helper_unregister(&all);
}

static void held_while_rules_name_it(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999);

	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	KUNIT_EXPECT_PTR_EQ(test, nf_conntrack_helper_try_module_get("kunit", NFPROTO_IPV4, IPPROTO_UDP), &h);
	KUNIT_EXPECT_EQ(test, refcount_read(&h.refcnt), 2);
	nf_conntrack_helper_put(&h);
	KUNIT_EXPECT_EQ(test, refcount_read(&h.refcnt), 1);
	/* No such helper, nor a module of that name to bring it. */
	KUNIT_EXPECT_PTR_EQ(test, nf_conntrack_helper_try_module_get("kunit-none", NFPROTO_IPV4, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_EQ(test, nf_nat_helper_try_module_get("kunit-none", NFPROTO_IPV4, IPPROTO_UDP), -ENOENT);
	nf_conntrack_helper_unregister(&h);
}

static void nat_helper_of_a_helper(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999);
	struct nf_conntrack_nat_helper nat = { .mod_name = "ip_nat_kunit", .module = THIS_MODULE };

	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	KUNIT_EXPECT_EQ(test, nf_nat_helper_try_module_get("kunit", NFPROTO_IPV4, IPPROTO_UDP), -ENOENT);
	nf_nat_helper_register(&nat);
	KUNIT_EXPECT_EQ(test, nf_nat_helper_try_module_get("kunit", NFPROTO_IPV4, IPPROTO_UDP), 0);
	rcu_read_lock();
	nf_nat_helper_put(&h);
	rcu_read_unlock();
	nf_nat_helper_unregister(&nat);
	KUNIT_EXPECT_EQ(test, nf_nat_helper_try_module_get("kunit", NFPROTO_IPV4, IPPROTO_UDP), -ENOENT);
	nf_conntrack_helper_unregister(&h);
	synchronize_rcu();
}

static void no_two_alike(struct kunit *test)
{
	struct nf_conntrack_helper first = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999), h;

	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&first), 0);
	/* The name, for this family and protocol. */
	h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9998);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), -EBUSY);
	h.flags = NF_CT_HELPER_F_USERSPACE;
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), -EBUSY);
	/* The port, unless user space chooses. */
	h = helper("kunit-2", NFPROTO_IPV4, IPPROTO_UDP, 9999);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), -EBUSY);
	h.flags = NF_CT_HELPER_F_USERSPACE;
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), 0);
	nf_conntrack_helper_unregister(&h);
	/* Neither, for others. */
	h = helper("kunit", NFPROTO_IPV6, IPPROTO_UDP, 9999);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), 0);
	nf_conntrack_helper_unregister(&h);
	h = helper("kunit", NFPROTO_IPV4, IPPROTO_TCP, 9999);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), 0);
	nf_conntrack_helper_unregister(&h);
	nf_conntrack_helper_unregister(&first);
	/* One that serves all families keeps its name from each of them, but may itself come later. */
	first = helper("kunit", NFPROTO_UNSPEC, IPPROTO_UDP, 9999);
	h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9998);
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&first), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), -EBUSY);
	nf_conntrack_helper_unregister(&first);
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&first), 0);
	nf_conntrack_helper_unregister(&first);
	nf_conntrack_helper_unregister(&h);
}

static void who_expects_too_much(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999);

	h.expect_policy = &too_much;
	KUNIT_EXPECT_EQ(test, nf_conntrack_helper_register(&h), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), NULL);
}

static void all_or_none(struct kunit *test)
{
	struct nf_conntrack_helper h[3] = { helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999), helper("kunit", NFPROTO_IPV6, IPPROTO_UDP, 9999),
					    helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9997) };

	KUNIT_EXPECT_EQ(test, nf_conntrack_helpers_register(h, 3), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV6, IPPROTO_UDP), NULL);
	KUNIT_EXPECT_EQ(test, nf_conntrack_helpers_register(h, 2), 0);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV6, IPPROTO_UDP), &h[1]);
	nf_conntrack_helpers_unregister(h, 2);
	KUNIT_EXPECT_PTR_EQ(test, find("kunit", NFPROTO_IPV4, IPPROTO_UDP), NULL);
}

/* ---- connections ---- */

/* An unconfirmed connection, which its packet holds. */
static struct sk_buff *unconfirmed(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	return skb;
}

static struct nf_conn *template(struct kunit *test, struct nf_conntrack_helper *h)
{
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct nf_conn_help *part;

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	part = nf_ct_helper_ext_add(tmpl, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, part);
	if (part)
		rcu_assign_pointer(part->helper, h);
	return tmpl;
}

static int assign(struct nf_conn *ct, struct nf_conn *tmpl)
{
	int err;

	rcu_read_lock();
	err = __nf_ct_try_assign_helper(ct, tmpl, GFP_ATOMIC);
	rcu_read_unlock();
	return err;
}

static void assigned_by_a_template(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999), other = h;
	struct nf_conn *tmpl = template(test, &h), *bare = template(test, NULL), *ct = nfct_conn(unconfirmed(test));
	struct nf_conn *another = template(test, &other);

	other.help = other_help;
	KUNIT_EXPECT_EQ(test, assign(ct, bare), 0);
	KUNIT_EXPECT_PTR_EQ(test, nfct_help(ct), NULL);
	nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
	KUNIT_EXPECT_EQ(test, assign(ct, tmpl), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
	KUNIT_EXPECT_FALSE(test, test_bit(IPS_HELPER_BIT, &ct->status));
	KUNIT_EXPECT_EQ(test, assign(ct, tmpl), 0);
	KUNIT_ASSERT_NOT_NULL(test, nfct_help(ct));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), &h);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_HELPER_BIT, &ct->status));
	KUNIT_EXPECT_TRUE(test, hlist_empty(&nfct_help(ct)->expectations));
	/* Given once, it stays, whatever a template says. */
	KUNIT_EXPECT_EQ(test, assign(ct, another), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), &h);
	/* Where the part is there without the bit, only one of the same kind may follow. */
	clear_bit(IPS_HELPER_BIT, &ct->status);
	KUNIT_EXPECT_EQ(test, assign(ct, tmpl), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), &h);
	KUNIT_EXPECT_EQ(test, assign(ct, another), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), NULL);
	KUNIT_EXPECT_EQ(test, assign(ct, tmpl), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), &h);
	KUNIT_EXPECT_EQ(test, assign(ct, bare), 0);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(ct)->helper), NULL);
	nf_ct_put(tmpl);
	nf_ct_put(bare);
	nf_ct_put(another);
}

/* A confirmed connection with this helper. */
static struct nf_conn *helped(struct kunit *test, struct nf_conntrack_helper *h)
{
	struct sk_buff *skb = unconfirmed(test);
	struct nf_conn *ct = nfct_conn(skb), *tmpl = template(test, h);

	KUNIT_EXPECT_EQ(test, assign(ct, tmpl), 0);
	nf_ct_put(tmpl);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	return ct;
}

static void told_when_its_connection_dies(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999);
	struct nf_conn *ct;

	h.destroy = destroy;
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	ct = helped(test, &h);
	destroyed = 0;
	nf_conntrack_get(&ct->ct_general);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_EQ(test, destroyed, 1);
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 0, 0));
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, destroyed, 1);
	nf_conntrack_helper_unregister(&h);
}

static void expected(struct kunit *test, struct nf_conn *master, struct nf_conntrack_helper *assigned, u16 port)
{
	struct nf_conntrack_tuple t = nfct_tuple_of(&child);
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	__be16 dport = htons(port);

	KUNIT_ASSERT_NOT_NULL(test, exp);
	nf_ct_expect_init(exp, NF_CT_EXPECT_CLASS_DEFAULT, NFPROTO_IPV4, &t.src.u3, &t.dst.u3, IPPROTO_UDP, NULL, &dport);
	exp->assign_helper = assigned;
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	nf_ct_expect_put(exp);
}

/* Its connections live on without it, its expectations are gone, and those of others that would have called it, too. */
static void what_it_leaves_behind(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999), master = helper("kunit-m", NFPROTO_IPV4, IPPROTO_UDP, 9998);
	struct nfct_flow second = { NFPROTO_IPV4, IPPROTO_UDP, 3, 1000, 2, 53 };
	struct nf_conn *own, *other, *tmpl;
	struct sk_buff *skb;

	h.destroy = destroy;
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&master), 0);
	own = helped(test, &h);
	skb = nfct_udp(test, &second, 4);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	other = nfct_conn(skb);
	tmpl = template(test, &master);
	KUNIT_EXPECT_EQ(test, assign(other, tmpl), 0);
	nf_ct_put(tmpl);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	expected(test, own, NULL, 3000);
	expected(test, other, &h, 3001);
	expected(test, other, NULL, 3002);
	KUNIT_EXPECT_EQ(test, nfct_help(own)->expecting[0], 1);
	KUNIT_EXPECT_EQ(test, nfct_help(other)->expecting[0], 2);

	destroyed = 0;
	nf_conntrack_helper_unregister(&h);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, own));
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(own)->helper), NULL);
	KUNIT_EXPECT_PTR_EQ(test, rcu_access_pointer(nfct_help(other)->helper), &master);
	KUNIT_EXPECT_EQ(test, nfct_help(own)->expecting[0], 0);
	KUNIT_EXPECT_EQ(test, nfct_help(other)->expecting[0], 1);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&nfct_help(own)->expectations));
	nfct_flush(test);
	KUNIT_EXPECT_EQ(test, destroyed, 0);
	nf_conntrack_helper_unregister(&master);
}

/* ---- functions for expected connections ---- */

static void expectfn(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
}

static void expectfn_by_name_and_address(struct kunit *test)
{
	struct nf_ct_helper_expectfn f = { .name = "kunit-fn", .expectfn = expectfn };

	nf_ct_helper_expectfn_register(&f);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_helper_expectfn_find_by_name("kunit-fn"), &f);
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_helper_expectfn_find_by_name("kunit"), NULL);
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_helper_expectfn_find_by_symbol(expectfn), &f);
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_helper_expectfn_find_by_symbol(help), NULL);
	rcu_read_unlock();
	nf_ct_helper_expectfn_unregister(&f);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_helper_expectfn_find_by_name("kunit-fn"), NULL);
	rcu_read_unlock();
	synchronize_rcu();
}

static void expectfn_takes_its_expectations_with_it(struct kunit *test)
{
	struct nf_conntrack_helper h = helper("kunit", NFPROTO_IPV4, IPPROTO_UDP, 9999);
	struct nf_ct_helper_expectfn f = { .name = "kunit-fn", .expectfn = expectfn };
	struct nf_conntrack_tuple t = nfct_tuple_of(&child);
	struct nf_conntrack_expect *exp;
	__be16 dport = htons(4000);
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nf_conntrack_helper_register(&h), 0);
	ct = helped(test, &h);
	expected(test, ct, NULL, 3000);
	exp = nf_ct_expect_alloc(ct);
	KUNIT_ASSERT_NOT_NULL(test, exp);
	nf_ct_expect_init(exp, NF_CT_EXPECT_CLASS_DEFAULT, NFPROTO_IPV4, &t.src.u3, &t.dst.u3, IPPROTO_UDP, NULL, &dport);
	exp->expectfn = expectfn;
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	nf_ct_expect_put(exp);
	nf_ct_helper_expectfn_register(&f);
	KUNIT_EXPECT_EQ(test, nfct_help(ct)->expecting[0], 2);
	nf_ct_helper_expectfn_unregister(&f);
	synchronize_rcu();
	nf_ct_helper_expectfn_destroy(&f);
	KUNIT_EXPECT_EQ(test, nfct_help(ct)->expecting[0], 1);
	nfct_flush(test);
	nf_conntrack_helper_unregister(&h);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(description_is_filled_in),
	KUNIT_CASE(found_by_name_family_and_protocol),
	KUNIT_CASE(held_while_rules_name_it),
	KUNIT_CASE(nat_helper_of_a_helper),
	KUNIT_CASE(no_two_alike),
	KUNIT_CASE(who_expects_too_much),
	KUNIT_CASE(all_or_none),
	KUNIT_CASE(assigned_by_a_template),
	KUNIT_CASE(told_when_its_connection_dies),
	KUNIT_CASE(what_it_leaves_behind),
	KUNIT_CASE(expectfn_by_name_and_address),
	KUNIT_CASE(expectfn_takes_its_expectations_with_it),
	{}
};
NFCT_SUITE(nfct_helper, cases);
