// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the number of buckets follows the number of entries. The collector's worker is held, and each of its steps taken by the test. */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>
#include <nfct/table/buckets.h>

#define LEAST (PAGE_SIZE / sizeof(struct hlist_nulls_head))

static void open_some(struct kunit *test, unsigned int first, unsigned int count)
{
	unsigned int n;

	for (n = first; n < first + count; n++) {
		struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000 + n, 2, 53 };

		nfct_open(test, &f);
	}
}

static void begin(struct kunit *test)
{
	nfct_auto_buckets = true;
	/* Dumps of the case before are not waited for. */
	nfct_gc_pass();
	msleep(1100);
	nfct_gc_pass();
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(LEAST), 0);
}

/* What nf_conntrack_netlink does with each bucket of a dump. */
static void dump_a_bucket(void)
{
	local_bh_disable();
	nf_conntrack_lock(&nf_conntrack_locks[0]);
	spin_unlock(&nf_conntrack_locks[0]);
	local_bh_enable();
}

/* A bucket has no more than one node: then a packet calls the worker, once, and the worker need not come to the end of its pass. */
static void it_grows_when_a_packet_asks(struct kunit *test)
{
	unsigned int kicks;

	begin(test);
	kicks = nfct_gc_kicks();
	open_some(test, 0, LEAST / 2);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks);
	open_some(test, LEAST / 2, 100);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks + 1);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
	nfct_gc_step();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 2 * LEAST);
	/* In one step as far as it must. */
	open_some(test, LEAST / 2 + 100, 5 * LEAST);
	nfct_gc_step();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	/* What was asked for is what is shown. */
	KUNIT_EXPECT_EQ(test, nfct_buckets_wanted, LEAST);
}

/* Entries that move to larger numbers would be shown again. */
static void growth_waits_for_a_dump(struct kunit *test)
{
	unsigned int kicks;

	begin(test);
	dump_a_bucket();
	open_some(test, 0, LEAST / 2 + 100);
	nfct_gc_step();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
	/* Between two messages, too. Packets do not ask meanwhile. */
	kicks = nfct_gc_kicks();
	open_some(test, LEAST / 2 + 100, 10);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks);
	KUNIT_EXPECT_LE(test, nfct_gc_pass(), (unsigned long)HZ);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
	/* A reader that went away is not waited for. */
	msleep(1100);
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 2 * LEAST);
}

static void growth_does_not_wait_for_ever(struct kunit *test)
{
	unsigned int kicks;

	begin(test);
	open_some(test, 0, LEAST / 2 + 100);
	dump_a_bucket();
	nfct_gc_step();
	kicks = nfct_gc_kicks();
	open_some(test, LEAST / 2 + 100, LEAST / 2);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks + 1);
	dump_a_bucket();
	nfct_gc_step();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 4 * LEAST);
}

/* Not at once, and not below what was asked for. */
static void it_shrinks_after_some_passes(struct kunit *test)
{
	unsigned int pass;

	begin(test);
	open_some(test, 0, 5 * LEAST);
	nfct_gc_pass();
	KUNIT_ASSERT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	nfct_flush(test);
	/* Nor while nf_conntrack_netlink dumps. */
	for (pass = 0; pass < 20; pass++) {
		dump_a_bucket();
		nfct_gc_pass();
	}
	for (pass = 0; pass < 7; pass++) {
		nfct_gc_pass();
		KUNIT_EXPECT_EQ_MSG(test, nf_conntrack_htable_size, 16 * LEAST, "pass %u", pass);
	}
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
	for (pass = 0; pass < 20; pass++)
		nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
}

static void what_is_asked_for_is_the_least(struct kunit *test)
{
	unsigned int pass;

	begin(test);
	open_some(test, 0, 5 * LEAST);
	nfct_gc_pass();
	KUNIT_ASSERT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	/* Of the size that it has by itself already. */
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(16 * LEAST), 0);
	nfct_flush(test);
	for (pass = 0; pass < 20; pass++)
		nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	KUNIT_EXPECT_EQ(test, nfct_buckets_wanted, 16 * LEAST);
}

/* Who writes a number again, as sysctl --system does, must not make long chains of a million entries. */
static void asked_for_less_than_it_needs(struct kunit *test)
{
	begin(test);
	open_some(test, 0, 5 * LEAST);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(LEAST), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	KUNIT_EXPECT_EQ(test, nfct_buckets_wanted, LEAST);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(2 * LEAST - 1), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, 16 * LEAST);
	KUNIT_EXPECT_EQ(test, nfct_buckets_wanted, 2 * LEAST);
	nfct_auto_buckets = false;
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(LEAST), 0);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
}

static void without_memory_it_stays(struct kunit *test)
{
	unsigned int kicks;

	begin(test);
	/* No packet has asked, so a step tries once: at its end. */
	nfct_auto_buckets = false;
	nfct_gc_pass();
	open_some(test, 0, LEAST);
	nfct_auto_buckets = true;
	nfct_fault_arm(NFCT_FAULT_PAGES, 1);
	nfct_gc_step();
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_PAGES));
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
	KUNIT_EXPECT_EQ(test, nfct_buckets_wanted, LEAST);
	/* No packet asks again; the next pass tries. */
	kicks = nfct_gc_kicks();
	open_some(test, LEAST, 10);
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks);
	nfct_gc_pass();
	KUNIT_EXPECT_GT(test, nf_conntrack_htable_size, LEAST);
}

static void switched_off(struct kunit *test)
{
	unsigned int kicks;

	begin(test);
	nfct_auto_buckets = false;
	nfct_gc_pass();
	kicks = nfct_gc_kicks();
	open_some(test, 0, LEAST);
	nfct_gc_pass();
	nfct_auto_buckets = true;
	KUNIT_EXPECT_EQ(test, nfct_gc_kicks(), kicks);
	KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, LEAST);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(it_grows_when_a_packet_asks),
	KUNIT_CASE(growth_waits_for_a_dump),
	KUNIT_CASE(growth_does_not_wait_for_ever),
	KUNIT_CASE(it_shrinks_after_some_passes),
	KUNIT_CASE(what_is_asked_for_is_the_least),
	KUNIT_CASE(asked_for_less_than_it_needs),
	KUNIT_CASE(without_memory_it_stays),
	KUNIT_CASE(switched_off),
	{}
};
NFCT_SUITE(nfct_follow, cases);
