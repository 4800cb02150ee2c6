// SPDX-License-Identifier: GPL-2.0-only
/* Suite: what the listener for events is told, and that nothing is lost when it cannot take it. */
#include <linux/delay.h>
#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
static const struct nfct_flow other_flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1001, 2, 53 };

/* What the listener heard. It may be called by the worker. */
static struct {
	bool deaf;
	unsigned int calls, refused;
	unsigned int last, last_refused; /* masks */
	u32 portid;
	int report;
	u8 events_before;
} heard;

static int hear(unsigned int events, const struct nf_ct_event *item)
{
	if (READ_ONCE(heard.deaf)) {
		WRITE_ONCE(heard.refused, heard.refused + 1);
		heard.last_refused = events;
		return -ENOBUFS;
	}
	heard.last = events;
	heard.portid = item->portid;
	heard.report = item->report;
	smp_store_release(&heard.calls, heard.calls + 1);
	return 0;
}

static int hear_expectation(unsigned int events, const struct nf_exp_event *item)
{
	return 0;
}

static const struct nf_ct_event_notifier listener = { .ct_event = hear, .exp_event = hear_expectation };

static int open_with_listener(struct kunit *test)
{
	int err = nfct_lab_open(test);

	if (err)
		return err;
	memset(&heard, 0, sizeof(heard));
	heard.events_before = init_net.ct.sysctl_events;
	init_net.ct.sysctl_events = 1;
	nf_conntrack_register_notifier(&init_net, &listener);
	return 0;
}

static void close_with_listener(struct kunit *test)
{
	if (!test->priv)
		return;
	nf_conntrack_unregister_notifier(&init_net);
	synchronize_rcu();
	init_net.ct.sysctl_events = heard.events_before;
	nfct_lab_close(test);
}

/* A packet goes all its way; what was told meanwhile. */
static unsigned int told_of(struct kunit *test, struct sk_buff *skb)
{
	heard.last = 0;
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	return heard.last;
}

/* Waits for the worker; false if it does not come within two seconds. */
static bool wait_for_calls(unsigned int calls, unsigned int ms)
{
	for (; ms >= 20; ms -= 20) {
		if (smp_load_acquire(&heard.calls) >= calls)
			return true;
		msleep(20);
	}
	return false;
}

static bool dying_list_empty(void)
{
	return hlist_nulls_empty(&nfct_netns_of(&init_net)->kernel.ecache.dying_list);
}

static void once_for_each_packet_with_news(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conn *ct;

	KUNIT_EXPECT_EQ(test, told_of(test, nfct_udp(test, &flow, 4)), 1 << IPCT_NEW);
	KUNIT_EXPECT_EQ(test, heard.calls, 1);
	/* Nothing is new about it. */
	KUNIT_EXPECT_EQ(test, told_of(test, nfct_udp(test, &flow, 4)), 0);
	KUNIT_EXPECT_EQ(test, told_of(test, nfct_udp(test, &back, 4)), 1 << IPCT_REPLY);
	KUNIT_EXPECT_EQ(test, heard.calls, 2);
	ct = nfct_find(test, &flow);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 4711, 1));
	KUNIT_EXPECT_EQ(test, heard.last, 1 << IPCT_DESTROY);
	KUNIT_EXPECT_EQ(test, heard.portid, 4711);
	KUNIT_EXPECT_EQ(test, heard.report, 1);
	KUNIT_EXPECT_EQ(test, heard.calls, 3);
	nf_ct_put(ct);
}

static void a_flush_tells_of_each(struct kunit *test)
{
	const struct nf_ct_iter_data all = { .net = &init_net, .portid = 4711, .report = 1 };

	nfct_open(test, &flow);
	nfct_open(test, &other_flow);
	heard.calls = 0;
	nf_ct_iterate_cleanup_net(nfct_any, &all);
	KUNIT_EXPECT_EQ(test, heard.calls, 2);
	KUNIT_EXPECT_EQ(test, heard.last, 1 << IPCT_DESTROY);
	KUNIT_EXPECT_EQ(test, heard.portid, 4711);
	KUNIT_EXPECT_EQ(test, heard.report, 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

static void several_at_once(struct kunit *test)
{
	static const struct nfct_segment syn = { .flags = TCPHDR_SYN, .seq = 1, .window = 1000 };
	struct nfct_flow tcp = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 };

	KUNIT_EXPECT_EQ(test, told_of(test, nfct_tcp(test, &tcp, &syn)), (1 << IPCT_NEW) | (1 << IPCT_PROTOINFO));
	KUNIT_EXPECT_EQ(test, heard.calls, 1);
}

/* A dead-end packet's connection was never there for the listener. */
static void nothing_before_confirmation(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nf_ct_deliver_cached_events(nfct_conn(skb));
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, heard.calls + heard.refused, 0);
}

static void missed_events_come_with_the_next(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conn *ct;

	heard.deaf = true;
	told_of(test, nfct_udp(test, &flow, 4));
	KUNIT_EXPECT_EQ(test, heard.last_refused, 1 << IPCT_NEW);
	heard.deaf = false;
	KUNIT_EXPECT_EQ(test, told_of(test, nfct_udp(test, &back, 4)), (1 << IPCT_NEW) | (1 << IPCT_REPLY));
	ct = nfct_find(test, &flow);
	KUNIT_EXPECT_EQ(test, nf_ct_ecache_find(ct)->missed, 0);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, told_of(test, nfct_udp(test, &flow, 4)), 0);
	KUNIT_EXPECT_EQ(test, heard.calls, 1);
}

