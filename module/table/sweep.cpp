// SPDX-License-Identifier: GPL-2.0-only
// Walking the table to delete: flush, a netns that goes away, a module whose objects must be forgotten (kernel: nf_ct_iterate_*).
#include <nfct/table/fetch.hpp>
#include <nfct/table/hints.hpp>
#include <nfct/table/table.hpp>
#include <nfct/table/trace.hpp>

#include <nfct/kernel/netns.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

namespace {

struct Question {
	net *only;
	int (*iter)(nf_conn *ct, void *data);
	void *data;
};

// Connections that are to be deleted, or have left the table already.
struct Batch {
	static constexpr u32 room = 32;
	Ref victims[room];
	u32 count = 0;

	bool full() const { return count == room; }
};

// The reference of a victim that was met at this node. It leaves the table here, under the lock of its one place, which is held, if that is all there is
// to its end: without extensions nobody is to be told and nothing to be given back. Otherwise nf_ct_delete() remains, or somebody else is at it.
Ref take(const Node &met, u32 bucket, const BucketLock &)
{
	nf_conn &ct = met.conn();
	if (ct.ext || kernel::is_linked(link_in(ct, Direction::reply)) || kernel::test_and_set(ct.status, IPS_DYING)) {
		fetch_neighbours(met.h->hnnode);
		return Ref::share(ct);
	}
	kernel::unlink(link_in(ct, Direction::original));
	remove_hint(hint_of(nf_conntrack_hash, nf_conntrack_htable_size, bucket), ct);
	return Ref::adopt(&ct); // the table's
}

// Adds the connections of a bucket for which iter says yes; false if there was no room for one.
bool take_matches(u32 bucket, const Question &q, Batch &batch, const kernel::BhGuard &bh)
{
	BucketLock lock(bucket, bh);
	for (hlist_nulls_node *p = nf_conntrack_hash[bucket].first; !kernel::is_end(p); p = p->next) {
		Node node = Node::of(p);
		if (!is_its_place(node))
			continue;
		nf_conn &ct = node.conn();
		if (q.only && &net_of(ct) != q.only)
			continue;
		if (batch.full())
			return false;
		if (q.iter(&ct, q.data)) {
			nfct_shim_conn_cache_fetch(&ct);
			batch.victims[batch.count++] = take(node, bucket, lock);
		}
	}
	return true;
}

// Goes on at this bucket until the batch is full, or a stretch or all before `end` is done; the bucket to go on at.
u32 gather(u32 bucket, u32 end, const Question &q, Batch &batch)
{
	constexpr u32 stretch = 256;
	const u32 stop = end - bucket > stretch ? bucket + stretch : end;
	kernel::BhGuard bh;
	for (; bucket < stop && !batch.full(); bucket++) {
		if (bucket + chains_ahead < end)
			fetch_first(nf_conntrack_hash[bucket + chains_ahead]);
		if (!kernel::is_end(kernel::first(nf_conntrack_hash[bucket])) && !take_matches(bucket, q, batch, bh))
			break;
	}
	return bucket;
}

void sweep_buckets(u32 bucket, u32 end, const Question &q, u32 portid, int report)
{
	while (bucket < end) {
		nfct_shim_cond_resched();
		Batch batch;
		bucket = gather(bucket, end, q, batch);
		for (u32 i = 0; i < batch.count; i++)
			if (!is_dying(*batch.victims[i]))
				nf_ct_delete(batch.victims[i].get(), portid, report);
	}
}

} // namespace

void sweep(net *only, int (*iter)(nf_conn *ct, void *data), void *data, u32 portid, int report)
{
	kernel::TableMutexGuard mutex; // no resize: bucket numbers hold
	sweep_buckets(0, nf_conntrack_htable_size, {only, iter, data}, portid, report);
}

} // namespace nfct::table

using namespace nfct;

extern "C" {

void nf_ct_iterate_cleanup_net(int (*iter)(nf_conn *i, void *data), const nf_ct_iter_data *iter_data)
{
	if (kernel::read_once(pernet(*iter_data->net).kernel.count.counter) == 0)
		return;
	table::sweep(iter_data->net, iter, iter_data->data, iter_data->portid, iter_data->report);
}

void nfct_end_connections(net *n)
{
	if (kernel::read_once(pernet(*n).kernel.count.counter) == 0)
		return;
	const auto all = [](nf_conn *, void *) { return 1; };
	kernel::TableMutexGuard mutex;
	const u32 size = nf_conntrack_htable_size;
	for (u32 range = table::next_trace(*n, 0), done = 0; range < NFCT_TRACE_RANGES; range = table::next_trace(*n, range + 1)) {
		const u32 least = range << table::range_bits, most = least + ((1u << table::range_bits) - 1);
		const u32 first = table::bucket_of(least, size), end = table::bucket_of(most, size) + 1;
		table::sweep_buckets(first > done ? first : done, end, {n, all, nullptr}, 0, 0);
		done = end;
	}
}

} // extern "C"
