// SPDX-License-Identifier: GPL-2.0-only
// How long a TCP connection lives on: each state's own timeout, and what shortens it.

#include <gtest/gtest.h>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::Kind;
namespace peer_flag = tcp::peer_flag;

namespace {

constexpr u32 five_days = 432000;

TEST(TcpTimeout, defaults)
{
	const u32 expected[] = {120, 120, 60, five_days, 120, 60, 30, 120, 10, 120, 0, 0, 300, 300};
	static_assert(sizeof(expected) == sizeof(tcp::default_seconds));
	for (u32 i = 0; i < tcp::timeout_count; i++)
		EXPECT_EQ(tcp::default_seconds[i], expected[i]) << i;
}

// The timeouts are the caller's, at every packet.
TEST(TcpTimeout, as_configured)
{
	Link link;
	for (u32 i = 0; i < tcp::timeout_count; i++)
		link.timeouts[i] = 1000 + i;
	(void)link.say(original, syn);
	EXPECT_EQ(link.remaining, 1001u);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(link.remaining, 1002u);
	(void)link.say(original, ack);
	EXPECT_EQ(link.remaining, 1003u);
	(void)link.say(original, fin | ack);
	EXPECT_EQ(link.remaining, 1004u);
	(void)link.say(reply, ack);
	EXPECT_EQ(link.remaining, 1005u);
	(void)link.say(reply, fin | ack);
	EXPECT_EQ(link.remaining, 1006u);
	(void)link.say(original, ack);
	EXPECT_EQ(link.remaining, 1007u);
	(void)link.say(reply, rst | ack);
	EXPECT_EQ(link.remaining, 1008u);
	Link two;
	two.timeouts[9] = 77;
	(void)two.say(original, syn);
	const Tcp second = two.next_segment(reply, syn);
	(void)two.say(reply, syn);
	EXPECT_EQ(two.seconds(), 120u); // not renewed by a SYN against a SYN
	(void)two.send(reply, second);
	EXPECT_EQ(two.remaining, 77u);
}

// ---- repetitions ----

TEST(TcpTimeout, the_same_ack_again_and_again)
{
	for (u8 limit : {u8(0), u8(1), u8(3), u8(10)}) {
		Link link;
		link.establish();
		link.config.max_retrans = limit;
		for (unsigned i = 0; i <= 12; i++) { // the handshake's ACK was the first of its kind
			EXPECT_EQ(link.seconds(), i >= limit && i > 0 ? 300u : five_days) << i << " " << int(limit);
			(void)link.say(original, ack);
			EXPECT_EQ(link.conn.retrans, i + 1);
		}
	}
}

TEST(TcpTimeout, what_is_no_repetition)
{
	Link link;
	link.establish();
	const auto repeat = [&] {
		for (int i = 0; i < 5; i++)
			(void)link.say(original, ack);
		EXPECT_GE(link.conn.retrans, 3);
		EXPECT_EQ(link.seconds(), 300u);
	};
	repeat();
	(void)link.say(reply, ack); // the other direction
	EXPECT_EQ(link.conn.retrans, 0);
	EXPECT_EQ(link.seconds(), five_days);
	repeat();
	Tcp t = link.next_segment(original, ack);
	t.window = 60000; // another window
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.retrans, 0);
	repeat();
	t = link.next_segment(original, ack);
	t.seq -= 1; // a keep-alive
	(void)link.send(original, t);
	EXPECT_EQ(link.conn.retrans, 0);
	repeat();
	(void)link.say(original, ack, 1); // data
	EXPECT_EQ(link.conn.retrans, 0);
}

// A byte, as in the kernel: it begins again.
TEST(TcpTimeout, counter_wraps)
{
	Link link;
	link.establish();
	for (int i = 0; i < 256; i++)
		(void)link.say(original, ack);
	EXPECT_EQ(link.conn.retrans, 0);
	EXPECT_EQ(link.seconds(), five_days);
}

// ---- unacknowledged data, closed windows ----

TEST(TcpTimeout, unacknowledged_data)
{
	Link link;
	link.establish();
	(void)link.say(original, ack, 100);
	EXPECT_EQ(link.seconds(), 300u);
	// The ACK must cover all of it.
	Tcp t = link.next_segment(reply, ack);
	t.ack_seq -= 1;
	(void)link.send(reply, t);
	EXPECT_EQ(link.seconds(), 300u);
	(void)link.say(reply, ack);
	EXPECT_EQ(link.seconds(), five_days);
}

