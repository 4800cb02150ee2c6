// SPDX-License-Identifier: GPL-2.0-only
// Whether a segment lies in the window, after Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter" (kernel: tcp_in_window).
//
// Of each side we know what it sent, so of a segment from A to B, with S the right edge of its highest SACK block or else its ACK:
//
//	A.end      highest seq + len sent by A
//	A.max_win  largest window announced by A, with what B still fills of it by SACK
//	A.max_end  highest S + window sent by B: A must not send beyond
//
//	not too new:  seq        <= A.max_end
//	not too old:  seq + len  >= A.end - B.max_win
//	acknowledges what was sent:         S <= B.end
//	and not what is long forgotten:     S >= B.end - max(A.max_win, 66000)
//
// A segment need only touch the window, for the endpoints take the part that fits.
#pragma once

#include <nfct/core/reason.hpp>
#include <nfct/proto/seq_adjust.hpp>
#include <nfct/proto/tcp_conn.hpp>
#include <nfct/proto/tcp_segment.hpp>

namespace nfct::tcp {

enum class Fit : u8 {
	in_window,
	ignore,  // let it pass, but learn nothing else from it
	invalid,
};

struct [[nodiscard]] WindowResult {
	Fit fit;
	Reason reason; // set unless in_window
};

// Judges the segment from direction dir and, if it fits, learns from it. `liberal` turns every objection into consent. adjust: for what the
// other side sends, or null.
WindowResult check_window(Conn &conn, Direction dir, const Segment &s, const PacketView &packet, bool liberal, const SeqAdjust *adjust);

// What a SYN's options say of its sender. A SYN without any leaves the peer as it is.
void learn_offer(Peer &peer, const PacketView &packet, const Segment &s);

} // namespace nfct::tcp
