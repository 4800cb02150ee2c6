// SPDX-License-Identifier: GPL-2.0-only
// The registry of helpers: who they are, by name and by port, and how one leaves (kernel: the registry part of nf_conntrack_helper.c).
#include <nfct/expect/helper.hpp>

#include <nfct/conn/conn.hpp>
#include <nfct/conn/events.hpp>
#include <nfct/expect/expect.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {
hlist_head *nf_ct_helper_hash;
unsigned int nf_ct_helper_hsize;
}

namespace {

// SAFETY: hnode is the first member.
nf_conntrack_helper *helper_of(hlist_node *n) { return reinterpret_cast<nf_conntrack_helper *>(n); }
static_assert(__builtin_offsetof(nf_conntrack_helper, hnode) == 0);

hlist_head &chain_of(const Tuple &t)
{
	const u32 key = (u32(t.l3num) << 8 | t.protonum) ^ t.src_l4.raw;
	return nf_ct_helper_hash[key % nf_ct_helper_hsize];
}

bool same_name(const nf_conntrack_helper &h, const char *name) { return __builtin_strcmp(h.name, name) == 0; }

// Whether h serves packets of this family: as its own, or as it serves all.
bool serves(const nf_conntrack_helper &h, u16 l3num)
{
	const u16 own = tuple_of(h.tuple).l3num;
	return own == kconst::nfproto_unspec || own == l3num;
}

// What no helper may look like; a mistake in a module's source.
bool well_formed(const nf_conntrack_helper &h)
{
	return h.expect_policy && h.expect_class_max < kconst::nf_ct_max_expect_classes &&
	       __builtin_memchr(h.name, 0, kconst::nf_ct_helper_name_len);
}

// Whether a helper of that name, family and protocol is there already. For user space: names must be unique.
bool name_taken(const nf_conntrack_helper &h, const kernel::MutexGuard &)
{
	for (unsigned i = 0; i < nf_ct_helper_hsize; i++)
		for (hlist_node *n = nf_ct_helper_hash[i].first; n; n = n->next) {
			const nf_conntrack_helper &other = *helper_of(n);
			if (same_name(other, h.name) && serves(other, tuple_of(h.tuple).l3num) &&
			    tuple_of(other.tuple).protonum == tuple_of(h.tuple).protonum)
				return true;
		}
	return false;
}

// Whether another one stands on the same port of the same family and protocol.
bool port_taken(const Tuple &t, const kernel::MutexGuard &)
{
	for (hlist_node *n = chain_of(t).first; n; n = n->next) {
		const Tuple &other = tuple_of(helper_of(n)->tuple);
		if (other.src_l4 == t.src_l4 && other.l3num == t.l3num && other.protonum == t.protonum)
			return true;
	}
	return false;
}

// For nf_ct_iterate_destroy(): takes the helper from its connections and deletes none of them. Under the bucket's lock.
int forget_helper(nf_conn *ct, void *me)
{
	nf_conn_help *help = help_of(*ct);
	if (help && kernel::read_once(help->helper) == me) {
		if (events_of(*ct))
			nf_conntrack_eventmask_report(1u << IPCT_HELPER, ct, 0, 0);
		kernel::write_once(help->helper, static_cast<nf_conntrack_helper *>(nullptr));
	}
	return 0;
}

// For nf_ct_expect_iterate_destroy(): those that the helper made, and those whose connections it was to help.
bool belongs_to_helper(nf_conntrack_expect *exp, void *me)
{
	return exp->helper == me || exp->assign_helper == me;
}

} // namespace

extern "C" {

int nf_conntrack_helper_init()
{
	nf_ct_helper_hsize = 1; // one page of chains
	nf_ct_helper_hash = static_cast<hlist_head *>(nf_ct_alloc_hashtable(&nf_ct_helper_hsize, 0));
	return nf_ct_helper_hash ? 0 : -kconst::enomem;
}

void nf_conntrack_helper_fini()
{
	nfct_shim_kvfree(nf_ct_helper_hash);
	nf_ct_helper_hash = nullptr;
}

nf_conntrack_helper *__nf_conntrack_helper_find(const char *name, u16 l3num, u8 protonum)
{
	for (unsigned i = 0; i < nf_ct_helper_hsize; i++)
		for (hlist_node *n = kernel::first(nf_ct_helper_hash[i]); n; n = kernel::next(n)) {
			nf_conntrack_helper *h = helper_of(n);
			if (same_name(*h, name) && serves(*h, l3num) && tuple_of(h->tuple).protonum == protonum)
				return h;
		}
	return nullptr;
}

// Makes the helper known. 0, -EINVAL (it may not look like this, or expects more than NF_CT_EXPECT_MAX_CNT), -EBUSY (its name is taken
// for this family and protocol, or another one is on its port) or -ENOENT (no table). Process context.
int nf_conntrack_helper_register(nf_conntrack_helper *me)
{
	if (!well_formed(*me)) {
		nfct_shim_warn("a helper without a policy, with too many classes or too long a name");
		return -kconst::einval;
	}
	if (!nf_ct_helper_hash)
		return -kconst::enoent;
	if (me->expect_policy->max_expected > kconst::nf_ct_expect_max_cnt)
		return -kconst::einval;

	kernel::MutexGuard mutex(nfct_helper_mutex);
	if (name_taken(*me, mutex))
		return -kconst::ebusy;
	// User space picks a helper by name; those in the kernel used to be picked by port.
	if (!(me->flags & NF_CT_HELPER_F_USERSPACE) && port_taken(tuple_of(me->tuple), mutex))
		return -kconst::ebusy;
	kernel::ref_set(me->refcnt, 1);
	kernel::add_head(me->hnode, chain_of(tuple_of(me->tuple)));
	return 0;
}

// When it returns nobody uses the helper any more: no packet, expectation or connection. Process context, sleeps for grace periods.
void nf_conntrack_helper_unregister(nf_conntrack_helper *me)
{
	{
		kernel::MutexGuard mutex(nfct_helper_mutex);
		kernel::unlink(me->hnode);
	}
	// Who found it in the table has put it into a connection or an expectation by then, or is through with it.
	nfct_shim_synchronize_rcu();
	nf_ct_expect_iterate_destroy(belongs_to_helper, me);
	// Waits for a grace period at its end, so for readers of both.
	nf_ct_iterate_destroy(forget_helper, me);
}

void nf_conntrack_helpers_unregister(nf_conntrack_helper *helper, unsigned int n)
{
	while (n-- > 0)
		nf_conntrack_helper_unregister(&helper[n]);
}

// All n or none: 0 or the error of the first that could not be registered. Process context.
int nf_conntrack_helpers_register(nf_conntrack_helper *helper, unsigned int n)
{
	for (unsigned i = 0; i < n; i++)
		if (int err = nf_conntrack_helper_register(&helper[i])) {
			nf_conntrack_helpers_unregister(helper, i);
			return err;
		}
	return 0;
}

} // extern "C"
