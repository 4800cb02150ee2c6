// SPDX-License-Identifier: GPL-2.0-only
// Attaching timeout policies to connections and taking them away (kernel: nf_conntrack_timeout.c).
#include <nfct/conn/timeout_policy.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {
// How to find policies by name; set by nfnetlink_cttimeout while it is loaded. RCU.
const nf_ct_timeout_hooks *nf_ct_timeout_hook;
}

namespace {

// The memory goes after a grace period: readers of policy_timeouts() may still be at it.
void put(nf_ct_timeout *policy)
{
	if (policy && kernel::ref_dec_and_test(policy->refcnt))
		nfct_shim_free_timeout_policy(policy);
}

// With a reference of its own to the policy. False: no memory, one there already, or the policy is being freed.
bool attach(nf_conn &ct, nf_ct_timeout *policy)
{
	if (!policy)
		return false;
	auto *slot = static_cast<nf_conn_timeout *>(nf_ct_ext_add(&ct, NF_CT_EXT_TIMEOUT, kconst::gfp_atomic));
	if (!slot || !kernel::ref_inc_not_zero(policy->refcnt))
		return false;
	kernel::store_release(slot->timeout, policy);
	return true;
}

nf_ct_timeout *take_out(nf_conn_timeout &slot)
{
	return __atomic_exchange_n(&slot.timeout, static_cast<nf_ct_timeout *>(nullptr), __ATOMIC_ACQ_REL);
}

int forget(nf_conn *ct, void *policy)
{
	nf_conn_timeout *slot = conn::timeout_slot_of(*ct);
	if (slot && (!policy || kernel::read_once(slot->timeout) == policy))
		put(take_out(*slot));
	return 0; // the connection itself stays
}

int attach_by_name(nf_conn &tmpl, net *n, u8 l3num, u8 l4num, const char *name)
{
	const nf_ct_timeout_hooks *hooks = kernel::read_once(nf_ct_timeout_hook);
	if (!hooks) {
		nfct_shim_info_no_timeout_policies();
		return -kconst::enoent;
	}
	nf_ct_timeout *policy = hooks->timeout_find_get(n, name);
	if (!policy) {
		nfct_shim_info_no_timeout_policy(name);
		return -kconst::enoent;
	}
	int err = 0;
	if (policy->l3num != l3num) {
		nfct_shim_info_timeout_policy_is_for(name, 3, policy->l3num);
		err = -kconst::einval;
	} else if (policy->l4proto->l4proto != l4num) {
		nfct_shim_info_timeout_policy_is_for(name, 4, policy->l4proto->l4proto);
		err = -kconst::einval;
	} else if (!attach(tmpl, policy)) {
		err = -kconst::enomem;
	}
	if (err)
		hooks->timeout_put(policy);
	return err;
}

} // namespace

extern "C" {

// Gives a template the policy of that name. On success it has, until nf_ct_destroy_timeout(), the name's reference too. 0, -ENOENT, -EINVAL
// (the policy is for another protocol; the log says which) or -ENOMEM. Process context.
int nf_ct_set_timeout(net *n, nf_conn *ct, u8 l3num, u8 l4num, const char *timeout_name)
{
	if (!is_template(*ct))
		nfct_shim_warn("a timeout policy by name for what is no template");
	kernel::RcuGuard rcu;
	return attach_by_name(*ct, n, l3num, l4num, timeout_name);
}

// Takes the policy, or with null any, from every connection of the namespace. Process context.
void nf_ct_untimeout(net *n, nf_ct_timeout *timeout)
{
	const nf_ct_iter_data iter = {.net = n, .data = timeout};
	nf_ct_iterate_cleanup_net(forget, &iter);
}

// Undoes nf_ct_set_timeout(). Any context.
void nf_ct_destroy_timeout(nf_conn *ct)
{
	if (!is_template(*ct))
		nfct_shim_warn("taking the timeout policy of what is no template");
	kernel::RcuGuard rcu;
	const nf_ct_timeout_hooks *hooks = kernel::read_once(nf_ct_timeout_hook);
	nf_conn_timeout *slot = conn::timeout_slot_of(*ct);
	if (!hooks || !slot)
		return;
	if (nf_ct_timeout *policy = take_out(*slot)) {
		hooks->timeout_put(policy);
		put(policy);
	}
}

} // extern "C"

namespace nfct::conn {

void inherit_timeout_policy(nf_conn &ct, const nf_conn &tmpl, const kernel::RcuRead &)
{
	if (const nf_conn_timeout *slot = timeout_slot_of(tmpl))
		(void)attach(ct, kernel::read_once(slot->timeout));
}

void release_timeout_policy(nf_conn &ct)
{
	if (auto *slot = owned_extension<nf_conn_timeout>(ct.ext, NF_CT_EXT_TIMEOUT))
		put(take_out(*slot));
}

} // namespace nfct::conn
