// SPDX-License-Identifier: GPL-2.0-only
// Whole TCP connections, from the first packet to the last, as ends that behave have them; from every place of the circle of numbers.

#include <gtest/gtest.h>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
namespace peer_flag = tcp::peer_flag;

namespace {

// Where the two ends' sequence numbers start.
struct Start {
	u32 client, server;
};
class TcpSession : public testing::TestWithParam<Start> {
protected:
	TcpSession() : link{GetParam().client, GetParam().server} {}
	Link link;
};
INSTANTIATE_TEST_SUITE_P(Starts, TcpSession,
			 testing::Values(Start{1000, 5000}, Start{0, 0}, Start{0xffffffff, 0}, Start{0, 0xffffffff}, Start{0xfffffffe, 0xfffffffe},
					 Start{0xffffff00, 0xfffff000}, Start{0x7fffffff, 0x80000000}, Start{0x7fffff00, 1}));

TEST_P(TcpSession, opens)
{
	EXPECT_EQ(told(link.say(original, syn, 0, offer(7))), "accept refresh event");
	EXPECT_EQ(link.state(), State::syn_sent);
	EXPECT_EQ(link.seconds(), 120u);
	EXPECT_EQ(told(link.say(reply, syn | ack, 0, offer(7))), "accept refresh event");
	EXPECT_EQ(link.state(), State::syn_recv);
	EXPECT_EQ(link.seconds(), 60u);
	EXPECT_FALSE(link.assured());
	EXPECT_EQ(told(link.say(original, ack)), "accept refresh assure event");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.seconds(), 432000u);
	EXPECT_TRUE(link.assured());
	EXPECT_EQ(link.conn.peer[0].flags & peer_flag::data_unacknowledged, 0);
	EXPECT_EQ(link.conn.peer[1].flags & peer_flag::data_unacknowledged, 0);
}

// Data in the last packet of the handshake, or one that comes before it: either is acknowledgement enough.
TEST_P(TcpSession, opens_with_data)
{
	(void)link.say(original, syn);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(told(link.say(original, ack | flag::psh, 500)), "accept refresh assure event");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.seconds(), 300u); // the data is yet to be acknowledged
	EXPECT_EQ(told(link.say(reply, ack)), "accept refresh");
	EXPECT_EQ(link.seconds(), 432000u);
}

TEST_P(TcpSession, data_both_ways)
{
	link.establish(offer(7), offer(7));
	for (int i = 0; i < 100; i++) {
		for (Direction dir : {original, reply}) {
			EXPECT_EQ(told(link.say(dir, ack | flag::psh, 1400)), "accept refresh");
			EXPECT_EQ(told(link.say(dir, ack, 1400)), "accept refresh");
			EXPECT_EQ(link.seconds(), 300u);
			EXPECT_EQ(told(link.say(opposite(dir), ack)), "accept refresh");
			EXPECT_EQ(link.seconds(), 432000u);
		}
	}
	EXPECT_EQ(link.state(), State::established);
}

// More than once round the circle.
TEST_P(TcpSession, six_gigabytes)
{
	link.establish(offer(7), offer(7));
	constexpr u32 chunk = 60000;
	for (u64 sent = 0; sent < 6ull << 30; sent += chunk) {
		// Without the bytes themselves, for speed: only the numbers move.
		Tcp t = link.next_segment(original, ack);
		t.seq += chunk;
		link.next[0] += chunk;
		ASSERT_EQ(told(link.send(original, t)), "accept refresh") << sent;
		ASSERT_EQ(told(link.say(reply, ack)), "accept refresh") << sent;
	}
	EXPECT_EQ(link.conn.peer[0].end.v, link.next[0]);
}

