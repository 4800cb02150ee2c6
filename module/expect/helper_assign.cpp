// SPDX-License-Identifier: GPL-2.0-only
// A connection and its helper (kernel: nf_ct_helper_ext_add, __nf_ct_try_assign_helper, nf_ct_helper_destroy).
#include <nfct/expect/helper.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

nf_conn_help *nf_ct_helper_ext_add(nf_conn *ct, gfp_t gfp)
{
	auto *help = static_cast<nf_conn_help *>(nf_ct_ext_add(ct, NF_CT_EXT_HELPER, gfp));
	// Zeroed: no helper, nothing expected.
	if (help)
		kernel::set_bits(ct->status, IPS_HELPER);
	return help;
}

int __nf_ct_try_assign_helper(nf_conn *ct, nf_conn *tmpl, gfp_t flags)
{
	static bool warned;

	// A rule has given it one by name already; that one stays.
	if (status_of(*ct) & IPS_HELPER)
		return 0;
	if (!tmpl) [[unlikely]] {
		nfct_shim_warn_once(&warned, "nf_conntrack: a helper is to be assigned without a template\n");
		return 0;
	}
	const nf_conn_help *wanted = help_of(*tmpl);
	nf_conntrack_helper *helper = wanted ? kernel::read_once(wanted->helper) : nullptr;
	nf_conn_help *help = help_of(*ct);
	if (!helper) {
		if (help)
			kernel::write_once(help->helper, static_cast<nf_conntrack_helper *>(nullptr));
		return 0;
	}
	if (!help) {
		help = nf_ct_helper_ext_add(ct, flags);
		if (!help)
			return -kconst::enomem;
	} else if (const nf_conntrack_helper *old = kernel::read_once(help->helper); old && old->help != helper->help) {
		// Its private data means something to a helper of the old kind only.
		kernel::write_once(help->helper, static_cast<nf_conntrack_helper *>(nullptr));
		return 0;
	}
	kernel::store_release(help->helper, helper);
	return 0;
}

void nf_ct_helper_destroy(nf_conn *ct)
{
	const nf_conn_help *help = help_of(*ct);
	if (!help) [[likely]]
		return;
	kernel::RcuGuard rcu;
	const nf_conntrack_helper *helper = kernel::read_once(help->helper);
	if (helper && helper->destroy)
		helper->destroy(ct);
}

} // extern "C"
