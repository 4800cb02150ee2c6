// SPDX-License-Identifier: GPL-2.0-only
/* Suite: into the table, found there, and out of it; what the counts say meanwhile. */
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/lab.h>

static const struct nfct_flow flow = { NFPROTO_IPV4, IPPROTO_UDP, 1, 1000, 2, 53 };
static const struct nfct_flow flow6 = { NFPROTO_IPV6, IPPROTO_UDP, 1, 1000, 2, 53 };

static int uses(const struct nf_conn *ct)
{
	return refcount_read(&ct->ct_general.use);
}

/* From the first packet to the last reference. */
static void a_life(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb = nfct_udp(test, &flow, 4);
	struct nf_conn *ct, *found;

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_EQ(test, uses(ct), 1);
	KUNIT_EXPECT_FALSE(test, nf_ct_is_confirmed(ct));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));

	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_confirmed(ct));
	KUNIT_EXPECT_EQ(test, uses(ct), 2);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, uses(ct), 1);

	found = nfct_find(test, &flow);
	KUNIT_EXPECT_PTR_EQ(test, found, ct);
	KUNIT_EXPECT_EQ(test, uses(ct), 2);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &back, ct));

	/* Out of the table, but held. */
	KUNIT_EXPECT_TRUE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_EQ(test, uses(ct), 1);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &back));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_EQ(test, uses(ct), 1);

	nf_ct_put(found);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* A packet that never gets as far as confirmation takes its connection with it. */
static void never_confirmed(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

static void both_directions_tell_theirs(struct kunit *test)
{
	const struct nfct_flow *flows[] = { &flow, &flow6 };
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct nf_conn *ct = nfct_open(test, flows[i]);
		struct nfct_flow back = nfct_reply_of(flows[i]);
		struct nf_conntrack_tuple t = nfct_tuple_of(&back);
		struct nf_conntrack_tuple_hash *h = nf_conntrack_find_get(&init_net, &nf_ct_zone_dflt, &t);

		KUNIT_ASSERT_NOT_NULL(test, h);
		KUNIT_EXPECT_PTR_EQ(test, nf_ct_tuplehash_to_ctrack(h), ct);
		KUNIT_EXPECT_EQ(test, NF_CT_DIRECTION(h), IP_CT_DIR_REPLY);
		nf_ct_put(ct);

		t = nfct_tuple_of(flows[i]);
		h = nf_conntrack_find_get(&init_net, &nf_ct_zone_dflt, &t);
		KUNIT_ASSERT_NOT_NULL(test, h);
		KUNIT_EXPECT_EQ(test, NF_CT_DIRECTION(h), IP_CT_DIR_ORIGINAL);
		nf_ct_put(ct);
	}
}

/* Both ends are the same: it is the reply direction that is found, as in stock, where that one stands first in the chain. */
static void who_talks_to_himself(struct kunit *test)
{
	static const struct nfct_flow self = { NFPROTO_IPV4, IPPROTO_UDP, 1, 500, 1, 500 }, self6 = { NFPROTO_IPV6, IPPROTO_UDP, 1, 500, 1, 500 };
	const struct nfct_flow *flows[] = { &self, &self6 };
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct nf_conn *ct = nfct_open(test, flows[i]);
		struct sk_buff *skb = nfct_udp(test, flows[i], 4);

		KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_PTR_EQ(test, nfct_conn(skb), ct);
		KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_ESTABLISHED_REPLY);
	}
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
}

/* A connection is found by its reply tuple, not by what mirrors its original one. */
static void translated_replies(struct kunit *test)
{
	const struct nfct_flow *flows[] = { &flow, &flow6 };
	int i;

	for (i = 0; i < ARRAY_SIZE(flows); i++) {
		struct nfct_flow mirror = nfct_reply_of(flows[i]), back = mirror;
		struct sk_buff *skb = nfct_udp(test, flows[i], 4);
		struct nf_conn *ct;

		back.dport += 1000;
		KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
		ct = nfct_conn(skb);
		nfct_translate(ct, &back);
		KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, flows[i], ct));
		KUNIT_EXPECT_TRUE(test, nfct_finds(test, &back, ct));
		KUNIT_EXPECT_FALSE(test, nfct_found(test, &mirror));
		nfct_drop(test, skb);
		nfct_flush(test);
		KUNIT_EXPECT_FALSE(test, nfct_found(test, flows[i]));
		KUNIT_EXPECT_FALSE(test, nfct_found(test, &back));
	}
}

