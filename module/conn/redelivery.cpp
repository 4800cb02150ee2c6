// SPDX-License-Identifier: GPL-2.0-only
// Connections whose destruction could not be told (kernel: the worker of nf_conntrack_ecache.c): they wait on their namespace's dying list,
// which holds the reference that the table held, until a worker has told it.
#include <nfct/conn/events.hpp>

#include <nfct/kernel/chain.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/netns.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

// No bucket's number, so that a reader who followed an entry here starts again.
constexpr unsigned long list_end = (1ul << 30) + 1;
constexpr u32 run_time = kconst::hz >= 100 ? kconst::hz / 100 : 1; // a run gives the CPU back after 10 ms

enum class State : u8 { empty, more, congested };

// A number of connections, told and off the list. The references are given back without the lock.
class Batch {
    public:
	State collect(nf_conntrack_net_ecache &ecache)
	{
		kernel::SpinBhGuard lock(ecache.dying_lock);
		while (count_ < size) {
			hlist_nulls_node *p = ecache.dying_list.first;
			if (kernel::is_end(p))
				return State::empty;
			nf_conn &ct = Node::of(p).conn();
			if (!conn::tell_destruction(ct, 0, 0))
				return State::congested;
			kernel::unlink(*p);
			told_[count_++] = Ref::adopt(&ct);
		}
		return State::more;
	}

    private:
	static constexpr u32 size = 16;
	Ref told_[size];
	u32 count_ = 0;
};

} // namespace

extern "C" {

// The dying list and its lock, for who shows it.
nf_conntrack_net_ecache *nf_conn_pernet_ecache(const net *n)
{
	return &pernet(*n).kernel.ecache;
}

// Before the namespace has connections.
void nfct_dying_list_init(nf_conntrack_net_ecache *ecache)
{
	kernel::init_chain(ecache->dying_list, list_end);
}

// One run of the worker. Process context.
nfct_redelivery nfct_redeliver(nf_conntrack_net_ecache *ecache)
{
	const u32 start = kernel::now32();
	for (;;) {
		State state;
		{
			Batch batch;
			state = batch.collect(*ecache);
		}
		if (state == State::empty)
			return NFCT_REDELIVERY_DONE;
		if (state == State::congested)
			return NFCT_REDELIVERY_CONGESTED;
		if (kernel::now32() - start > run_time)
			return NFCT_REDELIVERY_AGAIN;
		nfct_shim_cond_resched();
	}
}

} // extern "C"

namespace nfct::conn {

void wait_for_redelivery(nf_conn &ct)
{
	net &n = net_of(ct);
	nf_conntrack_net_ecache &ecache = pernet(n).kernel.ecache;
	{
		kernel::SpinBhGuard lock(ecache.dying_lock);
		kernel::add_head(link_in(ct, Direction::original), ecache.dying_list);
	}
	nfct_shim_redelivery_wanted(&n);
}

} // namespace nfct::conn
