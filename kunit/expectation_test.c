// SPDX-License-Identifier: GPL-2.0-only
/* Suite: what an expectation waits for, who finds it, when it is over, and what it is while master and packet come and go. */
#include <linux/seq_file.h>
#include <linux/udp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <nfct/kunit/expectation.h>
#include <nfct/kunit/fault.h>
#include <nfct/present/files.h>

static struct nf_conntrack_expect *find(const struct nfct_flow *f)
{
	struct nf_conntrack_tuple tuple = nfct_tuple_of(f);

	return nf_ct_expect_find_get(&init_net, &nf_ct_zone_dflt, &tuple);
}

static bool finds(const struct nfct_flow *f)
{
	struct nf_conntrack_expect *exp = find(f);

	if (exp)
		nf_ct_expect_put(exp);
	return exp;
}

static void from_alloc_to_unlink(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);

	KUNIT_EXPECT_EQ(test, refcount_read(&exp->use), 1);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&exp->use), 2);
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 1);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_create), 1);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));

	spin_lock_bh(&nf_conntrack_expect_lock);
	nf_ct_unlink_expect(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	KUNIT_EXPECT_EQ(test, refcount_read(&exp->use), 1);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 0);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_delete), 1);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	nf_ct_expect_put(exp);
}

/* Whatever stood there before, each field is what the caller said, and nothing is left in the bytes that a tuple does not use. */
static void init_sets_everything(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nf_ct_expect_alloc(master);
	union nf_inet_addr from = nfct_host(NFPROTO_IPV6, 2), to = nfct_host(NFPROTO_IPV6, 1), zero = {}, ones;
	__be16 sport = htons(7), dport = htons(8);

	KUNIT_ASSERT_NOT_NULL(test, exp);
	memset(&ones, 0xff, sizeof(ones));
	memset(&exp->tuple, 0xee, sizeof(exp->tuple));
	memset(&exp->mask, 0xee, sizeof(exp->mask));
	exp->flags = 0xee;
	rcu_read_lock();
	nf_ct_expect_init(exp, 1, AF_INET6, &from, &to, IPPROTO_TCP, &sport, &dport);
	KUNIT_EXPECT_PTR_EQ(test, rcu_dereference(exp->helper), &nfct_test_helper);
	KUNIT_EXPECT_NULL(test, rcu_dereference(exp->assign_helper));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, exp->flags, 0);
	KUNIT_EXPECT_EQ(test, exp->class, 1);
	KUNIT_EXPECT_NULL(test, exp->expectfn);
	KUNIT_EXPECT_PTR_EQ(test, nf_ct_exp_net(exp), &init_net);
	KUNIT_EXPECT_EQ(test, exp->tuple.src.l3num, AF_INET6);
	KUNIT_EXPECT_EQ(test, exp->tuple.dst.protonum, IPPROTO_TCP);
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->tuple.src.u3, &from));
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->tuple.dst.u3, &to));
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->mask.src.u3, &ones));
	KUNIT_EXPECT_EQ(test, exp->tuple.src.u.all, sport);
	KUNIT_EXPECT_EQ(test, exp->mask.src.u.all, 0xffff);
	KUNIT_EXPECT_EQ(test, exp->tuple.dst.u.all, dport);

	/* IPv4 after IPv6, and any source. */
	from = nfct_host(NFPROTO_IPV4, 2);
	to = nfct_host(NFPROTO_IPV4, 1);
	rcu_read_lock();
	nf_ct_expect_init(exp, 0, AF_INET, &from, &to, IPPROTO_UDP, NULL, &dport);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->tuple.src.u3, &from));
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->tuple.dst.u3, &to));
	KUNIT_EXPECT_EQ(test, exp->mask.src.u3.all[0], 0xffffffff);
	KUNIT_EXPECT_EQ(test, exp->mask.src.u3.all[1], 0);
	KUNIT_EXPECT_EQ(test, exp->mask.src.u3.all[3], 0);
	KUNIT_EXPECT_EQ(test, exp->tuple.src.u.all, 0);
	KUNIT_EXPECT_EQ(test, exp->mask.src.u.all, 0);
	rcu_read_lock();
	nf_ct_expect_init(exp, 0, AF_INET, NULL, &to, IPPROTO_UDP, NULL, &dport);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->tuple.src.u3, &zero));
	KUNIT_EXPECT_TRUE(test, nf_inet_addr_cmp(&exp->mask.src.u3, &zero));
	nf_ct_expect_put(exp);
}

