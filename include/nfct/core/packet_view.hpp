// SPDX-License-Identifier: GPL-2.0-only
// One packet as the trackers see it: its bytes and where the headers start. Parsed once, in packet/in.
#pragma once

#include <nfct/core/bytes.hpp>
#include <nfct/core/reason.hpp>
#include <nfct/core/tuple.hpp>

namespace nfct {

struct PacketView {
	Bytes bytes;
	u32 l3_offset; // of the IP header
	u32 l4_offset; // of the layer-4 header, behind IPv6 extension headers
	L3 l3;
	u8 protonum;

	// Bytes from the layer-4 header to the end of the packet.
	u32 l4_len() const { return bytes.total - l4_offset; }
	// len bytes at offset into layer 4; as Bytes::at.
	const u8 *l4(u32 offset, u32 len, void *buf) const { return bytes.at(l4_offset + offset, len, buf); }
};

// Finds layer 4 of the IP packet that starts at l3_offset. On success fills view (bytes, offsets, l3, protonum) and returns Reason::none;
// otherwise the reason why the packet cannot be tracked: truncated header, a fragment that was not put together, no next header.
// l4_offset <= bytes.total holds after success. Follows the kernel's get_l4proto() (ipv4_get_l4proto, ipv6_get_l4proto).
[[nodiscard]] Reason parse_l3(const Bytes &bytes, L3 l3, u32 l3_offset, PacketView &view);
// The same of a view that has all but l4_offset and protonum.
[[nodiscard]] Reason parse_l3(PacketView &view);

} // namespace nfct
