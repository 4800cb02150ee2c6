// SPDX-License-Identifier: GPL-2.0-only
// Making and freeing connections (kernel: __nf_conntrack_alloc, nf_conntrack_free).
//
// The caches are SLAB_TYPESAFE_BY_RCU: a freed object may be handed out again at once, while a reader still looks at it. What protects the
// reader is the reference count: zero from before the object is freed until publish(), so that ref_inc_not_zero() fails, and everything
// is_flow() compares is written before it becomes one.
#include <nfct/conn/conn.hpp>

#include <nfct/conn/release.hpp>
#include <nfct/table/follow.hpp>
#include <nfct/table/gc.hpp>
#include <nfct/table/hashes.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::conn {

namespace {

// Counts the newcomer first and asks afterwards, so that two CPUs cannot both take the last place.
bool take_place(net &n, nfct_netns &own, u32 hash)
{
	const int count = kernel::fetch_add(own.kernel.count.counter, 1) + 1;
	u32 max = kernel::read_once(nf_conntrack_max);
	table::note_entries(static_cast<u32>(count));
	if (!max || static_cast<u32>(count) <= max) [[likely]]
		return true;
	{
		kernel::RcuGuard rcu;
		if (table::early_drop(n, hash, rcu))
			return true;
	}
	table::request_eviction();
	return false;
}

void give_place_back(nfct_netns &own)
{
	kernel::fetch_add(own.kernel.count.counter, -1);
}

// The kernel's rate limit is one lock for all processors. Within a tick nobody need ask it again, so it counts fewer as suppressed.
void warn_table_full()
{
	static u32 asked;
	const u32 now = kernel::now32();
	if (kernel::read_once(asked) == now)
		return;
	kernel::write_once(asked, now);
	nfct_shim_warn_table_full();
}

} // namespace

Allocated allocate(net &n, nfct_netns &own, const Zone &zone, const Identity &identity, gfp_t gfp, Room room)
{
	if (!take_place(n, own, identity.hashes.original)) {
		give_place_back(own);
		warn_table_full();
		return {nullptr, AllocError::table_full};
	}
	const bool area = has_area(n);
	nf_conn *ct = nfct_shim_conn_cache_alloc(room == Room::of_whole_state, area, gfp);
	if (!ct) {
		give_place_back(own);
		return {nullptr, AllocError::no_memory};
	}
	nfct_shim_spin_lock_init_conn(&ct->lock);
	set_tuple(*ct, Direction::original, identity.original);
	set_tuple(*ct, Direction::reply, identity.reply);
	kernel::set_unlinked(link_in(*ct, Direction::original));
	// SAFETY: an unlinked node's pprev is ours; readers never follow it.
	kernel::write_once(link_in(*ct, Direction::reply).pprev, reinterpret_cast<hlist_nulls_node **>(table::KeptHashes(identity.hashes).word()));
	ct->status = (room == Room::of_whole_state ? status_whole : 0) | (area ? status_area : 0);
	kernel::write_once(ct->timeout, 0u);
	set_net(*ct, n);
	set_zone(*ct, zone);
	table::forget_hashes(*ct);
	// From here to the protocol's state all starts as zero.
	constexpr usize cleared = __builtin_offsetof(nf_conn, __nfct_init_offset);
	__builtin_memset(reinterpret_cast<char *>(ct) + cleared, 0, __builtin_offsetof(nf_conn, proto) - cleared);
	if (area)
		begin_area(*ct, room);
	kernel::ref_set(ct->ct_general.use, 0);
	return {ct, AllocError::none};
}

void publish(nf_conn &ct)
{
	kernel::fence_release();
	kernel::ref_set(ct.ct_general.use, 1);
}

} // namespace nfct::conn

using namespace nfct;

extern "C" {

// A connection for a caller outside (user space, BPF) that fills it in and inserts it itself; reference count zero. Such callers clear all of
// `proto`, whatever the protocol.
// ERR_PTR(-ENOMEM) if the table is full or there is no memory.
nf_conn *nf_conntrack_alloc(net *n, const nf_conntrack_zone *zone, const nf_conntrack_tuple *orig, const nf_conntrack_tuple *repl,
			    gfp_t gfp)
{
	conn::Allocated made = conn::allocate(*n, pernet(*n), zone_of(zone), {tuple_of(*orig), tuple_of(*repl), {}}, gfp, Room::of_whole_state);
	return made.ct ? made.ct : reinterpret_cast<nf_conn *>(-static_cast<long>(kconst::enomem));
}

// Frees a connection whose reference count is zero: never published, or its last reference gone. Any context.
void nf_conntrack_free(nf_conn *ct)
{
	net &n = net_of(*ct);
	if (kernel::ref_read(ct->ct_general.use) != 0)
		nfct_shim_warn("freeing a connection that is in use");
	conn::release_attachments(*ct);
	if (ct->ext)
		conn::free_extensions(*ct);
	nfct_shim_conn_cache_free(ct, ct->status & status_whole, ct->status & status_area);
	conn::give_place_back(pernet(n));
}

} // extern "C"