/* A walk that deletes: those without extensions leave on the spot, others by nf_ct_delete(). Who holds one keeps its memory. */
static void all_kinds_are_flushed(struct kunit *test)
{
	struct nfct_flow plain = flow, held = flow, counted = flow, translated = flow, back;
	struct nf_conn *kept, *counted_kept;
	struct sk_buff *skb;

	held.sport++;
	counted.sport += 2;
	translated.sport += 3;
	back = nfct_reply_of(&translated);
	back.dport += 1000;
	nfct_open(test, &plain);
	kept = nfct_open(test, &held);
	nf_conntrack_get(&kept->ct_general);
	init_net.ct.sysctl_acct = 1;
	counted_kept = nfct_open(test, &counted);
	nf_conntrack_get(&counted_kept->ct_general);
	init_net.ct.sysctl_acct = 0;
	skb = nfct_udp(test, &translated, 4);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nfct_translate(nfct_conn(skb), &back);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 4);

	nfct_flush(test);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &plain));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &held));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &counted));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &translated));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &back));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_dying(kept));
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(kept, 0, 0));
	KUNIT_EXPECT_EQ(test, uses(kept), 1);
	KUNIT_EXPECT_EQ(test, uses(counted_kept), 1);
	nf_ct_put(kept);
	nf_ct_put(counted_kept);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* Each component of what names a connection. */
static void near_misses(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);
	struct nfct_flow f;

	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, ct));
	f = flow, f.from++;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	f = flow, f.sport++;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	f = flow, f.to++;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	f = flow, f.dport++;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	f = flow, f.protocol = IPPROTO_TCP;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow6));
}

static struct nf_conn *find_in(struct net *net, u16 zone_id, u8 zone_dirs, const struct nfct_flow *f)
{
	struct nf_conntrack_zone zone = { .id = zone_id, .dir = zone_dirs };
	struct nf_conntrack_tuple t = nfct_tuple_of(f);
	struct nf_conntrack_tuple_hash *h = nf_conntrack_find_get(net, &zone, &t);

	if (!h)
		return NULL;
	nf_ct_put(nf_ct_tuplehash_to_ctrack(h));
	return nf_ct_tuplehash_to_ctrack(h);
}

/* The same flow in two namespaces and in zones: each is a connection of its own. */
static void namespaces_and_zones_are_apart(struct kunit *test)
{
	struct net *other = nfct_other_net(test);
	struct nf_conn *here = nfct_open(test, &flow), *there;

	KUNIT_EXPECT_NULL(test, find_in(other, 0, NF_CT_DEFAULT_ZONE_DIR, &flow));
	/* Even in the same bucket. */
	other->hash_mix = init_net.hash_mix;
	KUNIT_EXPECT_NULL(test, find_in(other, 0, NF_CT_DEFAULT_ZONE_DIR, &flow));
	there = nfct_open_in(test, other, &flow);
	KUNIT_EXPECT_PTR_NE(test, here, there);
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(other), 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_PTR_EQ(test, find_in(other, 0, NF_CT_DEFAULT_ZONE_DIR, &flow), there);
	KUNIT_EXPECT_PTR_EQ(test, find_in(&init_net, 0, NF_CT_DEFAULT_ZONE_DIR, &flow), here);

	KUNIT_EXPECT_NULL(test, find_in(&init_net, 1, NF_CT_DEFAULT_ZONE_DIR, &flow));
	KUNIT_EXPECT_NULL(test, find_in(&init_net, 1, NF_CT_ZONE_DIR_ORIG, &flow));
	/* Zone 1 for replies only leaves the original direction in zone 0. */
	KUNIT_EXPECT_PTR_EQ(test, find_in(&init_net, 1, NF_CT_ZONE_DIR_REPL, &flow), here);
}

