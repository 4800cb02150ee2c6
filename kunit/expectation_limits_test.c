// SPDX-License-Identifier: GPL-2.0-only
/* Suite: how many expectations there may be, who makes room, and which two cannot be at once. */
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/expectation.h>

/* Class 0 has room for three: the newcomer takes the place of the oldest. */
static void the_oldest_makes_room(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	int i;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 1, 99), 0);
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, i), 0);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	KUNIT_EXPECT_FALSE(test, nfct_waits(1));
	for (i = 2; i < 5; i++)
		KUNIT_EXPECT_TRUE(test, nfct_waits(i));
	/* Older than all of them, but of another class. */
	KUNIT_EXPECT_TRUE(test, nfct_waits(99));
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 3);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 1), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_delete), 2);
}

static void those_that_ran_out_make_room_first(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 1);

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 2), 0);
	WRITE_ONCE(exp->timeout, nfct_time_stamp);
	nf_ct_expect_put(exp);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 3), 0);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	KUNIT_EXPECT_TRUE(test, nfct_waits(2));
	KUNIT_EXPECT_TRUE(test, nfct_waits(3));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 3);
}

static void no_limit(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	int i;

	for (i = 0; i < 50; i++)
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 1, i), 0);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 1), 50);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 50);
}

/* A master's limit is its own. */
static void masters_are_apart(struct kunit *test)
{
	struct nf_conn *a = nfct_master(test, 1), *b = nfct_master(test, 3);
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, a, 0, i), 0);
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, b, 0, 10 + i), 0);
	}
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 6);
}

/* The table as a whole is bounded in each namespace. */
static void the_table_is_full(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *far = nfct_master_in(test, nfct_other_net(test), 1);
	unsigned int max = nf_ct_expect_max;

	nf_ct_expect_max = 2;
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 1, 2), -EMFILE);
	KUNIT_EXPECT_FALSE(test, nfct_waits(2));
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 1), 2);
	/* What replaces another needs no room. */
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, far, 1, 2), 0);
	nf_ct_expect_max = max;
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 2);
}

static void no_helper_part(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
	struct nf_conn *master = nfct_open(test, &f);

	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 0, 0), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
}

/* User space may have expectations without a helper: no limit, and the time that it set. */
static void no_helper(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp;
	int i;

	RCU_INIT_POINTER(nfct_help(master)->helper, NULL);
	for (i = 0; i < 5; i++) {
		exp = nfct_expectation(test, master, 0, i);
		exp->timeout += 7 * HZ;
		KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
		KUNIT_EXPECT_EQ(test, DIV_ROUND_UP((s32)(exp->timeout - nfct_time_stamp), HZ), 7);
		nf_ct_expect_put(exp);
	}
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 5);
}

/* ---- two at once ---- */

static void the_same_again(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *other = nfct_master(test, 3);
	struct nf_conntrack_expect *first = nfct_expectation(test, master, 0, 0), *exp;

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(first, 0), 0);
	/* It starts anew. */
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->use), 1);
	nf_ct_expect_put(first);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 1);
	/* Not in another class, and not for another master. */
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 1, 0), -EALREADY);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, other, 0, 0), -EBUSY);
	exp = nfct_expectation(test, other, 0, 0);
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, NF_CT_EXP_F_SKIP_MASTER), -EALREADY);
	nf_ct_expect_put(exp);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expecting(other, 0), 0);
}

/* Two that one packet would fulfil cannot be; two that no packet would both fulfil can. */
static void overlapping(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 1, 0);

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 1, 0), 0);
	/* From one port of it only: within the first. */
	exp->tuple.src.u.udp.port = htons(77);
	exp->mask.src.u.all = htons(0xffff);
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, 0), -EBUSY);
	/* From another host. */
	exp->tuple.src.u3 = nfct_host(NFPROTO_IPV4, 9);
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	nf_ct_expect_put(exp);
	/* From any host: around both. */
	exp = nfct_expectation(test, master, 1, 0);
	memset(&exp->tuple.src.u3, 0, sizeof(exp->tuple.src.u3));
	memset(&exp->mask.src.u3, 0, sizeof(exp->mask.src.u3));
	KUNIT_EXPECT_EQ(test, nf_ct_expect_related(exp, 0), -EBUSY);
	nf_ct_expect_put(exp);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 2);
}

/* What has run out is in nobody's way. */
static void the_dead_do_not_clash(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *other = nfct_master(test, 3);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	WRITE_ONCE(exp->timeout, nfct_time_stamp);
	nf_ct_expect_put(exp);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, other, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 0);
}

#ifdef CONFIG_NF_CONNTRACK_ZONES
static void zones_are_apart(struct kunit *test)
{
	struct nf_conn *a = nfct_master(test, 1), *b = nfct_master(test, 3);

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, a, 0, 0), 0);
	/* Never found at that place again, but deleted from where it is. */
	b->zone.id = 5;
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, b, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 2);
	nf_ct_remove_expectations(b);
	b->zone.id = 0;
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
}
#endif

/* ---- two that belong together (RTP and RTCP) ---- */

#ifdef NFCT_KERNEL_DECLARES_nf_ct_expect_related_pair
static int pair(struct kunit *test, struct nf_conn *ma, unsigned int a, struct nf_conn *mb, unsigned int b)
{
	struct nf_conntrack_expect *exp[] = { nfct_expectation(test, ma, 0, a), nfct_expectation(test, mb, 0, b) };
	int err = nf_ct_expect_related_pair(exp, 0);

	nf_ct_expect_put(exp[0]);
	nf_ct_expect_put(exp[1]);
	return err;
}

static void pairs(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *other = nfct_master(test, 3);
	int i;

	KUNIT_EXPECT_EQ(test, pair(test, master, 0, master, 1), 0);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 2);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_create), 2);
	/* Both or none: the second is another master's already. */
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, other, 0, 9), 0);
	KUNIT_EXPECT_EQ(test, pair(test, master, 5, master, 9), -EBUSY);
	KUNIT_EXPECT_FALSE(test, nfct_waits(5));
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 2);
	KUNIT_EXPECT_EQ(test, pair(test, master, 9, master, 5), -EBUSY);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 2);
	KUNIT_EXPECT_EQ(test, pair(test, master, 5, other, 6), -EINVAL);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 3);
	/* Room is made for both. */
	KUNIT_EXPECT_EQ(test, pair(test, master, 5, master, 6), 0);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 3);
	for (i = 5; i <= 6; i++)
		KUNIT_EXPECT_TRUE(test, nfct_waits(i));
}
#endif

static struct kunit_case cases[] = {
	KUNIT_CASE(the_oldest_makes_room),
	KUNIT_CASE(those_that_ran_out_make_room_first),
	KUNIT_CASE(no_limit),
	KUNIT_CASE(masters_are_apart),
	KUNIT_CASE(the_table_is_full),
	KUNIT_CASE(no_helper_part),
	KUNIT_CASE(no_helper),
	KUNIT_CASE(the_same_again),
	KUNIT_CASE(overlapping),
	KUNIT_CASE(the_dead_do_not_clash),
#ifdef CONFIG_NF_CONNTRACK_ZONES
	KUNIT_CASE(zones_are_apart),
#endif
#ifdef NFCT_KERNEL_DECLARES_nf_ct_expect_related_pair
	KUNIT_CASE(pairs),
#endif
	{}
};
NFCT_SUITE(nfct_expectation_limits, cases);
