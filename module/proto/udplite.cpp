// SPDX-License-Identifier: GPL-2.0-only
// UDP-Lite tracker: checksum coverage and timeouts (kernel: nf_conntrack_proto_udp.c).

#include <nfct/proto/udplite.hpp>

#include <nfct/base/endian.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::udplite {

namespace {

constexpr u32 header_len = 8, coverage_field = 4, checksum_field = 6;

} // namespace

Reason check_header(const PacketView &packet, u32 &covered)
{
	NFCT_SCRATCH u8 buf[header_len];
	const u8 *header = packet.l4(0, header_len, buf);
	if (!header)
		return Reason::udplite_short;

	const u32 coverage = load_be16(header + coverage_field);
	if (coverage != 0 && (coverage < header_len || coverage > packet.l4_len()))
		return Reason::udplite_bad_coverage;

	// Unlike UDP's it is mandatory: it covers at least the header.
	if (load_be16(header + checksum_field) == 0)
		return Reason::udplite_no_checksum;

	covered = coverage ? coverage : packet.l4_len();
	return Reason::none;
}

Outcome track(const Context &ctx, const u32 timeouts[udp::timeout_count])
{
	if (!(ctx.status & ips::seen_reply))
		return Outcome::refreshed(timeouts[udp::unreplied]);
	return refreshed_answered(ctx, timeouts[udp::replied]);
}

} // namespace nfct::udplite
