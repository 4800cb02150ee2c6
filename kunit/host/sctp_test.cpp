// SPDX-License-Identifier: GPL-2.0-only
// SCTP: associations from the first INIT to the end, verification tags, restarts, chunks that are malformed, misplaced or cut off.

#include <random>

#include <gtest/gtest.h>

#include <nfct/proto/sctp.hpp>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::sctp;
using namespace nfct::test;

namespace {

constexpr u32 timeouts[state_count] = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
constexpr u32 client_tag = 0x11111111, server_tag = 0x22222222;

Octets header(u32 tag) { return be16(1000) + be16(80) + be32(tag) + be32(0); }
Octets a_chunk(u8 type, u8 flags = 0, const Octets &value = {}) { return Octets{type, flags} + be16(u16(4 + value.size())) + value; }
// INIT and INIT ACK: the tag that their sender wants to see, and 12 bytes of no interest here.
Octets init_chunk(u8 type, u32 tag) { return a_chunk(type, 0, be32(tag) + zeros(12)); }
Octets sctp_packet(u32 tag, const Octets &chunks) { return Ipv4{.protocol = ipproto::sctp}() + header(tag) + chunks; }

// An association and what happens to it.
struct Association {
	SctpConn conn{};
	bool confirmed = false;

	Outcome send(Direction dir, u32 tag, const Octets &chunks)
	{
		const Parsed p{L3::ipv4, sctp_packet(tag, chunks)};
		u32 covered;
		EXPECT_EQ(check_header(p.view, covered), Reason::none);
		const Outcome o = track(conn, p.view, {dir, confirmed, confirmed ? ips::confirmed : 0, 0, 250}, timeouts);
		confirmed |= o.verdict() == Verdict::accept;
		return o;
	}
	Outcome out(u32 tag, const Octets &chunks) { return send(Direction::original, tag, chunks); }
	Outcome back(u32 tag, const Octets &chunks) { return send(Direction::reply, tag, chunks); }

