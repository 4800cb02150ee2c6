// SPDX-License-Identifier: GPL-2.0-only
// DCCP: connections from Request to Reset, packets that are let pass, headers that lie; and GRE, whose tracker is too small for a file.

#include <random>

#include <gtest/gtest.h>

#include <nfct/proto/dccp.hpp>
#include <nfct/proto/gre.hpp>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::dccp;
using namespace nfct::test;

namespace {

constexpr u32 timeouts[state_count] = {100, 101, 102, 103, 104, 105, 106, 107};

Octets be48(u64 v) { return be16(u16(v >> 32)) + be32(u32(v)); }

struct Packet {
	Type type;
	u64 seq = 0, ack = 0;
	bool extended = true;
	u8 words = 3; // data offset
	u8 coverage = 0;

	Octets operator()() const
	{
		Octets h = be16(1000) + be16(80) + Octets{words, coverage} + be16(0) + Octets{u8(u8(type) << 1 | extended)};
		h = extended ? h + Octets{0} + be48(seq) : h + Octets{u8(seq >> 16)} + be16(u16(seq));
		switch (type) {
		case Type::data:
			return h;
		case Type::request:
			return h + zeros(4);
		case Type::response:
		case Type::reset:
			return h + zeros(2) + be48(ack) + zeros(4);
		default:
			return h + zeros(2) + be48(ack);
		}
	}
};

struct Connection {
	DccpConn conn{};
	unsigned long status = 0;

	Outcome send(Direction dir, const Packet &packet)
	{
		const Parsed p{L3::ipv4, Ipv4{.protocol = ipproto::dccp}() + packet()};
		u32 covered;
		EXPECT_EQ(check_header(p.view, covered), Reason::none);
		const Outcome o = track(conn, p.view, {dir, (status & ips::confirmed) != 0, status, 0, 250}, timeouts);
		if (o.verdict() == Verdict::accept)
			status |= dir == Direction::reply ? ips::seen_reply | ips::confirmed : ips::confirmed;
		return o;
	}
	Outcome out(const Packet &p) { return send(Direction::original, p); }
	Outcome back(const Packet &p) { return send(Direction::reply, p); }

