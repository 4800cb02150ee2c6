// SPDX-License-Identifier: GPL-2.0-only
// What ICMP and ICMPv6 share: a message is an exchange of its own, or an error about a packet that it quotes
// (kernel: the pure half of nf_conntrack_inet_error).
#pragma once

#include <nfct/core/packet_view.hpp>
#include <nfct/core/reason.hpp>
#include <nfct/core/tuple.hpp>

namespace nfct {

// What to do with an ICMP message whose header and checksum are good.
struct [[nodiscard]] IcmpMessage {
	enum class Kind : u8 {
		exchange,  // look it up and track it like any other packet; types that have no answer fail there
		error,     // it quotes a packet; the error is RELATED to that packet's connection, or INVALID
		untracked, // it concerns the link only; mark the packet untracked
		invalid,   // counted under reason
	};
	Kind kind;
	Reason reason; // set if kind is invalid
	u32 quoted;    // where the quoted packet begins, counted from layer 4; set if kind is error
};

// The packet that an error quotes, and its tuple; or the reason why there is none. What to look up is the inverse of the tuple, for the
// error comes from the side to which that packet went: if an entry is found, the error is RELATED to its connection and travels in the
// direction of the entry that was found. Between the two steps the caller completes what the packet alone does not say (GRE's call ids).
[[nodiscard]] Reason quoted_packet(const PacketView &error, u32 quoted, PacketView &inner, Tuple &sent);

// The destination of the IP packet in view. It was parsed, so its header is there.
[[nodiscard]] Addr destination_of(const PacketView &packet);

// Whether the error is addressed to whom the found entry's packets are. With `A -> router (source NAT) -> B` the entry found for an
// error about A's packet is `B -> router`, so the error must be for the router too. Without this, an error that quotes somebody else's
// connection, but is sent to a third host, would pass as RELATED.
[[nodiscard]] inline bool addressed_alike(const PacketView &error, const Tuple &found)
{
	const Addr to = destination_of(error);
	return to.word[0] == found.dst.word[0] && (error.l3 == L3::ipv4 || to == found.dst);
}

} // namespace nfct