	void expect(const Outcome &o, State state)
	{
		EXPECT_EQ(o.verdict(), Verdict::accept);
		EXPECT_EQ(conn.state, state);
		EXPECT_TRUE(o.has(todo::refresh));
		EXPECT_EQ(o.timeout, timeouts[static_cast<u32>(state)]);
	}
	void establish()
	{
		expect(out(0, init_chunk(chunk::init, client_tag)), State::closed);
		expect(back(client_tag, init_chunk(chunk::init_ack, server_tag)), State::cookie_wait);
		expect(out(server_tag, a_chunk(chunk::cookie_echo, 0, zeros(8))), State::cookie_echoed);
		const Outcome o = back(client_tag, a_chunk(chunk::cookie_ack));
		expect(o, State::established);
		EXPECT_TRUE(o.has(todo::assure));
		EXPECT_EQ(o.events(), bit(Event::protoinfo));
	}
};

TEST(Sctp, handshake_data_and_shutdown_by_the_client)
{
	Association a;
	a.establish();
	EXPECT_FALSE(can_early_drop(a.conn));
	const Outcome data = a.out(server_tag, a_chunk(chunk::data, 3, zeros(13)));
	a.expect(data, State::established);
	EXPECT_FALSE(data.has(todo::assure));
	EXPECT_EQ(data.events(), 0u);
	a.expect(a.out(server_tag, a_chunk(chunk::shutdown, 0, zeros(4))), State::shutdown_sent);
	EXPECT_TRUE(can_early_drop(a.conn));
	a.expect(a.back(client_tag, a_chunk(chunk::shutdown_ack)), State::shutdown_ack_sent);
	a.expect(a.out(server_tag, a_chunk(chunk::shutdown_complete)), State::closed);
	EXPECT_FALSE(can_early_drop(a.conn));
}

TEST(Sctp, shutdown_by_the_server)
{
	Association a;
	a.establish();
	a.expect(a.back(client_tag, a_chunk(chunk::shutdown, 0, zeros(4))), State::shutdown_recd);
	a.expect(a.out(server_tag, a_chunk(chunk::shutdown_ack)), State::shutdown_ack_sent);
	a.expect(a.back(client_tag, a_chunk(chunk::shutdown_complete)), State::closed);
}

TEST(Sctp, several_chunks_count_one_after_the_other)
{
	Association a;
	a.establish();
	a.expect(a.out(server_tag, a_chunk(chunk::data, 3, zeros(16)) + a_chunk(chunk::shutdown, 0, zeros(4)) + a_chunk(chunk::shutdown_ack)),
		 State::shutdown_ack_sent);
}

TEST(Sctp, wrong_tag)
{
	Association a;
	a.establish();
	for (u32 tag : {0u, client_tag, server_tag + 1})
		EXPECT_EQ(a.out(tag, a_chunk(chunk::data, 3, zeros(16))).reason(), Reason::sctp_bad_tag);
	EXPECT_EQ(a.conn.state, State::established);
}

TEST(Sctp, abort_needs_the_tag_of_its_direction_or_with_the_t_flag_the_other)
{
	for (const auto &[tag, flags, good] : {std::tuple{server_tag, 0, true}, {client_tag, 0, false}, {client_tag, 1, true}, {server_tag, 1, false}}) {
		for (u8 type : {chunk::abort, chunk::shutdown_complete}) {
			Association a;
			a.establish();
			if (type == chunk::shutdown_complete) {
				(void)a.out(server_tag, a_chunk(chunk::shutdown, 0, zeros(4)));
				(void)a.back(client_tag, a_chunk(chunk::shutdown_ack));
			}
			const State before = a.conn.state;
			const Outcome o = a.out(tag, a_chunk(type, u8(flags)));
			EXPECT_EQ(o.verdict(), good ? Verdict::accept : Verdict::invalid);
			EXPECT_EQ(a.conn.state, good ? State::closed : before);
		}
	}
}

TEST(Sctp, init_must_not_have_a_tag)
{
	Association a;
	EXPECT_EQ(a.out(5, init_chunk(chunk::init, client_tag)).reason(), Reason::sctp_new_invalid);
	a.establish();
	EXPECT_EQ(a.out(5, init_chunk(chunk::init, client_tag)).reason(), Reason::sctp_bad_tag);
}

TEST(Sctp, cookie_echo_needs_the_right_tag)
{
	Association a;
	(void)a.out(0, init_chunk(chunk::init, client_tag));
	(void)a.back(client_tag, init_chunk(chunk::init_ack, server_tag));
	EXPECT_EQ(a.out(client_tag, a_chunk(chunk::cookie_echo)).reason(), Reason::sctp_bad_tag);
	EXPECT_EQ(a.conn.state, State::cookie_wait);
}

TEST(Sctp, repeated_init_does_not_keep_a_dead_entry_alive)
{
	Association a;
	a.expect(a.out(0, init_chunk(chunk::init, client_tag)), State::closed);
	const Outcome o = a.out(0, init_chunk(chunk::init, client_tag + 1));
	EXPECT_EQ(o.verdict(), Verdict::accept);
	EXPECT_FALSE(o.has(todo::refresh));
	// The new attempt's tag holds all the same.
	EXPECT_EQ(a.back(client_tag, init_chunk(chunk::init_ack, server_tag)).reason(), Reason::sctp_bad_tag);
	a.expect(a.back(client_tag + 1, init_chunk(chunk::init_ack, server_tag)), State::cookie_wait);
}

TEST(Sctp, what_cannot_open_an_association)
{
	for (u8 type : {chunk::abort, chunk::shutdown_complete, chunk::cookie_ack, chunk::data, u8(3), u8(0x80)}) {
		Association a;
		EXPECT_EQ(a.out(1, a_chunk(type)).reason(), Reason::sctp_new_invalid) << int(type);
	}
	// ABORT behind something that could.
	Association a;
	EXPECT_EQ(a.out(1, a_chunk(chunk::heartbeat) + a_chunk(chunk::abort)).reason(), Reason::sctp_new_invalid);
}

TEST(Sctp, shutdown_ack_out_of_the_blue_is_answered_with_its_own_tag)
{
	Association a;
	a.expect(a.out(77, a_chunk(chunk::shutdown_ack)), State::shutdown_ack_sent);
	a.expect(a.back(77, a_chunk(chunk::shutdown_complete, 0)), State::closed);
}

// ---- multi-homing ----

TEST(Sctp, a_heartbeat_opens_a_further_path)
{
	Association a;
	a.expect(a.out(server_tag, a_chunk(chunk::heartbeat, 0, zeros(8))), State::heartbeat_sent);
	EXPECT_EQ(a.conn.tag[0].host(), server_tag);
	const Outcome o = a.back(client_tag, a_chunk(chunk::heartbeat_ack, 0, zeros(8)));
	a.expect(o, State::established);
	EXPECT_TRUE(o.has(todo::assure));
	EXPECT_EQ(a.conn.tag[1].host(), client_tag);
	a.expect(a.out(server_tag, a_chunk(chunk::data, 3, zeros(4))), State::established);
}

TEST(Sctp, answers_that_cannot_come_on_a_new_path)
{
	for (u8 type : {chunk::init, chunk::init_ack, chunk::shutdown_ack, chunk::cookie_echo}) {
		Association a;
		(void)a.out(server_tag, a_chunk(chunk::heartbeat, 0, zeros(8)));
		const Octets c = type == chunk::init || type == chunk::init_ack ? init_chunk(type, 9) : a_chunk(type);
		const u32 tag = 0; // not known in this direction
		const Outcome o = a.back(tag, c);
		EXPECT_EQ(o.reason(), Reason::sctp_invalid_state) << int(type);
		EXPECT_EQ(a.conn.state, State::heartbeat_sent);
	}
}

TEST(Sctp, restarted_association_is_learned_from_heartbeat_and_its_ack)
{
	Association a;
	a.establish();
	const Octets beat = a_chunk(chunk::heartbeat, 0, zeros(8)), ack = a_chunk(chunk::heartbeat_ack, 0, zeros(8));

	// An answer alone proves nothing, nor does one from the side that asked.
	EXPECT_EQ(a.back(0x55, ack).reason(), Reason::sctp_bad_tag);
	Outcome o = a.out(0x66, beat);
	EXPECT_EQ(o.verdict(), Verdict::accept);
	EXPECT_FALSE(o.has(todo::refresh));
	EXPECT_EQ(a.out(0x66, ack).reason(), Reason::sctp_bad_tag);
	a.expect(a.back(0x55, ack), State::established);
	// The other direction's tag is learned from its next heartbeat.
	EXPECT_EQ(a.conn.tag[0].raw, 0u);
	a.expect(a.out(0x66, beat), State::established);
	EXPECT_EQ(a.conn.tag[0].host(), 0x66u);
	a.expect(a.back(0x55, a_chunk(chunk::data, 3, zeros(4))), State::established);
}

TEST(Sctp, a_good_heartbeat_ends_the_doubt)
{
	Association a;
	a.establish();
	const Octets beat = a_chunk(chunk::heartbeat, 0, zeros(8)), ack = a_chunk(chunk::heartbeat_ack, 0, zeros(8));
	(void)a.out(0x66, beat);
	EXPECT_EQ(a.conn.flags, heartbeat_failed);
	a.expect(a.out(server_tag, beat), State::established);
	EXPECT_EQ(a.conn.flags, 0);
	EXPECT_EQ(a.back(0x55, ack).reason(), Reason::sctp_bad_tag);
}

TEST(Sctp, a_heartbeat_with_a_wrong_tag_may_not_bring_data)
{
	Association a;
	a.establish();
	EXPECT_EQ(a.out(0x66, a_chunk(chunk::heartbeat, 0, zeros(8)) + a_chunk(chunk::data, 3, zeros(4))).reason(), Reason::sctp_bad_tag);
	EXPECT_EQ(a.out(0x66, a_chunk(chunk::heartbeat) + a_chunk(chunk::heartbeat)).reason(), Reason::sctp_bad_tag);
}

// ---- collisions of two INITs (RFC 9260, 5.2) ----

TEST(Sctp, both_sides_send_init)
{
	Association a;
	(void)a.out(0, init_chunk(chunk::init, client_tag));
	(void)a.back(0, init_chunk(chunk::init, server_tag));
	// Each answers with the tag that it chose for its own INIT; anything else is not of this association.
	EXPECT_EQ(a.back(client_tag, init_chunk(chunk::init_ack, server_tag + 1)).reason(), Reason::sctp_bad_tag);
	a.expect(a.back(client_tag, init_chunk(chunk::init_ack, server_tag)), State::cookie_wait);
}

TEST(Sctp, init_ack_does_not_change_known_tags)
{
	Association a;
	a.establish();
	EXPECT_EQ(a.back(client_tag, init_chunk(chunk::init_ack, server_tag + 1)).reason(), Reason::sctp_bad_tag);
	EXPECT_EQ(a.conn.tag[0].host(), server_tag);
}

// ---- malformed ----

TEST(Sctp, chunks_that_travel_alone_or_first)
{
	const Octets data = a_chunk(chunk::data, 3, zeros(4));
	for (u8 type : {chunk::init, chunk::init_ack, chunk::shutdown_complete}) {
		const Octets c = init_chunk(type, 9);
		Association a;
		a.establish();
		EXPECT_EQ(a.out(0, c + data).reason(), Reason::sctp_bad_chunks) << int(type);
		EXPECT_EQ(a.out(0, data + c).reason(), Reason::sctp_bad_chunks) << int(type);
	}
	for (u8 type : {chunk::cookie_echo, chunk::cookie_ack}) {
		Association a;
		a.establish();
		EXPECT_EQ(a.out(server_tag, a_chunk(type) + data).verdict(), Verdict::accept) << int(type);
		EXPECT_EQ(a.out(server_tag, data + a_chunk(type)).reason(), Reason::sctp_bad_chunks) << int(type);
	}
}

TEST(Sctp, chunk_of_length_zero)
{
	Association a;
	a.establish();
	EXPECT_EQ(a.out(server_tag, Octets{chunk::data, 3, 0, 0} + zeros(8)).reason(), Reason::sctp_bad_chunks);
	EXPECT_EQ(a.out(server_tag, a_chunk(chunk::data, 3, zeros(4)) + zeros(4)).reason(), Reason::sctp_bad_chunks);
}

TEST(Sctp, chunk_lengths_below_four_and_past_the_end)
{
	Association a;
	a.establish();
	// 1 to 3 are rounded up to the four that every chunk has; a chunk past the end is the last.
	for (u16 len : {1, 2, 3, 200, 0xffff})
		EXPECT_EQ(a.out(server_tag, Octets{chunk::data, 3} + be16(len) + a_chunk(chunk::data)).verdict(), Verdict::accept) << len;
}

TEST(Sctp, no_chunk_at_all)
{
	Association a;
	EXPECT_EQ(a.out(0, {}).reason(), Reason::sctp_bad_chunks);
	EXPECT_EQ(a.out(0, {1, 0, 0}).reason(), Reason::sctp_bad_chunks);
}

TEST(Sctp, truncated_anywhere)
{
	for_each_truncation(sctp_packet(0, init_chunk(chunk::init, client_tag)), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none)
			return;
		u32 covered = 0;
		const Reason r = check_header(view, covered);
		EXPECT_EQ(r, len < 32 ? Reason::sctp_short : Reason::none) << len;
		EXPECT_EQ(covered, len < 32 ? 0 : len - 20);
		SctpConn conn{};
		const Outcome o = track(conn, view, Context{}, timeouts);
		EXPECT_EQ(o.reason(), len < 32   ? Reason::sctp_short
				    : len < 36 ? Reason::sctp_bad_chunks
				    : len < 52 ? Reason::sctp_new_invalid
					       : Reason::none)
			<< len;
	});
}

