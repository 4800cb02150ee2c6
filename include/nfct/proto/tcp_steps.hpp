// SPDX-License-Identifier: GPL-2.0-only
// The stages of tcp::track(), between its files only.
#pragma once

#include <nfct/proto/tcp.hpp>

namespace nfct::tcp {

// One packet and all that is known about its circumstances.
struct Turn {
	const PacketView &packet;
	const Segment &segment;
	const Context &ctx;
	const Config &config;
	const Surroundings &around;

	Direction dir() const { return ctx.dir; }
	Kind kind() const { return segment.kind; }
	bool has_status(unsigned long bits) const { return ctx.status & bits; }
};

// What table and exceptions make of a packet.
struct [[nodiscard]] Decision {
	enum class Way : u8 {
		settled,      // outcome is final
		check_window, // from -> to, if it is in the window
		go,           // from -> to
	};
	Way way;
	State from, to;
	Outcome outcome;

	static constexpr Decision settled(const Outcome &o) { return {Way::settled, State::none, State::none, o}; }
	static constexpr Decision check_window(State from, State to) { return {Way::check_window, from, to, {}}; }
	static constexpr Decision go(State from, State to) { return {Way::go, from, to, {}}; }
};

// tcp_exceptions.cpp
Decision decide(Conn &conn, const Turn &t);

// tcp_timeout.cpp: of a packet that made the connection `to`, once conn has learnt from it.
[[nodiscard]] u32 timeout_for(const Conn &conn, State to, Kind kind, const Config &config);
// tcp_timeout.cpp: the packet is out of window.
Outcome out_of_window(Conn &conn, const Turn &t, Reason reason);

} // namespace nfct::tcp
