// SPDX-License-Identifier: GPL-2.0-only
// The trackers behind one face: picks the one for the packet's protocol, hands it the connection's state and its settings, with the timeouts
// of the connection's own policy if it has one, and holds the connection's lock where the state needs it (TCP, SCTP, DCCP). Of one that is not
// confirmed its first packet alone knows.
#include <nfct/packet/arrival.hpp>

#include <nfct/conn/seqadj.hpp>
#include <nfct/conn/synproxy.hpp>
#include <nfct/conn/timeout_policy.hpp>
#include <nfct/proto/dccp.hpp>
#include <nfct/proto/generic.hpp>
#include <nfct/proto/gre.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmpv6.hpp>
#include <nfct/proto/sctp.hpp>
#include <nfct/proto/tcp.hpp>
#include <nfct/proto/udp.hpp>

#include <nfct/proto/udplite.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

namespace {

// Jiffies, by the tracker's own indices.
const u32 *choose(const u32 *policy, const u32 *settings) { return policy ? policy : settings; }

tcp::Config tcp_config(const net &n, const u32 *policy = nullptr)
{
	const nf_tcp_net &t = n.ct.nf_ct_proto.tcp;
	return {.timeouts = choose(policy, t.timeouts),
		.loose = t.tcp_loose != 0,
		.be_liberal = t.tcp_be_liberal != 0,
		.ignore_invalid_rst = t.tcp_ignore_invalid_rst != 0,
		.max_retrans = t.tcp_max_retrans,
		.rst_gets_close_timeout = kconst::nfct_rst_gets_close_timeout != 0};
}

// SAFETY: the trackers' states are laid out as the kernel's structures; stand_ins.cpp asserts it.
tcp::Conn &tcp_state(nf_conntrack_proto &p) { return reinterpret_cast<tcp::Conn &>(p.tcp); }
udp::UdpConn &udp_state(nf_conntrack_proto &p) { return reinterpret_cast<udp::UdpConn &>(p.udp); }
sctp::SctpConn &sctp_state(nf_conntrack_proto &p) { return reinterpret_cast<sctp::SctpConn &>(p.sctp); }
dccp::DccpConn &dccp_state(nf_conntrack_proto &p) { return reinterpret_cast<dccp::DccpConn &>(p.dccp); }
gre::GreConn &gre_state(nf_conntrack_proto &p) { return reinterpret_cast<gre::GreConn &>(p.gre); }

// Protocols that a kernel may have been configured without: then there are no settings, and it is tracked like any unknown one.
template <class Settings>
Outcome track_sctp(const Arrival &a, nf_conn &ct, const Context &ctx, const Settings &settings, const u32 *policy)
{
	if constexpr (requires { settings.sctp; }) {
		kernel::SpinBhGuard lock(ct.lock, ctx.confirmed);
		return sctp::track(sctp_state(ct.proto), a.view, ctx, choose(policy, settings.sctp.timeouts));
	}
	return generic::track(*choose(policy, &settings.generic.timeout));
}

template <class Settings>
Outcome track_dccp(const Arrival &a, nf_conn &ct, const Context &ctx, const Settings &settings, const u32 *policy)
{
	if constexpr (requires { settings.dccp; }) {
		kernel::SpinBhGuard lock(ct.lock, ctx.confirmed);
		return dccp::track(dccp_state(ct.proto), a.view, ctx, choose(policy, settings.dccp.dccp_timeout));
	}
	return generic::track(*choose(policy, &settings.generic.timeout));
}

template <class Settings> Outcome track_gre(nf_conn &ct, const Context &ctx, const Settings &settings, const u32 *policy)
{
	if constexpr (requires { settings.gre; })
		return gre::track(gre_state(ct.proto), ctx, choose(policy, settings.gre.timeouts));
	return generic::track(*choose(policy, &settings.generic.timeout));
}

Outcome track_tcp(const Arrival &a, nf_conn &ct, const Context &ctx, const u32 *policy)
{
	const s32 left = expires_in(ct, static_cast<u32>(ctx.now));
	const tcp::Surroundings around = {.peer_adjust = conn::seq_adjust_of(ct, opposite(ctx.dir)),
					  .remaining = left > 0 ? static_cast<u32>(left) : 0,
					  .syn_proxy = conn::is_behind_synproxy(ct)};
	kernel::SpinBhGuard lock(ct.lock, ctx.confirmed);
	return tcp::track(tcp_state(ct.proto), a.view, a.segment, ctx, tcp_config(a.n, policy), around);
}

// All but TCP and UDP. In a function of its own: what a packet's way has no need of takes no registers from it.
[[gnu::noinline]] Outcome track_other(const Arrival &a, nf_conn &ct, Direction dir, unsigned long status, const u32 *policy)
{
	const Context ctx = context_of(a, dir, status);
	const nf_ip_net &settings = a.n.ct.nf_ct_proto;
	switch (protonum(ct)) {
	case ipproto::udplite:
		return udplite::track(ctx, choose(policy, settings.udp.timeouts));
	case ipproto::sctp:
		return track_sctp(a, ct, ctx, settings, policy);
	case ipproto::dccp:
		return track_dccp(a, ct, ctx, settings, policy);
	case ipproto::gre:
		return track_gre(ct, ctx, settings, policy);
	case ipproto::icmp:
		return icmp::track(a.view, tuple_in(ct, Direction::original).icmp_type(), *choose(policy, &settings.icmp.timeout));
	case ipproto::icmpv6:
		return icmpv6::track(a.view, ctx, tuple_in(ct, Direction::original).icmp_type(), *choose(policy, &settings.icmpv6.timeout));
	}
	return generic::track(*choose(policy, &settings.generic.timeout));
}

} // namespace