TEST(Sctp, init_cut_off_on_a_known_association)
{
	Association a;
	a.establish();
	EXPECT_EQ(a.out(0, a_chunk(chunk::init, 0, be32(9) + zeros(11))).reason(), Reason::sctp_bad_chunks);
	EXPECT_EQ(a.conn.tag[1].host(), client_tag);
}

TEST(Sctp, noise_is_contained)
{
	std::mt19937 rng{11};
	for (int round = 0; round < 3000; round++) {
		Association a;
		for (int i = 0; i < 10; i++) {
			Octets chunks(rng() % 60);
			for (u8 &b : chunks)
				b = rng() % 3 ? u8(rng() % 15) : u8(rng());
			(void)a.send(a.confirmed && rng() & 1 ? Direction::reply : Direction::original, rng() % 3, chunks);
			ASSERT_LT(static_cast<u32>(a.conn.state), state_count);
		}
	}
}

// ---- the table itself, once more as rules ----

// In the middle of an association: chunks leave the state alone, but for these.
State rule_midway(Direction dir, State s, u8 type)
{
	const bool from_client = dir == Direction::original;
	switch (type) {
	case chunk::abort:
		return State::closed;
	case chunk::init: // a restart
		return from_client && (s == State::shutdown_sent || s == State::shutdown_recd) ? State::closed : s;
	case chunk::init_ack:
		return !from_client && s == State::closed ? State::cookie_wait : s;
	case chunk::error: // stale cookie
		return !from_client && s == State::cookie_echoed ? State::closed : s;
	case chunk::cookie_echo:
		return s == State::cookie_wait ? State::cookie_echoed : s;
	case chunk::cookie_ack:
		return s == State::cookie_echoed ? State::established : s;
	case chunk::shutdown:
		return s != State::established ? s : from_client ? State::shutdown_sent : State::shutdown_recd;
	case chunk::shutdown_ack:
		return s == State::shutdown_sent || s == State::shutdown_recd ? State::shutdown_ack_sent : s;
	case chunk::shutdown_complete:
		return s == State::shutdown_ack_sent ? State::closed : s;
	}
	return s;
}