	void expect(const Outcome &o, State state)
	{
		EXPECT_EQ(o.verdict(), Verdict::accept);
		EXPECT_EQ(o.reason(), Reason::none);
		EXPECT_EQ(conn.state, state);
		EXPECT_TRUE(o.has(todo::refresh));
		EXPECT_EQ(o.timeout, timeouts[static_cast<u8>(state)]);
	}
	void establish()
	{
		expect(out({Type::request, 10}), State::request);
		expect(back({Type::response, 0x123456789abc, 10}), State::respond);
		const Outcome o = out({Type::ack, 11, 0x123456789abc});
		expect(o, State::partopen);
		EXPECT_TRUE(o.has(todo::assure));
		EXPECT_EQ(o.events(), bit(Event::protoinfo));
		expect(back({Type::data, 12}), State::open);
	}
};

TEST(Dccp, handshake_data_and_close_by_the_client)
{
	Connection c;
	c.establish();
	const Outcome data = c.out({Type::dataack, 13, 12});
	c.expect(data, State::open);
	EXPECT_EQ(data.events(), 0u);
	EXPECT_FALSE(can_early_drop(c.conn));
	c.expect(c.out({Type::close, 14, 12}), State::closing);
	EXPECT_TRUE(can_early_drop(c.conn));
	c.expect(c.back({Type::reset, 15, 14}), State::timewait);
	EXPECT_TRUE(can_early_drop(c.conn));
}

TEST(Dccp, server_asks_the_client_to_close)
{
	Connection c;
	c.establish();
	c.expect(c.back({Type::closereq, 13, 12}), State::closereq);
	EXPECT_EQ(c.back({Type::close, 14, 12}).reason(), Reason::dccp_invalid_state);
	c.expect(c.out({Type::close, 14, 13}), State::closing);
	c.expect(c.back({Type::reset, 15, 14}), State::timewait);
}

TEST(Dccp, assured_only_by_the_right_acknowledgement)
{
	for (u64 ack : {u64(0x123456789abc), u64(0x123456789abd), u64(0x56789abc), u64(0)}) {
		Connection c;
		(void)c.out({Type::request, 10});
		(void)c.back({Type::response, 0x123456789abc, 10});
		const Outcome o = c.out({Type::ack, 11, ack});
		c.expect(o, State::partopen);
		EXPECT_EQ(o.has(todo::assure), ack == 0x123456789abc);
		EXPECT_TRUE(o.has(todo::assure_untold) && o.events() == bit(Event::protoinfo)) << "the listener hears of the state only";
	}
	// DataAck completes the handshake as well, but does not assure.
	Connection c;
	(void)c.out({Type::request, 10});
	(void)c.back({Type::response, 5, 10});
	const Outcome o = c.out({Type::dataack, 11, 5});
	c.expect(o, State::partopen);
	EXPECT_FALSE(o.has(todo::assure));
}

TEST(Dccp, only_a_request_opens)
{
	for (unsigned t = 1; t < static_cast<unsigned>(Type::count_); t++) {
		Connection c;
		EXPECT_EQ(c.out({static_cast<Type>(t)}).reason(), Reason::dccp_invalid_state) << t;
	}
}

TEST(Dccp, refused)
{
	Connection c;
	(void)c.out({Type::request, 10});
	const Outcome o = c.back({Type::reset, 0, 10});
	EXPECT_EQ(o.verdict(), Verdict::accept);
	EXPECT_TRUE(o.has(todo::kill));
	EXPECT_FALSE(o.has(todo::refresh));
}

TEST(Dccp, sync_is_let_pass)
{
	Connection c;
	c.establish();
	for (Type t : {Type::sync, Type::syncack}) {
		const Outcome o = c.out({t, 13, 12});
		EXPECT_EQ(o.verdict(), Verdict::accept);
		EXPECT_EQ(o.reason(), Reason::dccp_ignored);
		EXPECT_FALSE(o.has(todo::refresh));
		EXPECT_EQ(c.conn.state, State::open);
	}
}

TEST(Dccp, ignored_request_that_is_answered_was_a_new_connection)
{
	Connection c;
	c.establish();
	// The server of old opens a connection the other way, and gets its Response.
	EXPECT_EQ(c.back({Type::request, 50}).reason(), Reason::dccp_ignored);
	c.expect(c.out({Type::response, 60, 50}), State::respond);
	EXPECT_EQ(c.conn.role[0], Role::server);
	EXPECT_EQ(c.conn.role[1], Role::client);
	const Outcome o = c.back({Type::ack, 51, 60});
	c.expect(o, State::partopen);
	EXPECT_TRUE(o.has(todo::assure));
}

TEST(Dccp, ignored_request_then_something_else)
{
	Connection c;
	c.establish();
	EXPECT_EQ(c.back({Type::request, 50}).reason(), Reason::dccp_ignored);
	c.expect(c.out({Type::data, 20}), State::open);
	EXPECT_EQ(c.out({Type::response, 60, 50}).reason(), Reason::dccp_ignored);
	EXPECT_EQ(c.conn.role[0], Role::client);
}

// A Response is believed only if what came just before was a Request, and from the other side.
TEST(Dccp, response_without_an_ignored_request)
{
	Connection c;
	c.establish();
	EXPECT_EQ(c.out({Type::request, 50}).reason(), Reason::dccp_ignored);
	EXPECT_EQ(c.out({Type::response, 60, 50}).reason(), Reason::dccp_ignored);
	EXPECT_EQ(c.back({Type::sync, 50, 50}).reason(), Reason::dccp_ignored);
	EXPECT_EQ(c.out({Type::response, 60, 50}).reason(), Reason::dccp_ignored);
	EXPECT_EQ(c.conn.state, State::open);
}

TEST(Dccp, new_incarnation_in_either_direction)
{
	for (Direction dir : {Direction::original, Direction::reply}) {
		Connection c;
		c.establish();
		c.expect(c.out({Type::close, 14, 12}), State::closing);
		c.expect(c.back({Type::reset, 15, 14}), State::timewait);
		c.expect(c.send(dir, {Type::request, 99}), State::request);
		EXPECT_EQ(c.conn.role[index(dir)], Role::client);
		EXPECT_EQ(c.conn.role[index(opposite(dir))], Role::server);
	}
}

// In time-wait another Reset is ignored if the client sends it; the server's starts the wait anew.
TEST(Dccp, reset_after_the_end)
{
	Connection c;
	c.establish();
	(void)c.out({Type::close, 14, 12});
	c.expect(c.back({Type::reset, 15, 14}), State::timewait);
	EXPECT_EQ(c.out({Type::reset, 16, 14}).reason(), Reason::dccp_ignored);
	c.expect(c.back({Type::reset, 16, 14}), State::timewait);
}

// ---- the table, once more as rules ----

bool is(State s, std::initializer_list<State> any)
{
	for (State a : any)
		if (s == a)
			return true;
	return false;
}

State rule(bool client, Type type, State s)
{
	using enum State;
	if (s == none)
		return client && type == Type::request ? request : invalid;
	switch (type) {
	case Type::sync:
	case Type::syncack:
		return ignore;
	case Type::reset:
		return client && s == timewait ? ignore : timewait;
	case Type::request:
		return s == timewait ? request : client && is(s, {request, respond}) ? s : ignore;
	case Type::response:
		return s == timewait ? invalid : !client && is(s, {request, respond}) ? respond : ignore;
	case Type::data:
	case Type::ack:
	case Type::dataack:
		if (!client)
			return is(s, {partopen, open}) ? open : s == closing ? s : invalid;
		if (type != Type::data && is(s, {respond, partopen}))
			return partopen;
		return is(s, {open, closereq, closing}) ? s : invalid;
	case Type::closereq:
		return !client && is(s, {partopen, open, closereq, closing}) ? closereq : invalid;
	case Type::close:
		return is(s, {partopen, open, client ? closereq : closing}) ? closing : invalid;
	case Type::count_:
		break;
	}
	return none;
}

TEST(DccpTable, agrees_with_the_rules)
{
	for (Role role : {Role::client, Role::server})
		for (u8 t = 0; t < static_cast<u8>(Type::count_); t++)
			for (u8 s = 0; s < state_count; s++)
				EXPECT_EQ(next_state(role, static_cast<Type>(t), static_cast<State>(s)),
					  rule(role == Role::client, static_cast<Type>(t), static_cast<State>(s)))
					<< "type " << int(t) << " state " << int(s) << " role " << int(role);
}

TEST(DccpTable, outside_of_it_everything_is_invalid)
{
	EXPECT_EQ(next_state(Role::client, Type::ack, State::ignore), State::invalid);
	EXPECT_EQ(next_state(Role::server, Type::sync, State::invalid), State::invalid);
}

// ---- headers ----

Reason checked(const Octets &l4, u32 &covered) { return check_header(Parsed(L3::ipv4, Ipv4{.protocol = ipproto::dccp}() + l4).view, covered); }

TEST(DccpHeader, data_offset)
{
	for (unsigned words = 0; words < 256; words++) {
		u32 covered;
		const Reason r = checked(Packet{.type = Type::data, .words = u8(words)}() + zeros(24), covered); // 40 bytes
		EXPECT_EQ(r, words >= 3 && words <= 10 ? Reason::none : Reason::dccp_bad_length) << words;
	}
}

TEST(DccpHeader, coverage)
{
	for (u8 coverage = 0; coverage < 16; coverage++) {
		u32 covered = 0;
		const Reason r = checked(Packet{.type = Type::data, .words = 4, .coverage = u8(0xf0 | coverage)}() + zeros(24), covered);
		if (coverage == 0)
			EXPECT_EQ(covered, 40u);
		else if ((coverage - 1) * 4u <= 40)
			EXPECT_EQ(covered, std::min(40u, 16u + (coverage - 1) * 4u)) << int(coverage);
		EXPECT_EQ(r, coverage && (coverage - 1) * 4u > 40 ? Reason::dccp_bad_coverage : Reason::none);
	}
}

TEST(DccpHeader, types)
{
	for (u8 type = 0; type < 16; type++)
		for (bool extended : {false, true}) {
			Packet p{.type = static_cast<Type>(type), .extended = extended};
			u32 covered;
			const bool may_be_short = p.type == Type::data || p.type == Type::ack || p.type == Type::dataack;
			EXPECT_EQ(checked(p() + zeros(16), covered), type >= 10               ? Reason::dccp_bad_type
							      : extended || may_be_short ? Reason::none
											 : Reason::dccp_short_sequence)
				<< int(type);
		}
}

TEST(DccpHeader, truncated_anywhere)
{
	const struct {
		Type type;
		bool extended;
		usize len;
	} cases[] = {{Type::request, true, 20}, {Type::response, true, 28}, {Type::data, true, 16},      {Type::data, false, 12},
		     {Type::ack, true, 24},     {Type::ack, false, 20},     {Type::dataack, false, 20}, {Type::closereq, true, 24},
		     {Type::close, true, 24},   {Type::reset, true, 28},    {Type::sync, true, 24},     {Type::syncack, true, 24}};
	for (const auto &c : cases) {
		const Octets packet = Ipv4{.protocol = ipproto::dccp}() + Packet{.type = c.type, .extended = c.extended}();
		ASSERT_EQ(packet.size(), 20 + c.len);
		for_each_truncation(packet, [&](const Bytes &bytes, usize len) {
			PacketView view;
			if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none)
				return;
			u32 covered;
			EXPECT_EQ(check_header(view, covered), len < 32 ? Reason::dccp_short : Reason::none) << len;
			DccpConn conn{{Role::client, Role::server}, State::open, Type::data, 0, 0};
			const Outcome o = track(conn, view, {Direction::original, true, ips::confirmed | ips::seen_reply, 0, 250}, timeouts);
			EXPECT_EQ(o.reason() == Reason::dccp_short, len < 20 + c.len) << len;
		});
	}
}

