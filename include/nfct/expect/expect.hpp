// SPDX-License-Identifier: GPL-2.0-only
// Expectations: connections that a helper has read about in another's payload (its master's) and that are RELATED when they come.
//
// Each is in a hash table by its destination and in its master's list, both under nf_conntrack_expect_lock; readers walk either under
// RCU. The table is exported and nf_conntrack_netlink walks it, so a chain holds nothing but hnode members. An expectation has one
// reference from the table and the list together. It has none to its master: the master takes its expectations with it, before its
// own memory goes (nf_ct_remove_expectations()), so whoever finds one under the lock finds the master's memory in place.
//
// Fields of nf_conntrack_expect: flags, timeout and class are written before it is inserted; afterwards timeout and flags only under the
// lock, read anywhere (read_once). use is atomic. helper and assign_helper are RCU pointers. The rest never changes once inserted.
// nf_conn_help::expectations and ::expecting, nf_conntrack_net::expect_count: written under the lock; expect_count is read anywhere.
#pragma once

#include <nfct/conn/events.hpp>
#include <nfct/core/tuple_mask.hpp>
#include <nfct/kernel/chain.hpp>
#include <nfct/kernel/clock.hpp>
#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/netns.hpp>

extern "C" {
extern spinlock_t nf_conntrack_expect_lock;
// Set when the module is loaded, constant afterwards (the maximum: by sysctl).
extern struct hlist_head *nf_ct_expect_hash;
extern unsigned int nf_ct_expect_hsize;
extern unsigned int nf_ct_expect_max;

// The table and the object cache; needs the connection table's size. 0 or -ENOMEM, and then nothing is left behind. Process context.
int nf_conntrack_expect_init();
// No connection is left, hence no expectation. Process context.
void nf_conntrack_expect_fini();

// The expectation that a first packet fulfils, with a reference for the caller, and with a reference to its master that becomes the new
// connection's. Taken out of the table unless it is permanent or `unlink` is false. Null: none, or one whose master is not in the table.
// The expectation lock is held.
struct nf_conntrack_expect *nf_ct_find_expectation(struct net *n, const struct nf_conntrack_zone *zone,
						   const struct nf_conntrack_tuple *tuple, bool unlink);
// The one that a tuple falls under, active or not; null: none. Under RCU or the lock.
struct nf_conntrack_expect *__nf_ct_expect_find(struct net *n, const struct nf_conntrack_zone *zone,
						const struct nf_conntrack_tuple *tuple);
// Gives a reference back; the last one frees it after a grace period. Any context.
void nf_ct_expect_put(struct nf_conntrack_expect *exp);
// Out of the table and of its master's list, reported to listeners, and the table's reference given back. The lock is held.
void nf_ct_unlink_expect_report(struct nf_conntrack_expect *exp, u32 portid, int report);
// All that a connection expects. Any context, the lock not held; ct is unreferenced or referenced by the caller.
void nf_ct_remove_expectations(struct nf_conn *ct);
// Those whose time is up. The same.
void nf_ct_expectation_gc(struct nf_conn_help *help);
// Removes those for which iter says true, of every namespace. iter is called under the lock. Any context.
void nf_ct_expect_iterate_destroy(bool (*iter)(struct nf_conntrack_expect *e, void *data), void *data);
}

namespace nfct::expect {

// Evidence that nf_conntrack_expect_lock is held.
class [[nodiscard]] Locked : kernel::Immovable {
    public:
	// For functions that are called with it; lockdep checks.
	static Locked by_caller()
	{
		nfct_shim_assert_expect_lock();
		return Locked();
	}

    protected:
	Locked() = default;
};

// Taken inside bucket locks, never around them.
class [[nodiscard]] Lock : public Locked {
    public:
	Lock() : guard_(nf_conntrack_expect_lock) {}

    private:
	kernel::SpinBhGuard guard_;
};

// SAFETY: the nodes are members of nothing else; the layout is checked in kernel/layout.cpp.
inline nf_conntrack_expect &of_hash_node(hlist_node *n)
{
	return *reinterpret_cast<nf_conntrack_expect *>(reinterpret_cast<char *>(n) - __builtin_offsetof(nf_conntrack_expect, hnode));
}

inline nf_conntrack_expect &of_list_node(hlist_node *n)
{
	return *reinterpret_cast<nf_conntrack_expect *>(reinterpret_cast<char *>(n) - __builtin_offsetof(nf_conntrack_expect, lnode));
}

// SAFETY: TupleMask is laid out as the kernel's; kernel/layout.cpp asserts it.
inline TupleMask &mask_of(nf_conntrack_expect &exp) { return reinterpret_cast<TupleMask &>(exp.mask); }
inline const TupleMask &mask_of(const nf_conntrack_expect &exp) { return reinterpret_cast<const TupleMask &>(exp.mask); }

template <class Exp> net &net_of_expectation(const Exp &exp)
{
	if constexpr (requires { exp.net.net; })
		return *kernel::read_once(exp.net.net);
	else
		return init_net;
}

// Its time is up, or somebody has given it up (nf_ct_unexpect_related): for everybody it is not there any more.
inline bool is_expired(const nf_conntrack_expect &exp, u32 now)
{
	return kernel::read_once(exp.flags) & kconst::nf_ct_expect_dead || static_cast<s32>(kernel::read_once(exp.timeout) - now) <= 0;
}

// The chain in which expectations of this destination are. Keyed, so that nobody outside can aim at it.
hlist_head &chain_of(const net &n, const Tuple &tuple);

// Whether the tuple, in this zone and namespace, is what exp waits for.
bool falls_under(const Tuple &tuple, u16 zone, const net &n, const nf_conntrack_expect &exp);

// The part of a connection that holds its expectations, whether or not what else it refers to has gone stale (6.1): its list must be
// emptied in any case. Null: it never had one.
inline nf_conn_help *list_owner(const nf_conn &master) { return owned_extension<nf_conn_help>(master.ext, NF_CT_EXT_HELPER); }

inline void unlink(nf_conntrack_expect &exp, const Locked &) { nf_ct_unlink_expect_report(&exp, 0, 0); }

// Links it everywhere, lets its time begin, and gives the table a reference. The caller has counted it in its master's `expecting`.
void insert(nf_conntrack_expect &exp, nf_conn_help &help, const Locked &);

inline void report(ip_conntrack_expect_events event, nf_conntrack_expect &exp, u32 portid, int to_whom)
{
	if constexpr (kconst::config_nf_conntrack_events)
		nf_ct_expect_event_report(event, &exp, portid, to_whom);
}

} // namespace nfct::expect
