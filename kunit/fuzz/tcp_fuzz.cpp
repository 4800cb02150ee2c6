// SPDX-License-Identifier: GPL-2.0-only
// A sequence of segments of one connection, in both directions, through the TCP tracker, near the numbers that the connection is at and far
// from them; in between user space meddles with the state as ctnetlink lets it. Every packet also comes scattered: same result.
//
// Input: settings; then a turn each: control (see Turn), flags, and what the control byte asks for.

#include <nfct/proto/tcp.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;
using tcp::State;

namespace {

constexpr u32 hz = 250;
constexpr u8 peer_flags = 0x3f, both_flags = 0xff;

struct Session {
	explicit Session(Input &in) : in{in}
	{
		const u8 settings = in.octet();
		config.loose = settings & 1;
		config.be_liberal = settings & 2;
		config.ignore_invalid_rst = settings & 4;
		config.rst_gets_close_timeout = settings & 8;
		config.max_retrans = in.octet();
		for (u32 i = 0; i < tcp::timeout_count; i++)
			timeouts[i] = settings & 16 ? in.two() : tcp::default_seconds[i] * hz;
		if (settings & 32) {
			adjust = {{in.four()}, static_cast<s32>(in.four()), static_cast<s32>(in.four())};
			around.peer_adjust = &adjust;
		}
		around.syn_proxy = settings & 64;
		next[0] = settings & 128 ? in.four() : 1000;
		next[1] = settings & 128 ? in.four() : 0xfffffff0;
	}

	void turn();

private:
	void segment(u8 control);
	void meddle();
	u32 number(u8 mode, u32 base);
	Octets options(u8 mode);
	void hold() const;

