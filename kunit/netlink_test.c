// SPDX-License-Identifier: GPL-2.0-only
/* Suite: a tuple's ports as attributes, and running ahead of the dump that asks for them. What the whole dump shows, selftests/netlink tests. */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <net/netlink.h>

#include <nfct/kunit/cases.h>
#include <nfct/kunit/lab.h>

enum { DUMPED = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, EXPECTATION = NFNL_SUBSYS_CTNETLINK_EXP << 8 | IPCTNL_MSG_EXP_NEW };

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

/* A message that has begun, with room for so many bytes more. */
static struct sk_buff *message(struct kunit *test, int type, int flags, unsigned int room)
{
	struct sk_buff *skb = alloc_skb(NLMSG_HDRLEN + room, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, skb_tailroom(skb) - NLMSG_HDRLEN - room);
	KUNIT_ASSERT_NOT_NULL(test, nlmsg_put(skb, 1, 1, type, 0, flags));
	return skb;
}

static void ports(struct kunit *test)
{
	static const u8 attributes[] = { 6, 0, CTA_PROTO_SRC_PORT, 0, 0x03, 0xe8, 0, 0, 6, 0, CTA_PROTO_DST_PORT, 0, 0, 53, 0, 0 };
	struct nf_conntrack_tuple tuple = nfct_tuple_of(&flow);
	struct sk_buff *skb = message(test, EXPECTATION, 0, sizeof(attributes));

	KUNIT_EXPECT_EQ(test, nf_ct_port_tuple_to_nlattr(skb, &tuple), 0);
	KUNIT_ASSERT_EQ(test, skb->len, NLMSG_HDRLEN + sizeof(attributes));
	KUNIT_EXPECT_MEMEQ(test, skb->data + NLMSG_HDRLEN, attributes, sizeof(attributes));
	kfree_skb(skb);
}

static void no_room_for_both(struct kunit *test)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(&flow);
	struct sk_buff *skb = message(test, EXPECTATION, 0, 15);

	KUNIT_EXPECT_EQ(test, nf_ct_port_tuple_to_nlattr(skb, &tuple), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, skb->len, NLMSG_HDRLEN);
	kfree_skb(skb);
}

/* The first bucket not fetched for a walk that comes to this tuple in such a message; 0: nothing was fetched. */
static unsigned int fetched_for(struct kunit *test, const struct nf_conntrack_tuple *tuple, int type, int flags)
{
	struct sk_buff *skb = message(test, type, flags, 64);

	nfct_kunit_forget_run();
	KUNIT_EXPECT_EQ(test, nf_ct_port_tuple_to_nlattr(skb, tuple), 0);
	kfree_skb(skb);
	return nfct_kunit_fetched_before();
}

static void runs_ahead_of_a_dump(struct kunit *test)
{
	const struct nf_conn *ct = nfct_open(test, &flow);
	const struct nf_conntrack_tuple *tuple = nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	const unsigned int end = min(nfct_kunit_bucket(tuple) + 16, nf_conntrack_htable_size);

	KUNIT_EXPECT_EQ(test, fetched_for(test, tuple, DUMPED, NLM_F_MULTI), end);
	KUNIT_EXPECT_EQ(test, fetched_for(test, nf_ct_tuple(ct, IP_CT_DIR_REPLY), DUMPED, NLM_F_MULTI), 0);
}

/* An event has the same type; the tuple of an expectation is in no connection. */
static void of_nothing_else(struct kunit *test)
{
	const struct nf_conntrack_tuple *tuple = nf_ct_tuple(nfct_open(test, &flow), IP_CT_DIR_ORIGINAL);
	struct nf_conntrack_tuple *alone = kunit_kzalloc(test, sizeof(*alone), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, alone);
	*alone = *tuple;
	KUNIT_EXPECT_EQ(test, fetched_for(test, tuple, DUMPED, NLM_F_CREATE), 0);
	KUNIT_EXPECT_EQ(test, fetched_for(test, alone, EXPECTATION, NLM_F_MULTI), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ports),
	KUNIT_CASE(no_room_for_both),
	KUNIT_CASE(runs_ahead_of_a_dump),
	KUNIT_CASE(of_nothing_else),
	{}
};
NFCT_SUITE(nfct_netlink, cases);
