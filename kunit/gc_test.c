// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the collector. Who has expired goes soon, nobody else does, and no run is long. */
#include <nfct/kunit/fault.h>
#include <nfct/kunit/lab.h>

static struct nfct_flow numbered(unsigned int n)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, 1 + n / 30000, n % 30000, 2, 53 };
}

static struct nf_conn *open_one(struct kunit *test, unsigned int n)
{
	struct nfct_flow f = numbered(n);

	return nfct_open(test, &f);
}

/* The delay until the next one. */
static unsigned long whole_pass(struct kunit *test)
{
	unsigned long delay = nfct_gc_pass();

	KUNIT_ASSERT_GE(test, delay, HZ);
	return delay;
}

static void the_expired_go(struct kunit *test)
{
	unsigned int n;

	for (n = 0; n < 3000; n++) {
		struct nf_conn *ct = open_one(test, n);

		if (n % 3 == 0)
			nfct_expire(ct);
	}
	whole_pass(test);
	/* The one under way when the test began may have been past some of them. */
	whole_pass(test);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2000);
	for (n = 0; n < 3000; n++) {
		struct nfct_flow f = numbered(n);
		struct nf_conn *ct = nfct_find(test, &f);

		KUNIT_EXPECT_EQ(test, ct != NULL, n % 3 != 0);
		if (ct)
			nf_ct_put(ct);
	}
}

/* Out of the table now, though somebody holds it; and it is nobody's to delete any more. */
static void the_held_go_too(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct nf_conn *ct;

	open_one(test, 0);
	ct = nfct_find(test, &f);
	KUNIT_ASSERT_NOT_NULL(test, ct);
	nfct_expire(ct);
	whole_pass(test);
	whole_pass(test);
	KUNIT_EXPECT_TRUE(test, nf_ct_is_dying(ct));
	KUNIT_EXPECT_FALSE(test, nf_ct_delete(ct, 0, 0));
	KUNIT_EXPECT_EQ(test, refcount_read(&ct->ct_general.use), 1);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	nf_ct_put(ct);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* Found by its replies only, it must be collected by them. */
static void who_lives_beside_goes_too(struct kunit *test)
{
	struct nfct_flow f = numbered(0);
	struct sk_buff *a = nfct_udp(test, &f, 4), *b = nfct_udp(test, &f, 4);
	struct nf_conn *loser;

	KUNIT_ASSERT_EQ(test, nfct_in(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_in(test, b), NFCT_TRACKED);
	loser = nfct_conn(b);
	nfct_conn(a)->status |= IPS_SRC_NAT_DONE;
	loser->tuplehash[IP_CT_DIR_REPLY].tuple.dst.u.udp.port = htons(999);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, a), NFCT_TRACKED);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, b), NFCT_TRACKED);
	KUNIT_ASSERT_PTR_EQ(test, nfct_conn(b), loser);
	nfct_drop(test, b);
	nfct_expire(loser);
	whole_pass(test);
	whole_pass(test);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_finds(test, &f, nfct_conn(a)));
}

/* The next pass comes when the first is due, between a second and a minute from now. */
static void it_comes_back_in_time(struct kunit *test)
{
	struct nf_conn *ct;
	unsigned long delay;

	whole_pass(test);
	KUNIT_EXPECT_EQ(test, whole_pass(test), 60 * HZ);
	ct = open_one(test, 0);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 20 * HZ);
	delay = whole_pass(test);
	KUNIT_EXPECT_LE(test, delay, 20 * HZ);
	KUNIT_EXPECT_GE(test, delay, 19 * HZ);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 5);
	KUNIT_EXPECT_EQ(test, whole_pass(test), HZ);
	WRITE_ONCE(ct->timeout, nfct_time_stamp + 4000 * HZ);
	KUNIT_EXPECT_EQ(test, whole_pass(test), 60 * HZ);
}

static int expire_it(struct nf_conn *ct, void *data)
{
	nfct_expire(ct);
	return 0;
}

/* Between two slices of a run, as if the machine were slow. */
static void time_passes(void *arg)
{
	unsigned long until = jiffies + HZ / 50 + 2;

	while (time_before(jiffies, until))
		cpu_relax();
}

/* All at once: a lookup on its way removes what has expired, too. */
static void fill_with_expired(struct kunit *test, unsigned int entries)
{
	struct nf_ct_iter_data all = { .net = &init_net };
	unsigned int n;

	nf_conntrack_max = 2 * entries;
	KUNIT_ASSERT_EQ(test, nf_conntrack_hash_resize(16384), 0);
	whole_pass(test);
	for (n = 0; n < entries; n++)
		open_one(test, n);
	nf_ct_iterate_cleanup_net(expire_it, &all);
	KUNIT_ASSERT_EQ(test, nfct_entries(test), entries);
}