	Input &in;
	u32 timeouts[tcp::timeout_count];
	tcp::Config config = {timeouts, true, false, false, 3};
	tcp::SeqAdjust adjust{};
	tcp::Surroundings around{};
	tcp::Conn conn{};
	unsigned long status = 0, now = 1000000;
	u32 next[2];
};

u32 Session::number(u8 mode, u32 base)
{
	switch (mode & 3) {
	case 1:
		return base + u32(static_cast<signed char>(in.octet()));
	case 2:
		return base + u32(static_cast<s16>(in.two())) * 8;
	case 3:
		return in.four();
	}
	return base;
}

Octets Session::options(u8 mode)
{
	Octets o;
	switch (mode & 3) {
	case 1: { // an offer
		const u8 scale = in.octet();
		o = Octets{2, 4, 5, 180, 4, 2, 1, 3, 3, scale};
		break;
	}
	case 2: // SACK blocks about what the other side sent
		o = Octets{1, 1, 5, 18};
		for (u32 i = 0; i < 4; i++)
			o = o + be32(next[in.octet() & 1] + u32(static_cast<s16>(in.two())));
		break;
	case 3:
		o = in.take(in.octet() % 41);
		break;
	}
	while (o.size() % 4)
		o.push_back(0);
	return o;
}

// What netlink_tcp.c lets through, and what the rest of conntrack may do between two packets.
void Session::meddle()
{
	const u8 what = in.octet();
	if (what & 1)
		conn.state = static_cast<State>(in.octet() % tcp::state_count);
	for (u32 i = 0; i < 2; i++)
		if (what & (2 << i)) {
			const u8 value = in.octet(), mask = in.octet();
			conn.peer[i].flags = u8((conn.peer[i].flags & ~mask) | (value & mask)) & peer_flags;
		}
	if (what & 8) {
		conn.peer[0].scale = in.octet() % 15;
		conn.peer[1].scale = in.octet() % 15;
	}
	if (what & 16)
		status ^= in.two() & (ips::seen_reply | ips::assured | ips::fixed_timeout | ips::nat_clash);
	if (what & 32)
		around.remaining = in.four();
	if (what & 64)
		sound(tcp::set_closing(conn, status, timeouts), timeouts, tcp::timeout_count);
	now += what & 128 ? in.four() : 0;
}

void Session::hold() const
{
	CHECK(static_cast<u32>(conn.state) < tcp::state_count);
	CHECK(conn.last_dir == Direction::original || conn.last_dir == Direction::reply);
	CHECK(static_cast<u32>(conn.last_kind) < tcp::kind_count);
	for (const tcp::Peer &p : conn.peer)
		CHECK(p.scale <= tcp::max_scale && !(p.flags & ~(peer_flags | both_flags)));
	CHECK(conn.last_scale <= tcp::max_scale);
	CHECK(tcp::state_name(conn.state)[0]);
}

void Session::segment(u8 control)
{
	const Direction dir = control & 1 ? Direction::reply : Direction::original;
	const u8 mine = control & 1, flags = in.octet();
	const u32 seq = number(u8(control >> 1), next[mine]), ack = number(u8(control >> 3), next[!mine]);
	const u8 odd = control & 0x80 ? in.octet() : 0;
	const Octets opts = options(u8(control >> 5));
	const u8 size = in.octet();
	const u32 payload = odd & 1 ? u32(size) * 16 : u32(size) & 15;
	const u16 window = odd & 2 ? in.two() : u16(size) * 257;
	const u8 offset = odd & 4 ? in.octet() : u8((5 + opts.size() / 4) << 4);

	Octets l4 = be16(1024) + be16(80) + be32(seq) + be32(ack) + Octets{offset, flags} + be16(window) + zeros(4) + opts + zeros(payload);
	if (odd & 8)
		l4.resize(least(l4.size(), in.octet()));
	const Octets packet = (odd & 16 ? test::Ipv6{.next = ipproto::tcp}() : test::Ipv4{.protocol = ipproto::tcp}()) + l4;
	const L3 l3 = odd & 16 ? L3::ipv6 : L3::ipv4;

	const Memory whole(packet), scattered(packet, least(packet.size(), usize(odd >> 5) * 12));
	PacketView view, other;
	CHECK(parse_l3(whole.bytes(), l3, 0, view) == Reason::none && parse_l3(scattered.bytes(), l3, 0, other) == Reason::none);
	tcp::Segment s, t;
	const Reason header = tcp::read_header(view, s);
	CHECK(tcp::read_header(other, t) == header);
	if (header != Reason::none)
		return;
	if (const Reason r = tcp::check_flags(s); r != Reason::none) {
		CHECK(tcp::check_flags(t) == r);
		return;
	}

	const tcp::Conn before = conn;
	tcp::Conn twin = conn;
	if (!(status & ips::confirmed)) {
		const Reason r = tcp::can_open(s, config);
		CHECK(tcp::can_open(t, config) == r);
		if (r != Reason::none)
			return;
		tcp::open(conn, view, s);
		tcp::open(twin, other, t);
	}
	const Context ctx = {dir, (status & ips::confirmed) != 0, status, now, hz};
	const Outcome o = tcp::track(conn, view, s, ctx, config, around);
	CHECK(o == tcp::track(twin, other, t, ctx, config, around));
	CHECK(!std::memcmp(&conn, &twin, sizeof(conn)));
	sound(o, timeouts, tcp::timeout_count);
	hold();

	if (o.verdict() == Verdict::invalid)
		CHECK(conn.state == before.state || !(status & ips::confirmed));
	if (o.has(todo::assure))
		CHECK(!(status & ips::assured) && conn.state == State::established);
	if (conn.state != before.state && status & ips::confirmed)
		CHECK(o.events() & bit(Event::protoinfo));
	CHECK(o.verdict() != Verdict::drop);
	if (config.be_liberal)
		CHECK(o.reason() != Reason::tcp_seq_over && o.reason() != Reason::tcp_ack_over && o.reason() != Reason::tcp_overshot);
	if (o.verdict() == Verdict::retry) {
		CHECK(tcp::is_closing(before.state) && tcp::kind_of(flags) == tcp::Kind::syn);
		conn = tcp::Conn{}; // another connection
		status = 0;
		return;
	}
	if (o.has(todo::refresh | todo::retime))
		around.remaining = o.timeout;
	if (o.has(todo::assure))
		status |= ips::assured;
	if (o.verdict() == Verdict::accept) {
		status |= ips::confirmed | (mine ? ips::seen_reply : 0);
		next[mine] = seq + payload + (flags & tcp::flag::syn ? 1 : 0) + (flags & tcp::flag::fin ? 1 : 0);
	}
}

void Session::turn()
{
	const u8 control = in.octet();
	// The first packet comes from the side that opens.
	if (!(status & ips::confirmed))
		segment(control & u8(~1));
	else if (control == 0xff)
		meddle();
	else
		segment(control);
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	Session s(in);
	for (u32 n = 0; in.more() && n < 200; n++)
		s.turn();
	return 0;
}
