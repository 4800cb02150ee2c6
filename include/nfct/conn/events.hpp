// SPDX-License-Identifier: GPL-2.0-only
// What connections and expectations tell the one listener of their namespace, nf_conntrack_netlink (conn/events.cpp, conn/redelivery.cpp).
//
// A packet only notes bits in its connection (conn::note_event); they are told together when the packet is confirmed or leaves. What the
// listener could not take is remembered in nf_conntrack_ecache::missed and told again with the next events. A destruction has no next
// event: the connection waits on the namespace's dying list until a worker could tell it.
//
// nf_conntrack_ecache:  cache, missed  atomic bits
//                       ctmask, expmask  written before confirmation, constant after
//                       portid  written once by who set IPS_DYING, read by the worker after the dying list's lock
#pragma once

#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>

extern "C" {
// Tells the events (a mask of 1 << IPCT_*) of a confirmed connection, for the process `portid` if that is not 0. 0, or the listener's
// negative errno, and then the events are remembered. Any context, with a reference.
int nf_conntrack_eventmask_report(unsigned int events, struct nf_conn *ct, u32 portid, int report);
// Tells what was noted since the last time. Any context, with a reference.
void nf_ct_deliver_cached_events(struct nf_conn *ct);
// Tells of an expectation. nf_conntrack_expect_lock is held.
void nf_ct_expect_event_report(enum ip_conntrack_expect_events event, struct nf_conntrack_expect *exp, u32 portid, int report);
// Gives the connection an event cache if its namespace wants that (nf_conntrack_events: 0 only for masks, 1 always, 2 if somebody listens).
// Masks of zero mean everything. False: no memory. Only to a connection that is not confirmed.
bool nf_ct_ecache_ext_add(struct nf_conn *ct, u16 ctmask, u16 expmask, gfp_t gfp);
// Whether any process listens to conntrack's events, in whatever namespace; kept by nfnetlink.
extern u8 nf_ctnetlink_has_listener;
}

namespace nfct::conn {

// Whether new connections of the netns get an event cache without being told to by a rule.
inline bool keeps_events(const net &n)
{
	constexpr u8 if_somebody_listens = 2;
	const u8 setting = kernel::read_once(n.ct.sysctl_events);
	return setting && (setting != if_somebody_listens || kernel::read_once(nf_ctnetlink_has_listener));
}

// Tells what was noted, if anything was: for every packet that leaves.
inline void deliver_events(nf_conn &ct)
{
	const nf_conntrack_ecache *cache = events_of(ct);
	if (cache && (kernel::read_once(cache->cache) || kernel::read_once(cache->missed))) [[unlikely]]
		nf_ct_deliver_cached_events(&ct);
}

// Tells that the connection is destroyed. False: could not be told.
inline bool tell_destruction(nf_conn &ct, u32 portid, int report)
{
	return !events_of(ct) || nf_conntrack_eventmask_report(1u << IPCT_DESTROY, &ct, portid, report) >= 0;
}

// The connection, out of the table, waits until its destruction can be told. Takes over the table's reference. Any context.
void wait_for_redelivery(nf_conn &ct);
// A destruction was told: those that wait may have luck, too.
inline void listener_has_room(net &n)
{
	if (kernel::read_once(n.ct.ecache_dwork_pending)) [[unlikely]]
		nfct_shim_redelivery_possible(&n);
}

} // namespace nfct::conn
