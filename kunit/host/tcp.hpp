// SPDX-License-Identifier: GPL-2.0-only
// TCP segments and a connection between two ends for the host tests: what packet/ does around the tracker, in miniature.
#pragma once

#include <string>

#include <nfct/proto/tcp.hpp>

#include "packet.hpp"

namespace nfct::test {

using tcp::State;
namespace flag = tcp::flag;

inline constexpr Direction original = Direction::original, reply = Direction::reply;
inline constexpr u8 syn = flag::syn, ack = flag::ack, fin = flag::fin, rst = flag::rst;
inline constexpr u32 hz = 250;

struct Tcp {
	u8 flags = ack;
	u32 seq = 0, ack_seq = 0;
	u16 window = 65535;
	u32 payload = 0;
	Octets options = {}; // whole words; see padded()
	int words = -1;      // data offset, if it is to be a lie

	Octets operator()() const
	{
		const u8 offset = u8((words >= 0 ? words : 5 + int(options.size() / 4)) << 4);
		return be16(1024) + be16(80) + be32(seq) + be32(ack_seq) + Octets{offset, flags} + be16(window) + zeros(4) + options + zeros(payload);
	}
};

inline Octets padded(Octets options)
{
	while (options.size() % 4)
		options.push_back(0);
	return options;
}

inline Octets scale_option(u8 shift) { return {3, 3, shift}; }
inline Octets sack_permitted_option() { return {4, 2}; }
inline Octets sack_option(u32 left, u32 right) { return Octets{5, 10} + be32(left) + be32(right); }

// As most TCPs offer.
inline Octets offer(u8 shift) { return padded(Octets{2, 4, 5, 180} + sack_permitted_option() + Octets{1} + scale_option(shift)); }

// An IPv4 packet around it, in one piece or scattered behind the first `head` bytes.
class TcpPacket {
public:
	explicit TcpPacket(const Octets &l4) : TcpPacket{l4, 20 + l4.size()} {}
	TcpPacket(const Octets &l4, usize head) : memory{Ipv4{.protocol = ipproto::tcp}() + l4, head}
	{
		if (parse_l3(memory.bytes(), L3::ipv4, 0, view) != Reason::none)
			throw 0;
	}

private:
	Memory memory;

public:
	PacketView view;
};

// Of a packet whose header is all there.
inline tcp::Segment segment_of(const PacketView &packet)
{
	tcp::Segment s;
	if (!tcp::read_segment(packet, s))
		throw 0;
	return s;
}

inline Reason opened(tcp::Conn &conn, const PacketView &packet, const tcp::Config &config)
{
	const tcp::Segment s = segment_of(packet);
	const Reason r = tcp::can_open(s, config);
	if (r == Reason::none)
		tcp::open(conn, packet, s);
	return r;
}

// A connection, its entry, and a clock.
class Link {
public:
	explicit Link(u32 client_start = 1000, u32 server_start = 5000) : next{client_start, server_start}
	{
		for (u32 i = 0; i < tcp::timeout_count; i++)
			timeouts[i] = tcp::default_seconds[i] * hz;
	}
	Link(const Link &) = delete;

	// The segment as it is.
	Outcome send(Direction dir, const Tcp &segment, usize head = ~usize(0))
	{
		const Octets l4 = segment();
		const TcpPacket p{l4, head < 20 + l4.size() ? head : 20 + l4.size()};

		if (!(status & ips::confirmed)) {
			const Reason r = opened(conn, p.view, config);
			if (r != Reason::none)
				return Outcome::invalid(r);
		}
		const Context ctx = {dir, (status & ips::confirmed) != 0, status, now, hz};
		tcp::Surroundings around = surroundings;
		around.remaining = remaining;
		const Outcome o = tcp::track(conn, p.view, segment_of(p.view), ctx, config, around);

		if ((o.has(todo::refresh | todo::retime)) && !(status & ips::fixed_timeout))
			remaining = o.timeout;
		if (o.has(todo::assure))
			status |= ips::assured;
		if (o.verdict() == Verdict::accept) {
			status |= ips::confirmed;
			if (dir == reply)
				status |= ips::seen_reply;
		}
		return o;
	}

	// What a TCP would say now: it sends what comes next and acknowledges all that was sent.
	Tcp next_segment(Direction dir, u8 flags, u32 payload = 0, const Octets &options = {}) const
	{
		Tcp t;
		t.flags = flags;
		t.seq = next[index(dir)];
		t.ack_seq = flags & ack ? next[index(opposite(dir))] : 0;
		t.payload = payload;
		t.options = options;
		return t;
	}
	Outcome say(Direction dir, u8 flags, u32 payload = 0, const Octets &options = {})
	{
		const Outcome o = send(dir, next_segment(dir, flags, payload, options));
		if (!(flags & rst))
			next[index(dir)] += payload + (flags & syn ? 1 : 0) + (flags & fin ? 1 : 0);
		return o;
	}

	// Up to ESTABLISHED and assured.
	void establish(const Octets &client_offer = {}, const Octets &server_offer = {})
	{
		(void)say(original, syn, 0, client_offer);
		(void)say(reply, syn | ack, 0, server_offer);
		(void)say(original, ack);
	}
	// ... and closed by `first`, up to TIME_WAIT.
	void close(Direction first)
	{
		(void)say(first, fin | ack);
		(void)say(opposite(first), ack);
		(void)say(opposite(first), fin | ack);
		(void)say(first, ack);
	}

	bool assured() const { return status & ips::assured; }
	State state() const { return conn.state; }
	u32 seconds() const { return remaining / hz; }

	u32 timeouts[tcp::timeout_count];
	tcp::Config config = {timeouts, true, false, false, 3};
	tcp::Surroundings surroundings = {};
	tcp::Conn conn = {};
	unsigned long status = 0;
	unsigned long now = 1000000;
	u32 remaining = 0;
	u32 next[2];
};

// Outcomes in one word, for messages and comparisons.
inline std::string told(const Outcome &o)
{
	std::string s = o.verdict() == Verdict::accept ? "accept" : o.verdict() == Verdict::invalid ? "invalid" : o.verdict() == Verdict::drop ? "drop" : "retry";
	if (o.reason() != Reason::none)
		s += std::string(" ") + reason_name(o.reason());
	if (o.has(todo::refresh))
		s += " refresh";
	if (o.has(todo::retime))
		s += " retime";
	if (o.has(todo::kill))
		s += " kill";
	if (o.has(todo::assure))
		s += " assure";
	if (o.events() & bit(Event::protoinfo))
		s += " event";
	return s;
}

} // namespace nfct::test
