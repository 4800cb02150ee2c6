// SPDX-License-Identifier: GPL-2.0-only
// Numbers that the kernel-free layers write down for themselves, compared with the kernel's at compile time. Holds no code.
#include <nfct/core/outcome.hpp>
#include <nfct/core/tuple.hpp>
#include <nfct/kernel/types.hpp>
#include <nfct/proto/dccp.hpp>
#include <nfct/proto/gre.hpp>
#include <nfct/proto/sctp.hpp>
#include <nfct/proto/tcp_conn.hpp>
#include <nfct/proto/udp.hpp>

#include <nfct/base/poison.hpp>

namespace nfct {

static_assert(ips::seen_reply == IPS_SEEN_REPLY && ips::assured == IPS_ASSURED && ips::confirmed == IPS_CONFIRMED);
static_assert(ips::dying == IPS_DYING && ips::fixed_timeout == IPS_FIXED_TIMEOUT && ips::nat_mask == IPS_NAT_MASK);
static_assert(ips::nat_clash == IPS_NAT_CLASH);
static_assert(static_cast<int>(Event::reply) == IPCT_REPLY && static_cast<int>(Event::assured) == IPCT_ASSURED);
static_assert(static_cast<int>(Event::protoinfo) == IPCT_PROTOINFO);
static_assert(static_cast<int>(L3::ipv4) == kconst::nfproto_ipv4 && static_cast<int>(L3::ipv6) == kconst::nfproto_ipv6);

static_assert(sizeof(tcp::Conn) == sizeof(ip_ct_tcp) && sizeof(tcp::Peer) == sizeof(ip_ct_tcp_state));
static_assert(__builtin_offsetof(tcp::Conn, state) == __builtin_offsetof(ip_ct_tcp, state));
static_assert(__builtin_offsetof(tcp::Conn, last_flags) == __builtin_offsetof(ip_ct_tcp, last_flags));
static_assert(__builtin_offsetof(tcp::Peer, flags) == __builtin_offsetof(ip_ct_tcp_state, flags));
static_assert(sizeof(udp::UdpConn) == sizeof(nf_ct_udp));
static_assert(sizeof(sctp::SctpConn) == sizeof(ip_ct_sctp) && sizeof(dccp::DccpConn) == sizeof(nf_ct_dccp));
static_assert(__builtin_offsetof(sctp::SctpConn, tag) == __builtin_offsetof(ip_ct_sctp, vtag));
static_assert(__builtin_offsetof(dccp::DccpConn, handshake_seq) == __builtin_offsetof(nf_ct_dccp, handshake_seq));
static_assert(sizeof(gre::GreConn) == sizeof(nf_ct_gre));

} // namespace nfct
