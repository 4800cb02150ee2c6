// SPDX-License-Identifier: GPL-2.0-only
// DCCP's states, packet types, and the table of which leads where (kernel: dccp_state_table). Sections are RFC 4340's.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct::dccp {

// Values are those of the kernel's enum ct_dccp_states, which netlink shows. As with TCP the assumption is that all packets pass us, but may
// get lost behind us; an endpoint cannot have received what we have not seen.
enum class State : u8 {
	none,      // nothing seen
	request,   // client's Request seen
	respond,   // server's Response seen
	partopen,  // client's acknowledgement of it seen; the server has not confirmed yet
	open,      // data flows
	closereq,  // server asked the client to close
	closing,   // Close seen, Reset to come
	timewait,  // Reset seen
	ignore,    // in the table only: may be valid or not; let it pass, change nothing
	invalid,   // in the table only
};
inline constexpr u32 state_count = static_cast<u32>(State::ignore); // that a connection can be in

// Packet types (section 5.1).
enum class Type : u8 { request, response, data, ack, dataack, closereq, close, reset, sync, syncack, count_ };

// Which part a side plays; the values are those of the kernel's enum ct_dccp_roles.
enum class Role : u8 { client, server };

namespace detail {

inline constexpr State RQ = State::request, RS = State::respond, PO = State::partopen, OP = State::open, CR = State::closereq,
		       CG = State::closing, TW = State::timewait, IG = State::ignore, IV = State::invalid;

// [role of the sender][type][state before]. "Ignored" is what might belong to a new incarnation of a connection whose end we have missed:
// the receiver knows, and answers with Response or Reset.
inline constexpr State table[2][static_cast<u8>(Type::count_)][state_count] = {
	{
		// Client.  none requ resp part open clrq clsg timewait
		// Request: opens; again while unanswered; after the end a new incarnation.
		{RQ, RQ, RS, IG, IG, IG, IG, RQ},
		// Response: the client of one connection is never the server of it; unless roles were swapped by a Request that we ignored.
		{IV, IG, IG, IG, IG, IG, IG, IV},
		// Data: not before the connection is open; in partopen a client has to acknowledge with it (8.1.5).
		{IV, IV, IV, IV, OP, CR, CG, IV},
		// Ack: completes the handshake; allowed until the connection is gone (8.3).
		{IV, IV, PO, PO, OP, CR, CG, IV},
		// DataAck: as Ack.
		{IV, IV, PO, PO, OP, CR, CG, IV},
		// CloseReq: only a server may send it.
		{IV, IV, IV, IV, IV, IV, IV, IV},
		// Close: of its own will or because it was asked to.
		{IV, IV, IV, CG, CG, CG, IV, IV},
		// Reset: ends whatever there is; one more does not prolong the wait.
		{IV, TW, TW, TW, TW, TW, TW, IG},
		// Sync and SyncAck resynchronise sequence numbers, which we do not follow.
		{IV, IG, IG, IG, IG, IG, IG, IG},
		{IV, IG, IG, IG, IG, IG, IG, IG},
	},
	{
		// Server.  none requ resp part open clrq clsg timewait
		// Request: the server opens a connection the other way, which it may after the end of the old one: roles swap.
		{IV, IG, IG, IG, IG, IG, IG, RQ},
		// Response: answers the Request; repeated if it got lost.
		{IV, RS, RS, IG, IG, IG, IG, IV},
		// Data: tells that the server knows the connection to be open (8.1.5); not once it has asked to close.
		{IV, IV, IV, OP, OP, IV, CG, IV},
		// Ack: likewise.
		{IV, IV, IV, OP, OP, IV, CG, IV},
		// DataAck: likewise.
		{IV, IV, IV, OP, OP, IV, CG, IV},
		// CloseReq: also if the client closes at the same time: it has to Close once more.
		{IV, IV, IV, CR, CR, CR, CR, IV},
		// Close: but not after CloseReq, which has handed the closing to the client.
		{IV, IV, IV, CG, CG, IV, CG, IV},
		// Reset: unlike the client's it does prolong the wait.
		{IV, TW, TW, TW, TW, TW, TW, TW},
		// Sync, SyncAck.
		{IV, IG, IG, IG, IG, IG, IG, IG},
		{IV, IG, IG, IG, IG, IG, IG, IG},
	},
};

// Every cell is filled: an omitted one would read as State::none, to which nothing leads.
constexpr bool complete()
{
	for (const auto &role : table)
		for (const auto &type : role)
			for (State s : type)
				if (s == State::none)
					return false;
	return true;
}
static_assert(complete());

} // namespace detail

constexpr State next_state(Role sender, Type type, State before)
{
	return before < State::ignore ? detail::table[static_cast<u8>(sender)][static_cast<u8>(type)][static_cast<u8>(before)] : State::invalid;
}

} // namespace nfct::dccp
