// SPDX-License-Identifier: GPL-2.0-only
// The cursor behind /proc/net/nf_conntrack.
//
// The cursor is a position in hash space, not a bucket number. A bucket is a contiguous piece of hash space at every table size, so the
// walk goes on at the right place after a resize. Each bucket is taken whole, with references, under its lock: entries that come in
// before the cursor are new and need not be shown, and an entry never moves in hash space while it lives.
#include <nfct/kernel/test_point.h>
#include <nfct/table/dump.h>
#include <nfct/table/hashes.hpp>
#include <nfct/table/layout.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

struct nfct_dump {
	net *owner;
	u64 cursor; // least hash not yet shown; 2^32: at the end
	nf_conn **batch;
	u32 room, count, shown;
};

namespace {

void drop_batch(nfct_dump &d)
{
	while (d.shown < d.count)
		Ref gone = Ref::adopt(d.batch[d.shown++]);
	d.count = d.shown = 0;
}

// Collects what the bucket at the cursor has to show and moves the cursor behind it. The number of entries wanted; if that is more
// than there is room for, nothing was taken.
u32 collect(nfct_dump &d)
{
	kernel::BhGuard bh;
	table::HashLock bucket(static_cast<u32>(d.cursor), bh);
	u32 wanted = 0;
	for (hlist_nulls_node *p = bucket.head().first; !kernel::is_end(p); p = p->next) {
		Node node = Node::of(p);
		nf_conn &ct = node.conn();
		if (node.dir() != Direction::original || &net_of(ct) != d.owner)
			continue;
		if (table::hash_in(ct, Direction::original) < d.cursor)
			continue; // shown before a resize
		if (wanted < d.room)
			d.batch[wanted] = &ct;
		wanted++;
	}
	if (wanted > d.room)
		return wanted;
	for (u32 i = 0; i < wanted; i++)
		kernel::ref_inc(d.batch[i]->ct_general.use);
	d.count = wanted;
	d.cursor = bucket.end();
	return wanted;
}

bool make_room(nfct_dump &d, u32 wanted)
{
	auto *bigger = static_cast<nf_conn **>(nfct_shim_krealloc(d.batch, wanted * 2 * sizeof(nf_conn *), kconst::gfp_kernel));
	if (!bigger)
		return false;
	d.batch = bigger;
	d.room = wanted * 2;
	return true;
}

// Jumps over empty buckets without a lock, so that a sparse table does not cost a lock a bucket. If the entries at the cursor moved
// meanwhile nothing was learnt, and collect() takes the next bucket as it is.
void skip_empty(nfct_dump &d)
{
	kernel::RcuGuard rcu;
	const u32 cursor = static_cast<u32>(d.cursor);
	const table::View v = table::view(cursor, rcu);
	u32 bucket = table::bucket_of(cursor, v.size), stop = v.stop();
	if (stop - bucket > 4096)
		stop = bucket + 4096;
	while (bucket < stop && kernel::is_end(kernel::first(v.heads[bucket])))
		bucket++;
	u64 start = table::start_of(bucket, v.size);
	if (start > v.end)
		start = v.end;
	if (start > d.cursor && table::holds(v, cursor))
		d.cursor = start;
}

} // namespace

extern "C" {

nfct_dump *nfct_dump_open(net *owner)
{
	auto *d = static_cast<nfct_dump *>(nfct_shim_kzalloc(sizeof(nfct_dump), kconst::gfp_kernel));
	if (d)
		d->owner = owner;
	return d;
}

void nfct_dump_close(nfct_dump *d)
{
	if (!d)
		return;
	nfct_dump_rewind(d);
	nfct_shim_kfree(d->batch);
	nfct_shim_kfree(d);
}

void nfct_dump_rewind(nfct_dump *d)
{
	if (d->shown)
		d->shown--; // the one that the reader looked at last is still ours
	drop_batch(*d);
	d->cursor = 0;
}

int nfct_dump_next(nfct_dump *d, nf_conn **ct)
{
	if (d->shown)
		Ref done = Ref::adopt(d->batch[d->shown - 1]);
	while (d->shown == d->count) {
		d->shown = d->count = 0;
		if (d->cursor >= table::hash_space)
			return 0;
		nfct_shim_cond_resched();
		skip_empty(*d);
		if (d->cursor >= table::hash_space)
			return 0;
		for (u32 wanted; (wanted = collect(*d)) > d->room;)
			if (!make_room(*d, wanted))
				return -kconst::enomem;
	}
	*ct = d->batch[d->shown++];
	return 1;
}

} // extern "C"
