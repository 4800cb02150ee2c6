// SPDX-License-Identifier: GPL-2.0-only
// Hash chains that end in a tagged number instead of null (kernel: rculist_nulls.h): a lockless reader that finds another chain's number
// at the end was carried away by an entry that moved, and starts again.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/types.hpp>

namespace nfct::kernel {

inline bool is_nulls(const hlist_nulls_node *n) { return reinterpret_cast<unsigned long>(n) & 1; }
inline unsigned long nulls_value(const hlist_nulls_node *n) { return reinterpret_cast<unsigned long>(n) >> 1; }
inline hlist_nulls_node *make_nulls(unsigned long value) { return reinterpret_cast<hlist_nulls_node *>(value << 1 | 1); }

inline void init_chain(hlist_nulls_head &head, unsigned long value) { head.first = make_nulls(value); }

// The address dependency orders reads of the node behind this read (rcu_dereference).
inline hlist_nulls_node *first(const hlist_nulls_head &head) { return read_once(head.first); }
inline hlist_nulls_node *next(const hlist_nulls_node *n) { return read_once(n->next); }

// Caller holds the chain's lock; readers may walk.
inline void add_head(hlist_nulls_node &n, hlist_nulls_head &head)
{
	hlist_nulls_node *old = head.first;
	write_once(n.next, old);
	write_once(n.pprev, &head.first);
	store_release(head.first, &n);
	if (!is_nulls(old))
		write_once(old->pprev, &n.next);
}

// Caller holds the chain's lock. n.next stays for readers that stand on n.
inline void unlink(hlist_nulls_node &n)
{
	hlist_nulls_node *after = n.next, **before = n.pprev;
	write_once(*before, after);
	if (!is_nulls(after))
		write_once(after->pprev, before);
	write_once(n.pprev, reinterpret_cast<hlist_nulls_node **>(kconst::list_poison2));
}

// Makes unlink() of a node that is in no chain harmless.
inline void fake_add(hlist_nulls_node &n)
{
	n.pprev = &n.next;
	n.next = make_nulls(0);
}

} // namespace nfct::kernel
