// SPDX-License-Identifier: GPL-2.0-only
// TCP window tracking; the rules are in tcp_window.hpp (kernel: tcp_in_window).

#include <nfct/proto/tcp_window.hpp>

#include <nfct/proto/tcp_options.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::tcp {

namespace {

// Where it is, computed once and kept: without this the compiler finds it anew, from connection and direction, for each member that is asked for.
Peer &found(Peer &peer)
{
	Peer *at = &peer;
	asm("" : "+r"(at));
	return *at;
}

// An ACK may be this late even if the window is smaller.
constexpr u32 min_ack_window = 66000;

constexpr u32 at_least_one(u32 window) { return window ? window : 1; }

constexpr u32 ack_window(const Peer &sender) { return sender.max_win > min_ack_window ? sender.max_win : min_ack_window; }

// What a segment claims, in the sequence numbers that both sides' Peer is kept in.
struct Claim {
	Seq seq, end;
	Seq ack, sack; // sack: highest right edge of a SACK block, or ack
	u32 window;    // not scaled
};

Seq acknowledged(const PacketView &packet, const Segment &s)
{
	NFCT_SCRATCH u8 buf[max_options_len];
	const OptionBytes options = option_bytes(packet, s, buf);

	// A timestamp, aligned, and nothing else: this is what most segments carry.
	if (!options.p || (options.len == 12 && load_be32(options.p) == (u32(option::nop) << 24 | u32(option::nop) << 16 |
									  u32(option::timestamp) << 8 | option::timestamp_len))) [[likely]]
		return s.ack;
	return highest_sack(options.p, options.len, s.ack);
}

Claim read_claim(const Peer &receiver, const Segment &s, const PacketView &packet, const SeqAdjust *adjust)
{
	Claim c = {s.seq, s.end(), s.ack, s.ack, s.window};

	if (receiver.flags & peer_flag::sack_permitted)
		c.sack = acknowledged(packet, s);
	// The sender acknowledges what NAT made of the other side's numbers; back to what that side sent.
	const u32 shift = adjust ? static_cast<u32>(shift_of(*adjust, s.ack - 1)) : 0;
	c.ack = c.ack - shift;
	c.sack = c.sack - shift;
	return c;
}

// A SYN says all about its sender.
void begin(Peer &sender, Peer &receiver, Direction dir, const Segment &s, const PacketView &packet)
{
	sender.end = sender.max_end = s.end();
	sender.max_win = at_least_one(s.window);
	learn_offer(sender, packet, s);
	// Windows are scaled only if both sides have offered it (RFC 7323 section 1.3).
	if (dir == Direction::reply && !(sender.flags & receiver.flags & peer_flag::window_scale))
		sender.scale = receiver.scale = 0;
}

// First packet of this sender, from the middle of a connection.
void begin_mid_stream(Peer &sender, Peer &receiver, const Claim &c)
{
	sender.end = c.end;
	sender.max_win = at_least_one(c.window << sender.scale);
	sender.max_end = c.end + sender.max_win;
	if (receiver.max_win == 0)
		receiver.end = receiver.max_end = c.sack; // nothing is known of the other side but what it must have sent
	else if (c.sack == receiver.end + 1)
		receiver.end = receiver.end + 1; // answers a keep-alive, which has a number less than the next one
}

// A SYN with a higher number, before the handshake is complete, begins anew: it may differ in everything.
bool begins_anew(const Conn &conn, const Peer &sender, const Segment &s)
{
	return s.has(flag::syn) && after(s.end(), sender.end) && (conn.state == State::syn_sent || conn.state == State::syn_recv);
}

// Acknowledgement and sequence numbers that are not there are taken for right.
void complete(Claim &c, const Conn &conn, const Peer &sender, const Peer &receiver, const Segment &s)
{
	// Some TCPs set ACK in a RST and leave the number 0.
	const bool hollow = s.has(flag::rst) && c.ack.v == 0;

	if (!s.has(flag::ack) || hollow)
		c.ack = c.sack = receiver.end;
	// How a SYN to a closed port is refused.
	if (s.has(flag::rst) && c.seq.v == 0 && conn.state == State::syn_sent)
		c.seq = c.end = sender.end;
}

constexpr WindowResult fits = {Fit::in_window, Reason::none};

// Applies the four rules. May note in sender that data was sent which is too much.
WindowResult judge(Peer &sender, const Peer &receiver, const Claim &c)
{
	const Seq oldest_data = sender.end - receiver.max_win - 1, oldest_ack = receiver.end - ack_window(sender) - 1;
	const bool new_enough = after(c.end, oldest_data), ack_new_enough = after(c.sack, oldest_ack);
	const bool ack_old_enough = before(c.sack, receiver.end + 1);

	if (!before(c.seq, sender.max_end + 1)) {
		const u32 overshot = static_cast<u32>((c.end - sender.max_end.v).v) + 1;

		// Some TCPs send a little more than the window allows. The rules may let it pass and the other side may acknowledge it: if
		// that was not foreseen, all that follows would acknowledge too much.
		if (receiver.max_win && new_enough && ack_new_enough && overshot <= receiver.max_win && ack_old_enough) {
			sender.end = c.end;
			sender.flags |= peer_flag::data_unacknowledged;
			return {Fit::ignore, Reason::tcp_overshot};
		}
		return {Fit::invalid, Reason::tcp_seq_over};
	}
	if (!ack_old_enough)
		return {Fit::invalid, Reason::tcp_ack_over};
	if (receiver.max_win && !new_enough)
		return {Fit::ignore, Reason::tcp_seq_under};
	if (!ack_new_enough)
		return {Fit::ignore, Reason::tcp_ack_under};
	return fits;
}

// The segment is in the window: both windows move along.
void learn(Peer &sender, Peer &receiver, const Claim &c, const Segment &s)
{
	const u32 window = s.has(flag::syn) ? c.window : c.window << sender.scale; // a SYN's window is never scaled

	const u32 announced = window + (c.sack.v - c.ack.v);
	if (sender.max_win < announced)
		sender.max_win = announced;
	if (after(c.end, sender.end)) {
		sender.end = c.end;
		sender.flags |= peer_flag::data_unacknowledged;
	}
	if (s.has(flag::ack) && (!(sender.flags & peer_flag::max_ack_set) || after(c.ack, sender.max_ack))) {
		sender.max_ack = c.ack;
		sender.flags |= peer_flag::max_ack_set;
	}

	if (receiver.max_win != 0 && after(c.end, sender.max_end))
		receiver.max_win += c.end.v - sender.max_end.v;
	if (after(c.sack + window, receiver.max_end - 1))
		receiver.max_end = c.sack + at_least_one(window); // a closed window may be probed with one byte
	if (c.ack == receiver.end)
		receiver.flags &= static_cast<u8>(~peer_flag::data_unacknowledged);
}

// Counts an ACK that is the same as the last one.
void count_repetition(Conn &conn, Direction dir, const Claim &c)
{
	const u16 window = static_cast<u16>(c.window);

	if (conn.last_dir == dir && conn.last_seq == c.seq && conn.last_ack == c.ack && conn.last_end == c.end && conn.last_win == window) {
		conn.retrans++;
		return;
	}
	conn.last_dir = dir;
	conn.last_seq = c.seq;
	conn.last_ack = c.ack;
	conn.last_end = c.end;
	conn.last_win = window;
	conn.retrans = 0;
}

} // namespace

