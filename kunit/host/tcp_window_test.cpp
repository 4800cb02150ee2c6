// SPDX-License-Identifier: GPL-2.0-only
// TCP window tracking: each bound on both sides of its edge, at many places of the circle of sequence numbers, and what is learnt.

#include <gtest/gtest.h>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::Fit;
namespace peer_flag = tcp::peer_flag;

namespace {

// Where a connection's numbers may begin: small, before and behind the sign bit, before and behind the wrap.
const u32 starts[] = {0, 1, 1000, 0x7fff0000, 0x7fffffff, 0x80000000, 0xfffe0000, 0xffffff00, 0xffffffff};

// An established connection: A (original) has sent up to a, B (reply) up to b; each has announced its window and nothing is under way.
struct Window {
	explicit Window(u32 a_end, u32 b_end, u32 a_window = 1000, u32 b_window = 2000)
	{
		conn.state = State::established;
		conn.peer[0] = {{a_end}, {a_end + b_window}, a_window, {b_end}, 0, peer_flag::max_ack_set};
		conn.peer[1] = {{b_end}, {b_end + a_window}, b_window, {a_end}, 0, peer_flag::max_ack_set};
	}
	tcp::WindowResult judge(Direction dir, const Tcp &t, const tcp::SeqAdjust *adjust = nullptr)
	{
		const TcpPacket p{t()};
		return tcp::check_window(conn, dir, segment_of(p.view), p.view, liberal, adjust);
	}
	Reason reason(Direction dir, const Tcp &t, const tcp::SeqAdjust *adjust = nullptr)
	{
		const tcp::WindowResult w = judge(dir, t, adjust);
		EXPECT_EQ(w.fit == Fit::in_window, w.reason == Reason::none);
		return w.reason;
	}
	bool liberal = false;
	tcp::Conn conn{};
};

// ---- the serial numbers themselves ----

static_assert(before(Seq{0xffffffff}, Seq{0}) && after(Seq{0}, Seq{0xffffffff}) && !after(Seq{5}, Seq{5}) && !before(Seq{5}, Seq{5}));
static_assert(at_or_before(Seq{5}, Seq{5}) && at_or_after(Seq{5}, Seq{5}) && at_or_after(Seq{0}, Seq{0xffffffff}));
static_assert(before(Seq{0}, Seq{0x7fffffff}) && after(Seq{0x7fffffff}, Seq{0}) && !after(Seq{0}, Seq{0x7fffffff}));
// Half-way round each is before and after the other, as in the kernel.
static_assert(before(Seq{0}, Seq{0x80000000}) && before(Seq{0x80000000}, Seq{0}) && after(Seq{0}, Seq{0x80000000}) &&
	      after(Seq{0x80000000}, Seq{0}));

// ---- the four bounds ----

TEST(TcpWindow, upper_bound_of_data)
{
	for (u32 a : starts)
		for (u32 b : starts) {
			SCOPED_TRACE(testing::Message() << a << " " << b);
			// B's window has room for 2000.
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 2000, .ack_seq = b}), Reason::none);
			// A little more is let through, but only up to a window of B's.
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 2001, .ack_seq = b}), Reason::tcp_overshot);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 3999, .ack_seq = b}), Reason::tcp_overshot);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 4000, .ack_seq = b}), Reason::tcp_seq_over);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 0x40000000, .ack_seq = b}), Reason::tcp_seq_over);
			// It is where data begins that counts: the receiver takes what fits.
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 2000, .ack_seq = b, .payload = 1400}), Reason::none);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 2001, .ack_seq = b, .payload = 1998}), Reason::tcp_overshot);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a + 2001, .ack_seq = b, .payload = 1999}), Reason::tcp_seq_over);
		}
}

TEST(TcpWindow, lower_bound_of_data)
{
	for (u32 a : starts)
		for (u32 b : starts) {
			SCOPED_TRACE(testing::Message() << a << " " << b);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a - 2000, .ack_seq = b}), Reason::none);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a - 2001, .ack_seq = b}), Reason::tcp_seq_under);
			EXPECT_EQ(Window(a, b).judge(original, {.seq = a - 2001, .ack_seq = b}).fit, Fit::ignore);
			// Here it is the end that counts.
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a - 2100, .ack_seq = b, .payload = 100}), Reason::none);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a - 2101, .ack_seq = b, .payload = 100}), Reason::tcp_seq_under);
			EXPECT_EQ(Window(a, b).reason(original, {.flags = fin | ack, .seq = a - 2001, .ack_seq = b}), Reason::none);
		}
}

