// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suite: half of the entries live in the new bucket array and half in the old one, and nobody can tell. All of it between two chunks. The
 * replies of every other connection are translated, so that it has a place for each direction.
 */
#include <linux/bottom_half.h>
#include <nfct/kunit/cases.h>
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>
#include <nfct/table/dump.h>

#define ENTRIES 3000 /* some chunks */

struct gap {
	struct kunit *test;
	void (*what)(struct gap *g);
	unsigned int gaps;
	bool inside; /* what is done in a gap may let others run, too */
	unsigned int before, after, next_number;
	unsigned int sides[2][2]; /* flows used, by where their directions lived */
	struct nfct_dump *dump;
	unsigned int met;
	struct nf_conn *old;
	struct sk_buff *fresh;
};

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ n & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4, IPPROTO_UDP, 1 + n / 50000, 1000 + n % 50000, 2, 53 };
}

static bool is_translated(unsigned int n)
{
	return n & 2;
}

static struct nfct_flow answer(unsigned int n)
{
	struct nfct_flow f = numbered(n), back = nfct_reply_of(&f);

	if (is_translated(n))
		back.to += 100;
	return back;
}

static bool has_moved(const struct nfct_flow *f)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);
	bool moved;

	nfct_kunit_place(&tuple, &moved);
	return moved;
}

static void note_sides(struct gap *g, unsigned int n)
{
	struct nfct_flow f = numbered(n), back = answer(n);

	g->sides[has_moved(&f)][has_moved(&back)]++;
}

static void between_chunks(void *arg)
{
	struct gap *g = arg;

	if (g->inside || !nfct_kunit_migrating())
		return;
	g->inside = true;
	g->gaps++;
	g->what(g);
	g->inside = false;
}

static void open_some(struct kunit *test, unsigned int first, unsigned int count)
{
	unsigned int n;

	for (n = first; n < first + count; n++) {
		struct nfct_flow f = numbered(n), back = answer(n);
		struct sk_buff *skb = nfct_udp(test, &f, 4);

		KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
		nfct_translate(nfct_conn(skb), &back);
		KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
		nfct_drop(test, skb);
	}
}

/* Every original direction has a place, and of the replies those that do not mirror it. */
static void expect_whole(struct kunit *test)
{
	unsigned int bucket, places[2] = {}, translated = 0;
	struct nf_conntrack_tuple_hash *h;
	struct hlist_nulls_node *p;

	for (bucket = 0; bucket < nf_conntrack_htable_size; bucket++) {
		hlist_nulls_for_each_entry(h, p, &nf_conntrack_hash[bucket], hnnode) {
			const struct nf_conn *ct = nf_ct_tuplehash_to_ctrack(h);

			places[NF_CT_DIRECTION(h)]++;
			translated += !NF_CT_DIRECTION(h) && !nf_inet_addr_cmp(&nf_ct_tuple(ct, 0)->src.u3, &nf_ct_tuple(ct, 1)->dst.u3);
		}
	}
	KUNIT_EXPECT_EQ(test, places[IP_CT_DIR_ORIGINAL], nfct_entries(test));
	KUNIT_EXPECT_EQ(test, places[IP_CT_DIR_REPLY], translated);
	KUNIT_EXPECT_GE(test, translated, places[IP_CT_DIR_ORIGINAL] / 3);
}

/* To each of these sizes in turn, `what` in every gap; then all that should be there is, by both tuples. */
static void migrate(struct gap *g, void (*what)(struct gap *g))
{
	static const unsigned int sizes[] = { 16384, 1536, 65536, 512 };
	struct kunit *test = g->test;
	unsigned int i;

	g->what = what;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		g->before = nf_conntrack_htable_size;
		g->after = sizes[i];
		nfct_at_resched(between_chunks, g);
		KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(sizes[i]), 0);
		nfct_at_resched(NULL, NULL);
		KUNIT_EXPECT_EQ(test, nf_conntrack_htable_size, sizes[i]);
		expect_whole(test);
	}
	KUNIT_EXPECT_GE(test, g->gaps, 1);
}

