// SPDX-License-Identifier: GPL-2.0-only
// SCTP's states, the chunks that change them, and the table of which leads where (kernel: sctp_conntracks).
#pragma once

#include <nfct/core/direction.hpp>

namespace nfct::sctp {

// States of the connection as seen from the middle, not of either endpoint. The values are those of the kernel's enum sctp_conntrack, which
// netlink shows.
enum class State : u32 {
	none,              // no chunk seen
	closed,            // before the handshake's first answer, and after the end
	cookie_wait,       // INIT ACK seen
	cookie_echoed,     // COOKIE ECHO seen
	established,       // COOKIE ACK seen
	shutdown_sent,     // SHUTDOWN seen, from the side that opened the connection
	shutdown_recd,     // SHUTDOWN seen, from the other side
	shutdown_ack_sent, // SHUTDOWN ACK seen
	heartbeat_sent,    // the flow began with a HEARTBEAT: a further path of a multi-homed association
	heartbeat_acked,   // no longer used
	invalid,           // in the table only: this chunk cannot come here
};
inline constexpr u32 state_count = static_cast<u32>(State::invalid);

// Chunk types (RFC 9260 section 3.2) that the tracker knows.
namespace chunk {
inline constexpr u8 data = 0, init = 1, init_ack = 2, heartbeat = 4, heartbeat_ack = 5, abort = 6, shutdown = 7, shutdown_ack = 8, error = 9,
		    cookie_echo = 10, cookie_ack = 11, shutdown_complete = 14;
} // namespace chunk

namespace detail {

inline constexpr State NO = State::none, CL = State::closed, CW = State::cookie_wait, CE = State::cookie_echoed, ES = State::established,
		       SS = State::shutdown_sent, SR = State::shutdown_recd, SA = State::shutdown_ack_sent, HS = State::heartbeat_sent,
		       IV = State::invalid;

struct Row {
	u8 type;
	State next[2][9]; // by direction, then by the state before
};

// A chunk that makes no sense in a state leaves it alone more often than it is refused: the endpoints, not we, know what they have agreed
// upon, and a packet from the past must not be able to close a connection.
inline constexpr Row table[] = {
	// Columns, also below:  none closed c.wait c.echo establ sh.sent sh.recd sh.ack hb.sent
	// INIT opens; on a closing connection that has got to the SHUTDOWN it is a restart.
	{chunk::init, {{CL, CL, CW, CE, ES, CL, CL, SA, CW}, {IV, CL, CW, CE, ES, SS, SR, SA, IV}}},
	// INIT ACK answers it. Coming first, it is an answer to an INIT that went another way.
	{chunk::init_ack, {{CL, CL, CW, CE, ES, SS, SR, SA, CL}, {IV, CW, CW, CE, ES, SS, SR, SA, IV}}},
	// ABORT ends everything at once. Its verification tag was checked before.
	{chunk::abort, {{CL, CL, CL, CL, CL, CL, CL, CL, CL}, {IV, CL, CL, CL, CL, CL, CL, CL, IV}}},
	// SHUTDOWN counts only on an established connection; who sent it decides the state.
	{chunk::shutdown, {{CL, CL, CW, CE, SS, SS, SR, SA, CL}, {IV, CL, CW, CE, SR, SS, SR, SA, IV}}},
	// SHUTDOWN ACK answers it. Coming first, it belongs to a connection that we have missed, and its sender waits for SHUTDOWN COMPLETE.
	{chunk::shutdown_ack, {{SA, CL, CW, CE, ES, SA, SA, SA, SA}, {IV, CL, CW, CE, ES, SA, SA, SA, IV}}},
	// ERROR in answer to COOKIE ECHO says that the cookie was too old: start again.
	{chunk::error, {{CL, CL, CW, CE, ES, SS, SR, SA, CL}, {IV, CL, CW, CL, ES, SS, SR, SA, IV}}},
	// COOKIE ECHO, third step of the handshake.
	{chunk::cookie_echo, {{CL, CL, CE, CE, ES, SS, SR, SA, CL}, {IV, CL, CE, CE, ES, SS, SR, SA, IV}}},
	// COOKIE ACK, the last.
	{chunk::cookie_ack, {{CL, CL, CW, ES, ES, SS, SR, SA, CL}, {IV, CL, CW, ES, ES, SS, SR, SA, IV}}},
	// SHUTDOWN COMPLETE ends what was shut down by both.
	{chunk::shutdown_complete, {{CL, CL, CW, CE, ES, SS, SR, CL, CL}, {IV, CL, CW, CE, ES, SS, SR, CL, IV}}},
	// HEARTBEAT probes a path; it may be the first packet of one.
	{chunk::heartbeat, {{HS, CL, CW, CE, ES, SS, SR, SA, HS}, {IV, CL, CW, CE, ES, SS, SR, SA, HS}}},
	// HEARTBEAT ACK proves it: if the path was new, it is established from now on.
	{chunk::heartbeat_ack, {{CL, CL, CW, CE, ES, SS, SR, SA, HS}, {IV, CL, CW, CE, ES, SS, SR, SA, ES}}},
};

// A connection always has a next state in the table, or none on purpose: NO is nowhere, for there is no way back.
constexpr bool complete()
{
	for (const Row &row : table)
		for (const auto &direction : row.next)
			for (State s : direction)
				if (s == NO || s == State::heartbeat_acked)
					return false;
	return true;
}
static_assert(complete());

} // namespace detail

// The state after a chunk. Types that are not in the table, such as DATA and SACK, change nothing.
constexpr State next_state(Direction dir, State before, u8 chunk_type)
{
	for (const detail::Row &row : detail::table)
		if (row.type == chunk_type)
			return before <= State::heartbeat_sent ? row.next[index(dir)][static_cast<u32>(before)] : State::none;
	return before;
}

} // namespace nfct::sctp
