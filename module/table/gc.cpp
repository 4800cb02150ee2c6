// SPDX-License-Identifier: GPL-2.0-only
// Garbage collection: expired connections that no packet comes upon leave the table here.
//
// A delayed work goes over the table in slices. A slice ends after so many buckets, entries or kills, so that no RCU section and no run
// is long (bounded pause). The next pass starts when the first entry seen is due, but after a second at the earliest and a minute at the
// latest (bounded delay); a large table that had little to collect waits longer, one that had much is visited sooner.
#include <nfct/table/fetch.hpp>
#include <nfct/table/follow.hpp>
#include <nfct/table/gc.hpp>
#include <nfct/table/layout.hpp>

#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/test_point.h>

#include <nfct/base/poison.hpp>

// Removes the expectations of a referenced connection whose time is up.
extern "C" void nf_ct_expectation_gc(struct nf_conn_help *help);

namespace nfct::table {

namespace {

constexpr u32 hz = kconst::hz;
constexpr u32 shortest_wait = hz, longest_wait = 60 * hz, first_wait = hz;
constexpr u32 slice_buckets = 2048, slice_entries = 512, slice_kills = 128;
constexpr u32 run_time = hz >= 100 ? hz / 100 : 1; // a run gives the CPU back after 10 ms
// Or so many kills: RCU gives the slabs that they empty back, on one CPU all of a run's in one soft interrupt.
constexpr u32 run_kills = 8192;
constexpr u32 small_table = 16384;                 // entries that may be looked at every second without being noticed

// Only the worker touches it; the workqueue never runs two at once.
struct Pass {
	u64 cursor = 0; // least hash not yet visited, whatever the number of buckets; 2^32: at the end
	u32 seen = 0, killed = 0, began = 0;
	u32 limit = 0; // nf_conntrack_max when it began
	s32 first_due = longest_wait;
} pass;
u32 adaptive_wait = first_wait;

// Set by a packet that found the table full, cleared by the worker when it begins a pass for it.
bool evict_wanted;
bool evicting; // the pass under way; worker only
// Not 0: the last such pass found nobody who may go, and one at once would not either. Overload must not cost a CPU for that, too, so the next one
// waits for several times as long as that one took, though no longer than a pass without that wish would.
u32 futile_wait;
u32 futile_limit; // the limit that it was tried with: by another one others may go
constexpr u32 least_futile_wait = hz / 10 ? hz / 10 : 1, futile_rest = 8;

// Whether the connection may go although it has not expired: its netns is nearly full and it is unassured, or its protocol lets it go.
bool may_evict(const nf_conn &ct)
{
	u32 max95 = nf_conntrack_max / 100 * 95;
	if (!max95 || static_cast<u32>(kernel::read_once(pernet(net_of(ct)).kernel.count.counter)) < max95)
		return false;
	if (!(status_of(ct) & IPS_ASSURED))
		return true;
	const nf_conntrack_l4proto *l4 = nf_ct_l4proto_find(protonum(ct));
	return l4->can_early_drop && l4->can_early_drop(&ct);
}

struct Budget {
	u32 entries, kills;
	bool spent() const { return entries >= slice_entries || kills >= slice_kills; }
};

// An offloaded connection dies when the flow table lets it go: it stays more than half a day away from its end.
void keep(nf_conn &ct, u32 now)
{
	constexpr s32 day = 86400 * hz;
	Ref ref = Ref::try_share(ct);
	if (ref && is_confirmed(*ref) && is_ours_to_keep(*ref) && expires_in(*ref, now) < day / 2)
		kernel::write_once(ref->timeout, now + day);
}

// Expectations that run out are collected with their living masters. Those of masters that got their helper as a child of an expectation
// lack the status bit; they go when somebody comes upon them, as in stock.
void collect_expectations(nf_conn &ct)
{
	Ref ref = Ref::try_share(ct);
	if (!ref || !is_confirmed(*ref) || is_dying(*ref))
		return;
	kernel::fence_acquire();
	if (nf_conn_help *help = status_of(*ref) & IPS_HELPER ? help_of(*ref) : nullptr)
		nf_ct_expectation_gc(help);
}

void visit(nf_conn &ct, u32 now, Budget &budget)
{
	budget.entries++;
	pass.seen++;
	if (is_ours_to_keep(ct)) [[unlikely]]
		return keep(ct, now);
	s32 left = expires_in(ct, now);
	if (left > 0 && status_of(ct) & IPS_HELPER) [[unlikely]]
		collect_expectations(ct);
	if (left > 0 && !evicting) {
		if (left < pass.first_due)
			pass.first_due = left;
		return;
	}
	NFCT_TEST_POINT(BEFORE_REAP);
	Ref ref = Ref::try_share(ct);
	if (!ref || !is_confirmed(*ref) || is_dying(*ref))
		return;
	kernel::fence_acquire();
	if ((is_expired(*ref, now) || (evicting && may_evict(*ref))) && nf_ct_delete(ref.get(), 0, 0)) {
		budget.kills++;
		pass.killed++;
	}
}

// The first position of the bucket that the pass has not left behind.
u64 first_hash(u32 bucket, const View &v)
{
	const u64 start = start_of(bucket, v.size);
	return start > pass.cursor ? start : pass.cursor;
}

// Goes on from the cursor until the slice's budget is spent, or the other array's part begins. True at the end of the table.
bool slice()
{
	kernel::RcuGuard rcu;
	const View v = view(static_cast<u32>(pass.cursor), rcu);
	const u32 now = kernel::now32(), stop = v.stop();
	u32 bucket = bucket_of(static_cast<u32>(pass.cursor), v.size);
	Budget budget = {};
	for (u32 buckets = 0; buckets < slice_buckets && !budget.spent() && bucket < stop; buckets++) {
		if (bucket + chains_ahead < stop)
			fetch_first(v.heads[bucket + chains_ahead]);
		for (hlist_nulls_node *p = kernel::first(v.heads[bucket]); !kernel::is_end(p); p = kernel::next(p)) {
			Node node = Node::of(p);
			if (is_its_place(node))
				visit(node.conn(), now, budget);
		}
		// What moved away under our eyes is visited again.
		if (!still(v) && !holds(v, static_cast<u32>(first_hash(bucket, v)))) [[unlikely]]
			break;
		bucket++;
	}
	pass.cursor = bucket < stop ? first_hash(bucket, v) : v.end;
	return pass.cursor >= hash_space;
}

u32 clamp(u32 wait, u32 least, u32 most)
{
	return wait < least ? least : wait > most ? most : wait;
}

u32 clamp_wait(u32 wait)
{
	return clamp(wait, shortest_wait, longest_wait);
}

// Jiffies until the next pass.
u32 finish_pass()
{
	if (pass.killed > pass.seen / 16)
		adaptive_wait = clamp_wait(adaptive_wait / 2);
	else if (pass.killed < pass.seen / 64)
		adaptive_wait = clamp_wait(adaptive_wait * 2);
	u32 due = clamp_wait(static_cast<u32>(pass.first_due));
	u32 wait = pass.seen <= small_table ? due : due > adaptive_wait ? due : adaptive_wait;
	const bool futile = evicting && !pass.killed;
	const u32 rest = futile_rest * (kernel::now32() - pass.began);
	kernel::write_once(futile_limit, pass.limit);
	kernel::write_once(futile_wait, futile ? clamp(rest, least_futile_wait, wait) : 0);
	pass = {};
	evicting = false;
	if (kernel::read_once(evict_wanted))
		return futile ? futile_wait : 1;
	return wait;
}

} // namespace

bool eviction_is_futile()
{
	return kernel::read_once(futile_wait) != 0 && kernel::read_once(futile_limit) == kernel::read_once(nf_conntrack_max);
}

void request_eviction()
{
	if (!kernel::read_once(evict_wanted)) {
		kernel::write_once(evict_wanted, true);
		nfct_shim_gc_kick(kernel::read_once(futile_wait));
	}
}

} // namespace nfct::table

using namespace nfct;

// One run of the worker; returns the delay in jiffies until the next. Process context.
extern "C" unsigned long nfct_gc_run()
{
	if (table::growth_wanted())
		table::follow_load();
	if (table::pass.cursor == 0 && kernel::read_once(table::evict_wanted)) {
		kernel::write_once(table::evict_wanted, false);
		table::evicting = true;
	}
	const u32 start = kernel::now32();
	if (table::pass.cursor == 0) {
		table::pass.began = start;
		table::pass.limit = nf_conntrack_max;
	}
	const u32 killed = table::pass.killed;
	while (!table::slice()) {
		nfct_shim_cond_resched();
		if (kernel::now32() - start > table::run_time || table::pass.killed - killed >= table::run_kills)
			return 1;
	}
	const bool soon = table::follow_load();
	const u32 wait = table::finish_pass();
	return soon && wait > table::shortest_wait ? table::shortest_wait : wait;
}
