// SPDX-License-Identifier: GPL-2.0-only
// Helpers and NAT helpers by name, their modules loaded where needed and held while rules name them (kernel: the same part of
// nf_conntrack_helper.c).
#include <nfct/expect/helper.hpp>

#include <nfct/kernel/list.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

list_head nat_helpers = {&nat_helpers, &nat_helpers};

// SAFETY: list is the first member.
static_assert(__builtin_offsetof(nf_conntrack_nat_helper, list) == 0);
nf_conntrack_nat_helper *nat_helper_of(list_head *n) { return reinterpret_cast<nf_conntrack_nat_helper *>(n); }

nf_conntrack_nat_helper *find_nat_helper(const char *name, const kernel::RcuRead &)
{
	for (list_head *n = kernel::next(nat_helpers); n != &nat_helpers; n = kernel::next(*n))
		if (nf_conntrack_nat_helper *nat = nat_helper_of(n); __builtin_strcmp(nat->mod_name, name) == 0)
			return nat;
	return nullptr;
}

// The helper with a reference to it and to its module; null if it is not there or on its way out.
nf_conntrack_helper *find_and_hold(const char *name, u16 l3num, u8 protonum)
{
	kernel::RcuGuard rcu;
	nf_conntrack_helper *h = __nf_conntrack_helper_find(name, l3num, protonum);
	if (!h || !nfct_shim_module_get(h->me))
		return nullptr;
	if (!kernel::ref_inc_not_zero(h->refcnt)) {
		nfct_shim_module_put(h->me);
		return nullptr;
	}
	return h;
}

bool is_registered(const char *name, u16 l3num, u8 protonum)
{
	kernel::RcuGuard rcu;
	return __nf_conntrack_helper_find(name, l3num, protonum);
}

// Holds the module of the NAT helper of this name: 0 or -ENOENT; 1 if there is none.
int hold_nat_helper(const char *name)
{
	kernel::RcuGuard rcu;
	nf_conntrack_nat_helper *nat = find_nat_helper(name, rcu);
	if (!nat)
		return 1;
	return nfct_shim_module_get(nat->module) ? 0 : -kconst::enoent;
}

} // namespace

extern "C" {

// The helper for a rule, its module loaded if need be and held until nf_conntrack_helper_put(). Null if there is none. Process context.
nf_conntrack_helper *nf_conntrack_helper_try_module_get(const char *name, u16 l3num, u8 protonum)
{
	if (!is_registered(name, l3num, protonum) && !nfct_shim_request_module("nfct-helper-", name))
		return nullptr;
	return find_and_hold(name, l3num, protonum);
}

void nf_conntrack_helper_put(nf_conntrack_helper *helper)
{
	kernel::ref_dec(helper->refcnt);
	nfct_shim_module_put(helper->me);
}

// Holds the module that translates what this helper finds, loading it if need be. 0 or -ENOENT. Process context.
int nf_nat_helper_try_module_get(const char *name, u16 l3num, u8 protonum)
{
	char nat_name[kconst::nf_ct_helper_name_len];
	{
		kernel::RcuGuard rcu;
		const nf_conntrack_helper *h = __nf_conntrack_helper_find(name, l3num, protonum);
		if (!h)
			return -kconst::enoent;
		__builtin_memcpy(nat_name, h->nat_mod_name, sizeof(nat_name));
		nat_name[sizeof(nat_name) - 1] = 0;
	}
	int err = hold_nat_helper(nat_name);
	if (err <= 0)
		return err;
	(void)nfct_shim_request_module("", nat_name);
	return hold_nat_helper(nat_name) ? -kconst::enoent : 0;
}

// Gives back what nf_nat_helper_try_module_get() took. Any context.
void nf_nat_helper_put(nf_conntrack_helper *helper)
{
	static bool warned;
	kernel::RcuGuard rcu;
	if (nf_conntrack_nat_helper *nat = find_nat_helper(helper->nat_mod_name, rcu))
		nfct_shim_module_put(nat->module);
	else
		nfct_shim_warn_once(&warned, "nf_conntrack: a NAT helper that is held is gone\n");
}

// Process context.
void nf_nat_helper_register(nf_conntrack_nat_helper *nat)
{
	kernel::MutexGuard mutex(nfct_nat_helper_mutex);
	kernel::add_head(nat->list, nat_helpers);
}

void nf_nat_helper_unregister(nf_conntrack_nat_helper *nat)
{
	kernel::MutexGuard mutex(nfct_nat_helper_mutex);
	kernel::unlink(nat->list);
}

} // extern "C"
