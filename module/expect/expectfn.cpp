// SPDX-License-Identifier: GPL-2.0-only
// Functions that are called for each expected connection, by the name that user space knows them by (kernel: nf_ct_helper_expectfn_*).
#include <nfct/expect/helper.hpp>

#include <nfct/expect/expect.hpp>
#include <nfct/kernel/list.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

list_head expectfns = {&expectfns, &expectfns};

// SAFETY: head is the first member.
static_assert(__builtin_offsetof(nf_ct_helper_expectfn, head) == 0);
nf_ct_helper_expectfn *expectfn_of(list_head *n) { return reinterpret_cast<nf_ct_helper_expectfn *>(n); }

// The first that the question is true of. RCU.
template <class Question> nf_ct_helper_expectfn *find_expectfn(Question is_it)
{
	for (list_head *n = kernel::next(expectfns); n != &expectfns; n = kernel::next(*n))
		if (nf_ct_helper_expectfn *f = expectfn_of(n); is_it(*f))
			return f;
	return nullptr;
}

// Functions are known by their address, and no two descriptions share one.
bool calls(nf_conntrack_expect *exp, void *f)
{
	return exp->expectfn == static_cast<const nf_ct_helper_expectfn *>(f)->expectfn;
}

} // namespace

extern "C" {

void nf_ct_helper_expectfn_register(nf_ct_helper_expectfn *n)
{
	expect::Lock lock;
	kernel::add_head(n->head, expectfns);
}

void nf_ct_helper_expectfn_unregister(nf_ct_helper_expectfn *n)
{
	expect::Lock lock;
	kernel::unlink(n->head);
}

// Removes the expectations that would still call the function, so that its module may go. Process context, a grace period after the
// function was unregistered.
void nf_ct_helper_expectfn_destroy(const nf_ct_helper_expectfn *n)
{
	nf_ct_expect_iterate_destroy(calls, const_cast<nf_ct_helper_expectfn *>(n));
}

// RCU.
nf_ct_helper_expectfn *nf_ct_helper_expectfn_find_by_name(const char *name)
{
	return find_expectfn([name](const nf_ct_helper_expectfn &f) { return __builtin_strcmp(f.name, name) == 0; });
}

// RCU.
nf_ct_helper_expectfn *nf_ct_helper_expectfn_find_by_symbol(const void *symbol)
{
	return find_expectfn([symbol](const nf_ct_helper_expectfn &f) { return reinterpret_cast<const void *>(f.expectfn) == symbol; });
}

} // extern "C"
