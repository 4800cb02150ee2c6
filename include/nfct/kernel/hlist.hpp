// SPDX-License-Identifier: GPL-2.0-only
// Plain hash chains and doubly linked lists that lockless readers walk (kernel: rculist.h).
#pragma once

#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>

namespace nfct::kernel {

// The address dependency orders reads of the node behind this read (rcu_dereference). Null at the end.
inline hlist_node *first(const hlist_head &head) { return read_once(head.first); }
inline hlist_node *next(const hlist_node *n) { return read_once(n->next); }

// Caller holds the chain's lock; readers may walk.
inline void add_head(hlist_node &n, hlist_head &head)
{
	hlist_node *old = head.first;
	write_once(n.next, old);
	write_once(n.pprev, &head.first);
	store_release(head.first, &n);
	if (old)
		write_once(old->pprev, &n.next);
}

// Caller holds the chain's lock. n.next stays for readers that stand on n.
inline void unlink(hlist_node &n)
{
	hlist_node *after = n.next, **before = n.pprev;
	write_once(*before, after);
	if (after)
		write_once(after->pprev, before);
	write_once(n.pprev, reinterpret_cast<hlist_node **>(kconst::list_poison2));
}

// Lists: the same, through C, where the kernel checks the neighbours if it was configured to.
inline void add_head(list_head &n, list_head &head) { nfct_shim_list_add_rcu(&n, &head); }
inline void add_tail(list_head &n, list_head &head) { nfct_shim_list_add_rcu(&n, head.prev); }
inline void unlink(list_head &n) { nfct_shim_list_del_rcu(&n); }
inline list_head *next(const list_head &n) { return read_once(n.next); }

} // namespace nfct::kernel
