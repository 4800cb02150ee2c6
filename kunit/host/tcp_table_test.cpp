// SPDX-License-Identifier: GPL-2.0-only
// TCP's flags and state table, against a second, independent notation of both; and that the tracker obeys the table in every cell.

#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::Kind;
using tcp::Step;

namespace {

// ---- flags ----

const char *const kind_names[tcp::kind_count] = {"SYN", "SYN/ACK", "FIN", "ACK", "RST", "none"};

TEST(TcpFlags, every_combination)
{
	// What a TCP sends, without PSH, ECE and CWR.
	const std::map<unsigned, Kind> sent = {
		{syn, Kind::syn},		{syn | flag::urg, Kind::syn},	 {syn | ack, Kind::syn_ack},
		{rst, Kind::rst},		{rst | ack, Kind::rst},		 {fin | ack, Kind::fin},
		{fin | ack | flag::urg, Kind::fin}, {ack, Kind::ack},		 {ack | flag::urg, Kind::ack},
	};
	for (unsigned f = 0; f < 256; f++) {
		const auto it = sent.find(f & 0x37);
		EXPECT_EQ(tcp::possible(u8(f)), it != sent.end()) << f;
		if (it != sent.end())
			EXPECT_EQ(tcp::kind_of(u8(f)), it->second) << f;
		const TcpPacket p{Tcp{.flags = u8(f)}()};
		EXPECT_EQ(tcp::check_flags(segment_of(p.view)), it != sent.end() ? Reason::none : Reason::tcp_bad_flags) << f;
		tcp::Segment s;
		EXPECT_EQ(tcp::read_header(p.view, s), Reason::none) << f;
	}
}

TEST(TcpFlags, kind_of_impossible_combinations)
{
	EXPECT_EQ(tcp::kind_of(0), Kind::none);
	EXPECT_EQ(tcp::kind_of(flag::psh | flag::urg), Kind::none);
	EXPECT_EQ(tcp::kind_of(fin), Kind::fin);
	EXPECT_EQ(tcp::kind_of(syn | fin), Kind::syn);
	EXPECT_EQ(tcp::kind_of(0xff), Kind::rst);
}

// ---- header ----

TEST(TcpHeader, data_offset)
{
	for (int words = 0; words < 16; words++)
		for (u32 behind = 0; behind <= 48; behind += 4) {
			const TcpPacket p{Tcp{.payload = behind, .words = words}()};
			const bool good = words >= 5 && u32(words) * 4 <= 20 + behind;
			tcp::Segment s;
			EXPECT_EQ(tcp::read_header(p.view, s), good ? Reason::none : Reason::tcp_bad_length) << words << " " << behind;
		}
}

TEST(TcpHeader, truncated_anywhere)
{
	const Octets packet = Ipv4{.protocol = ipproto::tcp}() + Tcp{.flags = syn, .options = offer(7)}();
	for_each_truncation(packet, [&](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none) {
			EXPECT_LT(len, 20u);
			return;
		}
		tcp::Segment s;
		EXPECT_EQ(tcp::read_header(view, s), len < 40 ? Reason::tcp_short : len < packet.size() ? Reason::tcp_bad_length : Reason::none)
			<< len;
	});
}

// ---- table ----

const char *const state_names[tcp::state_count] = {"NONE",	 "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
						   "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",	 "SYN_SENT2"};

State state_by_name(const std::string &name)
{
	for (u32 s = 0; s < tcp::state_count; s++)
		if (name == state_names[s])
			return static_cast<State>(s);
	throw std::runtime_error("no state " + name);
}