// At its start, and on a path that was only probed so far.
State rule_fresh(Direction dir, State s, u8 type)
{
	const bool probed = s == State::heartbeat_sent;
	if (dir == Direction::reply) {
		if (!probed)
			return State::invalid;
		return type == chunk::heartbeat ? s : type == chunk::heartbeat_ack ? State::established : State::invalid;
	}
	if (type == chunk::heartbeat || (probed && type == chunk::heartbeat_ack))
		return State::heartbeat_sent;
	if (type == chunk::shutdown_ack)
		return State::shutdown_ack_sent;
	return probed && type == chunk::init ? State::cookie_wait : State::closed;
}

TEST(SctpTable, agrees_with_the_rules)
{
	for (unsigned type = 0; type < 256; type++)
		for (u32 i = 0; i <= static_cast<u32>(State::heartbeat_sent); i++)
			for (Direction dir : {Direction::original, Direction::reply}) {
				const State s = static_cast<State>(i);
				const bool known = (type >= 1 && type <= 11 && type != 3) || type == 14;
				const bool fresh = s == State::none || s == State::heartbeat_sent;
				const State expected = !known ? s : fresh ? rule_fresh(dir, s, u8(type)) : rule_midway(dir, s, u8(type));
				EXPECT_EQ(next_state(dir, s, u8(type)), expected) << "chunk " << type << " state " << i << " dir " << index(dir);
			}
}

} // namespace
