// SPDX-License-Identifier: GPL-2.0-only
// Doubly linked lists that lockless readers walk (kernel: rculist.h), through C, where the kernel checks the neighbours if it was
// configured to.
#pragma once

#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>

namespace nfct::kernel {

// Caller holds the list's lock; readers may walk.
inline void add_head(list_head &n, list_head &head) { nfct_shim_list_add_rcu(&n, &head); }
inline void add_tail(list_head &n, list_head &head) { nfct_shim_list_add_rcu(&n, head.prev); }
inline void unlink(list_head &n) { nfct_shim_list_del_rcu(&n); }
inline list_head *next(const list_head &n) { return read_once(n.next); }

} // namespace nfct::kernel
