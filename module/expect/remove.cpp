// SPDX-License-Identifier: GPL-2.0-only
// Taking expectations out of the table: one, those of a connection, those that ran out, those that a caller picks.
#include <nfct/expect/expect.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace nfct::expect {

namespace {

// pick says which of one connection's go.
template <class Pick> void remove_from(nf_conn_help &help, Pick pick)
{
	Lock lock;
	for (hlist_node *p = help.expectations.first, *after; p; p = after) {
		after = p->next;
		if (nf_conntrack_expect &exp = of_list_node(p); pick(exp))
			unlink(exp, lock);
	}
}

template <class Pick> void remove_everywhere(u32 portid, int report, Pick pick)
{
	Lock lock;
	for (unsigned i = 0; i < nf_ct_expect_hsize; i++) {
		for (hlist_node *p = nf_ct_expect_hash[i].first, *after; p; p = after) {
			after = p->next;
			if (nf_conntrack_expect &exp = of_hash_node(p); pick(exp))
				nf_ct_unlink_expect_report(&exp, portid, report);
		}
	}
}

} // namespace

} // namespace nfct::expect

extern "C" {

void nf_ct_unlink_expect_report(nf_conntrack_expect *exp, u32 portid, int report)
{
	[[maybe_unused]] auto lock = expect::Locked::by_caller();
	net &n = expect::net_of_expectation(*exp);
	nf_conn_help *help = expect::list_owner(*exp->master);

	kernel::unlink(exp->hnode);
	kernel::write_once(pernet(n).kernel.expect_count, pernet(n).kernel.expect_count - 1);
	kernel::unlink(exp->lnode);
	if (help) [[likely]]
		help->expecting[exp->class_]--;
	else
		nfct_shim_warn("an expectation's master has lost its helper part");
	expect::report(IPEXP_DESTROY, *exp, portid, report);
	nf_ct_expect_put(exp);
	NFCT_STAT_INC(n, expect_delete);
}

// Gives an expectation up; it stays in the table until somebody comes upon it. It may have been fulfilled already. Any context.
void nf_ct_unexpect_related(nf_conntrack_expect *exp)
{
	expect::Lock lock;
	kernel::write_once(exp->flags, exp->flags | kconst::nf_ct_expect_dead);
}

void nf_ct_remove_expectations(nf_conn *ct)
{
	nf_conn_help *help = expect::list_owner(*ct);
	// The lock is taken even if the list looks empty: who took the last one out may still be at work on the connection.
	if (help) [[unlikely]]
		expect::remove_from(*help, [](const nf_conntrack_expect &) { return true; });
}

void nf_ct_expectation_gc(nf_conn_help *help)
{
	if (!kernel::first(help->expectations))
		return;
	const u32 now = kernel::now32();
	expect::remove_from(*help, [now](const nf_conntrack_expect &exp) { return expect::is_expired(exp, now); });
}

void nf_ct_expect_iterate_destroy(bool (*iter)(nf_conntrack_expect *e, void *data), void *data)
{
	expect::remove_everywhere(0, 0, [=](nf_conntrack_expect &exp) { return iter(&exp, data); });
}

// nf_ct_expect_iterate_destroy() in one namespace, reported as done by portid.
void nf_ct_expect_iterate_net(net *n, bool (*iter)(nf_conntrack_expect *e, void *data), void *data, u32 portid, int report)
{
	expect::remove_everywhere(portid, report, [=](nf_conntrack_expect &exp) {
		return &expect::net_of_expectation(exp) == n && iter(&exp, data);
	});
}

} // extern "C"