TEST(TcpWindow, upper_bound_of_acknowledgement)
{
	for (u32 a : starts)
		for (u32 b : starts) {
			SCOPED_TRACE(testing::Message() << a << " " << b);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a, .ack_seq = b}), Reason::none);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a, .ack_seq = b + 1}), Reason::tcp_ack_over);
			EXPECT_EQ(Window(a, b).judge(original, {.seq = a, .ack_seq = b + 1}).fit, Fit::invalid);
			// Without ACK the number means nothing.
			EXPECT_EQ(Window(a, b).reason(original, {.flags = rst, .seq = a, .ack_seq = b + 1}), Reason::none);
		}
}

TEST(TcpWindow, lower_bound_of_acknowledgement)
{
	for (u32 a : starts)
		for (u32 b : starts) {
			SCOPED_TRACE(testing::Message() << a << " " << b);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a, .ack_seq = b - 66000}), Reason::none);
			EXPECT_EQ(Window(a, b).reason(original, {.seq = a, .ack_seq = b - 66001}), Reason::tcp_ack_under);
			EXPECT_EQ(Window(a, b).judge(original, {.seq = a, .ack_seq = b - 66001}).fit, Fit::ignore);
			// A's window counts if it is larger.
			EXPECT_EQ(Window(a, b, 70000).reason(original, {.seq = a, .ack_seq = b - 70000}), Reason::none);
			EXPECT_EQ(Window(a, b, 70000).reason(original, {.seq = a, .ack_seq = b - 70001}), Reason::tcp_ack_under);
		}
}

TEST(TcpWindow, an_overshoot_is_remembered)
{
	Window w{1000, 5000};
	EXPECT_EQ(w.judge(original, {.seq = 3001, .ack_seq = 5000, .payload = 100}).fit, Fit::ignore);
	EXPECT_EQ(w.conn.peer[0].end.v, 3101u);
	EXPECT_TRUE(w.conn.peer[0].flags & peer_flag::data_unacknowledged);
	// So that its acknowledgement is no surprise.
	EXPECT_EQ(w.reason(reply, {.seq = 5000, .ack_seq = 3101}), Reason::none);
	EXPECT_FALSE(w.conn.peer[0].flags & peer_flag::data_unacknowledged);
}

TEST(TcpWindow, an_overshoot_with_a_wrong_acknowledgement_is_invalid)
{
	EXPECT_EQ(Window(1000, 5000).reason(original, {.seq = 3001, .ack_seq = 5001}), Reason::tcp_seq_over);
	EXPECT_EQ(Window(1000, 500000).reason(original, {.seq = 3001, .ack_seq = 500000 - 66001}), Reason::tcp_seq_over);
	EXPECT_EQ(Window(1000, 500000).reason(original, {.seq = 3001, .ack_seq = 500000 - 66000}), Reason::tcp_overshot);
}

TEST(TcpWindow, refused_segments_leave_no_trace)
{
	const Tcp refused[] = {
		{.seq = 0x50000000, .ack_seq = 5000},
		{.seq = 1000, .ack_seq = 5001, .payload = 10},
		{.seq = 1000u - 2001, .ack_seq = 5000},
		{.seq = 1000, .ack_seq = 5000u - 66001, .payload = 10},
	};
	for (const Tcp &t : refused) {
		Window w{1000, 5000};
		const tcp::Conn before = w.conn;
		EXPECT_NE(w.reason(original, t), Reason::none);
		EXPECT_EQ(0, std::memcmp(&before, &w.conn, sizeof(before)));
	}
}

