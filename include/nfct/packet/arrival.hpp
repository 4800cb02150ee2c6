// SPDX-License-Identifier: GPL-2.0-only
// One packet on its way through the tracker: what is known of it before there is a connection.
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/core/zone.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/skb.hpp>
#include <nfct/proto/tcp_segment.hpp>
#include <nfct/table/table.hpp>

namespace nfct::packet {

// What netfilter does with the packet next (NF_DROP, NF_ACCEPT).
enum class HookVerdict : unsigned { drop = 0, accept = 1 };

struct Arrival {
	sk_buff &skb;
	const nf_hook_state &state;
	net &n;
	nf_conn *tmpl; // template that a rule attached, or null; its reference is held by nf_conntrack_in()
	Zone zone;
	unsigned long now; // jiffies, read once
	PacketView view;
	tcp::Segment segment; // of TCP only, written by check()

	// Member by member: as an aggregate it would be cleared first.
	Arrival(sk_buff &skb, const nf_hook_state &state, nf_conn *tmpl, Zone zone)
		: skb(skb), state(state), n(*state.net), tmpl(tmpl), zone(zone), now(kernel::now())
	{
		view.bytes = bytes_of(skb);
		view.l3_offset = view.l4_offset = network_offset(skb);
		view.l3 = static_cast<L3>(state.pf);
		view.protonum = 0;
	}
	// All of a packet's way is inside netfilter's rcu_read_lock().
	static kernel::RcuRead rcu() { return kernel::RcuRead::held_by_netfilter(); }
};

// The zone that applies to a packet with this template (nf_ct_zone_tmpl): none means the default zone, and a template may take the
// number from the packet's mark.
Zone zone_for(const sk_buff &skb, const nf_conn *tmpl);

// Counts the packet as INVALID, logs it if asked to, and lets it pass unattached.
HookVerdict invalid(const Arrival &a, Reason why, const nf_conn *ct = nullptr);

// What its tracker may know of a connection with this status that the packet belongs to.
inline Context context_of(const Arrival &a, Direction dir, unsigned long status)
{
	return {dir, (status & IPS_CONFIRMED) != 0, status, a.now, kconst::hz};
}

// packet/check.cpp: whether the layer-4 header is sound, checksum included (in PRE_ROUTING, if nf_conntrack_checksum is set).
[[nodiscard]] Reason check(Arrival &a);
// packet/track.cpp: the trackers behind one face.
// Whether the packet may open a connection.
[[nodiscard]] Reason can_open(const Arrival &a, const Tuple &tuple);
// The state of the connection that it opens, in place: copied, it would be read in larger pieces than it was just written in, for which the
// processor waits.
void open(const Arrival &a, Room room, nf_conntrack_proto &state);
Outcome track(const Arrival &a, nf_conn &ct, const Context &ctx);

// packet/create.cpp: a new, unconfirmed connection for the packet, with one reference. Empty on error.
struct Created {
	Ref ref;
	Reason invalid;  // the packet cannot open a connection
	bool out_of_room; // the table is full or there is no memory: drop the packet
};
// hash: of the tuple, in the zone of the original direction.
Created create(const Arrival &a, const Tuple &tuple, u32 hash);

// packet/icmp_error.cpp: what became of an ICMP message before it is tracked like any other packet.
enum class IcmpFate : u8 { track, settled, invalid };
struct IcmpResult {
	IcmpFate fate;
	Reason reason; // with invalid
};
IcmpResult settle_icmp(Arrival &a);

} // namespace nfct::packet
