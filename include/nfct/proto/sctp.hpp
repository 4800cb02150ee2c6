// SPDX-License-Identifier: GPL-2.0-only
// SCTP: state by chunks, packets tied to the association by verification tags (kernel: nf_conntrack_proto_sctp.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/sctp_table.hpp>

namespace nfct::sctp {

// What is kept of an association; laid out as struct ip_ct_sctp. [c->lock]
struct SctpConn {
	State state;
	Be32 tag[2];    // the verification tag that packets of each direction must carry; 0: not known yet
	u8 init_seen[2]; // an INIT came from this direction and its handshake is not over; kept to see two that collide
	u8 last_dir;    // direction of the HEARTBEAT with a wrong tag, see heartbeat_failed
	u8 flags;
};
static_assert(sizeof(SctpConn) == 16);

// In flags: a HEARTBEAT had a tag other than expected. If the other side acknowledges it, the association was restarted and the
// new tags hold.
inline constexpr u8 heartbeat_failed = 1;

inline constexpr u32 default_seconds[state_count] = {10, 10, 3, 3, 210, 3, 3, 3, 30, 0}; // by State
inline constexpr bool allow_clash = false;

// Checks that there is a header. On success `covered` is all of layer 4, for the caller to verify its CRC32c.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// Follows one packet, chunk by chunk, up to the first that is wrong; what those before it did remains done, as do the events.
Outcome track(SctpConn &conn, const PacketView &packet, const Context &ctx, const u32 timeouts[state_count]);

// Assured, but closing: may be dropped when the table is full.
[[nodiscard]] bool can_early_drop(const SctpConn &conn);

} // namespace nfct::sctp
