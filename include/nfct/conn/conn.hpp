// SPDX-License-Identifier: GPL-2.0-only
// A connection's life: made unconfirmed for a packet, filled in, confirmed into the table (packet/confirm), refreshed, killed, freed.
#pragma once

#include <nfct/conn/events.hpp>
#include <nfct/core/outcome.hpp>
#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/netns.hpp>
#include <nfct/table/hashes.hpp>

extern "C" {
// Asks iter about every connection of all namespaces, under its bucket's lock, and deletes those for which it returns non-zero. Afterwards
// nobody looks any more at what iter took out of a connection. May sleep; only where a module is unloaded.
void nf_ct_iterate_destroy(int (*iter)(struct nf_conn *i, void *data), void *data);
}

namespace nfct::conn {

// Why there is no connection for a packet.
enum class AllocError : u8 { none, table_full, no_memory };

struct Allocated {
	nf_conn *ct; // reference count zero: nobody else can take it yet; null on error
	AllocError error;
};

// What tells a new connection from others in its zone.
struct Identity {
	const Tuple &original, &reply;
	table::Hashes hashes; // kept for confirm
};

// A new connection of a namespace, of which `own` is our data; its reference count still zero, `proto` not set.
// In a full table (nf_conntrack_max) an unassured connection nearby has to go; if there is none the packet cannot be tracked.
// Any context that gfp allows.
Allocated allocate(net &n, nfct_netns &own, const Zone &zone, const Identity &identity, gfp_t gfp, Room room);

// The hashes that allocate() kept; NAT may have changed the reply tuple since. Only before the connection is confirmed: they live in a link
// that is not in use yet.
inline table::Hashes kept_hashes(const nf_conn &ct)
{
	return table::KeptHashes(reinterpret_cast<u64>(ct.tuplehash[index(Direction::reply)].hnnode.pprev)).hashes();
}

// Whether all extensions that a new connection of the netns gets have room in its own memory (NFCT_AREA).
bool area_is_enough(const net &n);
// The same, and it gets any.
inline bool has_area(const net &n)
{
	return (n.ct.sysctl_acct || n.ct.sysctl_tstamp || keeps_events(n)) && area_is_enough(n);
}
// Begins the extensions of a connection that was allocated with room for them, before anything is added.
void begin_area(nf_conn &ct, Room room);
// Gives back the memory of the extensions, if it is not the connection's own.
void free_extensions(nf_conn &ct);

// Everything about a new connection is written: from now on others may take references.
void publish(nf_conn &ct);

// To be asked once, when the connection is confirmed: false if its extensions hold references to a module that has gone since they were
// made (6.1); otherwise they are good for its whole life.
bool settle_extensions(nf_conn &ct);

// A module goes whose objects extensions refer to: no connection that is unconfirmed now will be confirmed any more (6.1; elsewhere nothing
// remembers when extensions were made). To be followed by a grace period, then by a walk over the table. Any context.
void outdate_extensions();

// Accounts a packet of `bytes` in one direction, if the connection has counters.
inline void account(const nf_conn &ct, Direction d, u32 packets, u32 bytes)
{
	if (nf_conn_acct *acct = accounting_of(ct)) {
		kernel::add(acct->counter[index(d)].packets.counter, s64(packets));
		kernel::add(acct->counter[index(d)].bytes.counter, s64(bytes));
	}
}

// Sets the time of death to `jiffies` from now (from confirmation, if that has not happened yet), unless it is fixed.
void refresh(nf_conn &ct, u32 jiffies, u32 now);

// Notes an event for delivery when the packet is done with, if somebody listens.
inline void note_event(nf_conn &ct, ip_conntrack_events event)
{
	if (!kernel::read_once(net_of(ct).ct.nf_conntrack_event_cb)) [[likely]]
		return;
	if (nf_conntrack_ecache *cache = events_of(ct))
		kernel::set_bits(cache->cache, 1ul << event);
}

// Before the first nf_ct_get_id().
void init_id_key();

inline bool kill(nf_conn &ct) { return nf_ct_delete(&ct, 0, 0); }

} // namespace nfct::conn
