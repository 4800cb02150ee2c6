// SPDX-License-Identifier: GPL-2.0-only
// Cases on what a lockless reader may meet: objects that died, or became another flow, between the look at the tuple and the reference
// (SLAB_TYPESAFE_BY_RCU). Here the steps of table::find() are taken one by one; reuse_test.c does the same to the whole.
#include <nfct/conn/conn.hpp>
#include <nfct/kunit/cases.h>
#include <nfct/kunit/expect.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

Tuple flow(unsigned n, u16 port)
{
	nf_conntrack_tuple t;
	nfct_kunit_tuple(n, port, &t);
	return tuple_of(t);
}

Node node_of(nf_conn &ct, Direction d) { return Node{&ct.tuplehash[index(d)]}; }

constexpr unsigned host = 1;
constexpr u16 port = 1000;

} // namespace

unsigned nfct_kunit_bucket(const nf_conntrack_tuple *tuple)
{
	return table::bucket_of(table::flow_hash(tuple_of(*tuple), 0, init_net), nf_conntrack_htable_size);
}

// Between the look at the tuple and the reference the object dies. In the RCU section its memory stays what it was, a connection.
void dead_object_gives_no_reference(kunit *test)
{
	nf_conn &ct = *nfct_kunit_open(test, host, port);
	kernel::RcuGuard rcu;

	NFCT_EXPECT(test, table::is_flow(node_of(ct, Direction::original), flow(host, port), default_zone, init_net));
	{
		Ref mine = Ref::try_share(ct);
		NFCT_EXPECT(test, static_cast<bool>(mine));
		NFCT_EXPECT(test, nf_ct_delete(&ct, 0, 0));
		// Dying, but pinned: a reference can still be had, and it is for the caller to ask.
		NFCT_EXPECT(test, static_cast<bool>(Ref::try_share(ct)));
		NFCT_EXPECT(test, is_dying(ct));
	}
	NFCT_EXPECT(test, !Ref::try_share(ct));
	NFCT_EXPECT(test, !table::find(init_net, default_zone, flow(host, port),
				       table::flow_hash(flow(host, port), 0, init_net), rcu).ref);
}

// The object dies and its memory becomes another connection at once, as the slab allows: the reference is granted, the second look at the
// identity must refuse it. Allocation hands out the object freed last by this CPU, but no promise: so several tries.
void reused_object_is_another_flow(kunit *test)
{
	constexpr unsigned tries = 64;
	unsigned reused = 0;

	for (unsigned i = 0; i < tries; i++) {
		const u16 first = static_cast<u16>(port + 2 * i), second = static_cast<u16>(first + 1);
		nf_conn *old = nfct_kunit_open(test, host, first);
		const Node seen = node_of(*old, Direction::original);
		NFCT_EXPECT(test, table::is_flow(seen, flow(host, first), default_zone, init_net));
		NFCT_EXPECT(test, nf_ct_delete(old, 0, 0));
		nf_conn *fresh = nfct_kunit_open(test, host, second);
		if (fresh != old)
			continue;
		reused++;
		kernel::RcuGuard rcu;
		Ref ref = Ref::try_share(seen.conn());
		NFCT_EXPECT(test, static_cast<bool>(ref));
		NFCT_EXPECT(test, !table::is_flow(seen, flow(host, first), default_zone, init_net));
		NFCT_EXPECT(test, table::is_flow(seen, flow(host, second), default_zone, init_net));
	}
	// A slab that delays or shuffles frees (KASAN's quarantine, hardening) may never give the same object again.
	if (!reused)
		nfct_kunit_skip(test, "the slab never handed out the object just freed");
}