/* What must be as expected, and what need not be. */
static void every_part_counts(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0), other;
	struct nf_conntrack_tuple tuple = nfct_tuple_of(&f);
	struct nf_conntrack_zone zone = nf_ct_zone_dflt;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	KUNIT_EXPECT_TRUE(test, finds(&f));
	other = f, other.sport++;
	KUNIT_EXPECT_TRUE(test, finds(&other));
	other = f, other.from++;
	KUNIT_EXPECT_FALSE(test, finds(&other));
	other = f, other.dport++;
	KUNIT_EXPECT_FALSE(test, finds(&other));
	other = f, other.to++;
	KUNIT_EXPECT_FALSE(test, finds(&other));
	other = f, other.protocol = IPPROTO_TCP;
	KUNIT_EXPECT_FALSE(test, finds(&other));
	other = f, other.family = NFPROTO_IPV6;
	KUNIT_EXPECT_FALSE(test, finds(&other));
	KUNIT_EXPECT_NULL(test, nf_ct_expect_find_get(nfct_other_net(test), &nf_ct_zone_dflt, &tuple));
#ifdef CONFIG_NF_CONNTRACK_ZONES
	zone.id = 7;
	KUNIT_EXPECT_NULL(test, nf_ct_expect_find_get(&init_net, &zone, &tuple));
#endif
	/* Which direction the asker calls it does not matter. */
	tuple.dst.dir = IP_CT_DIR_REPLY;
	rcu_read_lock();
	KUNIT_EXPECT_NOT_NULL(test, __nf_ct_expect_find(&init_net, &nf_ct_zone_dflt, &tuple));
	rcu_read_unlock();
}

/* ---- time ---- */

static void its_time_is_the_policys(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *a = nfct_expectation(test, master, 0, 0), *b = nfct_expectation(test, master, 1, 1);
	struct nfct_flow f = nfct_expected_flow(0);

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(a, 0), 0);
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(b, 0), 0);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP((s32)(a->timeout - nfct_time_stamp), HZ), 30);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP((s32)(b->timeout - nfct_time_stamp), HZ), 60);

	WRITE_ONCE(a->timeout, nfct_time_stamp);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	KUNIT_EXPECT_TRUE(test, nfct_waits(1));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 2);
	/* A packet that would have fulfilled it clears it away. */
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 0);
	nf_ct_expect_put(a);
	nf_ct_expect_put(b);
}

static void the_collector_removes_what_ran_out(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *a = nfct_expectation(test, master, 1, 0), *b = nfct_expectation(test, master, 1, 1);

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(a, 0), 0);
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(b, 0), 0);
	WRITE_ONCE(a->timeout, nfct_time_stamp - 1);
	nf_ct_expect_put(a);
	nf_ct_expect_put(b);
	nfct_gc_pass();
	nfct_gc_pass();
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_waits(1));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
}

/* Given up: there for nobody, until somebody comes upon it. */
static void unexpected(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	nf_ct_unexpect_related(exp);
	nf_ct_expect_put(exp);
	KUNIT_EXPECT_FALSE(test, nfct_waits(0));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
}

/* ---- the expected packet ---- */

static void fulfilled_once(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);
	struct nf_conntrack_expect *exp;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	exp = nfct_fulfil(&f, true);
	KUNIT_ASSERT_NOT_NULL(test, exp);
	KUNIT_EXPECT_EQ(test, refcount_read(&exp->use), 1);
	KUNIT_EXPECT_PTR_EQ(test, exp->master, master);
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 2);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	nf_ct_expect_put(exp);
	nf_ct_put(master);
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
}

/* Stock lets it go to whatever packet meets it. */
static void not_by_an_invalid_packet(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	skb = nfct_udp(test, &f, 4);
	((struct udphdr *)nfct_l4(skb))->len = htons(3);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_INVALID);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	skb = nfct_udp(test, &f, 4);
	KUNIT_EXPECT_EQ(test, nfct_in(test, skb), NFCT_TRACKED);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
}

static void fulfilled_again_and_again(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);
	struct nfct_flow f = nfct_expected_flow(0);
	int i;

	exp->flags = NF_CT_EXPECT_PERMANENT;
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_PTR_EQ(test, nfct_fulfil(&f, true), exp);
		nf_ct_expect_put(exp);
		nf_ct_put(master);
	}
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	/* Its time runs all the same. */
	WRITE_ONCE(exp->timeout, nfct_time_stamp);
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	nf_ct_expect_put(exp);
}