/* However much there is to do: a slice without a break is small, and a run that took its hundredth of a second leaves the rest for later. */
static void runs_are_short(struct kunit *test)
{
	const unsigned int entries = 2000, most = 128 + 50; /* a slice's kills, and what is left of the chain that it is in */
	unsigned int runs = 0;
	unsigned long delay;

	fill_with_expired(test, entries);
	nfct_at_resched(time_passes, NULL);
	do {
		int before = nfct_entries(test);

		delay = nfct_gc_step();
		KUNIT_EXPECT_LE(test, before - nfct_entries(test), most);
		/* Unfinished, it goes on at once. */
		if (nfct_entries(test))
			KUNIT_EXPECT_EQ(test, delay, 1);
	} while (nfct_entries(test) && ++runs < 1000);
	nfct_at_resched(NULL, NULL);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	KUNIT_EXPECT_GE(test, runs, entries / most);
}

/* A fast machine would give so much memory back at once that the packets of one CPU waited for that. */
static void runs_kill_so_many(struct kunit *test)
{
	const unsigned int entries = 10000, most = 8192 + 128 + 50; /* and a slice more */

	fill_with_expired(test, entries);
	KUNIT_EXPECT_EQ(test, nfct_gc_step(), 1);
	KUNIT_EXPECT_GE(test, nfct_entries(test), entries - most);
	whole_pass(test);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* Asked for room, it takes the unassured of a nearly full namespace, expired or not; a TCP connection that is over, though assured. */
static void room_is_made(struct kunit *test)
{
	struct nfct_flow f = { NFPROTO_IPV4, IPPROTO_TCP, 1, 1, 2, 80 };
	struct nf_conn *tcp;
	struct sk_buff *skb;
	unsigned int n;

	for (n = 0; n < 200; n++) {
		struct nf_conn *ct = open_one(test, n);

		if (n >= 50)
			set_bit(IPS_ASSURED_BIT, &ct->status);
	}
	tcp = nfct_open(test, &f);
	set_bit(IPS_ASSURED_BIT, &tcp->status);
	tcp->proto.tcp.state = TCP_CONNTRACK_TIME_WAIT;
	whole_pass(test);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 201);

	/* All are assured, so the newcomer is refused and the collector called; until it comes some lose that. */
	nf_conntrack_max = nf_conntrack_count(&init_net);
	for (n = 0; n < 50; n++) {
		struct nfct_flow u = numbered(n);
		struct nf_conn *ct = nfct_find(test, &u);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		set_bit(IPS_ASSURED_BIT, &ct->status);
		nf_ct_put(ct);
	}
	f.sport = 2;
	f.protocol = IPPROTO_UDP;
	skb = nfct_udp(test, &f, 4);
	KUNIT_EXPECT_EQ(test, nfct_pass(test, skb), NFCT_DROPPED);
	for (n = 0; n < 50; n++) {
		struct nfct_flow u = numbered(n);
		struct nf_conn *ct = nfct_find(test, &u);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		clear_bit(IPS_ASSURED_BIT, &ct->status);
		nf_ct_put(ct);
	}
	whole_pass(test);
	whole_pass(test);
	/* Down to 95 %, as integers have it, and no further. */
	KUNIT_EXPECT_EQ(test, nf_conntrack_count(&init_net), nf_conntrack_max / 100 * 95 - 1);
	for (n = 50; n < 200; n++) {
		struct nfct_flow u = numbered(n);
		struct nf_conn *ct = nfct_find(test, &u);

		KUNIT_ASSERT_NOT_NULL(test, ct);
		nf_ct_put(ct);
	}
}

/* The real worker, let loose. */
static void the_worker_works(struct kunit *test)
{
	unsigned long until = jiffies + 20 * HZ;
	unsigned int n;

	for (n = 0; n < 100; n++)
		nfct_expire(open_one(test, n));
	nfct_gc_release();
	while (nfct_entries(test) && time_before(jiffies, until))
		schedule_timeout_uninterruptible(HZ / 20);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
	nfct_gc_hold();
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(the_expired_go),
	KUNIT_CASE(the_held_go_too),
	KUNIT_CASE(who_lives_beside_goes_too),
	KUNIT_CASE(it_comes_back_in_time),
	KUNIT_CASE_SLOW(runs_are_short),
	KUNIT_CASE_SLOW(runs_kill_so_many),
	KUNIT_CASE(room_is_made),
	KUNIT_CASE_SLOW(the_worker_works),
	{}
};
NFCT_SUITE(nfct_gc, cases);
