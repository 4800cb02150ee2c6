// SPDX-License-Identifier: GPL-2.0-only
/* The bench of the KUnit suites: a packet's way through conntrack, the counters, and what must be as before when a test is done. */
#include <linux/bottom_half.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>
#include <nfct/packet/ct_hook.h>
#include <nfct/shim/reasons.h>
#include <nfct/table/buckets.h>

static void count(struct net *net, struct nfct_counts *c)
{
	unsigned int *sum = (unsigned int *)&c->stat, reason, i;
	int cpu;

	memset(c, 0, sizeof(*c));
	for_each_possible_cpu(cpu) {
		const unsigned int *one = (const unsigned int *)per_cpu_ptr(net->ct.stat, cpu);

		for (i = 0; i < sizeof(c->stat) / sizeof(*sum); i++)
			sum[i] += READ_ONCE(one[i]);
	}
	for (reason = 0; reason < NFCT_REASON_COUNT; reason++)
		c->reason[reason] = nfct_reason_count(net, reason);
}

int nfct_lab_open(struct kunit *test)
{
	struct nfct_lab *lab;

	/* A kernel whose KUnit runs suites before the module's init, and that lab.h does not know. */
	if (!nf_conntrack_hash)
		kunit_skip(test, "the module is not initialised yet");

	lab = kzalloc(sizeof(*lab), GFP_KERNEL);
	if (!lab)
		return -ENOMEM;
	lab->net = &init_net;
	skb_queue_head_init(&lab->packets);
	nfct_gc_hold();
	lab->entries_before = nf_conntrack_count(lab->net);
	lab->max = nf_conntrack_max;
	lab->buckets = nf_conntrack_htable_size;
	lab->auto_buckets = nfct_auto_buckets;
	nfct_auto_buckets = false;
	lab->tcp = *nf_tcp_pernet(lab->net);
	lab->udp = *nf_udp_pernet(lab->net);
	lab->acct = lab->net->ct.sysctl_acct;
	lab->checksum = lab->net->ct.sysctl_checksum;
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	lab->tstamp = lab->net->ct.sysctl_tstamp;
	lab->events = lab->net->ct.sysctl_events;
#endif
	test->priv = lab;
	nfct_recount(test);
	return 0;
}

static void put_settings_back(struct nfct_lab *lab)
{
	nf_conntrack_max = lab->max;
	*nf_tcp_pernet(lab->net) = lab->tcp;
	*nf_udp_pernet(lab->net) = lab->udp;
	lab->net->ct.sysctl_acct = lab->acct;
	lab->net->ct.sysctl_checksum = lab->checksum;
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	lab->net->ct.sysctl_tstamp = lab->tstamp;
	lab->net->ct.sysctl_events = lab->events;
#endif
}

void nfct_lab_close(struct kunit *test)
{
	struct nfct_lab *lab = nfct_lab(test);
	enum nfct_fault kind;

	if (!lab)
		return;
	for (kind = 0; kind < NFCT_FAULT_COUNT; kind++)
		nfct_fault_arm(kind, 0);
	nfct_warnings_caught();
	nfct_at_resched(NULL, NULL);
	nfct_at_point(0, NULL, NULL);
	nfct_resized_meanwhile(test);
	skb_queue_purge(&lab->packets);
	nfct_flush(test);
	KUNIT_EXPECT_EQ_MSG(test, nf_conntrack_count(lab->net), lab->entries_before, "connections leaked");
	KUNIT_EXPECT_EQ_MSG(test, nf_ct_pernet(lab->net)->expect_count, 0, "expectations leaked");
	if (lab->other_net) {
		KUNIT_EXPECT_EQ_MSG(test, nf_conntrack_count(lab->other_net), 0, "connections of the other namespace leaked");
		/* Better leak the namespace, too, than leave them with a dangling pointer. */
		if (nf_conntrack_count(lab->other_net) == 0)
			nfct_other_net_free(lab);
	}
	put_settings_back(lab);
	nfct_auto_buckets = false;
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(lab->buckets), 0);
	nfct_auto_buckets = lab->auto_buckets;
	nfct_gc_release();
	test->priv = NULL;
	kfree(lab);
}

/* ---- a packet's way ---- */

static struct nf_hook_state hook_state(struct kunit *test, const struct sk_buff *skb, unsigned int hook)
{
	struct net *net = nfct_lab(test)->net;
	struct nf_hook_state state = {
		.hook = hook,
		.pf = skb->protocol == htons(ETH_P_IP) ? NFPROTO_IPV4 : NFPROTO_IPV6,
		.net = net,
	};

	if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		state.in = net->loopback_dev;
	else
		state.out = net->loopback_dev;
	return state;
}

static enum nfct_fate fate(const struct sk_buff *skb, unsigned int verdict)
{
	if (verdict != NF_ACCEPT)
		return NFCT_DROPPED;
	if (nfct_info(skb) == IP_CT_UNTRACKED)
		return NFCT_UNTRACKED;
	return nfct_conn(skb) ? NFCT_TRACKED : NFCT_INVALID;
}

enum nfct_fate nfct_in_at(struct kunit *test, struct sk_buff *skb, unsigned int hook)
{
	struct nf_hook_state state = hook_state(test, skb, hook);
	unsigned int verdict;

	rcu_read_lock();
	local_bh_disable();
	verdict = nf_conntrack_in(skb, &state);
	local_bh_enable();
	rcu_read_unlock();
	return fate(skb, verdict);
}

enum nfct_fate nfct_in(struct kunit *test, struct sk_buff *skb)
{
	return nfct_in_at(test, skb, NF_INET_PRE_ROUTING);
}

