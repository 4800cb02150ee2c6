// SPDX-License-Identifier: GPL-2.0-only
// DCCP: handshake and close are followed, sequence numbers are not (kernel: nf_conntrack_proto_dccp.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/dccp_table.hpp>

namespace nfct::dccp {

// What is kept of a connection; laid out as struct nf_ct_dccp. [c->lock]
struct DccpConn {
	Role role[2]; // of each direction's sender
	State state;
	Type last_type; // of the packet before,
	u8 last_dir;    // and its direction
	u64 handshake_seq; // of the Response: the client's acknowledgement of just that proves that it is no blind guess
};
static_assert(sizeof(DccpConn) == 16);

// By State.
inline constexpr u32 default_seconds[state_count] = {240, 240, 480, 480, 12 * 3600, 64, 64, 240};
inline constexpr bool allow_clash = false;

// Checks header, type and lengths; `covered` as in udp::check_header, never 0: header and options are always covered.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// Follows one packet that has passed check_header(). What may or may not be valid passes without judgement, for dccp_ignored.
Outcome track(DccpConn &conn, const PacketView &packet, const Context &ctx, const u32 timeouts[state_count]);

// Assured, but closing: may be dropped when the table is full.
[[nodiscard]] bool can_early_drop(const DccpConn &conn);

} // namespace nfct::dccp
