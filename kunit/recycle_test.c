// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: whoever removes an entry that he came upon without a lock, while its memory goes to a packet on its way. That packet's connection
 * is not in the table yet: to remove it would take apart what is not linked, and leave the packet with a corpse.
 */
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

/* Enough that the slab hands out the object just freed at least once. */
#define TRIES 64

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1, n, 2, 53 };
}

struct swap {
	struct kunit *test;
	struct nf_conn *old;
	struct sk_buff *fresh;
	u32 timeout; /* of the newcomer, as it was */
	bool happened;
};

/* The old one goes; a newcomer comes, and is not confirmed. Its timeout is relative yet: read as a time it may well be past. */
static void recycle(void *arg)
{
	struct swap *s = arg;
	struct nf_conn *ct;

	s->happened = true;
	nf_conntrack_max = 0;
	nf_ct_delete(s->old, 0, 0);
	KUNIT_EXPECT_EQ(s->test, nfct_in(s->test, s->fresh), NFCT_TRACKED);
	ct = nfct_conn(s->fresh);
	if (ct) {
		s->timeout = ct->timeout;
		nfct_expire(ct);
	}
}

/* The newcomer is as it was, and still gets into the table. Whether it has the old one's memory. */
static bool expect_unharmed(struct kunit *test, struct swap *s, const struct nfct_flow *f)
{
	struct nf_conn *ct;
	bool reused;

	KUNIT_EXPECT_TRUE(test, s->happened);
	nfct_at_point(0, NULL, NULL);
	ct = nfct_conn(s->fresh);
	if (!s->happened || !ct)
		return false;
	reused = ct == s->old;
	KUNIT_EXPECT_FALSE(test, nf_ct_is_confirmed(ct));
	KUNIT_EXPECT_FALSE(test, nf_ct_is_dying(ct));
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
	WRITE_ONCE(ct->timeout, s->timeout);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, s->fresh), NFCT_TRACKED);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, f, ct));
	KUNIT_EXPECT_EQ(test, nfct_seconds_left(ct), 30);
	nfct_drop(test, s->fresh);
	return reused;
}

typedef void (*remover)(struct kunit *test, const struct nfct_flow *old, unsigned int n);

static void play(struct kunit *test, bool expired, remover remove)
{
	unsigned int n, reused = 0;

	for (n = 0; n < TRIES; n++) {
		struct nfct_flow f = numbered(3 * n), fresh = numbered(3 * n + 1);
		struct swap s = { test, nfct_open(test, &f), nfct_udp(test, &fresh, 4) };

		if (expired)
			nfct_expire(s.old);
		nfct_at_point(NFCT_POINT_BEFORE_REAP, recycle, &s);
		remove(test, &f, n);
		reused += expect_unharmed(test, &s, &fresh);
		nfct_flush(test);
		KUNIT_ASSERT_EQ(test, nfct_entries(test), 0);
	}
	if (!reused)
		kunit_skip(test, "the slab never handed out the object just freed");
}

static void look(struct kunit *test, const struct nfct_flow *old, unsigned int n)
{
	KUNIT_EXPECT_FALSE(test, nfct_found(test, old));
}

/* A lookup clears away what has run out. */
static void by_a_lookup(struct kunit *test)
{
	play(test, true, look);
}

static void collect(struct kunit *test, const struct nfct_flow *old, unsigned int n)
{
	unsigned int i;

	/* A pass over the table takes several runs. */
	for (i = 0; i < 1000 && nfct_found(test, old); i++)
		nfct_gc_step();
}

/* The collector. It must come upon the entry, not the lookup that tells when. */
static void run_collector(struct kunit *test, const struct nfct_flow *old, unsigned int n)
{
	nfct_gc_pass();
	collect(test, old, n);
}

static void by_the_collector(struct kunit *test)
{
	play(test, true, run_collector);
}

static void newcomer(struct kunit *test, const struct nfct_flow *old, unsigned int n)
{
	struct nfct_flow third = numbered(3 * n + 2);
	struct sk_buff *skb = nfct_udp(test, &third, 4);

	/* One entry is there, so that this makes the table full. */
	nf_conntrack_max = nf_conntrack_count(&init_net);
	nfct_in(test, skb);
	nfct_drop(test, skb);
}

/* Early drop, of one that is alive. */
static void by_early_drop(struct kunit *test)
{
	play(test, false, newcomer);
}

struct moment {
	struct kunit *test;
	struct nf_conn *ct;
	u32 relative;
	bool happened;
};

static void look_at_the_new_one(void *arg)
{
	struct moment *m = arg;
	struct nf_conn *ct = m->ct;

	m->happened = true;
	KUNIT_EXPECT_FALSE(m->test, nf_ct_is_confirmed(ct));
	KUNIT_EXPECT_FALSE(m->test, hlist_nulls_unhashed(&ct->tuplehash[IP_CT_DIR_ORIGINAL].hnnode));
	KUNIT_EXPECT_TRUE(m->test, hlist_nulls_unhashed(&ct->tuplehash[IP_CT_DIR_REPLY].hnnode));
	KUNIT_EXPECT_LE(m->test, (u32)(ct->timeout - m->relative - nfct_time_stamp + HZ), 2 * HZ);
}

/* Whoever sees the confirmed bit finds links and timeout in order: the bit comes last. */
static void confirmed_is_what_comes_last(struct kunit *test)
{
	struct nfct_flow f = numbered(1);
	struct sk_buff *skb = nfct_udp(test, &f, 4);
	struct moment m = { test };

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	m.ct = nfct_conn(skb);
	m.relative = m.ct->timeout;
	nfct_at_point(NFCT_POINT_BEFORE_CONFIRMED, look_at_the_new_one, &m);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_TRUE(test, m.happened);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_confirmed(m.ct));
}

/* The memory of the last one that died on a processor is the next one's, if it is of the same kind. */
static void the_last_is_the_next(struct kunit *test)
{
	struct nfct_flow f = numbered(1);
	struct nf_conn *whole, *shorter, *with_area;
	struct sk_buff *skb = nfct_udp(test, &f, 4);

	migrate_disable();
	whole = nfct_alloc(test, &f);
	nf_conntrack_free(whole);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	shorter = nfct_conn(skb);
	KUNIT_EXPECT_PTR_NE(test, shorter, whole);
	init_net.ct.sysctl_acct = 1;
	with_area = nfct_alloc(test, &f);
	KUNIT_EXPECT_PTR_NE(test, with_area, whole);
	init_net.ct.sysctl_acct = 0;
	KUNIT_EXPECT_PTR_EQ(test, nfct_alloc(test, &f), whole);
	nf_conntrack_free(with_area);
	nf_conntrack_free(whole);
	nfct_drop(test, skb);
	skb = nfct_udp(test, &f, 4);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), shorter);
	migrate_enable();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(by_a_lookup),
	KUNIT_CASE(by_the_collector),
	KUNIT_CASE(by_early_drop),
	KUNIT_CASE(confirmed_is_what_comes_last),
	KUNIT_CASE(the_last_is_the_next),
	{}
};
NFCT_SUITE(nfct_recycle, cases);
