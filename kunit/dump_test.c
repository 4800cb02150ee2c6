// SPDX-License-Identifier: GPL-2.0-only
/* Suite: walking over all connections while the table changes. Who lives through the walk is met exactly once. */
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>
#include <nfct/table/dump.h>

#define OLD 1500 /* live through every walk */
#define NEW 400	 /* come or go meanwhile */

struct walk {
	struct kunit *test;
	struct nfct_dump *dump;
	unsigned int met, strangers, dead;
	u8 times[OLD + NEW];
};

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1, n, 2, 53 };
}

static struct nf_conn *open_one(struct kunit *test, unsigned int n)
{
	struct nfct_flow f = numbered(n);

	return nfct_open(test, &f);
}

static void delete_one(struct kunit *test, unsigned int n)
{
	struct nfct_flow f = numbered(n);
	struct nf_conn *ct = nfct_find(test, &f);

	if (ct) {
		nf_ct_delete(ct, 0, 0);
		nf_ct_put(ct);
	}
}

static struct walk *begin(struct kunit *test, unsigned int entries)
{
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned int n;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	for (n = 0; n < entries; n++)
		open_one(test, n);
	w->dump = nfct_dump_open(&init_net);
	KUNIT_ASSERT_NOT_NULL(test, w->dump);
	return w;
}

/* At most `steps` entries; false at the end. An error ends the test, and what the dump holds is lost with it. */
static bool go(struct walk *w, unsigned int steps)
{
	struct kunit *test = w->test;
	struct nf_conn *ct;
	unsigned int n;
	int ret;

	while (steps--) {
		ret = nfct_dump_next(w->dump, &ct);
		KUNIT_ASSERT_GE(test, ret, 0);
		if (!ret)
			return false;
		w->met++;
		KUNIT_EXPECT_GE(test, refcount_read(&ct->ct_general.use), 1);
		n = ntohs(nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u.udp.port);
		if (nf_ct_net(ct) != &init_net || n >= ARRAY_SIZE(w->times))
			w->strangers++;
		else
			w->times[n]++;
	}
	return true;
}

/* Each of the old once; of the others none more often. No reference is left behind. */
static void finish(struct walk *w)
{
	unsigned int n, missed = 0, repeated = 0;
	struct kunit *test = w->test;

	for (n = 0; n < ARRAY_SIZE(w->times); n++) {
		missed += n < OLD && !w->times[n];
		repeated += w->times[n] > 1;
	}
	KUNIT_EXPECT_EQ(test, missed, 0);
	KUNIT_EXPECT_EQ(test, repeated, 0);
	KUNIT_EXPECT_EQ(test, w->strangers, 0);
	nfct_dump_close(w->dump);
	for (n = 0; n < OLD; n++) {
		struct nfct_flow f = numbered(n);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 2);
		nf_ct_put(ct);
	}
}

static void everybody_once(struct kunit *test)
{
	struct walk *w = begin(test, OLD);
	struct nf_conn *ct;

	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	KUNIT_EXPECT_EQ(test, w->met, OLD);
	/* The end stays the end. */
	KUNIT_EXPECT_EQ(test, nfct_dump_next(w->dump, &ct), 0);
	finish(w);
}

static void an_empty_table(struct kunit *test)
{
	struct nfct_dump *d = nfct_dump_open(&init_net);
	struct nf_conn *ct;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, nfct_dump_next(d, &ct), 0);
	nfct_dump_rewind(d);
	KUNIT_EXPECT_EQ(test, nfct_dump_next(d, &ct), 0);
	nfct_dump_close(d);
	nfct_dump_close(NULL);
}

static void other_namespaces_are_not_shown(struct kunit *test)
{
	struct walk *w = begin(test, OLD);
	unsigned int n;

	for (n = 0; n < 100; n++) {
		struct nfct_flow f = numbered(OLD + n);

		nfct_open_in(test, nfct_other_net(test), &f);
	}
	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	KUNIT_EXPECT_EQ(test, w->met, OLD);
	finish(w);
}

/* The position survives every new size, between any two steps. */
static void across_resizes(struct kunit *test)
{
	/* Not only powers of two: hash space does not divide evenly then. */
	static const unsigned int sizes[] = { 512, 65536, 1536, 131072, 3584, 16384, 23040 };
	struct walk *w = begin(test, OLD);
	unsigned int i = 0;

	while (go(w, 97)) {
		KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(sizes[i++ % ARRAY_SIZE(sizes)]), 0);
		KUNIT_ASSERT_LE(test, w->met, OLD);
	}
	KUNIT_EXPECT_GT(test, i, 10);
	finish(w);
}

/* Between the choice of a bucket and its lock: what was the bucket's is elsewhere then. To more buckets, and to fewer. */
static void within_resizes(struct kunit *test)
{
	static const unsigned int sizes[] = { 512, 65536, 1536, 16384 };
	struct walk *w = begin(test, OLD);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		nfct_resize_meanwhile(test, NFCT_POINT_BEFORE_LOCK, sizes[i]);
		KUNIT_EXPECT_TRUE(test, go(w, OLD / 8));
		KUNIT_ASSERT_TRUE(test, nfct_resized_meanwhile(test));
	}
	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	KUNIT_EXPECT_EQ(test, w->met, OLD);
	finish(w);
}