// Transitions "from>to"; to may be "ignore". What is not listed is invalid.
struct Transitions {
	Direction dir;
	Kind kind;
	const char *list;
};
const Transitions transitions[] = {
	{original, Kind::syn, "NONE>SYN_SENT SYN_SENT>SYN_SENT SYN_SENT2>SYN_SENT2 TIME_WAIT>SYN_SENT CLOSE>SYN_SENT "
			      "SYN_RECV>ignore ESTABLISHED>ignore FIN_WAIT>ignore CLOSE_WAIT>ignore LAST_ACK>ignore"},
	{original, Kind::syn_ack, "SYN_RECV>SYN_RECV SYN_SENT2>SYN_RECV"},
	{original, Kind::fin, "SYN_RECV>FIN_WAIT ESTABLISHED>FIN_WAIT FIN_WAIT>LAST_ACK CLOSE_WAIT>LAST_ACK LAST_ACK>LAST_ACK "
			      "TIME_WAIT>TIME_WAIT CLOSE>CLOSE"},
	{original, Kind::ack, "NONE>ESTABLISHED SYN_RECV>ESTABLISHED ESTABLISHED>ESTABLISHED FIN_WAIT>CLOSE_WAIT CLOSE_WAIT>CLOSE_WAIT "
			      "LAST_ACK>TIME_WAIT TIME_WAIT>TIME_WAIT CLOSE>CLOSE"},
	{original, Kind::rst, "SYN_SENT>CLOSE SYN_RECV>CLOSE ESTABLISHED>CLOSE FIN_WAIT>CLOSE CLOSE_WAIT>CLOSE LAST_ACK>CLOSE TIME_WAIT>CLOSE "
			      "CLOSE>CLOSE SYN_SENT2>CLOSE"},
	{reply, Kind::syn, "SYN_SENT>SYN_SENT2 SYN_SENT2>SYN_SENT2 TIME_WAIT>SYN_SENT"},
	{reply, Kind::syn_ack, "SYN_SENT>SYN_RECV SYN_SENT2>SYN_RECV SYN_RECV>ignore ESTABLISHED>ignore FIN_WAIT>ignore CLOSE_WAIT>ignore "
			       "LAST_ACK>ignore TIME_WAIT>ignore CLOSE>ignore"},
	{reply, Kind::fin, "SYN_RECV>FIN_WAIT ESTABLISHED>FIN_WAIT FIN_WAIT>LAST_ACK CLOSE_WAIT>LAST_ACK LAST_ACK>LAST_ACK "
			   "TIME_WAIT>TIME_WAIT CLOSE>CLOSE"},
	{reply, Kind::ack, "SYN_SENT>ignore SYN_SENT2>ignore SYN_RECV>SYN_RECV ESTABLISHED>ESTABLISHED FIN_WAIT>CLOSE_WAIT "
			   "CLOSE_WAIT>CLOSE_WAIT LAST_ACK>TIME_WAIT TIME_WAIT>TIME_WAIT CLOSE>CLOSE"},
	{reply, Kind::rst, "SYN_SENT>CLOSE SYN_RECV>CLOSE ESTABLISHED>CLOSE FIN_WAIT>CLOSE CLOSE_WAIT>CLOSE LAST_ACK>CLOSE TIME_WAIT>CLOSE "
			   "CLOSE>CLOSE SYN_SENT2>CLOSE"},
};

Step listed(Direction dir, Kind kind, State from)
{
	for (const Transitions &t : transitions) {
		if (t.dir != dir || t.kind != kind)
			continue;
		std::istringstream in(t.list);
		for (std::string item; in >> item;) {
			const auto arrow = item.find('>');
			if (state_by_name(item.substr(0, arrow)) != from)
				continue;
			const std::string to = item.substr(arrow + 1);
			return to == "ignore" ? Step::ignore : tcp::to_step(state_by_name(to));
		}
	}
	return Step::invalid;
}

template <typename Do>
void for_each_cell(Do act)
{
	for (Direction dir : {original, reply})
		for (u32 k = 0; k < tcp::kind_count; k++)
			for (u32 s = 0; s < tcp::state_count; s++) {
				SCOPED_TRACE(std::string(dir == original ? "original " : "reply ") + kind_names[k] + " in " + state_names[s]);
				act(dir, static_cast<Kind>(k), static_cast<State>(s));
			}
}

