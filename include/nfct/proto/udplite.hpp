// SPDX-License-Identifier: GPL-2.0-only
// UDP-Lite (RFC 3828): UDP whose length field says how much the checksum covers (kernel: nf_conntrack_proto_udp.c).
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/udp.hpp>

namespace nfct::udplite {

inline constexpr bool allow_clash = true;

// Checks header and coverage; `covered` as in udp::check_header, never 0.
[[nodiscard]] Reason check_header(const PacketView &packet, u32 &covered);

// No state of its own: assured as soon as both sides were heard. The timeouts are UDP's.
Outcome track(const Context &ctx, const u32 timeouts[udp::timeout_count]);

} // namespace nfct::udplite