static unsigned int lost(struct kunit *test, unsigned int first, unsigned int count)
{
	unsigned int n, lost = 0;

	for (n = first; n < first + count; n++) {
		struct nfct_flow f = numbered(n), back = answer(n);
		struct nf_conn *ct = nfct_find(test, &f);

		lost += !ct || !nfct_finds(test, &back, ct);
		if (ct)
			nf_ct_put(ct);
	}
	return lost;
}

static void look(struct gap *g)
{
	unsigned int n;

	for (n = 0; n < ENTRIES; n++)
		note_sides(g, n);
	KUNIT_EXPECT_EQ(g->test, lost(g->test, 0, ENTRIES), 0);
	KUNIT_EXPECT_EQ(g->test, lost(g->test, ENTRIES, 100), 100);
	KUNIT_EXPECT_EQ(g->test, nf_conntrack_htable_size, g->before);
}

static void everybody_is_found(struct kunit *test)
{
	struct gap g = { test };

	open_some(test, 0, ENTRIES);
	migrate(&g, look);
	/* All four ways, or the suite's numbers are too small. */
	KUNIT_EXPECT_GT(test, g.sides[0][0], 100);
	KUNIT_EXPECT_GT(test, g.sides[0][1], 100);
	KUNIT_EXPECT_GT(test, g.sides[1][0], 100);
	KUNIT_EXPECT_GT(test, g.sides[1][1], 100);
}

/* The oldest go, new ones come, and either is so at once. */
static void replace_some(struct gap *g)
{
	unsigned int n, some = 100, oldest = g->next_number - ENTRIES;

	for (n = oldest; n < oldest + some; n++) {
		struct nfct_flow f = numbered(n);
		struct nf_conn *ct = nfct_find(g->test, &f);

		note_sides(g, n);
		KUNIT_EXPECT_NOT_NULL(g->test, ct);
		if (!ct)
			continue;
		KUNIT_EXPECT_TRUE(g->test, nf_ct_delete(ct, 0, 0));
		nf_ct_put(ct);
	}
	KUNIT_EXPECT_EQ(g->test, lost(g->test, oldest, some), some);
	open_some(g->test, g->next_number, some);
	KUNIT_EXPECT_EQ(g->test, lost(g->test, g->next_number, some), 0);
	g->next_number += some;
}

static void they_come_and_go(struct kunit *test)
{
	struct gap g = { test, .next_number = ENTRIES };

	open_some(test, 0, ENTRIES);
	migrate(&g, replace_some);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), ENTRIES);
	KUNIT_EXPECT_EQ(test, lost(test, g.next_number - ENTRIES, ENTRIES), 0);
	KUNIT_EXPECT_GT(test, g.sides[0][1], 0);
	KUNIT_EXPECT_GT(test, g.sides[1][0], 0);
}

/* Two first packets of one flow: one connection. And its tuple is taken for anybody else. */
static void two_first_packets(struct gap *g)
{
	struct kunit *test = g->test;
	unsigned int n;

	for (n = 0; n < 20; n++) {
		struct nfct_flow f = numbered(g->next_number), other = numbered(g->next_number + 1), back = answer(g->next_number);
		struct sk_buff *a = nfct_udp(test, &f, 4), *b = nfct_udp(test, &f, 4), *c = nfct_udp(test, &other, 4);
		struct nf_conntrack_tuple reply = nfct_tuple_of(&back);

		note_sides(g, g->next_number);
		KUNIT_EXPECT_EQ(test, nfct_in(test, a), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nfct_in(test, b), NFCT_TRACKED);
		nfct_translate(nfct_conn(a), &back);
		nfct_translate(nfct_conn(b), &back);
		g->next_number += 2;
		KUNIT_EXPECT_EQ(test, nfct_in(test, c), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&reply, nfct_conn(c)), 0);
		KUNIT_EXPECT_EQ(test, nfct_confirm(test, a), NFCT_TRACKED);
		KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&reply, nfct_conn(c)), 1);
		KUNIT_EXPECT_EQ(test, nfct_confirm(test, b), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(a), nfct_conn(b));
		nfct_drop(test, a);
		nfct_drop(test, b);
		nfct_drop(test, c);
	}
}