TEST(TcpWindow, liberal)
{
	for (bool by_peer : {false, true})
		for (const Tcp &t : {Tcp{.seq = 0x50000000, .ack_seq = 5000}, Tcp{.seq = 1000, .ack_seq = 5001}, Tcp{.seq = 1000u - 2001, .ack_seq = 5000},
				     Tcp{.seq = 1000, .ack_seq = 5000u - 66001}, Tcp{.seq = 3001, .ack_seq = 5000}}) {
			Window w{1000, 5000};
			w.liberal = !by_peer;
			w.conn.peer[0].flags |= by_peer ? peer_flag::be_liberal : 0;
			EXPECT_EQ(w.reason(original, t), Reason::none);
			// What the other side sends is judged as ever, unless liberality is general.
			EXPECT_EQ(w.reason(reply, {.seq = 0x50000000, .ack_seq = 1000}), by_peer ? Reason::tcp_seq_over : Reason::none);
		}
}

// ---- what is learnt ----

TEST(TcpWindow, data_and_acknowledgement_move_both_sides)
{
	for (u32 a : starts)
		for (u32 b : starts) {
			SCOPED_TRACE(testing::Message() << a << " " << b);
			Window w{a, b};
			EXPECT_EQ(w.reason(original, {.seq = a, .ack_seq = b, .window = 1000, .payload = 500}), Reason::none);
			EXPECT_EQ(w.conn.peer[0].end.v, a + 500);
			EXPECT_TRUE(w.conn.peer[0].flags & peer_flag::data_unacknowledged);
			EXPECT_EQ(w.conn.peer[0].max_end.v, a + 2000);
			EXPECT_EQ(w.reason(reply, {.seq = b, .ack_seq = a + 500, .window = 2000}), Reason::none);
			EXPECT_EQ(w.conn.peer[0].max_end.v, a + 2500);
			EXPECT_EQ(w.conn.peer[1].max_ack.v, a + 500);
			EXPECT_FALSE(w.conn.peer[0].flags & peer_flag::data_unacknowledged);
			EXPECT_FALSE(w.conn.peer[1].flags & peer_flag::data_unacknowledged);
		}
}

TEST(TcpWindow, nothing_shrinks)
{
	Window w{1000, 5000};
	EXPECT_EQ(w.reason(reply, {.seq = 5000, .ack_seq = 1000, .window = 10}), Reason::none);
	EXPECT_EQ(w.conn.peer[1].max_win, 2000u);
	EXPECT_EQ(w.conn.peer[0].max_end.v, 3000u);
	EXPECT_EQ(w.reason(reply, {.seq = 4900, .ack_seq = 900, .window = 10}), Reason::none);
	EXPECT_EQ(w.conn.peer[1].end.v, 5000u);
	EXPECT_EQ(w.conn.peer[1].max_ack.v, 1000u);
	EXPECT_EQ(w.reason(reply, {.seq = 5000, .ack_seq = 1000, .window = 9000}), Reason::none);
	EXPECT_EQ(w.conn.peer[1].max_win, 9000u);
	EXPECT_EQ(w.conn.peer[0].max_end.v, 10000u);
}

// A closed window may be probed with one byte.
TEST(TcpWindow, zero_window)
{
	Window w{1000, 5000, 1000, 1};
	EXPECT_EQ(w.conn.peer[0].max_end.v, 1001u);
	w.conn.peer[0].max_end = {1000};
	EXPECT_EQ(w.reason(reply, {.seq = 5000, .ack_seq = 1000, .window = 0}), Reason::none);
	EXPECT_EQ(w.conn.peer[0].max_end.v, 1001u);
	EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = 5000, .payload = 1}), Reason::none);
}

// Without a window of B's to be wrong about, there is nothing to correct.
TEST(TcpWindow, data_past_the_edge_of_an_unknown_window)
{
	Window w{1000, 5000};
	w.conn.peer[1].max_win = 0;
	EXPECT_EQ(w.reason(original, {.seq = 2500, .ack_seq = 5000, .payload = 1000}), Reason::none);
	EXPECT_EQ(w.conn.peer[1].max_win, 0u);
}

// If A sent more than B's window had room for, and that was in order, then B's window was larger than it said.
TEST(TcpWindow, data_past_the_edge_widens_the_window)
{
	Window w{1000, 5000};
	EXPECT_EQ(w.reason(original, {.seq = 2500, .ack_seq = 5000, .payload = 1000}), Reason::none);
	EXPECT_EQ(w.conn.peer[1].max_win, 2500u);
}

// ---- window scaling ----

