// SPDX-License-Identifier: GPL-2.0-only
// The end of a connection: out of the table first, its memory when the last reference is gone.
//
// Who may still hold a reference after nf_ct_delete(): packets on their way (until freed), a dump, a child connection through its
// master pointer, user-space queues. Who may still look without one: lockless readers of the chain, until their grace period, which
// the cache's SLAB_TYPESAFE_BY_RCU covers.
#include <nfct/conn/conn.hpp>
#include <nfct/conn/events.hpp>
#include <nfct/conn/release.hpp>
#include <nfct/conn/template.hpp>
#include <nfct/conn/timeout_policy.hpp>
#include <nfct/expect/expect.hpp>
#include <nfct/expect/helper.hpp>
#include <nfct/table/hashes.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::conn {

static void unlink(nf_conn &ct)
{
	kernel::BhGuard bh;
	table::BucketPair buckets(table::hashes_of(ct), bh);
	table::unlink(ct, buckets);
}

// An entry that died late stopped when its time was up, not when somebody noticed.
static void stamp_end(nf_conn &ct)
{
	nf_conn_tstamp *stamp = timestamp_of(ct);
	if (!stamp)
		return;
	u64 end = nfct_shim_real_ns();
	if (s32 left = expires_in(ct, kernel::now32()); left < 0)
		end -= nfct_shim_jiffies_to_ns(static_cast<unsigned long>(-static_cast<long>(left)));
	stamp->stop = end;
}

void release_attachments(nf_conn &ct)
{
	if (ct.status & IPS_SRC_NAT_DONE) {
		kernel::RcuGuard rcu;
		if (const struct nf_nat_hook *nat = kernel::read_once(::nf_nat_hook))
			nat->remove_nat_bysrc(&ct);
	}
	if (ct.ext)
		release_timeout_policy(ct);
}

} // namespace nfct::conn

using namespace nfct;

extern "C" {

[[gnu::noinline, gnu::flatten]] bool nf_ct_delete(nf_conn *ct, u32 portid, int report)
{
	if (kernel::test_and_set(ct->status, IPS_DYING))
		return false;
	conn::stamp_end(*ct);
	const bool told = conn::tell_destruction(*ct, portid, report);
	const bool helped = expect::list_owner(*ct);
	if (helped) [[unlikely]]
		nf_ct_helper_destroy(ct);
	conn::unlink(*ct);
	if (helped) [[unlikely]]
		nf_ct_remove_expectations(ct);
	if (!told) [[unlikely]] {
		conn::wait_for_redelivery(*ct);
		return false;
	}
	conn::listener_has_room(net_of(*ct));
	Ref table_reference = Ref::adopt(ct);
	return true;
}

[[gnu::noinline, gnu::flatten]] void nf_ct_destroy(struct nf_conntrack *nfct)
{
	// SAFETY: ct_general is the first member.
	nf_conn *ct = reinterpret_cast<nf_conn *>(nfct);
	if (is_template(*ct)) [[unlikely]] {
		nf_ct_tmpl_free(ct);
		return;
	}
	// A packet in flight may have left expectations behind since the connection was deleted, or before it was ever confirmed.
	if (expect::list_owner(*ct)) [[unlikely]]
		nf_ct_remove_expectations(ct);
	Ref master = Ref::adopt(ct->master);
	nf_conntrack_free(ct);
}

} // extern "C"