void learn_offer(Peer &peer, const PacketView &packet, const Segment &s)
{
	NFCT_SCRATCH u8 buf[max_options_len];
	const OptionBytes options = option_bytes(packet, s, buf);
	if (!options.p)
		return;

	const Offer offer = parse_offer(options.p, options.len);
	peer.scale = offer.scale;
	peer.flags &= peer_flag::be_liberal;
	if (offer.window_scale)
		peer.flags |= peer_flag::window_scale;
	if (offer.sack_permitted)
		peer.flags |= peer_flag::sack_permitted;
}

WindowResult check_window(Conn &conn, Direction dir, const Segment &s, const PacketView &packet, bool liberal, const SeqAdjust *adjust)
{
	Peer &sender = found(conn.from(dir)), &receiver = found(conn.from(opposite(dir)));
	Claim c = read_claim(receiver, s, packet, adjust);

	if (sender.max_win == 0) {
		if (!s.has(flag::syn)) {
			begin_mid_stream(sender, receiver, c);
		} else {
			begin(sender, receiver, dir, s, packet);
			if (!s.has(flag::ack))
				return fits; // simultaneous open: it acknowledges nothing that could be judged
		}
	} else if (begins_anew(conn, sender, s)) [[unlikely]] {
		begin(sender, receiver, dir, s, packet);
		if (dir == Direction::reply && !s.has(flag::ack))
			return fits;
	}

	complete(c, conn, sender, receiver, s);
	const WindowResult w = judge(sender, receiver, c);
	if (w.fit != Fit::in_window)
		return liberal || sender.flags & peer_flag::be_liberal ? fits : w;

	learn(sender, receiver, c, s);
	if (s.kind == Kind::ack)
		count_repetition(conn, dir, c);
	return fits;
}

} // namespace nfct::tcp