TEST(TcpTimeout, closed_window)
{
	Link link;
	link.establish();
	Tcp t = link.next_segment(reply, ack);
	t.window = 0;
	(void)link.send(reply, t);
	EXPECT_EQ(link.seconds(), 300u);
	(void)link.say(reply, ack);
	EXPECT_EQ(link.seconds(), five_days);
}

// Which of the signs comes first, and that none makes a timeout longer.
TEST(TcpTimeout, order_of_the_signs)
{
	Link link;
	link.establish();
	link.timeouts[tcp::timeout_retrans] = 200;
	link.timeouts[tcp::timeout_unacknowledged] = 100;
	Tcp t = link.next_segment(reply, ack);
	t.window = 0;
	(void)link.send(reply, t);
	EXPECT_EQ(link.remaining, 200u);
	link.conn.peer[1].flags |= peer_flag::data_unacknowledged;
	(void)link.send(reply, t);
	EXPECT_EQ(link.remaining, 100u);
	link.conn.retrans = 7;
	(void)link.send(reply, t);
	EXPECT_EQ(link.remaining, 200u);

	link.timeouts[3] = 50;
	(void)link.send(reply, t);
	EXPECT_EQ(link.remaining, 50u);
	link.timeouts[3] = 150; // longer than one of them only
	(void)link.send(reply, t);
	EXPECT_EQ(link.remaining, 100u);
}

TEST(TcpTimeout, picked_up_and_unanswered)
{
	Link link;
	link.timeouts[tcp::timeout_unacknowledged] = 40;
	(void)link.say(original, ack);
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.remaining, 40u);
	link.timeouts[tcp::timeout_unacknowledged] = 1000 * five_days;
	(void)link.say(original, ack);
	EXPECT_EQ(link.seconds(), 300u); // nothing was learnt of the window, which therefore counts as closed
	link.timeouts[tcp::timeout_retrans] = 1000 * five_days;
	(void)link.say(original, ack);
	EXPECT_EQ(link.seconds(), five_days);
}

// ---- FINs and RSTs that are out of window ----

struct TcpDying : testing::Test {
	TcpDying()
	{
		link.establish();
		link.remaining = five_days * hz;
	}
	Outcome wrong(Direction dir, u8 flags)
	{
		Tcp t = link.next_segment(dir, flags);
		t.seq += 0x20000000;
		return link.send(dir, t);
	}
	Link link;
};

TEST_F(TcpDying, from_both_sides_lower_the_timeout)
{
	for (u8 first : {u8(fin | ack), u8(rst | ack)})
		for (u8 second : {u8(fin | ack), u8(rst | ack)}) {
			link.remaining = five_days * hz;
			link.conn.last_kind = Kind::ack;
			EXPECT_EQ(told(wrong(original, first)), "invalid tcp_seq_over");
			EXPECT_EQ(link.conn.last_kind, tcp::kind_of(first));
			EXPECT_EQ(told(wrong(original, second)), "invalid tcp_seq_over");
			EXPECT_EQ(told(wrong(reply, second)), "invalid tcp_seq_over retime");
			EXPECT_EQ(link.seconds(), 300u);
			EXPECT_EQ(link.state(), State::established);
		}
}

TEST_F(TcpDying, other_packets_do_not)
{
	(void)wrong(original, fin | ack);
	EXPECT_EQ(told(wrong(reply, ack)), "invalid tcp_seq_over");
	(void)link.say(original, ack); // a right one: forget it
	EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over");
}

TEST_F(TcpDying, not_if_unassured_or_fixed)
{
	for (const unsigned long status : {ips::confirmed | ips::seen_reply, ips::confirmed | ips::seen_reply | ips::assured | ips::fixed_timeout}) {
		link.status = status;
		EXPECT_EQ(told(wrong(original, fin | ack)), "invalid tcp_seq_over");
		EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over");
		EXPECT_EQ(link.conn.last_kind, Kind::ack);
	}
}

TEST_F(TcpDying, not_if_it_ends_soon_anyway)
{
	(void)wrong(original, fin | ack);
	link.remaining = 120 * hz - 1;
	EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over");
	link.remaining = 300 * hz;
	EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over");
	link.remaining = 300 * hz + 1;
	EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over retime");
	link.timeouts[tcp::timeout_unacknowledged] = 10 * hz;
	link.remaining = 120 * hz;
	EXPECT_EQ(told(wrong(reply, fin | ack)), "invalid tcp_seq_over retime");
	EXPECT_EQ(link.remaining, 10 * hz);
}

} // namespace
