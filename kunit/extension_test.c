// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the optional parts of a connection: how they are added, and what happens when there is no memory for them. */
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>
#include <nfct/shim/compat.h>
#include <nfct/shim/kernel.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };

/* An unconfirmed connection, which its packet holds. */
static struct nf_conn *unconfirmed(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_NULL(test, nfct_conn(skb)->ext);
	return nfct_conn(skb);
}

static bool all_bytes(const u8 *p, u8 value, unsigned int n)
{
	while (n--)
		if (*p++ != value)
			return false;
	return true;
}

/* All there are, one after the other: each starts as zeroes, and is not disturbed by those that follow. */
static void one_after_the_other(struct kunit *test)
{
	struct nf_conn *ct = unconfirmed(test);
	unsigned int id, other;

	for (id = 0; id < NF_CT_EXT_NUM; id++) {
		unsigned int size = nfct_shim_extension_size(id);
		u8 *data;

		if (!size)
			continue;
		KUNIT_EXPECT_FALSE(test, nf_ct_ext_exist(ct, id));
		data = nf_ct_ext_add(ct, id, GFP_ATOMIC);
		KUNIT_ASSERT_NOT_NULL(test, data);
		KUNIT_EXPECT_TRUE(test, nf_ct_ext_exist(ct, id));
		KUNIT_EXPECT_PTR_EQ(test, nf_ct_ext_find(ct, id), data);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)data, 8));
		KUNIT_EXPECT_TRUE_MSG(test, all_bytes(data, 0, size), "extension %u", id);
		memset(data, 0xc0 + id, size);
		/* A second one of the kind is refused. */
		KUNIT_EXPECT_NULL(test, nf_ct_ext_add(ct, id, GFP_ATOMIC));
		for (other = 0; other <= id; other++) {
			u8 *o = nf_ct_ext_find(ct, other);

			if (o)
				KUNIT_EXPECT_TRUE_MSG(test, all_bytes(o, 0xc0 + other, nfct_shim_extension_size(other)),
						      "extension %u after %u", other, id);
		}
	}
	KUNIT_EXPECT_LE(test, ct->ext->len, ksize(ct->ext));
	/* Who takes the connection apart would believe what it finds there. */
	for (id = 0; id < NF_CT_EXT_NUM; id++)
		if (nf_ct_ext_find(ct, id))
			memset(nf_ct_ext_find(ct, id), 0, nfct_shim_extension_size(id));
}

/* As much as there is stays as it was. */
static void no_memory_to_grow(struct kunit *test)
{
	struct nf_conn *ct = unconfirmed(test);
	struct nf_conn_acct *acct;
	struct nf_ct_ext *before;
	unsigned int id, len;

	nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
	KUNIT_EXPECT_NULL(test, nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_ATOMIC));
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
	KUNIT_EXPECT_NULL(test, ct->ext);

	acct = nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_ATOMIC);
	KUNIT_ASSERT_NOT_NULL(test, acct);
	memset(acct, 0x77, sizeof(*acct));
	before = ct->ext;
	len = before->len;
	for (id = 0; id < NF_CT_EXT_NUM; id++) {
		if (!nfct_shim_extension_size(id) || id == NF_CT_EXT_ACCT)
			continue;
		nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
		KUNIT_EXPECT_NULL(test, nf_ct_ext_add(ct, id, GFP_ATOMIC));
		KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
		KUNIT_EXPECT_PTR_EQ(test, ct->ext, before);
		KUNIT_EXPECT_EQ(test, ct->ext->len, len);
		KUNIT_EXPECT_FALSE(test, nf_ct_ext_exist(ct, id));
		KUNIT_EXPECT_TRUE(test, all_bytes((u8 *)nf_ct_ext_find(ct, NF_CT_EXT_ACCT), 0x77, sizeof(*acct)));
	}
}

static bool is_own(const struct nf_conn *ct)
{
	return ct->ext && (char *)ct->ext - (char *)ct == nfct_area_at(nf_ct_protonum(ct) == IPPROTO_TCP);
}