static void while_others_come_and_go(struct kunit *test)
{
	struct walk *w = begin(test, OLD + NEW / 2);
	unsigned int n = 0;

	/* From the middle of the numbers upwards one comes, downwards one goes. */
	while (go(w, 5)) {
		if (n < NEW / 2) {
			open_one(test, OLD + NEW / 2 + n);
			delete_one(test, OLD + NEW / 2 - 1 - n);
			n++;
		}
	}
	KUNIT_EXPECT_EQ(test, n, NEW / 2);
	finish(w);
}

/* Collected with its bucket, then deleted before its turn: it may be handed out, but it is alive as memory and known as dying. */
static void deleted_before_its_turn(struct kunit *test)
{
	unsigned int n, dying = 0;
	struct nfct_dump *d;
	struct nf_conn *ct;

	/* Long chains, so that much is collected at once. */
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	for (n = 0; n < OLD; n++)
		open_one(test, n);
	d = nfct_dump_open(&init_net);
	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, nfct_dump_next(d, &ct), 1);
	nfct_flush(test);
	while (nfct_dump_next(d, &ct) == 1) {
		dying += nf_ct_is_dying(ct);
		KUNIT_EXPECT_TRUE(test, nf_ct_is_dying(ct));
		KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
		KUNIT_EXPECT_LT(test, ntohs(nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u.udp.port), OLD);
	}
	KUNIT_EXPECT_LT(test, dying, 100);
	nfct_dump_close(d);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* A reader that stops half-way, one that starts again, and one that does so behind the last entry. */
static void stopped_and_rewound(struct kunit *test)
{
	struct walk *w = begin(test, OLD);

	KUNIT_EXPECT_TRUE(test, go(w, OLD / 2));
	nfct_dump_rewind(w->dump);
	memset(w->times, 0, sizeof(w->times));
	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	nfct_dump_rewind(w->dump);
	memset(w->times, 0, sizeof(w->times));
	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	KUNIT_EXPECT_EQ(test, w->met, OLD / 2 + OLD + OLD);
	finish(w);

	w = begin(test, 0);
	KUNIT_EXPECT_TRUE(test, go(w, 3));
	/* Closed with entries in hand: all references come back, else the bench's own check fails. */
	nfct_dump_close(w->dump);
}

/* No memory for a bucket: the reader is told, and goes on later where he was. */
static void out_of_memory(struct kunit *test)
{
	unsigned int failures = 0;
	struct nf_conn *ct;
	struct walk *w;

	nfct_fault_arm(NFCT_FAULT_ZALLOC, 1);
	KUNIT_EXPECT_NULL(test, nfct_dump_open(&init_net));
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_ZALLOC));

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	w = begin(test, OLD);
	/* Before the first entry, and then whenever a longer chain than any before comes. */
	for (;;) {
		int ret;

		nfct_fault_arm(NFCT_FAULT_REALLOC, 1);
		ret = nfct_dump_next(w->dump, &ct);
		if (nfct_fault_happened(NFCT_FAULT_REALLOC)) {
			KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
			failures++;
			if (!go(w, 1))
				break;
			continue;
		}
		KUNIT_ASSERT_GE(test, ret, 0);
		if (!ret)
			break;
		w->met++;
		w->times[ntohs(nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u.udp.port)]++;
	}
	KUNIT_EXPECT_GE(test, failures, 1);
	KUNIT_EXPECT_EQ(test, w->met, OLD);
	finish(w);
}

/* The moment between the lookup of a bucket and its collection: whatever happens there, nobody is missed. */
struct meddler {
	struct kunit *test;
	unsigned int calls, fresh;
};

static void meddle(void *arg)
{
	static const unsigned int sizes[] = { 512, 4096, 1024, 8192 };
	struct meddler *m = arg;

	nfct_at_resched(NULL, NULL);
	if (m->calls++ % 20 == 0)
		KUNIT_EXPECT_EQ(m->test, nf_conntrack_hash_resize(sizes[m->calls / 20 % ARRAY_SIZE(sizes)]), 0);
	if (m->fresh < NEW)
		open_one(m->test, OLD + m->fresh++);
	nfct_at_resched(meddle, m);
}

static void meddled_with(struct kunit *test)
{
	struct walk *w = begin(test, OLD);
	struct meddler m = { test };

	nfct_at_resched(meddle, &m);
	KUNIT_EXPECT_FALSE(test, go(w, UINT_MAX));
	nfct_at_resched(NULL, NULL);
	KUNIT_EXPECT_GT(test, m.calls, 100);
	finish(w);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(everybody_once),
	KUNIT_CASE(an_empty_table),
	KUNIT_CASE_SLOW(other_namespaces_are_not_shown),
	KUNIT_CASE_SLOW(across_resizes),
	KUNIT_CASE_SLOW(within_resizes),
	KUNIT_CASE_SLOW(while_others_come_and_go),
	KUNIT_CASE_SLOW(deleted_before_its_turn),
	KUNIT_CASE_SLOW(stopped_and_rewound),
	KUNIT_CASE_SLOW(out_of_memory),
	KUNIT_CASE_SLOW(meddled_with),
	{}
};
NFCT_SUITE(nfct_dump, cases);