TEST(TcpTable, every_cell)
{
	unsigned cells = 0;
	for_each_cell([&](Direction dir, Kind kind, State from) {
		EXPECT_EQ(tcp::next_step(dir, kind, from), listed(dir, kind, from));
		cells++;
	});
	EXPECT_EQ(cells, 120u);
}

TEST(TcpTable, names)
{
	for (u32 s = 0; s < tcp::state_count; s++)
		EXPECT_STREQ(tcp::state_name(static_cast<State>(s)), state_names[s]);
	EXPECT_STREQ(tcp::state_name(static_cast<State>(10)), "?");
}

TEST(TcpTable, a_state_that_does_not_exist_has_no_successor)
{
	for (unsigned s = tcp::state_count; s < 256; s++)
		for (Direction dir : {original, reply})
			EXPECT_EQ(tcp::next_step(dir, Kind::ack, static_cast<State>(s)), Step::invalid) << s;
}

TEST(TcpTable, early_drop)
{
	const std::set<State> may = {State::fin_wait, State::close_wait, State::last_ack, State::time_wait, State::close};
	for (u32 s = 0; s < tcp::state_count; s++) {
		tcp::Conn conn{};
		conn.state = static_cast<State>(s);
		EXPECT_EQ(tcp::can_early_drop(conn), may.count(conn.state) == 1) << state_names[s];
	}
}

// What the tracker makes of a connection that is in each state, if nothing but the table stands in its way.
TEST(TcpTable, obeyed_in_every_cell)
{
	const u8 flags_of[] = {syn, syn | ack, fin | ack, ack, rst | ack};
	for_each_cell([&](Direction dir, Kind kind, State from) {
		if (kind == Kind::none || from == State::none)
			return; // flags that check_flags() refuses, and what open() decides
		Link link;
		link.config.be_liberal = true;
		link.establish();
		link.conn.state = from;
		link.conn.last_kind = Kind::none;
		link.conn.last_flags = 0;
		tcp::Conn before = link.conn;

		const Outcome o = link.say(dir, flags_of[static_cast<u32>(kind)]);
		const Step step = listed(dir, kind, from);
		// Nobody has closed this connection, so a SYN does not open it anew.
		const bool not_over = step == Step::syn_sent && from != State::syn_sent;
		if (step == Step::invalid) {
			EXPECT_EQ(told(o), "invalid tcp_invalid_state");
			EXPECT_EQ(0, std::memcmp(&before, &link.conn, sizeof(before)));
		} else if (step == Step::ignore || not_over) {
			EXPECT_EQ(told(o), "accept tcp_ignored");
			EXPECT_EQ(link.state(), from);
			EXPECT_EQ(link.conn.last_kind, kind);
			EXPECT_EQ(link.conn.last_dir, dir);
		} else {
			EXPECT_EQ(o.verdict(), Verdict::accept);
			EXPECT_EQ(o.reason(), Reason::none);
			EXPECT_TRUE(o.has(todo::refresh));
			EXPECT_EQ(tcp::to_step(link.state()), step);
			EXPECT_EQ(o.events(), step != tcp::to_step(from) ? bit(Event::protoinfo) : 0u);
			EXPECT_EQ(link.conn.last_kind, kind);
			EXPECT_EQ(link.conn.last_dir, dir);
		}
	});
}

// ---- layout ----

// Numbers of the kernel's struct ip_ct_tcp.
TEST(TcpLayout, as_the_kernel)
{
	EXPECT_EQ(sizeof(tcp::Peer), 20u);
	EXPECT_EQ(sizeof(tcp::Conn), 60u);
	EXPECT_EQ(offsetof(tcp::Conn, state), 40u);
	EXPECT_EQ(offsetof(tcp::Conn, last_flags), 59u);
	EXPECT_TRUE(std::is_trivially_copyable_v<tcp::Conn>);
}

} // namespace
