// SPDX-License-Identifier: GPL-2.0-only
// A packet that may be the expected one (kernel: nf_ct_find_expectation).
#include <nfct/expect/expect.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace nfct::expect {

namespace {

// The first that is active and that the tuple falls under. Those that have run out go on the way.
nf_conntrack_expect *find_active(net &n, u16 zone, const Tuple &tuple, const Locked &lock)
{
	const u32 now = kernel::now32();
	for (hlist_node *p = chain_of(n, tuple).first, *after; p; p = after) {
		after = p->next;
		nf_conntrack_expect &exp = of_hash_node(p);
		if (is_expired(exp, now))
			unlink(exp, lock);
		else if (!(exp.flags & kconst::nf_ct_expect_inactive) && falls_under(tuple, zone, n, exp))
			return &exp;
	}
	return nullptr;
}

// A reference to the master, unless it is on its way out of the table or not yet in. If its own packet has not left this machine, nobody
// can have answered it; and should it never be confirmed, the child would keep it for ever. One that is dying removes its expectations
// as soon as it gets the lock, so no child may be given to it.
Ref share_master(nf_conn &master)
{
	if (!is_confirmed(master) || is_dying(master))
		return {};
	return Ref::try_share(master);
}

} // namespace

} // namespace nfct::expect

extern "C" nf_conntrack_expect *nf_ct_find_expectation(net *n, const nf_conntrack_zone *zone, const nf_conntrack_tuple *tuple, bool unlink)
{
	auto lock = expect::Locked::by_caller();
	if (!pernet(*n).kernel.expect_count)
		return nullptr;
	nf_conntrack_expect *exp = expect::find_active(*n, zone->id, tuple_of(*tuple), lock);
	if (!exp)
		return nullptr;
	Ref master = expect::share_master(*exp->master);
	if (!master)
		return nullptr;
	kernel::ref_inc(exp->use); // the table holds one: it is listed
	if (unlink && !(exp->flags & kconst::nf_ct_expect_permanent))
		expect::unlink(*exp, lock);
	(void)master.release();
	return exp;
}