static void expired_entries_are_not_found(struct kunit *test)
{
	struct nf_conn *ct = nfct_open(test, &flow);
	struct nfct_flow back = nfct_reply_of(&flow);
	struct sk_buff *skb;

	nfct_expire(ct);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &back));
	/* The walk that came upon it has removed it. */
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);

	/* The next packet opens a new one. */
	nfct_expire(nfct_open(test, &flow));
	skb = nfct_udp(test, &flow, 4);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_NEW);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* ---- confirmation that must fail ---- */

static void killed_before_confirmation(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	set_bit(IPS_DYING_BIT, &nfct_conn(skb)->status);
	KUNIT_EXPECT_EQ(test, nfct_confirm(test, skb), NFCT_DROPPED);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, insert_failed), 1);
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &flow));
}

/* A bridge floods: two clones of a packet share the unconfirmed connection, the second comes too late. */
static void clone_confirmed_first(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4), *clone;
	struct nf_conn *ct;

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	ct = nfct_conn(skb);
	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb_queue_tail(&nfct_lab(test)->packets, clone);
	KUNIT_EXPECT_EQ(test, uses(ct), 2);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, clone), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, uses(ct), 3);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, ct));
}

/* A reply that was attached by hand (REJECT) must not confirm the connection of the packet that caused it. */
static void replies_do_not_confirm(struct kunit *test)
{
	struct sk_buff *skb = nfct_udp(test, &flow, 4), *answer = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	nf_conntrack_get(skb_nfct(skb));
	nf_ct_set(answer, nfct_conn(skb), IP_CT_RELATED_REPLY);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, answer), NFCT_TRACKED);
	KUNIT_EXPECT_FALSE(test, nf_ct_is_confirmed(nfct_conn(skb)));
}

/* ---- connections that others make: nf_conntrack_alloc() and nf_conntrack_hash_check_insert() ---- */

static struct nf_conn *alloc_one(struct kunit *test, const struct nfct_flow *f)
{
	struct nf_conn *ct = nfct_alloc(test, f);

	KUNIT_EXPECT_EQ(test, uses(ct), 0);
	return ct;
}

static void inserted_by_hand(struct kunit *test)
{
	struct nf_conn *ct = alloc_one(test, &flow), *same = alloc_one(test, &flow), *crossed;
	struct nfct_flow back = nfct_reply_of(&flow);

	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_check_insert(ct), 0);
	KUNIT_EXPECT_EQ(test, uses(ct), 2);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, insert), 1);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &flow, ct));
	nf_ct_put(ct);

	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_check_insert(same), -EEXIST);
	KUNIT_EXPECT_EQ(test, uses(same), 0);
	nf_conntrack_free(same);
	/* The same connection seen from the other end is taken, too. */
	crossed = alloc_one(test, &back);
	KUNIT_EXPECT_EQ(test, nf_conntrack_hash_check_insert(crossed), -EEXIST);
	nf_conntrack_free(crossed);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* Some hundred flows in one bucket are no accident: a newcomer is refused. */
static void chains_are_bounded(struct kunit *test)
{
	const unsigned int most = 512 * 60;
	unsigned int n, in = 0;

	/* The smallest table there is, so that there are enough candidates. */
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(1), 0);
	nf_conntrack_max = most;
	/* None may run out before the last is in, however slow the kernel. */
	nf_udp_pernet(&init_net)->timeouts[UDP_CT_UNREPLIED] = 3600 * HZ;
	for (n = 0; n < most && !nfct_counted(test, chaintoolong); n++) {
		struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_UDP, 1 + n / 50000, n % 50000, 2, 53 };
		struct sk_buff *skb = nfct_udp(test, &f, 0);
		enum nfct_fate fate = nfct_pass(test, skb);

		if (fate == NFCT_TRACKED) {
			in++;
		} else {
			KUNIT_EXPECT_EQ(test, fate, NFCT_DROPPED);
			KUNIT_EXPECT_EQ(test, nfct_counted(test, insert_failed), 1);
		}
		nfct_drop(test, skb);
	}
	KUNIT_EXPECT_EQ(test, nfct_counted(test, chaintoolong), 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), in);
	/* A chain's limit is between 50 and 80. The longest of 512 comes upon its own when they hold 28 to 41 on average (1,000 simulated tables). */
	KUNIT_EXPECT_GT(test, in, 512 * 20);
	KUNIT_EXPECT_LT(test, in, 512 * 50);
}