/* Counters live in the connection's memory, and move out of it when there are more parts than have room. */
static void in_the_connections_memory(struct kunit *test)
{
	struct nfct_segment syn = { .flags = TCPHDR_SYN, .seq = 1, .window = 1000 };
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1000, 2, 80 };
	struct sk_buff *packets[2];
	int i;

	init_net.ct.sysctl_acct = 1;
	packets[0] = nfct_udp(test, &flow, 4);
	packets[1] = nfct_tcp(test, &f, &syn);
	for (i = 0; i < 2; i++) {
		struct nf_conn *ct;
		struct nf_conn_acct *acct;
		unsigned int id;

		KUNIT_ASSERT_EQ(test, nfct_in(test, packets[i]), NFCT_TRACKED);
		ct = nfct_conn(packets[i]);
		KUNIT_ASSERT_TRUE(test, is_own(ct));
		acct = nf_conn_acct_find(ct);
		KUNIT_ASSERT_NOT_NULL(test, acct);
		memset(acct, 0x77, sizeof(*acct));
		for (id = 0; id < NF_CT_EXT_NUM; id++) {
			struct nf_ct_ext *before = ct->ext;
			bool room = ALIGN(before->len, 8) + nfct_shim_extension_size(id) <= NFCT_AREA;

			if (!nfct_shim_extension_size(id) || id == NF_CT_EXT_ACCT)
				continue;
			if (is_own(ct) && !room) {
				nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
				KUNIT_EXPECT_NULL(test, nf_ct_ext_add(ct, id, GFP_ATOMIC));
				KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
				KUNIT_EXPECT_PTR_EQ(test, ct->ext, before);
			}
			room &= is_own(ct);
			KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(ct, id, GFP_ATOMIC));
			KUNIT_EXPECT_EQ(test, is_own(ct), room);
			acct = nf_conn_acct_find(ct);
			KUNIT_EXPECT_TRUE(test, all_bytes((u8 *)acct, 0x77, sizeof(*acct)));
		}
		KUNIT_EXPECT_FALSE(test, is_own(ct));
		for (id = 0; id < NF_CT_EXT_NUM; id++)
			if (nf_ct_ext_find(ct, id))
				memset(nf_ct_ext_find(ct, id), 0, nfct_shim_extension_size(id));
		nfct_drop(test, packets[i]);
	}
	/* More than has room to begin with begins outside. */
	init_net.ct.sysctl_events = 1;
	packets[0] = nfct_udp(test, &flow, 4);
	KUNIT_ASSERT_EQ(test, nfct_in(test, packets[0]), NFCT_TRACKED);
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	KUNIT_ASSERT_NOT_NULL(test, nf_ct_ecache_find(nfct_conn(packets[0])));
	KUNIT_EXPECT_FALSE(test, is_own(nfct_conn(packets[0])));
#endif
	KUNIT_EXPECT_NOT_NULL(test, nf_conn_acct_find(nfct_conn(packets[0])));
}

#ifdef NFCT_EXTENSIONS_HAVE_A_GENERATION
static int nobody(struct nf_conn *ct, void *data)
{
	return 0;
}

/* A module that goes while user space makes a connection leaves nothing in an area that is still empty: what is added afterwards is found. */
static void an_empty_area_does_not_age(struct kunit *test)
{
	int added;

	init_net.ct.sysctl_acct = 1;
	for (added = 0; added < 2; added++) {
		struct nf_conn *ct = nfct_alloc(test, &flow);

		KUNIT_EXPECT_NOT_NULL(test, ct->ext);
		clear_bit(IPS_CONFIRMED_BIT, &ct->status);
		nf_ct_iterate_destroy(nobody, NULL);
		if (added) {
			KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(ct, NF_CT_EXT_HELPER, GFP_KERNEL));
			KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_find(ct, NF_CT_EXT_HELPER));
		}
		set_bit(IPS_CONFIRMED_BIT, &ct->status);
		KUNIT_EXPECT_EQ(test, nf_conntrack_hash_check_insert(ct), 0);
		KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
		nf_ct_put(ct);
	}
}
#endif

/* The first packet's connection has what the namespace wants, and is accounted itself. */
static void what_the_namespace_wants(struct kunit *test)
{
	struct nf_conn *ct;

	init_net.ct.sysctl_acct = 1;
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	init_net.ct.sysctl_tstamp = 1;
#endif
	ct = nfct_open(test, &flow);
	KUNIT_ASSERT_NOT_NULL(test, nf_conn_acct_find(ct));
	KUNIT_EXPECT_EQ(test, atomic64_read(&nf_conn_acct_find(ct)->counter[IP_CT_DIR_ORIGINAL].packets), 1);
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	KUNIT_ASSERT_NOT_NULL(test, nf_conn_tstamp_find(ct));
	KUNIT_EXPECT_LE(test, ktime_get_real_ns() - nf_conn_tstamp_find(ct)->start, 60 * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, nf_conn_tstamp_find(ct)->stop, 0);
#endif
}

