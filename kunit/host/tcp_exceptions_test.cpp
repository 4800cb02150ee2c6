// SPDX-License-Identifier: GPL-2.0-only
// What TCP's state table is too coarse for: reopened connections, ends out of step with us, challenge ACKs, RSTs, SYN proxy.

#include <gtest/gtest.h>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::Kind;
namespace peer_flag = tcp::peer_flag;

namespace {

Tcp at(Tcp t, u32 seq, u32 ack_seq)
{
	t.seq = seq;
	t.ack_seq = ack_seq;
	return t;
}

// ---- reopened connections ----

TEST(TcpReopen, after_an_orderly_close)
{
	for (Direction first : {original, reply})
		for (Direction opener : {original, reply}) {
			Link link;
			link.establish();
			link.close(first);
			ASSERT_EQ(link.state(), State::time_wait);
			EXPECT_EQ(told(link.say(opener, syn)), "retry kill");
		}
}

TEST(TcpReopen, only_by_the_client_after_close)
{
	for (Direction resetter : {original, reply}) {
		Link link;
		link.establish();
		(void)link.say(resetter, rst | ack);
		ASSERT_EQ(link.state(), State::close);
		Link again;
		again.establish();
		(void)again.say(resetter, rst | ack);
		// A SYN from the server in CLOSE is invalid whoever closed; the client's reopens if the client itself had reset.
		EXPECT_EQ(told(again.say(reply, syn)), "invalid tcp_invalid_state");
		EXPECT_EQ(told(link.say(original, syn)), resetter == original ? "retry kill" : "accept tcp_ignored");
	}
}

// The client has sent a FIN before the server reset: it is over for both.
TEST(TcpReopen, after_fin_and_reset)
{
	Link link;
	link.establish();
	(void)link.say(original, fin | ack);
	(void)link.say(reply, rst | ack);
	ASSERT_EQ(link.state(), State::close);
	EXPECT_EQ(told(link.say(original, syn)), "retry kill");
}

TEST(TcpReopen, not_while_it_lasts)
{
	for (State s : {State::syn_recv, State::established, State::fin_wait, State::close_wait, State::last_ack}) {
		Link link;
		link.establish();
		link.conn.state = s;
		link.conn.peer[0].flags |= peer_flag::close_init;
		EXPECT_EQ(told(link.say(original, syn)), "accept tcp_ignored");
		EXPECT_EQ(link.state(), s);
	}
}

// ---- a client that has forgotten the connection ----

// The server has forgotten too: SYN and SYN/ACK go through and we follow.
TEST(TcpOutOfStep, both_begin_anew)
{
	Link link;
	link.establish(offer(7), offer(7));
	link.next[0] = 0x30000000;
	Tcp s = link.next_segment(original, syn);
	s.options = offer(2);
	s.window = 1234;
	EXPECT_EQ(told(link.send(original, s)), "accept tcp_ignored");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.conn.last_scale, 2);
	EXPECT_EQ(link.conn.last_flags, peer_flag::window_scale | peer_flag::sack_permitted);
	link.next[0]++;

	link.next[1] = 0x60000000;
	Tcp sa = link.next_segment(reply, syn | ack);
	sa.options = offer(4);
	EXPECT_EQ(told(link.send(reply, sa)), "accept refresh event");
	link.next[1]++;
	EXPECT_EQ(link.state(), State::syn_recv);
	EXPECT_EQ(link.conn.peer[0].end.v, 0x30000001u);
	EXPECT_EQ(link.conn.peer[0].max_win, 1234u);
	EXPECT_EQ(link.conn.peer[0].scale, 2);
	EXPECT_EQ(link.conn.peer[1].end.v, 0x60000001u);
	EXPECT_EQ(link.conn.peer[1].scale, 4);
	EXPECT_EQ(told(link.say(original, ack)), "accept refresh event");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(told(link.say(original, ack, 100)), "accept refresh");
	EXPECT_EQ(told(link.say(reply, ack, 100)), "accept refresh");
}

TEST(TcpOutOfStep, without_options_there_is_no_scaling)
{
	Link link;
	link.establish(offer(7), offer(7));
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	EXPECT_EQ(link.conn.last_scale, 0);
	EXPECT_EQ(link.conn.last_flags, 0);
	Tcp sa = link.next_segment(reply, syn | ack);
	sa.options = offer(4);
	(void)link.send(reply, sa);
	EXPECT_EQ(link.conn.peer[0].scale, 0);
	EXPECT_EQ(link.conn.peer[1].scale, 0);
}

TEST(TcpOutOfStep, liberality_of_the_server_stays)
{
	Link link;
	link.establish(offer(7), offer(7));
	for (tcp::Peer &p : link.conn.peer)
		p.flags |= peer_flag::be_liberal;
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	(void)link.say(reply, syn | ack);
	EXPECT_EQ(link.state(), State::syn_recv);
	EXPECT_TRUE(link.conn.peer[1].flags & peer_flag::be_liberal);
	EXPECT_FALSE(link.conn.peer[0].flags & peer_flag::be_liberal); // the client is what its new SYN says
	EXPECT_FALSE(link.conn.peer[1].flags & peer_flag::window_scale);
}

