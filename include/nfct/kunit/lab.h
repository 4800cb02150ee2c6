/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bench on which every KUnit suite works: it owns the packets, remembers settings and counts, and sees at the end of each test that
 * no connection is left and the counts are back where they were.
 */
#ifndef NFCT_KUNIT_LAB_H
#define NFCT_KUNIT_LAB_H

#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <nfct/shim/netns.h>
#include <nfct/kernel/test_point.h>
#include <nfct/kunit/packet.h>

struct nfct_counts {
	struct ip_conntrack_stat stat;
	u64 reason[NFCT_REASON_COUNT];
};

struct nfct_lab {
	struct net *net;
	struct sk_buff_head packets;
	u32 entries_before;
	struct nfct_counts before;
	/* Settings that tests change. */
	unsigned int max, buckets;
	struct nf_tcp_net tcp;
	struct nf_udp_net udp;
	u8 acct, tstamp, events, checksum;
	bool auto_buckets;
	struct net *other_net;
	struct nfct_bystander *bystander;
};

/* A suite's init and exit. The collector stands still in between, see fault.h, and the table has the buckets that it is told. */
int nfct_lab_open(struct kunit *test);
void nfct_lab_close(struct kunit *test);

static inline struct nfct_lab *nfct_lab(struct kunit *test)
{
	return test->priv;
}

/* For the list in suites.c. */
#define NFCT_SUITE(id, cases)                                                                                                             \
	extern struct kunit_suite id##_suite;                                                                                             \
	struct kunit_suite id##_suite = {                                                                                                 \
		.name = #id, .init = nfct_lab_open, .exit = nfct_lab_close, .test_cases = (cases),                                        \
	}

/* Of the kernels that we build for, 6.1 lacks these, and runs a module's suites before its init. */
#ifndef KUNIT_CASE_SLOW
#define NFCT_KUNIT_RUNS_TOO_EARLY 1
#define KUNIT_CASE_SLOW(function) KUNIT_CASE(function)
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) KUNIT_EXPECT_EQ(test, memcmp(left, right, size), 0)
#endif

/* ---- a packet's way ---- */

/* What becomes of a packet. */
enum nfct_fate {
	NFCT_TRACKED,	/* accepted, with a connection */
	NFCT_INVALID,	/* accepted, without */
	NFCT_UNTRACKED, /* accepted, and marked as not to be tracked */
	NFCT_DROPPED,
};

/* nf_conntrack_in() as netfilter calls it. */
enum nfct_fate nfct_in_at(struct kunit *test, struct sk_buff *skb, unsigned int hook);
enum nfct_fate nfct_in(struct kunit *test, struct sk_buff *skb);
/* The confirming hook. */
enum nfct_fate nfct_confirm(struct kunit *test, struct sk_buff *skb);
/* One after the other: all that conntrack does with a forwarded packet. */
enum nfct_fate nfct_pass(struct kunit *test, struct sk_buff *skb);
/* Gives an unconfirmed connection this flow for its replies, as NAT does. */
void nfct_translate(struct nf_conn *ct, const struct nfct_flow *replies);
/* Frees the packet and the reference that it holds. */
void nfct_drop(struct kunit *test, struct sk_buff *skb);

static inline struct nf_conn *nfct_conn(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;

	return nf_ct_get(skb, &info);
}

static inline enum ip_conntrack_info nfct_info(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;

	nf_ct_get(skb, &info);
	return info;
}

/* As user space makes one, of any protocol: confirmed by its status, in no table yet and without a reference. */
struct nf_conn *nfct_alloc(struct kunit *test, const struct nfct_flow *f);
/* A confirmed connection that its first packet made (UDP; others by their flow's protocol), with no reference but the table's. */
struct nf_conn *nfct_open(struct kunit *test, const struct nfct_flow *f);
/* The same, answered once. */
struct nf_conn *nfct_open_answered(struct kunit *test, const struct nfct_flow *f);

/* ---- the table ---- */

/* The connection of the flow, in whichever direction, default zone; referenced, or null. */
struct nf_conn *nfct_find(struct kunit *test, const struct nfct_flow *f);
/* Whether the flow finds any; takes no reference. */
bool nfct_found(struct kunit *test, const struct nfct_flow *f);
/* Whether the flow finds ct; takes no reference. */
bool nfct_finds(struct kunit *test, const struct nfct_flow *f, const struct nf_conn *ct);
/* Entries since the test began. */
int nfct_entries(struct kunit *test);
/* For walks: everyone. */
int nfct_any(struct nf_conn *ct, void *data);
/* Deletes every connection of the lab's namespaces. */
void nfct_flush(struct kunit *test);
/* Its time is up. */
void nfct_expire(struct nf_conn *ct);
/* Seconds to live, rounded up. */
long nfct_seconds_left(const struct nf_conn *ct);

/* ---- counters: what was added since the test began, or since nfct_recount() ---- */

void nfct_recount(struct kunit *test);
u32 nfct_counted_at(struct kunit *test, size_t offset);
u64 nfct_reasoned(struct kunit *test, enum nfct_reason reason);
u64 nfct_reasoned_any(struct kunit *test);
#define nfct_counted(test, field) nfct_counted_at(test, offsetof(struct ip_conntrack_stat, field))

/* ---- another CPU ---- */

/* At the next such point of this task, the table gets this many buckets from another CPU. Skips the test if there is but one. */
void nfct_resize_meanwhile(struct kunit *test, enum nfct_point point, unsigned int buckets);
/* Whether that has happened; waits for it to end. */
bool nfct_resized_meanwhile(struct kunit *test);

/* ---- a second namespace: enough of one to own connections, its counts apart from the first's ---- */

struct net *nfct_other_net(struct kunit *test);
void nfct_other_net_free(struct nfct_lab *lab);
/* A confirmed UDP connection in that namespace. */
struct nf_conn *nfct_open_in(struct kunit *test, struct net *net, const struct nfct_flow *f);

#endif
