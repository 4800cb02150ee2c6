// SPDX-License-Identifier: GPL-2.0-only
// The TCP tracker: a state table, exceptions to it, and a window that moves along (kernel: nf_conntrack_proto_tcp.c).
//
//	tcp.cpp              track(): table -> exceptions -> window -> new state, timeout
//	tcp_state.hpp        the states and the table
//	tcp_exceptions.cpp   what the table is too coarse for
//	tcp_window.cpp       is the segment in the window; what does it tell about its sender
//	tcp_timeout.cpp      how long the entry may live without a further packet
#pragma once

#include <nfct/core/outcome.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/tcp_conn.hpp>
#include <nfct/proto/tcp_window.hpp>

namespace nfct::tcp {

// Indices into the timeouts: states, and two situations that shorten a state's own (kernel: enum tcp_conntrack).
inline constexpr u32 timeout_retrans = 12, // the same ACK again and again, or the window is closed
	timeout_unacknowledged = 13,       // data that nobody acknowledges
	timeout_count = 14;
constexpr u32 timeout_index(State s) { return static_cast<u32>(s); }

// Index 0, which is no state's, holds the one of a new connection, as in other protocols.
inline constexpr u32 default_seconds[timeout_count] = {120, 120, 60, 432000, 120, 60, 30, 120, 10, 120, 0, 0, 300, 300};

struct Config {
	const u32 *timeouts; // timeout_count of them, in jiffies
	bool loose;              // pick up connections older than us
	bool be_liberal;         // let packets pass that are out of window
	bool ignore_invalid_rst; // let a RST end the connection whatever its sequence number
	u8 max_retrans;          // from this many repetitions on, timeout_retrans
	// Any RST gets the timeout of CLOSE, even one that leaves the connection ESTABLISHED (kernel 6.1). Otherwise such a RST lowers the timeout
	// to timeout_unacknowledged (kernel 6.12).
	bool rst_gets_close_timeout = false;
};

// What else the tracker must know of the connection. The defaults are those of a connection without extensions.
struct Surroundings {
	const SeqAdjust *peer_adjust = nullptr; // of packets in the other direction, if NAT keeps one
	u32 remaining = 0;                      // jiffies until the connection expires
	bool syn_proxy = false;                 // SYN proxy stands in for the server
};

// Reads the header, if it is all there. Verify the checksum next, then check_flags().
[[nodiscard]] Reason read_header(const PacketView &packet, Segment &out);
// Whether the flags can stand together.
[[nodiscard]] Reason check_flags(const Segment &s);

// What follows takes a packet that has passed both checks, and what read_header() made of it.
// Whether the packet may open a connection.
[[nodiscard]] Reason can_open(const Segment &s, const Config &config);
// Prepares conn for the packet that opens it. Then track() that packet, with Context::confirmed false.
void open(Conn &conn, const PacketView &packet, const Segment &s);

// Follows one packet, under the connection's lock. An accepted packet with a reason was let through although it does not fit, and has no
// further effect: log it, but do not count it.
Outcome track(Conn &conn, const PacketView &packet, const Segment &s, const Context &ctx, const Config &config, const Surroundings &around = {});

// Someone who forwards the connection in our place has seen it end. Under the connection's lock.
Outcome set_closing(Conn &conn, unsigned long status, const u32 *timeouts);

// May an assured connection make room for a new one?
[[nodiscard]] constexpr bool can_early_drop(const Conn &conn) { return is_closing(conn.state); }

} // namespace nfct::tcp
