// SPDX-License-Identifier: GPL-2.0-only
// One end of a TCP connection that keeps the rules (RFC 9293, 7323, 2018): it never sends beyond the window it was given, never takes back a
// window it gave, and acknowledges what it has. Payload has no content, only numbers.
#pragma once

#include <utility>

#include "../host/tcp.hpp"

namespace nfct::fuzz {

class End {
public:
	struct Habits {
		u8 scale = 0; // 15: does not offer scaling
		bool sack = true, timestamps = false;
		u32 buffer = 4096;
		u32 start = 1000;
	};

	explicit End(const Habits &h) : habits{h}, una{h.start}, nxt{h.start}, edge{h.start} {}

	std::vector<test::Tcp> out; // what it says, to be taken by the network

	void connect()
	{
		if (state != State::listen)
			return;
		state = State::syn_sent;
		nxt = una + 1;
		syn_again();
	}
	void hear(const test::Tcp &t, bool answer_at_once);
	void data(u32 len)
	{
		if (state != State::open || fin || !room())
			return;
		len = len < room() ? len : room();
		say(test::ack | tcp::flag::psh, nxt, len);
		nxt += len;
	}
	void close()
	{
		if (state != State::open || fin || !room())
			return;
		fin = true;
		fin_seq = nxt++;
		say(test::fin | test::ack, fin_seq, 0);
	}
	// From the oldest that is not acknowledged, or the FIN alone.
	void repeat(u32 len, bool only_fin)
	{
		if (state == State::syn_sent || state == State::syn_received)
			return syn_again();
		if (state != State::open || una == nxt)
			return;
		if (only_fin && fin)
			return say(test::fin | test::ack, fin_seq, 0);
		const u32 have = nxt - una - (fin ? 1 : 0);
		len = len < have ? len : have;
		say(u8(test::ack | (fin && len == have ? test::fin : 0)), una, len);
	}
	void acknowledge()
	{
		if (state == State::open)
			say(test::ack, nxt, 0);
	}
	void keep_alive(bool octet)
	{
		if (state == State::open && una == nxt)
			say(test::ack, nxt - 1, octet && !fin ? 1 : 0);
	}
	// One byte into a window that is closed; it counts as sent.
	void probe()
	{
		if (state == State::open && !fin && una == nxt && nxt == edge)
			say(test::ack, nxt++, 1);
	}
	void read(u32 len) { unread -= len < unread ? len : unread; }
	void abort()
	{
		if (state != State::open)
			return;
		say(test::rst | test::ack, nxt, 0);
		state = State::gone;
	}

private:
	enum class State : u8 { listen, syn_sent, syn_received, open, gone };

	static bool later(u32 a, u32 b) { return static_cast<s32>(a - b) > 0; }
	u32 room() const { return later(edge, nxt) ? edge - nxt : 0; }

	void syn_again() { say(state == State::syn_sent ? test::syn : u8(test::syn | test::ack), habits.start, 0); }
	void say(u8 flags, u32 seq, u32 len);
	void opened_by(const test::Tcp &t);
	void take(u32 from, u32 to);

