// SPDX-License-Identifier: GPL-2.0-only
// What is kept of a TCP connection; laid out as the kernel's struct ip_ct_tcp, which helpers, NAT, SYN proxy and netlink read.
#pragma once

#include <nfct/base/seq.hpp>
#include <nfct/core/direction.hpp>
#include <nfct/proto/tcp_flags.hpp>
#include <nfct/proto/tcp_state.hpp>

namespace nfct::tcp {

// Bits of Peer::flags, and those of them that matter also of Conn::last_flags. Values of IP_CT_TCP_FLAG_* in the kernel.
namespace peer_flag {
inline constexpr u8 window_scale = 0x01,   // offered window scaling
	sack_permitted = 0x02,             // offered selective acknowledgement
	close_init = 0x04,                 // sent the first FIN
	be_liberal = 0x08,                 // its packets may be out of window
	data_unacknowledged = 0x10,        // sent data that the other side has yet to acknowledge
	max_ack_set = 0x20,                // max_ack holds
	// In Conn::last_flags only:
	expect_challenge_ack = 0x40,       // an ACK may be RFC 5961's answer to an ignored SYN
	simultaneous_open = 0x80;          // both sides have sent a SYN
} // namespace peer_flag

// One side of the connection, as it showed itself in the packets that it sent (struct ip_ct_tcp_state). See tcp_window.hpp.
struct Peer {
	Seq end;     // highest sequence number sent, plus one
	Seq max_end; // up to where the other side's window allows it to send
	u32 max_win; // largest window that it announced, scaled; 0: nothing was seen from this side
	Seq max_ack; // highest acknowledgement that it sent
	u8 scale;    // by which its window field is to be shifted
	u8 flags;    // peer_flag
};
static_assert(sizeof(Peer) == 20 && __builtin_offsetof(Peer, end) == 0 && __builtin_offsetof(Peer, max_end) == 4 &&
	      __builtin_offsetof(Peer, max_win) == 8 && __builtin_offsetof(Peer, max_ack) == 12 && __builtin_offsetof(Peer, scale) == 16 &&
	      __builtin_offsetof(Peer, flags) == 17);

struct Conn { // [c->lock]
	Peer peer[2]; // by direction in which it sends
	State state;
	// The last packet that changed something, or that was ignored; of plain ACKs the last that was not a repetition.
	Direction last_dir;
	u8 retrans;      // how often that ACK was repeated
	Kind last_kind;
	Seq last_seq;
	Seq last_ack;
	Seq last_end;
	u16 last_win;    // not scaled
	u8 last_scale;   // of an ignored SYN
	u8 last_flags;   // of an ignored SYN; peer_flag

	Peer &from(Direction d) { return peer[nfct::index(d)]; }
	const Peer &from(Direction d) const { return peer[nfct::index(d)]; }
};
static_assert(sizeof(Conn) == 60 && __builtin_offsetof(Conn, state) == 40 && __builtin_offsetof(Conn, last_dir) == 41 &&
	      __builtin_offsetof(Conn, retrans) == 42 && __builtin_offsetof(Conn, last_kind) == 43 &&
	      __builtin_offsetof(Conn, last_seq) == 44 && __builtin_offsetof(Conn, last_ack) == 48 &&
	      __builtin_offsetof(Conn, last_end) == 52 && __builtin_offsetof(Conn, last_win) == 56 &&
	      __builtin_offsetof(Conn, last_scale) == 58 && __builtin_offsetof(Conn, last_flags) == 59);

} // namespace nfct::tcp
