// SPDX-License-Identifier: GPL-2.0-only
// What TCP's state table is too coarse for: reopened connections, ends out of step with us, challenge ACKs, RSTs
// (kernel: the switch in nf_conntrack_tcp_packet).

#include <nfct/proto/tcp_steps.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::tcp {

namespace {

// The last packet noted was a SYN from the other side that we had let through although it made no sense to us.
bool follows_ignored_syn(const Conn &conn, const Turn &t) { return conn.last_kind == Kind::syn && conn.last_dir != t.dir(); }

// The server takes the ignored SYN for good: client and server begin anew and it was us who were out of step. Start from what was noted
// about that SYN; this packet will tell about its own sender.
Decision resynchronise(Conn &conn, const Turn &t)
{
	Peer &client = conn.from(conn.last_dir), &server = conn.from(t.dir());

	conn.last_flags &= static_cast<u8>(~peer_flag::expect_challenge_ack);
	client.end = client.max_end = conn.last_end;
	client.max_win = conn.last_win ? conn.last_win : 1;
	client.scale = conn.last_scale;
	client.flags = conn.last_flags;

	const u8 kept = server.flags & peer_flag::be_liberal;
	server = Peer{};
	server.flags = kept;
	return Decision::check_window(State::syn_sent, State::syn_recv);
}

// The packet makes no sense to us, but we may be out of step. It passes, and is noted: the answer will tell.
Decision let_pass(Conn &conn, const Turn &t)
{
	const Segment &s = t.segment;

	if (t.kind() == Kind::syn_ack && follows_ignored_syn(conn, t) && s.ack == conn.last_end)
		return resynchronise(conn, t);

	conn.last_kind = t.kind();
	conn.last_dir = t.dir();
	conn.last_seq = s.seq;
	conn.last_end = s.end();
	conn.last_win = s.window;

	if (t.kind() == Kind::syn && t.dir() == Direction::original) {
		Peer seen{};
		learn_offer(seen, t.packet, s);
		conn.last_scale = seen.scale;
		conn.last_flags = seen.flags;
		// The server may challenge this SYN with an ACK (RFC 5961), which must not be taken for the one that the last FIN waits for.
		if (conn.state == State::last_ack)
			conn.last_flags |= peer_flag::expect_challenge_ack;
	}
	// The server holds a half-open connection; a RST from the client with this number will end it.
	if (t.kind() == Kind::ack && t.dir() == Direction::reply && conn.state == State::syn_sent)
		conn.last_ack = s.ack;
	return Decision::settled(Outcome::let_pass(Reason::tcp_ignored));
}

// A SYN on a connection that is over.
Decision reopen(Conn &conn, const Turn &t)
{
	const bool closed_in_order = (conn.peer[0].flags | conn.peer[1].flags) & peer_flag::close_init;
	const bool reset_by_this_side = conn.last_dir == t.dir() && conn.last_kind == Kind::rst;

	if (!closed_in_order && !reset_by_this_side)
		return let_pass(conn, t);

	Outcome o;
	o.decide(Verdict::retry);
	o.add(todo::kill);
	return Decision::settled(o);
}

Decision refuse(const Conn &conn, const Turn &t)
{
	// SYN proxy has answered the client already, while the server has not yet: a keep-alive from the client is the occasion to try the
	// server again.
	if (t.around.syn_proxy && conn.state == State::syn_sent && t.kind() == Kind::ack && t.dir() == Direction::original &&
	    conn.last_dir == Direction::original && conn.from(t.dir()).end - 1 == t.segment.seq)
		return Decision::settled({});
	return Decision::settled(Outcome::invalid(Reason::tcp_invalid_state));
}

// RFC 5961: an end that gets a SYN or RST it doubts answers with an ACK, and the other side replies with a RST of exactly that number. So
// only a RST with the right number closes; of others the window decides whether they pass at all.
Decision reset(const Conn &conn, const Turn &t)
{
	const State from = conn.state;
	const Seq seq = t.segment.seq;
	State to = State::close;

	// The ports may be in use again, and the sequence numbers that we remember out of date. The entry will go soon anyway.
	if (is_closing(from))
		return Decision::go(from, to);

	// What the other side has acknowledged is what its peer, who sends this RST, knows to be right. Not so once a SYN has come through.
	const Peer &other = conn.from(opposite(t.dir()));
	if (other.flags & peer_flag::max_ack_set && conn.last_kind != Kind::syn) {
		const bool established = from == State::established && t.has_status(ips::assured);

		// Sequence number 0 is how a SYN is refused.
		if (seq.v == 0 && !established)
			return Decision::check_window(from, to);
		if (before(seq, other.max_ack) && !t.config.ignore_invalid_rst)
			return Decision::settled(Outcome::invalid(Reason::tcp_invalid_rst));
		if (!established || seq == other.max_ack)
			return Decision::check_window(from, to);
		// It follows immediately upon data from the same side.
		if (conn.last_kind == Kind::ack && conn.last_dir == t.dir() && seq == conn.last_end)
			return Decision::check_window(from, to);
		to = from;
	}

	// An answer to a SYN or ACK that was let through. What it acknowledges was never taken into account, so the window does not apply.
	const bool after_syn = t.has_status(ips::seen_reply) && follows_ignored_syn(conn, t);
	const bool after_ack = !t.has_status(ips::assured) && conn.last_kind == Kind::ack;
	if ((after_syn || after_ack) && t.segment.ack == conn.last_end)
		return Decision::go(from, to);

	// The client's answer to the challenge of its SYN.
	if (from == State::syn_sent && conn.last_kind == Kind::ack && conn.last_dir == Direction::reply && seq == conn.last_ack)
		return Decision::go(from, to);

	return Decision::check_window(from, to);
}

// The ACK that LAST_ACK waits for, unless it challenges a SYN.
Decision last_acknowledged(Conn &conn, const Turn &t)
{
	if (conn.state == State::last_ack && t.kind() == Kind::ack && follows_ignored_syn(conn, t) &&
	    conn.last_flags & peer_flag::expect_challenge_ack) {
		conn.last_flags &= static_cast<u8>(~peer_flag::expect_challenge_ack);
		return Decision::settled(Outcome::let_pass(Reason::tcp_challenge_ack));
	}
	return Decision::check_window(conn.state, State::time_wait);
}

// After a simultaneous open both sides have sent SYN/ACK, so the reply side's ACK completes the handshake as well.
State answered(const Conn &conn, const Turn &t)
{
	const bool complete =
		t.dir() == Direction::reply && t.kind() == Kind::ack && conn.last_flags & peer_flag::simultaneous_open;
	return complete ? State::established : State::syn_recv;
}

} // namespace

Decision decide(Conn &conn, const Turn &t)
{
	const State from = conn.state;

	switch (next_step(t.dir(), t.kind(), from)) {
	case Step::none:
	case Step::invalid:
		return refuse(conn, t);
	case Step::ignore:
		return let_pass(conn, t);
	case Step::syn_sent:
		if (from == State::time_wait || from == State::close)
			return reopen(conn, t);
		return Decision::check_window(from, State::syn_sent);
	case Step::syn_sent2:
		conn.last_flags |= peer_flag::simultaneous_open;
		return Decision::check_window(from, State::syn_sent2);
	case Step::syn_recv:
		return Decision::check_window(from, answered(conn, t));
	case Step::established:
		return Decision::check_window(from, State::established);
	case Step::fin_wait:
		return Decision::check_window(from, State::fin_wait);
	case Step::close_wait:
		return Decision::check_window(from, State::close_wait);
	case Step::last_ack:
		return Decision::check_window(from, State::last_ack);
	case Step::time_wait:
		return last_acknowledged(conn, t);
	case Step::close:
		return t.kind() == Kind::rst ? reset(conn, t) : Decision::check_window(from, State::close);
	}
	return refuse(conn, t);
}

} // namespace nfct::tcp