/* It leaves the table at once, but stays until its end could be told, in the name of who asked for it. */
static void a_destruction_is_told_again(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);

	heard.deaf = true;
	nf_conntrack_get(&ct->ct_general);
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 4711, 1));
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 4712, 1));
	KUNIT_EXPECT_EQ(test, heard.refused, 1);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
	KUNIT_EXPECT_FALSE(test, dying_list_empty());
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 2);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	nf_ct_put(ct);
	heard.calls = 0;
	heard.deaf = false;
	KUNIT_EXPECT_TRUE(test, wait_for_calls(1, 4000));
	KUNIT_EXPECT_EQ(test, heard.last, 1 << IPCT_DESTROY);
	KUNIT_EXPECT_EQ(test, heard.portid, 4711);
	msleep(50);
	KUNIT_EXPECT_EQ(test, heard.calls, 1);
	KUNIT_EXPECT_TRUE(test, dying_list_empty());
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* The worker does not give up, and comes at once when it sees that the listener can hear again. */
static void many_destructions(struct kunit *test)
{
	enum { N = 40 };
	struct nfct_flow f = flow;
	struct nf_conn *ct;
	int i;

	for (i = 0; i < N; i++, f.sport++)
		nfct_open(test, &f);
	heard.deaf = true;
	for (i = 0, f = flow; i < N; i++, f.sport++) {
		if (f.sport == other_flow.sport)
			continue;
		ct = nfct_find(test, &f);
		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_delete(ct, 0, 0);
		nf_ct_put(ct);
	}
	heard.refused = 0;
	for (i = 0; i < 200 && !READ_ONCE(heard.refused); i++)
		msleep(20);
	KUNIT_EXPECT_GT(test, heard.refused, 0);
	heard.calls = 0;
	heard.deaf = false;
	ct = nfct_find(test, &other_flow);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	nf_ct_put(ct);
	KUNIT_EXPECT_TRUE(test, wait_for_calls(N, 1000));
	msleep(50);
	KUNIT_EXPECT_EQ(test, heard.calls, N);
	KUNIT_EXPECT_TRUE(test, dying_list_empty());
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* The listener goes while destructions wait for it: nobody wants to know any more. */
static void unregistered_while_some_wait(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);
	int i;

	heard.deaf = true;
	nf_conntrack_get(&ct->ct_general);
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 0, 0));
	nf_ct_put(ct);
	nf_conntrack_unregister_notifier(&init_net);
	synchronize_rcu();
	heard.calls = 0;
	for (i = 0; i < 200 && nfct_entries(test); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_TRUE(test, dying_list_empty());
	KUNIT_EXPECT_EQ(test, heard.calls, 0);
	/* Nor of the next one. */
	told_of(test, nfct_udp(test, &flow, 4));
	ct = nfct_find(test, &flow);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, heard.calls, 0);
}

static void who_has_a_cache(struct kunit *test)
{
	static const u8 listening = 1;
	u8 saved = nf_ctnetlink_has_listener;

	init_net.ct.sysctl_events = 0;
	KUNIT_EXPECT_FALSE(test, nf_ct_ecache_exist(nfct_open(test, &flow)));
	nfct_flush(test);
	init_net.ct.sysctl_events = 2;
	WRITE_ONCE(nf_ctnetlink_has_listener, 0);
	KUNIT_EXPECT_FALSE(test, nf_ct_ecache_exist(nfct_open(test, &flow)));
	nfct_flush(test);
	WRITE_ONCE(nf_ctnetlink_has_listener, listening);
	KUNIT_EXPECT_TRUE(test, nf_ct_ecache_exist(nfct_open(test, &flow)));
	WRITE_ONCE(nf_ctnetlink_has_listener, saved);
}

/* A rule chose which events: the sysctl does not matter. */
static void masks_of_a_template(struct kunit *test)
{
	struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct;

	KUNIT_ASSERT_NOT_NULL(test, tmpl);
	KUNIT_EXPECT_TRUE(test, nf_ct_ecache_ext_add(tmpl, 1 << IPCT_DESTROY, 0, GFP_KERNEL));
	init_net.ct.sysctl_events = 0;
	nf_ct_set(skb, tmpl, IP_CT_NEW);
	KUNIT_EXPECT_EQ(test, told_of(test, skb), 0);
	ct = nfct_find(test, &flow);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	KUNIT_ASSERT_TRUE(test, nf_ct_ecache_exist(ct));
	KUNIT_EXPECT_EQ(test, nf_ct_ecache_find(ct)->expmask, 0);
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_EQ(test, heard.last, 1 << IPCT_DESTROY);
	nf_ct_put(ct);
}

/* Without its cache a connection's life would go unheard: rather none. */
static void no_memory_for_a_cache(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	/* With counters besides, it needs an area outside the connection: that is there, and cannot grow. */
	init_net.ct.sysctl_acct = 1;
	nfct_fault_arm(NFCT_FAULT_REALLOC, 2);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_DROPPED);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
	KUNIT_EXPECT_EQ(test, skb->_nfct, 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(once_for_each_packet_with_news),
	KUNIT_CASE(a_flush_tells_of_each),
	KUNIT_CASE(several_at_once),
	KUNIT_CASE(nothing_before_confirmation),
	KUNIT_CASE(missed_events_come_with_the_next),
	KUNIT_CASE_SLOW(a_destruction_is_told_again),
	KUNIT_CASE_SLOW(many_destructions),
	KUNIT_CASE_SLOW(unregistered_while_some_wait),
	KUNIT_CASE(who_has_a_cache),
	KUNIT_CASE(masks_of_a_template),
	KUNIT_CASE(no_memory_for_a_cache),
	{}
};

extern struct kunit_suite nfct_events_suite;
struct kunit_suite nfct_events_suite = {
	.name = "nfct_events", .init = open_with_listener, .exit = close_with_listener, .test_cases = cases,
};