enum nfct_fate nfct_confirm(struct kunit *test, struct sk_buff *skb)
{
	struct nf_hook_state state = hook_state(test, skb, NF_INET_POST_ROUTING);
	unsigned int verdict;

	rcu_read_lock();
	local_bh_disable();
	verdict = nfct_confirm_packet(skb, &state);
	local_bh_enable();
	rcu_read_unlock();
	return fate(skb, verdict);
}

enum nfct_fate nfct_pass(struct kunit *test, struct sk_buff *skb)
{
	enum nfct_fate in = nfct_in(test, skb);

	return in == NFCT_TRACKED ? nfct_confirm(test, skb) : in;
}

void nfct_translate(struct nf_conn *ct, const struct nfct_flow *replies)
{
	struct nf_conntrack_tuple reply = nfct_tuple_of(replies);

	reply.dst.dir = IP_CT_DIR_REPLY;
	nf_conntrack_alter_reply(ct, &reply);
}

void nfct_drop(struct kunit *test, struct sk_buff *skb)
{
	skb_unlink(skb, &nfct_lab(test)->packets);
	kfree_skb(skb);
}

static struct sk_buff *first_packet(struct kunit *test, const struct nfct_flow *f)
{
	struct nfct_segment syn = { .flags = TCPHDR_SYN, .window = 1000 };

	switch (f->protocol) {
	case IPPROTO_TCP:
		return nfct_tcp(test, f, &syn);
	case IPPROTO_ICMP:
		return nfct_icmp(test, f, ICMP_ECHO, 0, NULL, 0);
	case IPPROTO_ICMPV6:
		return nfct_icmp(test, f, ICMPV6_ECHO_REQUEST, 0, NULL, 0);
	default:
		return nfct_udp(test, f, 4);
	}
}

struct nf_conn *nfct_alloc(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conntrack_tuple t = nfct_tuple_of(f), r;
	struct nf_conn *ct;

	KUNIT_ASSERT_TRUE(test, nf_ct_invert_tuple(&r, &t));
	ct = nf_conntrack_alloc(&init_net, &nf_ct_zone_dflt, &t, &r, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ct);
	ct->timeout = nfct_time_stamp + 1000 * HZ;
	ct->status |= IPS_CONFIRMED;
	return ct;
}

struct nf_conn *nfct_open(struct kunit *test, const struct nfct_flow *f)
{
	struct sk_buff *skb = first_packet(test, f);
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_ASSERT_TRUE(test, nf_ct_is_confirmed(ct));
	nfct_drop(test, skb);
	return ct;
}

struct nf_conn *nfct_open_answered(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conn *ct = nfct_open(test, f);
	struct nfct_flow back = nfct_reply_of(f);
	struct sk_buff *answer = nfct_udp(test, &back, 4);

	KUNIT_ASSERT_EQ(test, nfct_pass(test, answer), NFCT_TRACKED);
	KUNIT_ASSERT_PTR_EQ(test, nfct_conn(answer), ct);
	nfct_drop(test, answer);
	return ct;
}

/* ---- the table ---- */

struct nf_conn *nfct_find(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);
	struct nf_conntrack_tuple_hash *h = nf_conntrack_find_get(nfct_lab(test)->net, &nf_ct_zone_dflt, &tuple);

	return h ? nf_ct_tuplehash_to_ctrack(h) : NULL;
}

bool nfct_found(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conn *found = nfct_find(test, f);

	if (found)
		nf_ct_put(found);
	return found;
}

bool nfct_finds(struct kunit *test, const struct nfct_flow *f, const struct nf_conn *ct)
{
	struct nf_conn *found = nfct_find(test, f);

	if (found)
		nf_ct_put(found);
	return found && found == ct;
}

int nfct_entries(struct kunit *test)
{
	return nf_conntrack_count(nfct_lab(test)->net) - nfct_lab(test)->entries_before;
}

int nfct_any(struct nf_conn *ct, void *data)
{
	return 1;
}

void nfct_flush(struct kunit *test)
{
	struct nf_ct_iter_data iter = { .net = nfct_lab(test)->net };

	nf_ct_iterate_cleanup_net(nfct_any, &iter);
	iter.net = nfct_lab(test)->other_net;
	if (iter.net)
		nf_ct_iterate_cleanup_net(nfct_any, &iter);
}

void nfct_expire(struct nf_conn *ct)
{
	WRITE_ONCE(ct->timeout, nfct_time_stamp);
}

long nfct_seconds_left(const struct nf_conn *ct)
{
	return DIV_ROUND_UP(nf_ct_expires(ct), HZ);
}

/* ---- counters ---- */

void nfct_recount(struct kunit *test)
{
	count(nfct_lab(test)->net, &nfct_lab(test)->before);
}

u32 nfct_counted_at(struct kunit *test, size_t offset)
{
	struct nfct_counts now;

	count(nfct_lab(test)->net, &now);
	return *(u32 *)((char *)&now.stat + offset) - *(u32 *)((char *)&nfct_lab(test)->before.stat + offset);
}

u64 nfct_reasoned(struct kunit *test, enum nfct_reason reason)
{
	return nfct_reason_count(nfct_lab(test)->net, reason) - nfct_lab(test)->before.reason[reason];
}

u64 nfct_reasoned_any(struct kunit *test)
{
	unsigned int reason;
	u64 sum = 0;

	for (reason = 0; reason < NFCT_REASON_COUNT; reason++)
		sum += nfct_reasoned(test, reason);
	return sum;
}
