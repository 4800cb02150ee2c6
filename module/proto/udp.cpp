// SPDX-License-Identifier: GPL-2.0-only
// UDP tracker: header check and timeouts (kernel: nf_conntrack_proto_udp.c).

#include <nfct/proto/udp.hpp>

#include <nfct/base/endian.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::udp {

namespace {

constexpr u32 header_len = 8, length_field = 4, checksum_field = 6;
constexpr u32 stream_after_seconds = 2;

// Jiffies wrap; a is later than b if it is so by less than half the range.
constexpr bool time_after(unsigned long a, unsigned long b) { return static_cast<long>(b - a) < 0; }

} // namespace

Reason check_header(const PacketView &packet, u32 &covered)
{
	NFCT_SCRATCH u8 buf[header_len];
	const u8 *udp = packet.l4(0, header_len, buf);
	if (!udp)
		return Reason::udp_short;

	const u32 len = load_be16(udp + length_field);
	if (len < header_len || len > packet.l4_len())
		return Reason::udp_bad_length;

	// Zero means "no checksum". RFC 8200 forbids that in IPv6 but for tunnels (RFC 6935); whether to accept it is the receiver's business.
	covered = load_be16(udp + checksum_field) ? packet.l4_len() : 0;
	return Reason::none;
}

Outcome track(UdpConn &conn, const Context &ctx, const u32 timeouts[timeout_count])
{
	if (!ctx.confirmed)
		conn.stream_ts = ctx.now + stream_after_seconds * ctx.hz;

	if (!(ctx.status & ips::seen_reply))
		return Outcome::refreshed(timeouts[unreplied]);

	// One question and one answer are over soon and must not hold a table entry for long: only a stream gets the long timeout.
	if (!time_after(ctx.now, conn.stream_ts))
		return Outcome::refreshed(timeouts[unreplied]);

	return refreshed_answered(ctx, timeouts[replied]);
}

} // namespace nfct::udp