// Tuple, zone and netns may match what a reader seeks while the object is still being filled in: it is no flow until it is confirmed.
void unpublished_object_is_no_flow(kunit *test)
{
	const Tuple t = flow(host, port);
	Tuple back;
	NFCT_EXPECT(test, invert(t, back));

	conn::Allocated made = conn::allocate(init_net, pernet(init_net), default_zone, {t, back, {}}, kconst::gfp_kernel, Room::of_whole_state);
	if (!NFCT_EXPECT(test, made.ct))
		return;
	const Node node = node_of(*made.ct, Direction::original);
	NFCT_EXPECT(test, !Ref::try_share(*made.ct));
	conn::publish(*made.ct);
	NFCT_EXPECT(test, !table::is_flow(node, t, default_zone, init_net));

	Ref mine = Ref::adopt(made.ct);
	kernel::set_bits(made.ct->status, IPS_CONFIRMED);
	NFCT_EXPECT(test, table::is_flow(node, t, default_zone, init_net));
	// Each part of the identity counts.
	NFCT_EXPECT(test, !table::is_flow(node, back, default_zone, init_net));
	NFCT_EXPECT(test, !table::is_flow(node, t, Zone{1, 0, 3}, init_net));
	NFCT_EXPECT(test, !table::is_flow(node, t, Zone{1, 0, 1}, init_net));
	NFCT_EXPECT(test, table::is_flow(node, t, Zone{1, 0, 2}, init_net)); // another zone, but for replies only
	NFCT_EXPECT(test, !table::is_flow(node, t, default_zone, *nfct_kunit_other_net(test)));
	kernel::clear_bits(made.ct->status, IPS_CONFIRMED);
}

void references_balance(kunit *test)
{
	nf_conn &ct = *nfct_kunit_open(test, host, port);
	const refcount_t &use = ct.ct_general.use;

	NFCT_EXPECT_EQ(test, kernel::ref_read(use), 1);
	{
		Ref a = Ref::share(ct);
		Ref b = Ref::try_share(ct);
		NFCT_EXPECT_EQ(test, kernel::ref_read(use), 3);
		Ref moved = static_cast<Ref &&>(a);
		NFCT_EXPECT(test, !a && moved.get() == &ct);
		NFCT_EXPECT_EQ(test, kernel::ref_read(use), 3);
		b = static_cast<Ref &&>(moved); // gives back what b held
		NFCT_EXPECT_EQ(test, kernel::ref_read(use), 2);
		Ref handed_on = Ref::adopt(b.release());
		NFCT_EXPECT(test, !b);
		NFCT_EXPECT_EQ(test, kernel::ref_read(use), 2);
	}
	NFCT_EXPECT_EQ(test, kernel::ref_read(use), 1);
	{
		kernel::RcuGuard rcu;
		const Tuple t = flow(host, port);
		table::Found found = table::find(init_net, default_zone, t, table::flow_hash(t, 0, init_net), rcu);
		NFCT_EXPECT(test, found.ref.get() == &ct && found.dir == Direction::original);
		NFCT_EXPECT_EQ(test, kernel::ref_read(use), 2);
	}
	NFCT_EXPECT_EQ(test, kernel::ref_read(use), 1);
}

// What a reader that was carried into another chain goes by.
void chains_mark_their_ends(kunit *test)
{
	constexpr unsigned entries = 300;
	for (unsigned i = 0; i < entries; i++)
		nfct_kunit_open(test, host, static_cast<u16>(port + i));

	kernel::RcuGuard rcu;
	const table::View v = table::view(0, rcu);
	unsigned met = 0;
	for (u32 bucket = 0; bucket < v.size; bucket++) {
		hlist_nulls_node *p = kernel::first(v.heads[bucket]);
		for (; !kernel::is_end(p); p = kernel::next(p)) {
			const Node node = Node::of(p);
			met++;
			NFCT_EXPECT_EQ(test, table::bucket_of(table::flow_hash(node.conn(), node.dir()), v.size), bucket);
			NFCT_EXPECT(test, node_of(node.conn(), node.dir()).h == node.h);
		}
		if (kernel::nulls_value(p) != v.number(bucket))
			NFCT_EXPECT_EQ(test, kernel::nulls_value(p), v.number(bucket));
	}
	NFCT_EXPECT_EQ(test, met, entries);
}
