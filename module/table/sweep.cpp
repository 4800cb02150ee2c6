// SPDX-License-Identifier: GPL-2.0-only
// Walking the table to delete: flush, a netns that goes away, a module whose objects must be forgotten (kernel: nf_ct_iterate_*).
#include <nfct/table/table.hpp>

#include <nfct/kernel/netns.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

namespace {

struct Question {
	net *only;
	int (*iter)(nf_conn *ct, void *data);
	void *data;
};

// The first connection of the bucket for which iter says yes, with a reference. Each connection is asked once, at its reply direction:
// that one is in the table even where the original direction lost a clash and is not.
Ref first_match(u32 bucket, const Question &q)
{
	kernel::BhGuard bh;
	BucketLock lock(bucket, bh);
	if (bucket >= nf_conntrack_htable_size)
		return {};
	for (hlist_nulls_node *p = nf_conntrack_hash[bucket].first; !kernel::is_end(p); p = p->next) {
		Node node = Node::of(p);
		if (node.dir() != Direction::reply)
			continue;
		nf_conn &ct = node.conn();
		if (q.only && &net_of(ct) != q.only)
			continue;
		if (q.iter(&ct, q.data))
			return Ref::share(ct);
	}
	return {};
}

} // namespace

void sweep(net *only, int (*iter)(nf_conn *ct, void *data), void *data, u32 portid, int report)
{
	const Question q = {only, iter, data};
	kernel::TableMutexGuard mutex; // no resize: bucket numbers hold
	for (u32 bucket = 0; bucket < nf_conntrack_htable_size; bucket++) {
		if (kernel::is_end(kernel::first(nf_conntrack_hash[bucket])))
			continue;
		// A deleted entry has left its chain, so the search starts over; one that somebody else is deleting may be met again.
		while (Ref victim = first_match(bucket, q)) {
			nf_ct_delete(victim.get(), portid, report);
			nfct_shim_cond_resched();
		}
		nfct_shim_cond_resched();
	}
}

} // namespace nfct::table

using namespace nfct;

extern "C" {

void nf_ct_iterate_cleanup_net(int (*iter)(nf_conn *i, void *data), const nf_ct_iter_data *iter_data)
{
	if (kernel::read_once(pernet(*iter_data->net).count.counter) == 0)
		return;
	table::sweep(iter_data->net, iter, iter_data->data, iter_data->portid, iter_data->report);
}

} // extern "C"