TEST_P(TcpSession, closes_from_either_side)
{
	for (Direction first : {original, reply}) {
		Link link{GetParam().client, GetParam().server};
		const Direction second = opposite(first);
		link.establish();
		EXPECT_EQ(told(link.say(first, fin | ack)), "accept refresh event");
		EXPECT_EQ(link.state(), State::fin_wait);
		EXPECT_EQ(link.seconds(), 120u);
		EXPECT_TRUE(link.conn.from(first).flags & peer_flag::close_init);
		EXPECT_EQ(told(link.say(second, ack)), "accept refresh event");
		EXPECT_EQ(link.state(), State::close_wait);
		EXPECT_EQ(link.seconds(), 60u);
		// Half-closed: the other side may go on.
		EXPECT_EQ(told(link.say(second, ack, 1000)), "accept refresh");
		EXPECT_EQ(told(link.say(first, ack)), "accept refresh");
		EXPECT_EQ(link.state(), State::close_wait);
		EXPECT_EQ(told(link.say(second, fin | ack)), "accept refresh event");
		EXPECT_EQ(link.state(), State::last_ack);
		EXPECT_EQ(link.seconds(), 30u);
		EXPECT_EQ(told(link.say(first, ack)), "accept refresh event");
		EXPECT_EQ(link.state(), State::time_wait);
		EXPECT_EQ(link.seconds(), 120u);
		EXPECT_FALSE(link.conn.from(second).flags & peer_flag::close_init);
		EXPECT_TRUE(link.assured());
	}
}

// The second FIN acknowledges the first.
TEST_P(TcpSession, closes_with_three_packets)
{
	link.establish();
	(void)link.say(original, fin | ack);
	EXPECT_EQ(told(link.say(reply, fin | ack)), "accept refresh event");
	EXPECT_EQ(link.state(), State::last_ack);
	(void)link.say(original, ack);
	EXPECT_EQ(link.state(), State::time_wait);
}

// Both FINs under way at once: neither acknowledges the other.
TEST_P(TcpSession, both_close_at_once)
{
	link.establish();
	const Tcp second = link.next_segment(reply, fin | ack);
	(void)link.say(original, fin | ack);
	EXPECT_EQ(told(link.send(reply, second)), "accept refresh event");
	link.next[1]++;
	EXPECT_EQ(link.state(), State::last_ack);
	EXPECT_EQ(told(link.say(original, ack)), "accept refresh event");
	EXPECT_EQ(link.state(), State::time_wait);
	EXPECT_EQ(told(link.say(reply, ack)), "accept refresh");
	EXPECT_EQ(link.state(), State::time_wait);
}

TEST_P(TcpSession, repeated_fin_and_late_packets)
{
	link.establish();
	const Tcp f = link.next_segment(original, fin | ack);
	(void)link.say(original, fin | ack);
	// The table cannot tell a repeated FIN from the other side's.
	EXPECT_EQ(told(link.send(original, f)), "accept refresh event");
	EXPECT_EQ(link.state(), State::last_ack);
	(void)link.say(reply, fin | ack);
	EXPECT_EQ(link.state(), State::last_ack);
	(void)link.say(original, ack);
	EXPECT_EQ(link.state(), State::time_wait);
	EXPECT_EQ(told(link.send(original, f)), "accept refresh");
	EXPECT_EQ(link.state(), State::time_wait);
}

TEST_P(TcpSession, simultaneous_open)
{
	(void)link.say(original, syn, 0, offer(5));
	const Tcp second = [&] {
		Tcp t = link.next_segment(reply, syn);
		t.options = offer(6);
		return t;
	}();
	EXPECT_EQ(told(link.send(reply, second)), "accept event"); // as a repeated SYN, it does not prolong
	EXPECT_EQ(link.state(), State::syn_sent2);
	EXPECT_EQ(link.seconds(), 120u);
	EXPECT_TRUE(link.conn.last_flags & peer_flag::simultaneous_open);
	EXPECT_EQ(link.conn.peer[0].scale, 5);
	EXPECT_EQ(link.conn.peer[1].scale, 6);

	// Each answers the other's SYN with the same SYN again and an ACK.
	Tcp a = link.next_segment(original, syn | ack), b = link.next_segment(reply, syn | ack);
	link.next[1]++;
	a.seq = GetParam().client;
	a.ack_seq = link.next[1];
	a.options = offer(5);
	b.ack_seq = link.next[0];
	b.options = offer(6);
	EXPECT_EQ(told(link.send(original, a)), "accept refresh event");
	EXPECT_EQ(link.state(), State::syn_recv);
	EXPECT_EQ(told(link.send(reply, b)), "accept tcp_ignored");
	// The ACK of either completes it, of the reply side thanks to the flag.
	EXPECT_EQ(told(link.say(reply, ack)), "accept refresh assure event");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(told(link.say(original, ack, 100)), "accept refresh");
}

// Without a simultaneous open, an ACK from the reply side does not complete the handshake.
TEST_P(TcpSession, ack_from_the_server_during_the_handshake)
{
	(void)link.say(original, syn);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(told(link.say(reply, ack)), "accept refresh");
	EXPECT_EQ(link.state(), State::syn_recv);
}

