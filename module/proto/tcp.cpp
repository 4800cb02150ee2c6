// SPDX-License-Identifier: GPL-2.0-only
// TCP tracker: header checks, the first packet, and the way of each packet (kernel: nf_conntrack_proto_tcp.c).

#include <nfct/proto/tcp_steps.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::tcp {

namespace {

// In the middle of a connection nothing is known about it, window scaling least of all: its windows are not to be relied upon, in either
// direction.
void pick_up(Conn &conn)
{
	Peer &sender = conn.from(Direction::original);
	sender.max_end = sender.end + sender.max_win;
	for (Peer &p : conn.peer)
		p.flags = peer_flag::sack_permitted | peer_flag::be_liberal;
}

// The packet belongs to the connection and moves it on.
Outcome advance(Conn &conn, const Turn &t, State from, State to)
{
	conn.last_kind = t.kind();
	conn.last_dir = t.dir();
	conn.state = to;
	if (from != to && to == State::fin_wait)
		conn.from(t.dir()).flags |= peer_flag::close_init;

	Outcome o = Outcome::refreshed(timeout_for(conn, to, t.kind(), t.config));
	if (from != to)
		o.raise(Event::protoinfo);

	if (t.has_status(ips::seen_reply)) [[likely]] {
		// A handshake that is complete, or an answer to a connection that was picked up.
		if (!t.has_status(ips::assured) && (from == State::syn_recv || from == State::established) && to == State::established)
			o.add(todo::assure);
		return o;
	}

	// Refused at once, as connections often are: there is nothing to remember.
	if (t.kind() == Kind::rst) {
		o.add(todo::kill);
		o.leave(todo::refresh);
		return o;
	}
	// Repeated SYNs must not keep an unanswered connection alive: a client, or NAT in front of it, that uses the same port for one
	// attempt after the other would hold the entry, and the address translation in it, for ever. The other side's first SYN in a
	// simultaneous open comes under this rule as well.
	if (t.kind() == Kind::syn && from == State::syn_sent) {
		o.leave(todo::refresh);
		return o;
	}
	// Picked up and heard from one side only.
	const u32 unacknowledged = t.config.timeouts[timeout_unacknowledged];
	if (to == State::established && o.timeout > unacknowledged)
		o.timeout = unacknowledged;
	return o;
}

} // namespace

Reason read_header(const PacketView &packet, Segment &out)
{
	if (!read_segment(packet, out))
		return Reason::tcp_short;
	if (out.header_len < min_header_len || out.header_len > out.len)
		return Reason::tcp_bad_length;
	return Reason::none;
}

Reason check_flags(const Segment &s)
{
	return possible(s.flags) ? Reason::none : Reason::tcp_bad_flags;
}

Reason can_open(const Segment &s, const Config &config)
{
	const Step step = next_step(Direction::original, s.kind, State::none);
	if (step == Step::invalid)
		return Reason::tcp_new_invalid;
	if (step != Step::syn_sent && !config.loose)
		return Reason::tcp_not_picked_up;
	return Reason::none;
}

void open(Conn &conn, const PacketView &packet, const Segment &s)
{
	conn = Conn{};
	conn.last_kind = Kind::none;
	Peer &sender = conn.from(Direction::original);
	sender.end = sender.max_end = s.end();
	sender.max_win = s.window ? s.window : 1;
	if (next_step(Direction::original, s.kind, State::none) == Step::syn_sent)
		learn_offer(sender, packet, s);
	else
		pick_up(conn);
}

// Whether it is in the window, and what follows from that.
static Outcome follow(Conn &conn, const Turn &t, State from, State to)
{
	const WindowResult w = check_window(conn, t.dir(), t.segment, t.packet, t.config.be_liberal, t.around.peer_adjust);
	switch (w.fit) {
	case Fit::in_window:
		break;
	case Fit::ignore:
		return Outcome::let_pass(w.reason);
	case Fit::invalid:
		return out_of_window(conn, t, w.reason);
	}
	return advance(conn, t, from, to);
}

Outcome track(Conn &conn, const PacketView &packet, const Segment &s, const Context &ctx, const Config &config, const Surroundings &around)
{
	// Nearly every packet is an ACK of an established connection. No exception applies to it, and what follows is compiled once more for it,
	// with that known.
	constexpr State established = State::established;
	static_assert(next_step(Direction::original, Kind::ack, established) == to_step(established) &&
		      next_step(Direction::reply, Kind::ack, established) == to_step(established));
	if (s.kind == Kind::ack && conn.state == established) [[likely]] {
		const Segment ack = {s.seq, s.ack, s.window, flag::ack, s.header_len, s.len, Kind::ack};
		return follow(conn, {packet, ack, ctx, config, around}, established, established);
	}

	const Turn t = {packet, s, ctx, config, around};
	const Decision d = decide(conn, t);
	switch (d.way) {
	case Decision::Way::settled:
		return d.outcome;
	case Decision::Way::check_window:
		return follow(conn, t, d.from, d.to);
	case Decision::Way::go:
		break;
	}
	return advance(conn, t, d.from, d.to);
}

Outcome set_closing(Conn &conn, unsigned long status, const u32 *timeouts)
{
	const State from = conn.state;
	Outcome o;

	conn.state = State::close;
	if (from == State::close || status & ips::fixed_timeout)
		return o;
	o.add(todo::retime);
	o.timeout = timeouts[timeout_index(State::close)];
	o.raise(Event::protoinfo);
	return o;
}

} // namespace nfct::tcp
