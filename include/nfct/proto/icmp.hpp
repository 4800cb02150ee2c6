// SPDX-License-Identifier: GPL-2.0-only
// ICMP for IPv4: request and reply are a flow, errors belong to the flow they complain about (kernel: nf_conntrack_proto_icmp.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/icmp_error.hpp>

namespace nfct::icmp {

inline constexpr u32 default_seconds = 30;
inline constexpr bool allow_clash = false;

// Checks the header; `covered` as in udp::check_header, never 0.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// What the message is. Call it after check_header() and after the checksum was verified, for IPv4 packets only.
IcmpMessage classify(const PacketView &packet);

// Whether a message of this type may open a flow: requests may.
[[nodiscard]] bool can_open(u8 type);

// opened_by: the type in the connection's original tuple. No state: replies do not end the flow, so that duplicates still belong to it.
Outcome track(const PacketView &packet, u8 opened_by, u32 timeout);

} // namespace nfct::icmp
