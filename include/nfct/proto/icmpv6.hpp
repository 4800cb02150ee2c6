// SPDX-License-Identifier: GPL-2.0-only
// ICMPv6: as ICMP, but it also carries what keeps the link going, which is not tracked (kernel: nf_conntrack_proto_icmpv6.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/icmp_error.hpp>

namespace nfct::icmpv6 {

inline constexpr u32 default_seconds = 30;
inline constexpr bool allow_clash = false;

// Checks the header; `covered` as in udp::check_header, never 0.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// What the message is. Call it after check_header() and after the checksum was verified, for IPv6 packets only. mrd_is_untracked: whether this
// kernel takes multicast router discovery (RFC 4286) for business of the link.
IcmpMessage classify(const PacketView &packet, bool mrd_is_untracked);

// Whether a message of this type may open a flow: requests may.
[[nodiscard]] bool can_open(u8 type);

// opened_by: the type in the connection's original tuple.
Outcome track(const PacketView &packet, const Context &ctx, u8 opened_by, u32 timeout);

} // namespace nfct::icmpv6