	Habits habits;
	State state = State::listen;
	u32 una, nxt, edge; // what I send: acknowledged up to, sent up to, allowed up to
	u32 got = 0, given = 0, unread = 0; // what I receive: have all up to, have allowed up to; not yet read
	std::vector<std::pair<u32, u32>> islands; // received behind a hole, in no order
	u8 my_scale = 0, peer_scale = 0;
	bool sack = false, timestamps = false;
	bool fin = false, peer_fin = false;
	u32 fin_seq = 0, peer_fin_seq = 0;
};

inline void End::say(u8 flags, u32 seq, u32 len)
{
	test::Tcp t;
	t.flags = flags;
	t.seq = seq;
	t.payload = len;
	t.ack_seq = flags & test::ack ? got : 0;
	const u32 free = habits.buffer > unread ? habits.buffer - unread : 0;

	if (flags & test::syn) {
		t.window = u16(free < 65535 ? free : 65535);
		t.options = Octets{2, 4, 5, 180};
		// The answer offers only what was offered to it.
		const bool answer = flags & test::ack;
		if (habits.scale < 15 && (!answer || my_scale == habits.scale))
			t.options = t.options + Octets{1, 3, 3, habits.scale};
		if (habits.sack && (!answer || sack))
			t.options = t.options + Octets{1, 1, 4, 2};
		given = answer ? got + t.window : 0;
	} else if (!(flags & test::rst)) {
		u32 window = free;
		if (later(given, got + window))
			window = given - got;
		u32 field = (window + (1u << my_scale) - 1) >> my_scale;
		if (field > 65535)
			field = 65535;
		t.window = u16(field);
		if (later(got + (field << my_scale), given))
			given = got + (field << my_scale);
		if (timestamps)
			t.options = Octets{1, 1, 8, 10} + zeros(8);
		if (sack && !islands.empty()) {
			const usize n = least(islands.size(), timestamps ? 3 : 4);
			t.options = t.options + Octets{1, 1, 5, u8(2 + 8 * n)};
			for (usize i = islands.size(); i-- > islands.size() - n;)
				t.options = t.options + be32(islands[i].first) + be32(islands[i].second);
		}
	}
	if (out.size() < 16)
		out.push_back(t);
}

inline void End::opened_by(const test::Tcp &t)
{
	const tcp::Offer offer = tcp::parse_offer(t.options.data(), u32(t.options.size()));
	if (offer.window_scale && habits.scale < 15) {
		my_scale = habits.scale;
		peer_scale = offer.scale;
	}
	sack = offer.sack_permitted && habits.sack;
	timestamps = habits.timestamps;
	got = t.seq + 1;
	given = got;
}

// A stretch of what the other side sent arrives, all of it within the window.
inline void End::take(u32 from, u32 to)
{
	islands.emplace_back(from, to);
	for (bool again = true; again;) {
		again = false;
		for (usize i = 0; i < islands.size(); i++) {
			if (later(islands[i].first, got))
				continue;
			if (later(islands[i].second, got)) {
				unread += islands[i].second - got;
				got = islands[i].second;
			}
			islands.erase(islands.begin() + long(i));
			again = true;
			break;
		}
	}
	if (islands.size() > 8)
		islands.erase(islands.begin()); // it may forget what it has not acknowledged
}

inline void End::hear(const test::Tcp &t, bool answer_at_once)
{
	if (state == State::gone)
		return;
	if (state == State::listen) {
		if (t.flags != test::syn)
			return;
		opened_by(t);
		edge = una + 1 + t.window;
		nxt = una + 1;
		state = State::syn_received;
		return syn_again();
	}
	if (state == State::syn_sent) {
		if (t.flags != (test::syn | test::ack) || t.ack_seq != nxt)
			return;
		opened_by(t);
		una = nxt;
		edge = una + t.window;
		state = State::open;
		return acknowledge();
	}
	if (t.flags & test::syn) {
		if (state == State::syn_received)
			return syn_again();
		return acknowledge();
	}
	if (t.flags & test::rst) {
		if (t.seq == got)
			state = State::gone;
		else if (!later(got, t.seq) && later(given, t.seq))
			acknowledge(); // a challenge
		return;
	}
	if (later(t.ack_seq, nxt))
		return acknowledge();
	if (later(t.ack_seq, una))
		una = t.ack_seq;
	if (state == State::syn_received && una == nxt)
		state = State::open;
	const u32 allowed = t.ack_seq + (u32(t.window) << peer_scale);
	if (later(allowed, edge))
		edge = allowed;

	const u32 from = t.seq, to = t.seq + t.payload;
	const bool has_fin = t.flags & test::fin;
	if (t.payload && later(to, got) && !later(from, given)) {
		const u32 end = later(to, given) ? given : to;
		if (later(end, from))
			take(from, end);
	}
	if (has_fin && !later(to, given)) {
		peer_fin_seq = to;
		if (!peer_fin && got == peer_fin_seq) {
			peer_fin = true;
			got++;
			if (!later(given, got))
				given = got;
		}
	}
	if ((t.payload || has_fin) && answer_at_once)
		acknowledge();
	else if (!t.payload && t.seq == got - 1 && answer_at_once)
		acknowledge(); // to a keep-alive
}

} // namespace nfct::fuzz