Reason can_open(const Arrival &a, const Tuple &tuple)
{
	switch (a.view.protonum) {
	case ipproto::tcp:
		return tcp::can_open(a.segment, tcp_config(a.n));
	case ipproto::icmp:
		return icmp::can_open(tuple.icmp_type()) ? Reason::none : Reason::icmp_new_invalid;
	case ipproto::icmpv6:
		return icmpv6::can_open(tuple.icmp_type()) ? Reason::none : Reason::icmp_new_invalid;
	}
	return Reason::none;
}

void open(const Arrival &a, Room room, nf_conntrack_proto &state)
{
	if (a.view.protonum == ipproto::tcp)
		tcp::open(tcp_state(state), a.view, a.segment);
	else if (room == Room::of_whole_state)
		state = {};
	else
		__builtin_memset(&state, 0, NFCT_SHORT_STATE);
}

Outcome track(const Arrival &a, nf_conn &ct, const Context &ctx)
{
	const u32 *policy = conn::policy_timeouts(ct, a.rcu());
	const u8 protocol = protonum(ct);
	if (protocol == ipproto::tcp) [[likely]]
		return track_tcp(a, ct, ctx, policy);
	if (protocol == ipproto::udp) [[likely]]
		return udp::track(udp_state(ct.proto), ctx, choose(policy, a.n.ct.nf_ct_proto.udp.timeouts));
	return track_other(a, ct, ctx.dir, ctx.status, policy);
}

} // namespace nfct::packet

using namespace nfct;

extern "C" {

// Whether an assured connection is closing and may go from a full table. Unlocked: an answer that is old by a packet does no harm.
bool nfct_tcp_can_early_drop(const nf_conn *ct)
{
	return tcp::can_early_drop(reinterpret_cast<const tcp::Conn &>(ct->proto.tcp));
}

bool nfct_sctp_can_early_drop(const nf_conn *ct)
{
	return sctp::can_early_drop(reinterpret_cast<const sctp::SctpConn &>(ct->proto.sctp));
}

bool nfct_dccp_can_early_drop(const nf_conn *ct)
{
	return dccp::can_early_drop(reinterpret_cast<const dccp::DccpConn &>(ct->proto.dccp));
}

} // extern "C"