static void first_packets_meet(struct kunit *test)
{
	struct gap g = { test, .next_number = 2 * ENTRIES };

	open_some(test, 0, ENTRIES);
	migrate(&g, two_first_packets);
	KUNIT_EXPECT_GT(test, g.sides[0][1], 0);
	KUNIT_EXPECT_GT(test, g.sides[1][0], 0);
}

/* As nf_conntrack_netlink walks: it gets the table whole, and whoever was moving it finds that done. */
static void walk_as_netlink(struct gap *g)
{
	unsigned int bucket, originals = 0, halves = 0;
	struct nf_conntrack_tuple_hash *h;
	struct hlist_nulls_node *p;

	local_bh_disable();
	for (bucket = 0; bucket < nf_conntrack_htable_size; bucket++) {
		spinlock_t *lock = &nf_conntrack_locks[bucket % CONNTRACK_LOCKS];

		nf_conntrack_lock(lock);
		halves += nfct_kunit_migrating();
		hlist_nulls_for_each_entry(h, p, &nf_conntrack_hash[bucket], hnnode)
			originals += NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL;
		spin_unlock(lock);
	}
	local_bh_enable();
	KUNIT_EXPECT_EQ(g->test, halves, 0);
	KUNIT_EXPECT_EQ(g->test, originals, ENTRIES);
	KUNIT_EXPECT_EQ(g->test, nf_conntrack_htable_size, g->after);
	KUNIT_EXPECT_EQ(g->test, lost(g->test, 0, ENTRIES), 0);
}

static void the_exported_lock_finishes(struct kunit *test)
{
	struct gap g = { test };

	open_some(test, 0, ENTRIES);
	migrate(&g, walk_as_netlink);
}

static bool every_side_seen(const struct gap *g)
{
	return g->sides[0][0] && g->sides[0][1] && g->sides[1][0] && g->sides[1][1];
}

/* One victim in a sparse table, wherever it and the newcomer are. Where they are is chance: until every case was there. */
static void room_for_newcomers(struct gap *g)
{
	struct kunit *test = g->test;
	unsigned int n;

	for (n = 0; n < 40 || (n < 1000 && !every_side_seen(g)); n++) {
		struct nfct_flow victim = numbered(g->next_number - 1), f = numbered(g->next_number);

		g->next_number++;
		g->sides[has_moved(&victim)][has_moved(&f)]++;
		KUNIT_EXPECT_EQ(test, nfct_pass(test, nfct_udp(test, &f, 4)), NFCT_TRACKED);
		skb_queue_purge(&nfct_lab(test)->packets);
		KUNIT_EXPECT_FALSE(test, nfct_found(test, &victim));
		KUNIT_EXPECT_TRUE(test, nfct_found(test, &f));
	}
}

static void victims_on_either_side(struct kunit *test)
{
	struct gap g = { test, .what = room_for_newcomers, .next_number = 1 };

	open_some(test, 0, 1);
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(65536), 0);
	nf_conntrack_max = nf_conntrack_count(&init_net);
	nfct_at_resched(between_chunks, &g);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(512), 0);
	nfct_at_resched(NULL, NULL);
	KUNIT_EXPECT_EQ(test, g.gaps, 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_TRUE(test, every_side_seen(&g));
}

/* A pass that begins in a gap, and on a slow machine goes on in others and after the last. */
static void collect(struct gap *g)
{
	nfct_gc_step();
}

static void the_expired_go(struct kunit *test)
{
	struct gap g = { test };
	unsigned int n;

	open_some(test, 0, ENTRIES);
	for (n = 0; n < ENTRIES; n += 3) {
		struct nfct_flow f = numbered(n);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nfct_expire(ct);
		nf_ct_put(ct);
	}
	/* No pass that began before. */
	nfct_gc_pass();
	for (n = 1; n < ENTRIES; n += 3) {
		struct nfct_flow f = numbered(n);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nfct_expire(ct);
		nf_ct_put(ct);
	}
	migrate(&g, collect);
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nfct_entries(test), ENTRIES / 3);
	for (n = 2; n < ENTRIES; n += 3)
		KUNIT_EXPECT_EQ(test, lost(test, n, 1), 0);
}