/* A packet that will not be committed uses nothing up. */
static void only_asked_for(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);
	struct nf_conntrack_expect *exp;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	exp = nfct_fulfil(&f, false);
	KUNIT_ASSERT_NOT_NULL(test, exp);
	KUNIT_EXPECT_EQ(test, refcount_read(&exp->use), 2);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	nf_ct_expect_put(exp);
	nf_ct_put(master);
}

/* User space has it wait for its NAT. */
static void inactive(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);
	struct nfct_flow f = nfct_expected_flow(0);

	exp->flags = NF_CT_EXPECT_INACTIVE | NF_CT_EXPECT_USERSPACE;
	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(exp, 0), 0);
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	nf_ct_expect_put(exp);
}

/* A packet through conntrack: RELATED, and the master stays as long as its child. */
static void a_child_keeps_its_master(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);
	struct sk_buff *skb = nfct_udp(test, &f, 4);
	struct nf_conn *child;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, nfct_pass(test, skb), NFCT_TRACKED);
	child = nfct_conn(skb);
	KUNIT_EXPECT_EQ(test, nfct_info(skb), IP_CT_RELATED);
	KUNIT_EXPECT_TRUE(test, test_bit(IPS_EXPECTED_BIT, &child->status));
	KUNIT_EXPECT_PTR_EQ(test, child->master, master);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_new), 1);
	KUNIT_EXPECT_EQ(test, nfct_counted(test, expect_delete), 1);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	nfct_drop(test, skb);
	nf_ct_kill(master);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 2);
	nf_ct_kill(child);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* ---- the master's end ---- */

static void they_go_with_their_master(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *other = nfct_master(test, 3);
	struct nf_conntrack_expect *held = nfct_expectation(test, master, 1, 0);

	KUNIT_ASSERT_EQ(test, nf_ct_expect_related(held, 0), 0);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 1, 1), 0);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, other, 1, 2), 0);
	nf_ct_kill(master);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	KUNIT_EXPECT_TRUE(test, nfct_waits(2));
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 1);
	/* What somebody holds is just no longer listed. */
	KUNIT_EXPECT_EQ(test, refcount_read(&held->use), 1);
	nf_ct_expect_put(held);
}

/* A packet in flight is still looked at by the helper after the connection was deleted. */
static void expected_by_the_dying(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);

	nf_conntrack_get(&master->ct_general);
	nf_ct_kill(master);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, 0), 0);
	/* No child for it. */
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 1);
	nf_ct_put(master);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
}

/* TFTP expects at the first packet, before its connection is in the table: nobody can answer yet. If the packet is dropped, all goes. */
static void expected_by_the_unconfirmed(struct kunit *test)
{
	struct sk_buff *skb = nfct_master_packet(test, 1);
	struct nfct_flow f = nfct_expected_flow(0);
	struct nf_conntrack_expect *exp;

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, nfct_conn(skb), 0, 0), 0);
	KUNIT_EXPECT_NULL(test, nfct_fulfil(&f, true));
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);

	skb = nfct_master_packet(test, 1);
	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, nfct_conn(skb), 0, 0), 0);
	KUNIT_ASSERT_EQ(test, nfct_confirm(test, skb), NFCT_TRACKED);
	exp = nfct_fulfil(&f, true);
	KUNIT_ASSERT_NOT_NULL(test, exp);
	nf_ct_put(exp->master);
	nf_ct_expect_put(exp);
}

static int none(struct nf_conn *ct, void *data)
{
	return 0;
}

/* A helper's module goes while the master is not confirmed: nobody trusts its parts any more (6.1), but its expectations go with it. */
static void outdated_master(struct kunit *test)
{
	struct sk_buff *skb = nfct_master_packet(test, 1);

	KUNIT_ASSERT_EQ(test, nfct_expect_n(test, nfct_conn(skb), 0, 0), 0);
	nf_ct_iterate_destroy(none, NULL);
	nfct_drop(test, skb);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_entries(test), 0);
}

/* ---- removed by choice ---- */

static bool on_port(struct nf_conntrack_expect *exp, void *port)
{
	return ntohs(exp->tuple.dst.u.udp.port) == *(u16 *)port;
}

static bool all(struct nf_conntrack_expect *exp, void *nothing)
{
	return true;
}

