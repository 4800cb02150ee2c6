// SPDX-License-Identifier: GPL-2.0-only
// UDP: a flow is two-way once answered, and a stream once it is still two-way after two seconds (kernel: nf_conntrack_proto_udp.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>

namespace nfct::udp {

// What is kept of a flow; laid out as struct nf_ct_udp.
struct UdpConn {
	unsigned long stream_ts; // jiffies from which on two-way traffic is a stream
};

// Indices into the timeouts, those of the kernel's enum udp_conntrack; UDP-Lite shares them.
enum Timeout : u8 { unreplied, replied, timeout_count };
inline constexpr u32 default_seconds[timeout_count] = {30, 120};

// Two packets that race to open the same flow may both be kept (DNS clients send A and AAAA at once).
inline constexpr bool allow_clash = true;

// Checks header and length. On success `covered` is how many bytes from the start of layer 4 the checksum covers, for the caller to verify:
// 0 if the sender computed none.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// Any well-formed packet opens a flow.
Outcome track(UdpConn &conn, const Context &ctx, const u32 timeouts[timeout_count]);

} // namespace nfct::udp
