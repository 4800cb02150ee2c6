// SPDX-License-Identifier: GPL-2.0-only
// TCP's states as seen from the middle, and the table of which packet leads where (kernel: tcp_conntracks).
#pragma once

#include <nfct/core/direction.hpp>
#include <nfct/proto/tcp_flags.hpp>

namespace nfct::tcp {

// What we believe of the connection as a whole; neither end is in that state itself. Each state is named by the packet that came past us
// last, whether or not it will arrive. The values are those of the kernel's enum tcp_conntrack, which netlink shows.
enum class State : u8 {
	none,        // no packet yet
	syn_sent,    // a SYN from the original side
	syn_recv,    // answered with SYN/ACK
	established, // the SYN/ACK was acknowledged, or the connection was picked up in the middle
	fin_wait,    // a FIN from either side
	close_wait,  // that FIN was acknowledged
	last_ack,    // a FIN from the other side too, or the same again
	time_wait,   // the last FIN was acknowledged
	close,       // a RST
	syn_sent2,   // a SYN from the reply side as well: simultaneous open
};
inline constexpr u32 state_count = 10;

// What the table says of a packet: the next state, which has the same value here, or that there is none.
enum class Step : u8 {
	none,
	syn_sent,
	syn_recv,
	established,
	fin_wait,
	close_wait,
	last_ack,
	time_wait,
	close,
	syn_sent2,
	invalid, // cannot be: the packet is INVALID
	ignore,  // may be right if we, not they, are out of step: let it pass, change nothing, and watch what the other side answers
};

constexpr Step to_step(State s) { return static_cast<Step>(s); }

namespace detail {

inline constexpr Step SS = Step::syn_sent, SR = Step::syn_recv, ES = Step::established, FW = Step::fin_wait, CW = Step::close_wait,
		      LA = Step::last_ack, TW = Step::time_wait, CL = Step::close, S2 = Step::syn_sent2, IV = Step::invalid,
		      IG = Step::ignore;

// By direction, kind of packet, and state before. What the table is too coarse for is in tcp_exceptions.cpp.
inline constexpr Step table[2][kind_count][state_count] = {
	{
		// From the side that opened. Columns, also below:
		// NO  SS  SR  ES  FW  CW  LA  TW  CL  S2

		// A SYN opens, and opens again what is over. In between it cannot be right, unless the client has forgotten a
		// connection that we still hold: the server will tell by its answer.
		{SS, SS, IG, IG, IG, IG, IG, SS, SS, S2},
		// A SYN/ACK is the server's to send, except that both sides send one in a simultaneous open.
		{IV, IV, SR, IV, IV, IV, IV, IV, IV, SR},
		// A FIN begins the close, and the second one completes it. Nobody may close before the SYN was answered.
		{IV, IV, FW, FW, LA, LA, LA, TW, CL, IV},
		// An ACK completes the handshake and acknowledges FINs. As the first packet it is from a connection older than us.
		{ES, IV, ES, ES, CW, CW, TW, TW, CL, IV},
		// A RST ends it in any state, if its sequence number is right.
		{IV, CL, CL, CL, CL, CL, CL, CL, CL, CL},
		// None of these flags: nothing that TCP sends.
		{IV, IV, IV, IV, IV, IV, IV, IV, IV, IV},
	},
	{
		// From the side that answers.
		// NO  SS  SR  ES  FW  CW  LA  TW  CL  S2

		// A SYN against a SYN is a simultaneous open. After the end, the server may be the one who opens anew.
		{IV, S2, IV, IV, IV, IV, IV, SS, IV, S2},
		// A SYN/ACK answers the SYN. Later it is a repetition, or it answers a SYN that we had ignored.
		{IV, SR, IG, IG, IG, IG, IG, IG, IG, SR},
		// FIN: as in the other direction.
		{IV, IV, FW, FW, LA, LA, LA, TW, CL, IV},
		// An ACK to a SYN: the server holds a connection that is half open since a crash of the client, or challenges the SYN
		// (RFC 5961). Before the handshake is complete it may answer a repeated SYN. FINs as in the other direction.
		{IV, IG, SR, ES, CW, CW, TW, TW, CL, IG},
		// RST: as in the other direction.
		{IV, CL, CL, CL, CL, CL, CL, CL, CL, CL},
		{IV, IV, IV, IV, IV, IV, IV, IV, IV, IV},
	},
};

// Whether pred holds for each cell.
template <typename Pred>
constexpr bool every(Pred pred)
{
	for (u32 d = 0; d < 2; d++)
		for (u32 k = 0; k < kind_count; k++)
			for (u32 s = 0; s < state_count; s++)
				if (!pred(static_cast<Direction>(d), static_cast<Kind>(k), static_cast<State>(s), table[d][k][s]))
					return false;
	return true;
}

} // namespace detail

// What the table says, without any exception.
constexpr Step next_step(Direction dir, Kind kind, State before)
{
	// Only netlink could set a state that does not exist, and it does not.
	if (static_cast<u32>(before) >= state_count)
		return Step::invalid;
	return detail::table[nfct::index(dir)][static_cast<u32>(kind)][static_cast<u32>(before)];
}

// The end has begun: of all assured connections, these are the ones that may go when room is short.
constexpr bool is_closing(State s)
{
	switch (s) {
	case State::fin_wait:
	case State::close_wait:
	case State::last_ack:
	case State::time_wait:
	case State::close:
		return true;
	case State::none:
	case State::syn_sent:
	case State::syn_recv:
	case State::established:
	case State::syn_sent2:
		return false;
	}
	return false;
}

// As shown in /proc/net/nf_conntrack.
const char *state_name(State s);

namespace detail {
// A cell that was left out would be none, to which no packet leads back.
static_assert(every([](Direction, Kind, State, Step to) { return to != Step::none; }), "a cell of the table is missing");
// Nothing but a RST closes, and a RST closes everything that has begun.
static_assert(every([](Direction, Kind k, State s, Step to) {
	return k == Kind::rst ? to == (s == State::none ? Step::invalid : Step::close)
			      : to != Step::close || s == State::close;
}));
static_assert(every([](Direction, Kind k, State, Step to) { return k != Kind::none || to == Step::invalid; }));
// A connection begins with a packet from the original side, and with a SYN unless it is picked up.
static_assert(every([](Direction d, Kind k, State s, Step to) {
	return s != State::none || to == Step::invalid || (d == Direction::original && (k == Kind::syn || k == Kind::ack));
}));
// Nothing is opened anew but what is over.
static_assert(every([](Direction, Kind, State s, Step to) {
	return to != Step::syn_sent || s == State::none || s == State::syn_sent || s == State::time_wait || s == State::close;
}));
} // namespace detail

} // namespace nfct::tcp