TEST(Dccp, noise_is_contained)
{
	std::mt19937 rng{12};
	for (int round = 0; round < 20000; round++) {
		Octets l4(rng() % 40);
		for (u8 &b : l4)
			b = u8(rng());
		const Memory memory{Ipv4{.protocol = ipproto::dccp}() + l4, 20 + rng() % (l4.size() + 1)};
		PacketView view;
		ASSERT_EQ(parse_l3(memory.bytes(), L3::ipv4, 0, view), Reason::none);
		u32 covered;
		DccpConn conn{{Role::client, Role::server}, static_cast<State>(rng() % state_count), Type::data, 0, 0};
		if (check_header(view, covered) == Reason::none) {
			EXPECT_LE(covered, view.l4_len());
			EXPECT_GE(covered, 12u);
		}
		(void)track(conn, view, {static_cast<Direction>(rng() & 1), true, ips::confirmed, 0, 250}, timeouts);
		EXPECT_LT(static_cast<u32>(conn.state), state_count);
	}
}

// ---- GRE ----

TEST(Gre, keeps_the_timeouts_of_its_first_packet)
{
	const u32 early[] = {30, 180}, later[] = {1, 2};
	gre::GreConn conn{};
	Outcome o = gre::track(conn, {Direction::original, false, 0, 0, 250}, early);
	EXPECT_EQ(o.timeout, 30u);
	EXPECT_FALSE(o.has(todo::assure));
	o = gre::track(conn, {Direction::original, true, ips::confirmed, 0, 250}, later);
	EXPECT_EQ(o.timeout, 30u);
	conn.stream_timeout = 999; // as the PPTP helper does
	o = gre::track(conn, {Direction::reply, true, ips::confirmed | ips::seen_reply, 0, 250}, later);
	EXPECT_EQ(o.timeout, 999u);
	EXPECT_TRUE(o.has(todo::assure));
	o = gre::track(conn, {Direction::reply, true, ips::confirmed | ips::seen_reply | ips::nat_clash, 0, 250}, later);
	EXPECT_FALSE(o.has(todo::assure));
}

} // namespace