TEST_P(TcpSession, refused)
{
	(void)link.say(original, syn);
	Tcp t = link.next_segment(reply, rst | ack);
	t.seq = 0; // as RFC 9293 has it
	t.window = 0;
	EXPECT_EQ(told(link.send(reply, t)), "accept kill event");
	EXPECT_EQ(link.state(), State::close);
}

TEST_P(TcpSession, aborted_by_either_side)
{
	for (Direction dir : {original, reply}) {
		Link link{GetParam().client, GetParam().server};
		link.establish();
		(void)link.say(dir, ack, 100);
		(void)link.say(opposite(dir), ack);
		EXPECT_EQ(told(link.say(dir, rst | ack)), "accept refresh event");
		EXPECT_EQ(link.state(), State::close);
		EXPECT_EQ(link.seconds(), 10u);
	}
}

TEST_P(TcpSession, repeated_syn_does_not_prolong)
{
	const Tcp first = link.next_segment(original, syn);
	(void)link.say(original, syn);
	EXPECT_EQ(told(link.send(original, first)), "accept");
	EXPECT_EQ(link.state(), State::syn_sent);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(told(link.send(original, first)), "accept tcp_ignored");
	EXPECT_EQ(link.state(), State::syn_recv);
}

TEST_P(TcpSession, repeated_syn_ack)
{
	(void)link.say(original, syn);
	const Tcp second = link.next_segment(reply, syn | ack);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(told(link.send(reply, second)), "accept tcp_ignored");
	EXPECT_EQ(told(link.say(original, ack)), "accept refresh assure event");
	EXPECT_EQ(told(link.send(reply, second)), "accept tcp_ignored");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(told(link.say(original, ack, 10)), "accept refresh");
}

// ---- connections older than us ----

TEST_P(TcpSession, picked_up)
{
	EXPECT_EQ(told(link.say(original, ack, 100)), "accept refresh event");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.seconds(), 300u); // heard from one side only
	for (const tcp::Peer &p : link.conn.peer)
		EXPECT_EQ(p.flags & ~peer_flag::data_unacknowledged & ~peer_flag::max_ack_set, peer_flag::sack_permitted | peer_flag::be_liberal);
	EXPECT_EQ(told(link.say(reply, ack)), "accept refresh");
	EXPECT_FALSE(link.assured()); // the first reply is judged before it counts as one
	EXPECT_EQ(told(link.say(original, ack)), "accept refresh assure");
	EXPECT_EQ(link.seconds(), 432000u);
	// Nothing is out of window.
	Tcp t = link.next_segment(original, ack, 10);
	t.seq += 0x10000000;
	EXPECT_EQ(told(link.send(original, t)), "accept refresh");
}

TEST_P(TcpSession, not_picked_up_if_not_loose)
{
	link.config.loose = false;
	EXPECT_EQ(told(link.say(original, ack, 100)), "invalid tcp_not_picked_up");
	EXPECT_EQ(told(link.say(original, ack)), "invalid tcp_not_picked_up");
	EXPECT_EQ(told(link.say(original, fin | ack)), "invalid tcp_new_invalid");
	EXPECT_EQ(told(link.say(original, syn)), "accept refresh event");
}

TEST_P(TcpSession, what_opens_nothing)
{
	for (bool loose : {false, true})
		for (u8 flags : {u8(syn | ack), u8(fin | ack), u8(rst), u8(rst | ack), u8(0)}) {
			Link link;
			link.config.loose = loose;
			EXPECT_EQ(told(link.say(original, flags)), "invalid tcp_new_invalid") << int(flags);
		}
}

TEST_P(TcpSession, opening_leaves_nothing_of_what_was_there_before)
{
	std::memset(static_cast<void *>(&link.conn), 0xff, sizeof(link.conn));
	const TcpPacket p{link.next_segment(original, syn)()};
	EXPECT_EQ(opened(link.conn, p.view, link.config), Reason::none);
	EXPECT_EQ(link.state(), State::none);
	EXPECT_EQ(link.conn.last_kind, tcp::Kind::none);
	EXPECT_EQ(link.conn.peer[1].max_win, 0u);
	EXPECT_EQ(link.conn.peer[1].flags | link.conn.peer[0].flags | link.conn.last_flags | link.conn.retrans, 0);
	EXPECT_EQ(link.conn.peer[0].end.v, GetParam().client + 1);
}

} // namespace