#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
/* A connection that ran out a while ago, and is removed only now, ended then. */
static void the_end_is_when_time_was_up(struct kunit *test)
{
	struct nf_conn_tstamp *stamp;
	struct nf_conn *ct;
	u64 now;

	init_net.ct.sysctl_tstamp = 1;
	ct = nfct_open(test, &flow);
	stamp = nf_conn_tstamp_find(ct);
	nf_conntrack_get(&ct->ct_general);
	WRITE_ONCE(ct->timeout, nfct_time_stamp - 100 * HZ);
	now = ktime_get_real_ns();
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_GE(test, stamp->stop, now - 101 * NSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, stamp->stop, now - 99 * NSEC_PER_SEC);
	nf_ct_put(ct);
}
#endif

/* ---- once it is confirmed, others read the area without a lock: it must not move any more ---- */

static void a_confirmed_one_gets_no_more(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conn *ct = nfct_open(test, &flow);
	struct nf_ct_ext *before = ct->ext;
	unsigned int len = before ? before->len : 0, n;

	init_net.ct.sysctl_acct = 1;
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	init_net.ct.sysctl_tstamp = 1;
#endif
	for (n = 0; n < 4; n++) {
		struct nf_conn *tmpl = nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL);
		struct sk_buff *skb = nfct_udp(test, n & 1 ? &back : &flow, 4);

		/* A template asks for events, which are given to new connections only. */
		KUNIT_ASSERT_NOT_NULL(test, tmpl);
#ifdef CONFIG_NF_CONNTRACK_EVENTS
		KUNIT_EXPECT_NOT_NULL(test, nf_ct_ext_add(tmpl, NF_CT_EXT_ECACHE, GFP_KERNEL));
#endif
		nf_ct_set(skb, tmpl, IP_CT_NEW);
		KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
		KUNIT_EXPECT_PTR_EQ(test, ct->ext, before);
		if (before)
			KUNIT_EXPECT_EQ(test, before->len, len);
	}
}

/* Whoever tries is told so in the log. */
static void who_adds_too_late_is_told(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);

	nfct_warnings_catch();
	nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_ATOMIC);
	KUNIT_EXPECT_EQ(test, nfct_warnings_caught(), 1);
}

/* ---- no memory on a packet's way ---- */

/* No connection, no passage: the packet is dropped and nothing is left of it. */
static void no_memory_for_a_connection(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	nfct_fault_arm(NFCT_FAULT_CONN, 1);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_DROPPED);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_CONN));
	KUNIT_EXPECT_EQ(test, skb->_nfct, 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, drop), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, invalid), 0);
	/* The next one has better luck. */
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* A connection without counters is better than none. */
static void no_memory_for_extensions(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	/* As many as need an area outside the connection. */
	init_net.ct.sysctl_acct = 1;
	init_net.ct.sysctl_events = 1;
	nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_REALLOC));
	KUNIT_ASSERT_NOT_NULL(test, nfct_conn(skb));
	KUNIT_EXPECT_NULL(test, nf_conn_acct_find(nfct_conn(skb)));
	nfct_drop(test, skb);
	/* Nor does accounting what has no counters hurt. */
	skb = nfct_udp(test, &flow, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
}

static void no_memory_for_others(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conntrack_tuple t = nfct_tuple_of(&flow), r = nfct_tuple_of(&back);

	nfct_fault_arm(NFCT_FAULT_CONN, 1);
	KUNIT_EXPECT_EQ(test, PTR_ERR(nf_conntrack_alloc(&init_net, &nf_ct_zone_dflt, &t, &r, GFP_KERNEL)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	nfct_fault_arm(NFCT_FAULT_ZALLOC, 1);
	KUNIT_EXPECT_NULL(test, nf_ct_tmpl_alloc(&init_net, &nf_ct_zone_dflt, GFP_KERNEL));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_after_the_other),
	KUNIT_CASE(no_memory_to_grow),
	KUNIT_CASE(in_the_connections_memory),
#ifdef NFCT_EXTENSIONS_HAVE_A_GENERATION
	KUNIT_CASE(an_empty_area_does_not_age),
#endif
	KUNIT_CASE(what_the_namespace_wants),
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	KUNIT_CASE(the_end_is_when_time_was_up),
#endif
	KUNIT_CASE(a_confirmed_one_gets_no_more),
	KUNIT_CASE(who_adds_too_late_is_told),
	KUNIT_CASE(no_memory_for_a_connection),
	KUNIT_CASE(no_memory_for_extensions),
	KUNIT_CASE(no_memory_for_others),
	{}
};
NFCT_SUITE(nfct_extension, cases);