static void go_on(struct gap *g)
{
	struct nf_conn *ct;
	unsigned int n;

	for (n = 0; n < 200 && nfct_dump_next(g->dump, &ct) == 1; n++)
		g->met++;
}

/* In one gap all, in many a part: everybody once. */
static void dump_all(struct gap *g)
{
	struct nfct_dump *d = nfct_dump_open(&init_net);
	struct nf_conn *ct;
	unsigned int met = 0;

	KUNIT_EXPECT_NOT_NULL(g->test, d);
	while (d && nfct_dump_next(d, &ct) == 1)
		met++;
	nfct_dump_close(d);
	KUNIT_EXPECT_EQ(g->test, met, ENTRIES);
	go_on(g);
}

static void dumped_once(struct kunit *test)
{
	struct gap g = { test, .dump = nfct_dump_open(&init_net) };
	unsigned int before;

	KUNIT_ASSERT_NOT_NULL(test, g.dump);
	open_some(test, 0, ENTRIES);
	migrate(&g, dump_all);
	do {
		before = g.met;
		go_on(&g);
	} while (g.met != before);
	nfct_dump_close(g.dump);
	KUNIT_EXPECT_EQ(test, g.met, ENTRIES);
}

/* ---- a reader's chain ends in the number that he expects, and is not his ---- */

static void into_the_other_array(void *arg)
{
	struct gap *g = arg;

	nf_ct_delete(g->old, 0, 0);
	nfct_pass(g->test, g->fresh);
}

/* The next number from where the search stands whose flow lives there; ~0: too many tries. */
static unsigned int search(struct gap *g, bool moved, unsigned int bucket)
{
	unsigned int tries;

	for (tries = 0; tries < 200000; tries++) {
		struct nfct_flow f = numbered(g->next_number++);
		struct nf_conntrack_tuple tuple = nfct_tuple_of(&f);
		bool there;

		if (nfct_kunit_place(&tuple, &there) == bucket && there == moved)
			return g->next_number - 1;
	}
	return ~0;
}

static void carry(struct gap *g)
{
	struct kunit *test = g->test;
	unsigned int tries, elsewhere, bucket = g->before - 8;

	for (tries = 0; tries < 20 && !g->met; tries++) {
		struct nfct_flow sought = numbered(search(g, false, bucket)), before = numbered(search(g, false, bucket)), f;
		struct nf_conn *ct;

		elsewhere = search(g, true, bucket);
		KUNIT_EXPECT_NE(test, elsewhere, ~0);
		if (elsewhere == ~0)
			return;
		f = numbered(elsewhere);
		ct = nfct_open(test, &sought);
		g->old = nfct_open(test, &before);
		g->fresh = nfct_udp(test, &f, 4);
		nfct_at_point(NFCT_POINT_AT_NODE, into_the_other_array, g);
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &sought, ct));
		g->met += nfct_conn(g->fresh) == g->old;
		/* Else the chain grows too long where objects are not handed out again. */
		nf_ct_delete(nfct_conn(g->fresh), 0, 0);
		nfct_drop(test, g->fresh);
		nf_ct_delete(ct, 0, 0);
	}
}

static void carried_into_the_other_array(struct kunit *test)
{
	struct gap g = { test, .what = carry, .next_number = ENTRIES, .before = 512 };

	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(512), 0);
	open_some(test, 0, 1200);
	nfct_at_resched(between_chunks, &g);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_resize(1024), 0);
	nfct_at_resched(NULL, NULL);
	KUNIT_EXPECT_EQ(test, g.gaps, 1);
	if (!g.met)
		kunit_skip(test, "the slab never handed out the object just freed");
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(everybody_is_found),
	KUNIT_CASE_SLOW(they_come_and_go),
	KUNIT_CASE_SLOW(first_packets_meet),
	KUNIT_CASE_SLOW(the_exported_lock_finishes),
	KUNIT_CASE(victims_on_either_side),
	KUNIT_CASE_SLOW(the_expired_go),
	KUNIT_CASE_SLOW(dumped_once),
	KUNIT_CASE(carried_into_the_other_array),
	{}
};
NFCT_SUITE(nfct_migrate, cases);
