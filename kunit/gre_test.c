// SPDX-License-Identifier: GPL-2.0-only
/* Suite: GRE of PPTP, whose packets name one call each: with the helper's key map both directions are one flow. */
#include <nfct/abi/module.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

#ifdef CONFIG_NF_CT_PROTO_GRE
#include <linux/netfilter/nf_conntrack_pptp.h>
#include <linux/netfilter/nf_conntrack_proto_gre.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_helper.h>

/* The client's data goes to the server's call 0x2222; the client's own call is 0x1111. */
static const struct nfct_flow there = { NFPROTO_IPV4, IPPROTO_GRE, 1, 0x1111, 2, 0x2222 };
static const struct nfct_flow back = { NFPROTO_IPV4, IPPROTO_GRE, 2, 0x2222, 1, 0x1111 };

static struct sk_buff *data(struct kunit *test, const struct nfct_flow *f)
{
	u8 gre[] = { 0x30, 1, 0x88, 0x0b, 0, 4, f->dport >> 8, f->dport, 0, 0, 0, 1, 1, 2, 3, 4 };

	return nfct_raw(test, f, gre, sizeof(gre));
}

/* A connection that a helper may work on; a template, since only that is free of packets. Gone with the last reference. */
static struct nf_conn *control(struct kunit *test)
{
	struct nf_conn *ct = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(ct, NF_CT_EXT_HELPER, GFP_KERNEL));
	return ct;
}

static int learn(struct nf_conn *ct, enum ip_conntrack_dir dir, const struct nfct_flow *f)
{
	struct nf_conntrack_tuple t = nfct_tuple_of(f);

	return nf_ct_gre_keymap_add(ct, dir, &t);
}

static void forget(struct nf_conn *ct)
{
	nf_ct_gre_keymap_destroy(ct);
	nf_ct_put(ct);
}

/* The sender's call that the packet is given. */
static u16 source(struct kunit *test, struct sk_buff *skb, struct net *net)
{
	struct nf_conntrack_tuple t;

	KUNIT_EXPECT_TRUE(test, nf_ct_get_tuplepr(skb, skb_network_offset(skb),
						  skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 : NFPROTO_IPV6, net, &t));
	return ntohs(t.src.u.gre.key);
}

static void both_directions_are_one_flow(struct kunit *test)
{
	struct nf_conn *master = control(test), *ct;
	struct sk_buff *skb;

	/* Before the helper has told: two flows, of which neither is answered. */
	skb = data(test, &there);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	skb = data(test, &back);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	nfct_flush(test);

	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_REPLY, &back), 0);
	skb = data(test, &there);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_EQ(test, ntohs(ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.src.u.gre.key), 0x1111);
	skb = data(test, &back);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	forget(master);
}

static void only_this_call(struct kunit *test)
{
	struct nfct_flow other_call = there, other_host = there, six = there;
	static const u8 plain[] = { 0x20, 0, 0x08, 0, 0x00, 0x00, 0x22, 0x22 };
	struct nf_conn *master = control(test);

	other_call.dport++;
	other_host.to++;
	six.family = NFPROTO_IPV6;
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0x1111);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &back), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &other_call), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &other_host), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &six), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, nfct_raw(test, &there, plain, sizeof(plain)), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), nfct_other_net(test)), 0);
	nf_ct_gre_keymap_destroy(master);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0);
	/* Nothing is left to forget. */
	forget(master);
}

/* GRE that is not PPTP's has key zero, and so may a call: they are different things. */
static void call_zero(struct kunit *test)
{
	static const u8 plain[] = { 0x20, 0, 0x08, 0, 1, 2, 3, 4 };
	struct nf_conn *master = control(test);
	struct nfct_flow zero = there;

	zero.dport = 0;
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &zero), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &zero), &init_net), 0x1111);
	KUNIT_EXPECT_EQ(test, source(test, nfct_raw(test, &there, plain, sizeof(plain)), &init_net), 0);
	forget(master);
}

static void told_twice(struct kunit *test)
{
	struct nf_conn *master = control(test), *second = control(test);
	struct nfct_flow other = there;

	other.dport++;
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &other), -EEXIST);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &other), &init_net), 0);
	/* The other direction and another connection have places of their own. */
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_REPLY, &back), 0);
	KUNIT_EXPECT_EQ(test, learn(second, IP_CT_DIR_ORIGINAL, &other), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &back), &init_net), 0x2222);
	forget(master);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &back), &init_net), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &other), &init_net), 0x1111);
	forget(second);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &other), &init_net), 0);
}

static void without_memory(struct kunit *test)
{
	struct nf_conn *master = control(test);

	nfct_fault_arm(NFCT_FAULT_ZALLOC, 1);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_ZALLOC));
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0x1111);
	forget(master);
}

/* The router's error about the client's data quotes the server's call only. */
static void errors_are_related(struct kunit *test)
{
	struct nfct_flow error = { NFPROTO_IPV4, IPPROTO_ICMP, 9, 0, 1 };
	struct nf_conn *master = control(test), *ct;
	struct sk_buff *skb = data(test, &there), *icmp;

	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	icmp = nfct_icmp(test, &error, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, skb->data, 28);
	KUNIT_ASSERT_EQ(test, nfct_in(test, icmp), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(icmp), ct);
	KUNIT_EXPECT_EQ(test, nfct_info(icmp), IP_CT_RELATED_REPLY);
	forget(master);
}

/* What a helper left behind goes with the namespace (kmemleak would tell). */
static void end_of_a_namespace(struct kunit *test)
{
	struct nf_conn *master = control(test);
	struct net *net = nfct_other_net(test);

	write_pnet(&master->ct_net, net);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_ORIGINAL, &there), 0);
	KUNIT_EXPECT_EQ(test, learn(master, IP_CT_DIR_REPLY, &back), 0);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), net), 0x1111);
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), &init_net), 0);
	nf_ct_put(master);
	nfct_gre_keymap_flush(net);
	KUNIT_EXPECT_TRUE(test, list_empty(&net->ct.nf_ct_proto.gre.keymap_list));
	KUNIT_EXPECT_EQ(test, source(test, data(test, &there), net), 0);
}
#endif

static struct kunit_case cases[] = {
#ifdef CONFIG_NF_CT_PROTO_GRE
	KUNIT_CASE(both_directions_are_one_flow),
	KUNIT_CASE(only_this_call),
	KUNIT_CASE(call_zero),
	KUNIT_CASE(told_twice),
	KUNIT_CASE(without_memory),
	KUNIT_CASE(errors_are_related),
	KUNIT_CASE(end_of_a_namespace),
#endif
	{}
};
NFCT_SUITE(nfct_gre, cases);