TEST(TcpWindow, scaling)
{
	for (u8 client : {0, 1, 7, 14, 15, 255}) {
		Link link;
		link.establish(offer(client), offer(3));
		EXPECT_EQ(link.conn.peer[0].scale, client < 14 ? client : 14);
		EXPECT_EQ(link.conn.peer[1].scale, 3);
		// The window in SYN and SYN/ACK is not scaled, that of the ACK is.
		EXPECT_EQ(link.conn.peer[0].max_win, 65535u << link.conn.peer[0].scale);
		EXPECT_EQ(link.conn.peer[1].max_win, 65535u);
		EXPECT_EQ(link.conn.peer[1].max_end.v, link.next[1] + (65535u << link.conn.peer[0].scale));
		EXPECT_EQ(link.conn.peer[0].max_end.v, link.next[0] + 65535u);
		(void)link.say(reply, ack);
		EXPECT_EQ(link.conn.peer[1].max_win, 65535u << 3);
		EXPECT_EQ(link.conn.peer[0].max_end.v, link.next[0] + (65535u << 3));
	}
}

TEST(TcpWindow, scaling_takes_both)
{
	for (bool client : {true, false}) {
		Link link;
		link.establish(client ? offer(7) : Octets{}, client ? Octets{} : offer(7));
		EXPECT_EQ(link.conn.peer[0].scale, 0);
		EXPECT_EQ(link.conn.peer[1].scale, 0);
		EXPECT_EQ(link.conn.peer[0].max_win, 65535u);
	}
}

// ---- selective acknowledgement ----

TEST(TcpWindow, sack_counts_as_acknowledgement)
{
	for (u32 b : starts) {
		SCOPED_TRACE(b);
		Window w{1000, b};
		w.conn.peer[1].flags |= peer_flag::sack_permitted;
		w.conn.peer[1].end = {b + 900}; // B has sent 900 bytes, of which the first 400 were lost
		Tcp t{.seq = 1000, .ack_seq = b, .window = 600, .options = padded(sack_option(b + 400, b + 900))};
		EXPECT_EQ(w.reason(original, t), Reason::none);
		EXPECT_EQ(w.conn.peer[0].max_win, 600u + 900u); // the window is counted from ACK, so what is sacked lies in it
		EXPECT_EQ(w.conn.peer[0].max_ack.v, b);
		EXPECT_EQ(w.conn.peer[1].max_end.v, b + 1500);
		// Acknowledges what was never sent.
		t.options = padded(sack_option(b + 400, b + 901));
		EXPECT_EQ(w.reason(original, t), Reason::tcp_ack_over);
		// Not agreed upon: not looked at.
		w.conn.peer[1].flags = 0;
		EXPECT_EQ(w.reason(original, t), Reason::none);
	}
}

TEST(TcpWindow, sack_rescues_an_old_acknowledgement)
{
	Window w{1000, 500000};
	w.conn.peer[1].flags |= peer_flag::sack_permitted;
	Tcp t{.seq = 1000, .ack_seq = 500000 - 66001};
	EXPECT_EQ(w.reason(original, t), Reason::tcp_ack_under);
	t.options = padded(sack_option(500000 - 66001, 500000 - 66000));
	EXPECT_EQ(w.reason(original, t), Reason::none);
}

// Data behind a hole is not acknowledged by being sacked.
TEST(TcpWindow, sacked_data_is_still_unacknowledged)
{
	Window w{1000, 5000};
	w.conn.peer[1].flags |= peer_flag::sack_permitted | peer_flag::data_unacknowledged;
	EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = 4000, .options = padded(sack_option(4500, 5000))}), Reason::none);
	EXPECT_TRUE(w.conn.peer[1].flags & peer_flag::data_unacknowledged);
	EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = 5000}), Reason::none);
	EXPECT_FALSE(w.conn.peer[1].flags & peer_flag::data_unacknowledged);
}

// The usual header with an aligned timestamp has a short cut; it must not swallow anything else.
TEST(TcpWindow, timestamp_then_sack)
{
	const Octets timestamp = Octets{1, 1, 8, 10} + zeros(8);
	for (bool with_sack : {false, true}) {
		Window w{1000, 5000};
		w.conn.peer[1].flags |= peer_flag::sack_permitted;
		const Tcp t{.seq = 1000, .ack_seq = 4000, .options = with_sack ? padded(timestamp + sack_option(4500, 5001)) : timestamp};
		EXPECT_EQ(w.reason(original, t), with_sack ? Reason::tcp_ack_over : Reason::none);
	}
}