static void picked_out(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1), *far = nfct_master_in(test, nfct_other_net(test), 1);
	struct nf_conntrack_net *theirs = nf_ct_pernet(nfct_other_net(test));
	u16 port = 5001;
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, master, 0, i), 0);
		KUNIT_ASSERT_EQ(test, nfct_expect_n(test, far, 0, i), 0);
	}
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 3);
	KUNIT_EXPECT_EQ(test, theirs->expect_count, 3);

	nf_ct_expect_iterate_net(&init_net, on_port, &port, 0, 0);
	KUNIT_EXPECT_TRUE(test, nfct_waits(0));
	KUNIT_EXPECT_FALSE(test, nfct_waits(1));
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 2);
	KUNIT_EXPECT_EQ(test, theirs->expect_count, 3);

	nf_ct_expect_iterate_destroy(on_port, &port);
	KUNIT_EXPECT_EQ(test, theirs->expect_count, 2);
	nf_ct_expect_iterate_net(&init_net, all, NULL, 0, 0);
	KUNIT_EXPECT_EQ(test, nfct_waiting(test), 0);
	KUNIT_EXPECT_EQ(test, nfct_expecting(master, 0), 0);
	KUNIT_EXPECT_EQ(test, theirs->expect_count, 2);
	nf_ct_remove_expectations(far);
	KUNIT_EXPECT_EQ(test, theirs->expect_count, 0);
}

/* ---- the rest ---- */

static void no_memory(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);

	nfct_fault_arm(NFCT_FAULT_EXPECT, 1);
	KUNIT_EXPECT_NULL(test, nf_ct_expect_alloc(master));
	KUNIT_EXPECT_TRUE(test, nfct_fault_happened(NFCT_FAULT_EXPECT));
	KUNIT_EXPECT_EQ(test, refcount_read(&master->ct_general.use), 1);
}

#ifdef CONFIG_NF_CONNTRACK_PROCFS
static void expect_line(struct kunit *test, const struct nf_conntrack_expect *exp, const char *line)
{
	char *got = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct seq_file s = { .buf = got, .size = PAGE_SIZE };

	KUNIT_ASSERT_NOT_NULL(test, got);
	rcu_read_lock();
	nfct_print_expect(&s, exp);
	rcu_read_unlock();
	KUNIT_EXPECT_STREQ(test, got, line);
}

#define UDP_LINE "l3proto = 2 proto=17 src=10.0.0.2 dst=10.0.0.1 sport=0 dport=5000 "

/* A line of /proc/net/nf_conntrack_expect, with stock's blanks. */
static void printed(struct kunit *test)
{
	struct nf_conn *master = nfct_master(test, 1);
	struct nf_conntrack_expect *exp = nfct_expectation(test, master, 0, 0);

	exp->timeout = nfct_time_stamp + 30 * HZ + HZ / 2;
	expect_line(test, exp, "30 " UDP_LINE "bench\n");
	exp->class = 1;
	exp->flags = NF_CT_EXPECT_PERMANENT | NF_CT_EXPECT_INACTIVE | NF_CT_EXPECT_USERSPACE;
	expect_line(test, exp, "30 " UDP_LINE "PERMANENT,INACTIVE,USERSPACE bench/other\n");
	RCU_INIT_POINTER(exp->helper, NULL);
	exp->flags = NF_CT_EXPECT_INACTIVE;
	exp->timeout = nfct_time_stamp - 10 * HZ;
	expect_line(test, exp, "0 " UDP_LINE "INACTIVE\n");
	exp->flags = 0;
	expect_line(test, exp, "0 " UDP_LINE "\n");
	nf_ct_expect_put(exp);
}
#endif

static struct kunit_case cases[] = {
	KUNIT_CASE(from_alloc_to_unlink),
	KUNIT_CASE(init_sets_everything),
	KUNIT_CASE(every_part_counts),
	KUNIT_CASE(its_time_is_the_policys),
	KUNIT_CASE(the_collector_removes_what_ran_out),
	KUNIT_CASE(unexpected),
	KUNIT_CASE(fulfilled_once),
	KUNIT_CASE(not_by_an_invalid_packet),
	KUNIT_CASE(fulfilled_again_and_again),
	KUNIT_CASE(only_asked_for),
	KUNIT_CASE(inactive),
	KUNIT_CASE(a_child_keeps_its_master),
	KUNIT_CASE(they_go_with_their_master),
	KUNIT_CASE(expected_by_the_dying),
	KUNIT_CASE(expected_by_the_unconfirmed),
	KUNIT_CASE(outdated_master),
	KUNIT_CASE(picked_out),
	KUNIT_CASE(no_memory),
#ifdef CONFIG_NF_CONNTRACK_PROCFS
	KUNIT_CASE(printed),
#endif
	{}
};
NFCT_SUITE(nfct_expectation, cases);