// A SYN/ACK that does not acknowledge that SYN proves nothing.
TEST(TcpOutOfStep, wrong_syn_ack)
{
	Link link;
	link.establish();
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	link.next[0]++;
	EXPECT_EQ(told(link.say(reply, syn | ack)), "accept tcp_ignored");
	EXPECT_EQ(link.state(), State::established);
}

// The server still holds the connection: it challenges the SYN, the client resets it (RFC 5961), the next SYN opens.
TEST(TcpOutOfStep, challenge_and_reset)
{
	Link link;
	link.establish();
	const u32 server_next = link.next[1], client_old = link.next[0];
	link.next[0] = 0x30000000;
	EXPECT_EQ(told(link.say(original, syn)), "accept tcp_ignored");
	EXPECT_EQ(told(link.send(reply, at({}, server_next, client_old))), "accept refresh");
	EXPECT_EQ(told(link.send(original, at({.flags = rst}, client_old, 0))), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
	EXPECT_EQ(told(link.say(original, syn)), "retry kill");
}

// As before, but we hold no connection, so that the SYN is the first we see: the server's ACK does not fit, the client's RST does.
TEST(TcpOutOfStep, half_open_server)
{
	Link link;
	(void)link.say(original, syn);
	EXPECT_EQ(told(link.send(reply, at({}, 77777, 88888))), "accept tcp_ignored");
	EXPECT_EQ(link.state(), State::syn_sent);
	EXPECT_EQ(link.conn.last_ack.v, 88888u);
	Link other_number{};
	(void)other_number.say(original, syn);
	(void)other_number.send(reply, at({}, 77777, 88888));
	EXPECT_EQ(told(other_number.send(original, at({.flags = rst}, 88889, 0))), "invalid tcp_seq_over");
	EXPECT_EQ(told(link.send(original, at({.flags = rst}, 88888, 0))), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
}

// A SYN while the last ACK is awaited: the challenge that answers it is not that ACK.
TEST(TcpOutOfStep, challenge_ack_in_last_ack)
{
	Link link;
	link.establish();
	(void)link.say(reply, fin | ack);
	(void)link.say(original, ack);
	const u32 client_old = link.next[0] + 1;
	(void)link.say(original, fin | ack);
	ASSERT_EQ(link.state(), State::last_ack);

	link.next[0] = 0x30000000;
	EXPECT_EQ(told(link.say(original, syn)), "accept tcp_ignored");
	EXPECT_TRUE(link.conn.last_flags & peer_flag::expect_challenge_ack);
	EXPECT_EQ(told(link.send(reply, at({}, link.next[1], client_old))), "accept tcp_challenge_ack");
	EXPECT_EQ(link.state(), State::last_ack);
	// It was the one that was expected. A second one is believed.
	EXPECT_EQ(told(link.send(reply, at({}, link.next[1], client_old))), "accept refresh event");
	EXPECT_EQ(link.state(), State::time_wait);
}

TEST(TcpOutOfStep, no_challenge_is_expected_in_other_states)
{
	Link link;
	link.establish();
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	EXPECT_FALSE(link.conn.last_flags & peer_flag::expect_challenge_ack);
}

// A RST that answers the SYN which we let through: the window knows nothing of that SYN.
TEST(TcpOutOfStep, reset_in_answer_to_an_ignored_syn)
{
	Link link;
	link.establish();
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	EXPECT_EQ(told(link.send(reply, at({.flags = rst | ack}, 0, 0x30000001))), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
}

TEST(TcpOutOfStep, reset_with_another_acknowledgement)
{
	Link link;
	link.establish();
	link.next[0] = 0x30000000;
	(void)link.say(original, syn);
	EXPECT_EQ(told(link.send(reply, at({.flags = rst | ack}, link.next[1], 0x30000002))), "invalid tcp_ack_over");
	EXPECT_EQ(link.state(), State::established);
}

// ---- RST ----

struct Established : testing::Test {
	Established()
	{
		link.establish();
		(void)link.say(reply, ack, 300);
		(void)link.say(original, ack); // the client has acknowledged next[1]
		(void)link.say(original, ack, 200);
		(void)link.say(reply, ack);
	}
	Outcome reset(Direction dir, u32 seq) { return link.send(dir, at({.flags = rst}, seq, 0)); }
	Link link;
};
using TcpReset = Established;

TEST_F(TcpReset, exact_number_closes)
{
	EXPECT_EQ(told(reset(reply, link.next[1])), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
	EXPECT_EQ(link.seconds(), 10u);
}

TEST_F(TcpReset, number_that_was_acknowledged_already_is_invalid)
{
	for (u32 back : {1u, 100u, 0x70000000u})
		EXPECT_EQ(told(reset(reply, link.next[1] - back)), "invalid tcp_invalid_rst");
	EXPECT_EQ(link.state(), State::established);
}

// The server would challenge it, so neither believe nor refuse it; but do not wait for days.
TEST_F(TcpReset, number_in_window_passes_without_closing)
{
	for (u32 forth : {1u, 100u, 60000u}) {
		EXPECT_EQ(told(reset(reply, link.next[1] + forth)), "accept refresh");
		EXPECT_EQ(link.state(), State::established);
		EXPECT_EQ(link.seconds(), 300u);
	}
}

TEST_F(TcpReset, number_behind_the_window)
{
	EXPECT_EQ(told(reset(reply, link.next[1] + 200000)), "invalid tcp_seq_over");
	EXPECT_EQ(link.state(), State::established);
}

// Neither is the client's last word known nor the number exact, but it continues what the server has just sent.
TEST_F(TcpReset, right_behind_data)
{
	(void)link.say(reply, ack, 19);
	EXPECT_EQ(told(reset(reply, link.next[1])), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
}

TEST_F(TcpReset, right_behind_data_of_the_other_side)
{
	(void)link.say(reply, ack, 19);
	(void)link.send(original, at({}, link.next[0], link.next[1] - 19)); // does not acknowledge them yet
	link.conn.last_end = {link.next[1]}; // by chance the client's number is the same
	EXPECT_EQ(told(reset(reply, link.next[1])), "accept refresh");
	EXPECT_EQ(link.state(), State::established);
}

TEST_F(TcpReset, check_may_be_turned_off)
{
	link.config.ignore_invalid_rst = true;
	EXPECT_EQ(told(reset(reply, link.next[1] - 100)), "accept refresh"); // the window is checked still, and the number is not exact
	EXPECT_EQ(link.state(), State::established);
	link.status &= ~ips::assured;
	EXPECT_EQ(told(reset(reply, link.next[1] - 100)), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
}

// Not established in both directions: a number in the window will do.
TEST_F(TcpReset, unassured)
{
	link.status &= ~ips::assured;
	EXPECT_EQ(told(reset(reply, link.next[1] - 1)), "invalid tcp_invalid_rst");
	EXPECT_EQ(told(reset(reply, link.next[1] + 100)), "accept refresh event");
	EXPECT_EQ(link.state(), State::close);
}

TEST_F(TcpReset, zero_is_believed_before_the_connection_is_established)
{
	EXPECT_EQ(told(reset(reply, 0)), "invalid tcp_invalid_rst");
	link.status &= ~ips::assured;
	link.conn.peer[1].max_end = {10}; // have the window pass it
	link.conn.peer[1].end = {0};
	EXPECT_EQ(told(reset(reply, 0)), "accept refresh event");
}

TEST_F(TcpReset, anything_goes_once_it_is_closing)
{
	for (State s : {State::fin_wait, State::close_wait, State::last_ack, State::time_wait, State::close}) {
		link.conn.state = s;
		EXPECT_EQ(reset(reply, link.next[1] + 0x40000000).verdict(), Verdict::accept);
		EXPECT_EQ(link.state(), State::close);
	}
}

// A RST against data that has not been answered ends an unassured connection, whatever the window says.
TEST(TcpResetUnassured, answers_an_ack)
{
	Link link;
	(void)link.say(original, ack, 100); // picked up
	EXPECT_EQ(told(link.send(reply, at({.flags = rst | ack}, 5, link.next[0]))), "accept kill event");
}

TEST(TcpReset61, gets_the_timeout_of_close)
{
	Link link;
	link.config.rst_gets_close_timeout = true;
	link.establish();
	EXPECT_EQ(told(link.send(reply, at({.flags = rst}, link.next[1] + 100, 0))), "accept refresh");
	EXPECT_EQ(link.state(), State::established);
	EXPECT_EQ(link.seconds(), 10u);
}

// ---- SYN proxy ----

TEST(TcpSynProxy, keep_alive_of_a_waiting_client)
{
	for (bool proxied : {true, false}) {
		Link link;
		(void)link.say(original, syn);
		link.surroundings.syn_proxy = proxied;
		const tcp::Conn before = link.conn;
		// A keep-alive repeats the byte before the next one.
		EXPECT_EQ(told(link.send(original, at({}, link.next[0] - 1, 1))), proxied ? "accept" : "invalid tcp_invalid_state");
		EXPECT_EQ(told(link.send(original, at({}, link.next[0], 1))), "invalid tcp_invalid_state");
		EXPECT_EQ(0, std::memcmp(&before, &link.conn, sizeof(before)));
	}
}

// ---- a flow that is forwarded without us ----

TEST(TcpSetClosing, closes)
{
	Link link;
	link.establish();
	EXPECT_EQ(told(tcp::set_closing(link.conn, link.status, link.timeouts)), "accept retime event");
	EXPECT_EQ(link.state(), State::close);
	EXPECT_EQ(tcp::set_closing(link.conn, link.status, link.timeouts).timeout, 0u);
	EXPECT_EQ(told(tcp::set_closing(link.conn, link.status, link.timeouts)), "accept"); // closed already
	link.conn.state = State::established;
	EXPECT_EQ(tcp::set_closing(link.conn, link.status, link.timeouts).timeout, 10 * hz);
	link.conn.state = State::established;
	EXPECT_EQ(told(tcp::set_closing(link.conn, link.status | ips::fixed_timeout, link.timeouts)), "accept");
	EXPECT_EQ(link.state(), State::close);
}

} // namespace