// ---- NAT that lengthened what B sent ----

TEST(TcpWindow, adjusted_acknowledgements)
{
	for (u32 b : starts) {
		SCOPED_TRACE(b);
		const u32 change = b - 100; // B's bytes up to here are as it sent them, behind it 20 more
		const tcp::SeqAdjust adjust = {{change}, 0, 20};
		EXPECT_EQ(Window(1000, b).reason(original, {.seq = 1000, .ack_seq = b + 20}, &adjust), Reason::none);
		EXPECT_EQ(Window(1000, b).reason(original, {.seq = 1000, .ack_seq = b + 21}, &adjust), Reason::tcp_ack_over);
		EXPECT_EQ(Window(1000, b).reason(original, {.seq = 1000, .ack_seq = b + 20}), Reason::tcp_ack_over);
		// An ACK of the byte at the change is not shifted yet, one of the next byte is.
		Window w{1000, b};
		w.conn.peer[0].flags = 0;
		EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = change + 1}, &adjust), Reason::none);
		EXPECT_EQ(w.conn.peer[0].max_ack.v, change + 1);
		w.conn.peer[0].flags = 0;
		EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = change + 2}, &adjust), Reason::none);
		EXPECT_EQ(w.conn.peer[0].max_ack.v, change + 2 - 20);
		// SACK edges with it; NAT may also have shortened.
		const tcp::SeqAdjust shorter = {{change}, 0, -20};
		w.conn.peer[1].flags |= peer_flag::sack_permitted;
		EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = b - 50, .options = padded(sack_option(b - 30, b - 20))}, &shorter), Reason::none);
		EXPECT_EQ(w.reason(original, {.seq = 1000, .ack_seq = b - 50, .options = padded(sack_option(b - 30, b - 19))}, &shorter),
			  Reason::tcp_ack_over);
	}
}

// ---- RSTs that some TCPs send ----

TEST(TcpWindow, reset_that_acknowledges_nothing)
{
	EXPECT_EQ(Window(1000, 500000).reason(original, {.flags = rst | ack, .seq = 1000, .ack_seq = 0}), Reason::none);
	EXPECT_EQ(Window(1000, 500000).reason(original, {.flags = rst | ack, .seq = 1000, .ack_seq = 1}), Reason::tcp_ack_under);
	EXPECT_EQ(Window(1000, 500000).reason(original, {.flags = ack, .seq = 1000, .ack_seq = 0}), Reason::tcp_ack_under);
	// Nothing is what B's side of NAT would call nothing.
	const tcp::SeqAdjust adjust = {{0}, 0, 20};
	EXPECT_EQ(Window(1000, 500000).reason(original, {.flags = rst | ack, .seq = 1000, .ack_seq = 20}, &adjust), Reason::none);
	EXPECT_EQ(Window(1000, 500000).reason(original, {.flags = rst | ack, .seq = 1000, .ack_seq = 21}, &adjust), Reason::tcp_ack_under);
}

// A SYN is refused with number 0.
TEST(TcpWindow, reset_numbered_zero)
{
	for (State s : {State::syn_sent, State::syn_recv}) {
		Window w{1000, 500000};
		w.conn.state = s;
		EXPECT_EQ(w.reason(reply, {.flags = rst | ack, .seq = 0, .ack_seq = 1000}), s == State::syn_sent ? Reason::none : Reason::tcp_seq_under);
	}
}

// ---- beginnings ----

TEST(TcpWindow, first_packet_of_a_side_in_mid_stream)
{
	Window w{1000, 5000};
	w.conn.peer[0] = {{}, {}, 0, {}, 2, 0};
	w.conn.peer[1] = {};
	EXPECT_EQ(w.reason(original, {.seq = 700, .ack_seq = 9000, .window = 300, .payload = 50}), Reason::none);
	EXPECT_EQ(w.conn.peer[0].end.v, 750u);
	EXPECT_EQ(w.conn.peer[0].max_win, 1200u);
	EXPECT_EQ(w.conn.peer[0].max_end.v, 750u + 1200u);
	EXPECT_EQ(w.conn.peer[1].end.v, 9000u); // it acknowledged that much
	EXPECT_EQ(w.conn.peer[1].max_win, 0u);
}

