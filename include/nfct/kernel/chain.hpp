// SPDX-License-Identifier: GPL-2.0-only
// Hash chains that lockless readers walk, of both kinds: plain ones that end in null (kernel: rculist.h) and those that end in a tagged
// number (rculist_nulls.h). A reader that finds another chain's number at the end was carried away by an entry that moved, and starts again.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/types.hpp>

namespace nfct::kernel {

inline bool is_end(const hlist_node *n) { return !n; }
inline bool is_end(const hlist_nulls_node *n) { return reinterpret_cast<unsigned long>(n) & 1; }
inline unsigned long nulls_value(const hlist_nulls_node *n) { return reinterpret_cast<unsigned long>(n) >> 1; }
inline hlist_nulls_node *make_nulls(unsigned long value) { return reinterpret_cast<hlist_nulls_node *>(value << 1 | 1); }

inline void init_chain(hlist_nulls_head &head, unsigned long value) { head.first = make_nulls(value); }

template <class T> concept ChainHead = requires(T head) { is_end(head.first); };
template <class T> concept ChainNode = requires(T node) { is_end(node.next); };

// The address dependency orders reads of the node behind this read (rcu_dereference).
template <ChainHead Head> auto first(const Head &head) { return read_once(head.first); }
template <ChainNode Node> Node *next(const Node *n) { return read_once(n->next); }

// Caller holds the chain's lock; readers may walk.
template <ChainHead Head> void add_head(decltype(*Head::first) &n, Head &head)
{
	auto *old = head.first;
	write_once(n.next, old);
	write_once(n.pprev, &head.first);
	store_release(head.first, &n);
	if (!is_end(old))
		write_once(old->pprev, &n.next);
}

// Caller holds the chain's lock. n.next stays for readers that stand on n.
template <ChainNode Node> void unlink(Node &n)
{
	Node *after = n.next, **before = n.pprev;
	write_once(*before, after);
	if (!is_end(after))
		write_once(after->pprev, before);
	write_once(n.pprev, reinterpret_cast<Node **>(kconst::list_poison2));
}

// A node that is in no chain. n.next stays: a reader may stand on n since it was in one.
inline void set_unlinked(hlist_nulls_node &n) { write_once(n.pprev, static_cast<hlist_nulls_node **>(nullptr)); }
inline bool is_linked(const hlist_nulls_node &n) { return read_once(n.pprev); }

} // namespace nfct::kernel