/* ---- nf_conntrack_tuple_taken(): NAT looks for a free tuple ---- */

static void taken(struct kunit *test)
{
	struct nfct_flow f = flow, other = flow, back = nfct_reply_of(&flow);
	struct nf_conntrack_tuple wanted = nfct_tuple_of(&back);
	struct nf_conn *ct = nfct_open(test, &flow), *mine;
	struct sk_buff *skb;

	f.from = 99;
	skb = nfct_udp(test, &f, 4);
	KUNIT_ASSERT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	mine = nfct_conn(skb);

	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&wanted, mine), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, found), 1);
	KUNIT_EXPECT_EQ(test, uses(ct), 1);
	/* It is no obstacle to itself. */
	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&wanted, ct), 0);
	other.sport++;
	back = nfct_reply_of(&other);
	wanted = nfct_tuple_of(&back);
	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&wanted, mine), 0);
	/* Nor is one whose time is up; it goes. */
	back = nfct_reply_of(&flow);
	wanted = nfct_tuple_of(&back);
	nfct_expire(ct);
	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&wanted, mine), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, found), 1);
}

/* Two first packets of one flow: NAT must not choose another address for the second, for they will be one connection. */
static void not_taken_by_its_own_race(struct kunit *test)
{
	struct nfct_flow back = nfct_reply_of(&flow);
	struct nf_conntrack_tuple wanted = nfct_tuple_of(&back);
	struct sk_buff *a = nfct_udp(test, &flow, 4), *b = nfct_udp(test, &flow, 4);

	KUNIT_ASSERT_EQ(test, nfct_in(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, b), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, a), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nf_conntrack_tuple_taken(&wanted, nfct_conn(b)), 0);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, found), 0);
}

/* ---- walks that delete ---- */

struct walk {
	unsigned int asked;
	u16 unwanted; /* source port */
};

static int count_and_pick(struct nf_conn *ct, void *data)
{
	struct walk *w = data;

	w->asked++;
	return ntohs(nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u.udp.port) == w->unwanted;
}

static void a_walk_asks_everybody_once(struct kunit *test)
{
	struct walk w = { .unwanted = 1000 + 7 };
	struct nf_ct_iter_data iter = { .net = &init_net, .data = &w };
	struct nfct_flow f = flow;

	for (f.sport = 1000; f.sport < 1100; f.sport++)
		nfct_open(test, &f);
	nfct_open_in(test, nfct_other_net(test), &flow);
	w.unwanted = 1;
	nf_ct_iterate_cleanup_net(count_and_pick, &iter);
	KUNIT_EXPECT_EQ(test, w.asked, 100);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 100);

	w.unwanted = 1007;
	nf_ct_iterate_cleanup_net(count_and_pick, &iter);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 99);
	f.sport = 1007;
	KUNIT_EXPECT_FALSE(test, nfct_found(test, &f));
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(nfct_other_net(test)), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_life),
	KUNIT_CASE(never_confirmed),
	KUNIT_CASE(both_directions_tell_theirs),
	KUNIT_CASE(who_talks_to_himself),
	KUNIT_CASE(translated_replies),
	KUNIT_CASE(all_kinds_are_flushed),
	KUNIT_CASE(near_misses),
	KUNIT_CASE(namespaces_and_zones_are_apart),
	KUNIT_CASE(expired_entries_are_not_found),
	KUNIT_CASE(killed_before_confirmation),
	KUNIT_CASE(clone_confirmed_first),
	KUNIT_CASE(replies_do_not_confirm),
	KUNIT_CASE(inserted_by_hand),
	KUNIT_CASE_SLOW(chains_are_bounded),
	KUNIT_CASE(taken),
	KUNIT_CASE(not_taken_by_its_own_race),
	KUNIT_CASE(a_walk_asks_everybody_once),
	{}
};
NFCT_SUITE(nfct_table, cases);
