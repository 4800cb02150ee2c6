// SPDX-License-Identifier: GPL-2.0-only
// GRE: told apart by addresses, PPTP's also by call id (kernel: nf_conntrack_proto_gre.c).
#pragma once

#include <nfct/core/outcome.hpp>

namespace nfct::gre {

// Each flow keeps its own timeouts, for the PPTP helper sets longer ones; laid out as struct nf_ct_gre. Jiffies.
struct GreConn {
	u32 stream_timeout; // once answered
	u32 timeout;        // before
};
static_assert(sizeof(GreConn) == 8);

// Indices into the timeouts, those of the kernel's enum gre_conntrack.
enum Timeout : u8 { unreplied, replied, timeout_count };
inline constexpr u32 default_seconds[timeout_count] = {30, 180};

// As in 6.12; 6.1 lets one of two packets that race to open a tunnel be dropped.
inline constexpr bool allow_clash = true;

// Nothing to check: what is not well-formed is tracked by its addresses.
constexpr Outcome track(GreConn &conn, const Context &ctx, const u32 timeouts[timeout_count])
{
	if (!ctx.confirmed) {
		conn.stream_timeout = timeouts[replied];
		conn.timeout = timeouts[unreplied];
	}
	if (!(ctx.status & ips::seen_reply))
		return Outcome::refreshed(conn.timeout);
	return refreshed_answered(ctx, conn.stream_timeout);
}

} // namespace nfct::gre
