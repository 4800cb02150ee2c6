// SPDX-License-Identifier: GPL-2.0-only
/* Suite: labels of connections: who gets them, and how they are replaced. */
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <nfct/kunit/lab.h>

#ifdef CONFIG_NF_CONNTRACK_LABELS
static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

static const u32 *labels(struct nf_conn *ct)
{
	return (const u32 *)nf_ct_labels_find(ct)->bits;
}

static struct nf_conn *unconfirmed(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	return nfct_conn(skb);
}

static void only_where_rules_use_them(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);

	KUNIT_EXPECT_NULL(test, nf_ct_labels_find(ct));
	KUNIT_EXPECT_EQ(test, nf_connlabels_replace(ct, (u32[]){ 1 }, NULL, 1), -ENOSPC);
	nfct_flush(test);
	KUNIT_ASSERT_EQ(test, nf_connlabels_get(&init_net, 5), 0);
	KUNIT_ASSERT_EQ(test, nf_connlabels_get(&init_net, 6), 0);
	nf_connlabels_put(&init_net);
	ct = nfct_open(test, &flow);
	KUNIT_EXPECT_NOT_NULL(test, nf_ct_labels_find(ct));
	nfct_flush(test);
	nf_connlabels_put(&init_net);
	ct = nfct_open(test, &flow);
	KUNIT_EXPECT_NULL(test, nf_ct_labels_find(ct));
}

static void there_are_128(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, nf_connlabels_get(&init_net, 127), 0);
	nf_connlabels_put(&init_net);
	KUNIT_EXPECT_EQ(test, nf_connlabels_get(&init_net, 128), -ERANGE);
	KUNIT_EXPECT_EQ(test, nf_connlabels_get(&init_net, UINT_MAX), -ERANGE);
}

static void replaced_under_a_mask(struct kunit *test)
{
	static const u32 data[4] = { 0x11111111, 0x22222222, 0x33333333, 0x44444444 };
	struct nf_conn *ct = unconfirmed(test);

	KUNIT_ASSERT_NOT_NULL(test, nf_ct_ext_add(ct, NF_CT_EXT_LABELS, GFP_ATOMIC));
	KUNIT_EXPECT_EQ(test, nf_connlabels_replace(ct, data, NULL, 4), 0);
	KUNIT_EXPECT_MEMEQ(test, labels(ct), data, sizeof(data));
	/* The masked bits are cleared, and then data is XORed in, masked or not. */
	KUNIT_EXPECT_EQ(test, nf_connlabels_replace(ct, (u32[]){ 0x00000f0f, 1, 0, 0 }, (u32[]){ 0x0000ffff, 0, 0, 0xffffffff }, 4), 0);
	KUNIT_EXPECT_MEMEQ(test, labels(ct), ((u32[]){ 0x11110f0f, 0x22222223, 0x33333333, 0 }), 16);
	/* Fewer words: those behind are cleared. More: those that there are. */
	KUNIT_EXPECT_EQ(test, nf_connlabels_replace(ct, (u32[]){ 7 }, NULL, 1), 0);
	KUNIT_EXPECT_MEMEQ(test, labels(ct), ((u32[]){ 7, 0, 0, 0 }), 16);
	KUNIT_EXPECT_EQ(test, nf_connlabels_replace(ct, (u32[]){ 1, 2, 3, 4, 5, 6 }, NULL, 6), 0);
	KUNIT_EXPECT_MEMEQ(test, labels(ct), ((u32[]){ 1, 2, 3, 4 }), 16);
}

#ifdef CONFIG_NF_CONNTRACK_EVENTS
#include <net/netfilter/nf_conntrack_ecache.h>

static int told(unsigned int events, const struct nf_ct_event *item)
{
	return 0;
}

static int expectation_told(unsigned int events, const struct nf_exp_event *item)
{
	return 0;
}

/* Listeners hear of labels that changed, and only of those. */
static void only_a_change_is_an_event(struct kunit *test)
{
	static const struct nf_ct_event_notifier listener = { .ct_event = told, .exp_event = expectation_told };
	struct nf_conntrack_ecache *cache;
	u8 events = init_net.ct.sysctl_events;
	struct nf_conn *ct;

	nf_conntrack_register_notifier(&init_net, &listener);
	init_net.ct.sysctl_events = 1;
	ct = unconfirmed(test);
	init_net.ct.sysctl_events = events;
	KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(ct, NF_CT_EXT_LABELS, GFP_ATOMIC));
	cache = nf_ct_ecache_find(ct);
	KUNIT_EXPECT_NOT_NULL(test, cache);
	if (!cache) {
		nf_conntrack_unregister_notifier(&init_net);
		return;
	}
	cache->cache = 0;
	nf_connlabels_replace(ct, (u32[]){ 0 }, NULL, 1);
	KUNIT_EXPECT_EQ(test, cache->cache, 0);
	nf_connlabels_replace(ct, (u32[]){ 4 }, NULL, 1);
	KUNIT_EXPECT_EQ(test, cache->cache, BIT(IPCT_LABEL));
	cache->cache = 0;
	nf_connlabels_replace(ct, (u32[]){ 4 }, NULL, 1);
	KUNIT_EXPECT_EQ(test, cache->cache, 0);
	nf_conntrack_unregister_notifier(&init_net);
}
#endif
#endif

static struct kunit_case cases[] = {
#ifdef CONFIG_NF_CONNTRACK_LABELS
	KUNIT_CASE(only_where_rules_use_them),
	KUNIT_CASE(there_are_128),
	KUNIT_CASE(replaced_under_a_mask),
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	KUNIT_CASE(only_a_change_is_an_event),
#endif
#endif
	{}
};
NFCT_SUITE(nfct_labels, cases);