// A keep-alive has a number that was acknowledged long ago, so its answer seems to acknowledge too much.
TEST(TcpWindow, answer_to_a_keep_alive_after_pick_up)
{
	for (u32 beyond : {0u, 1u, 2u}) {
		Window w{1000, 5000};
		w.conn.peer[1] = {};
		EXPECT_EQ(w.reason(reply, {.seq = 5000, .ack_seq = 1000 + beyond}), beyond < 2 ? Reason::none : Reason::tcp_ack_over);
		EXPECT_EQ(w.conn.peer[0].end.v, 1000 + (beyond == 1));
	}
}

TEST(TcpWindow, a_zero_window_is_one_at_the_beginning)
{
	Link link;
	Tcp t = link.next_segment(original, syn);
	t.window = 0;
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.peer[0].max_win, 1u);
	for (u8 flags : {syn, ack}) {
		tcp::Conn conn{};
		t.flags = flags;
		const TcpPacket p{t()};
		EXPECT_EQ(opened(conn, p.view, link.config), Reason::none);
		EXPECT_EQ(conn.peer[0].max_win, 1u);
		EXPECT_EQ(conn.peer[0].max_end.v - conn.peer[0].end.v, flags == ack ? 1u : 0u);
	}
}

// Before the handshake is complete, a SYN with a higher number begins anew, one with a lower number does not.
TEST(TcpWindow, another_syn)
{
	for (u32 start : starts) {
		SCOPED_TRACE(start);
		Link link{start};
		(void)link.say(original, syn, 0, offer(7));
		Tcp t = link.next_segment(original, syn);
		t.seq = start + 100000;
		t.options = offer(3);
		EXPECT_EQ(link.send(original, t).verdict(), Verdict::accept);
		EXPECT_EQ(link.conn.peer[0].end.v, start + 100001);
		EXPECT_EQ(link.conn.peer[0].scale, 3);
		t.seq = start;
		t.options = offer(5);
		(void)link.send(original, t);
		EXPECT_EQ(link.conn.peer[0].end.v, start + 100001);
		EXPECT_EQ(link.conn.peer[0].scale, 3);
	}
}

// In a simultaneous open it may come as SYN/ACK; in other states it is a segment like any other.
TEST(TcpWindow, another_syn_by_state)
{
	for (State s : {State::syn_sent, State::syn_recv, State::syn_sent2, State::established}) {
		Window w{1000, 5000};
		w.conn.state = s;
		w.conn.peer[0].flags |= peer_flag::be_liberal | peer_flag::sack_permitted;
		const bool anew = s == State::syn_sent || s == State::syn_recv;
		EXPECT_EQ(w.reason(original, {.flags = syn | ack, .seq = 0x20000000, .ack_seq = 5000, .options = padded(scale_option(5))}), Reason::none);
		EXPECT_EQ(w.conn.peer[0].end.v, anew ? 0x20000001u : 1000u) << static_cast<int>(s);
		// That its packets need not be in window was not the SYN's to say.
		EXPECT_TRUE(w.conn.peer[0].flags & peer_flag::be_liberal);
		EXPECT_EQ(bool(w.conn.peer[0].flags & peer_flag::sack_permitted), !anew);
	}
}

// Also its window is that of a segment: the other side may be allowed more by it.
TEST(TcpWindow, window_of_another_syn)
{
	Link link;
	Tcp t = link.next_segment(original, syn);
	t.window = 1000;
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.peer[1].max_end.v, 1000u);
	t.seq += 100;
	t.window = 2000;
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.peer[1].max_end.v, 2000u);
	EXPECT_EQ(link.conn.peer[0].max_win, 2000u);
}

// Without any options the flags of the earlier SYN stay.
TEST(TcpWindow, another_syn_without_options)
{
	Link link;
	(void)link.say(original, syn, 0, offer(7));
	Tcp t = link.next_segment(original, syn);
	t.seq = 100000;
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.peer[0].end.v, 100001u);
	EXPECT_EQ(link.conn.peer[0].scale, 7);
}

} // namespace
