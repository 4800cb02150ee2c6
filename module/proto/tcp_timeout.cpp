// SPDX-License-Identifier: GPL-2.0-only
// How long a TCP connection lives without a further packet (kernel: the timeout half of nf_conntrack_tcp_packet, nf_tcp_handle_invalid).

#include <nfct/proto/tcp_steps.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::tcp {

// A state's own timeout, unless there are signs that an end is gone. Such signs shorten it, never prolong it; the first one decides.
u32 timeout_for(const Conn &conn, State to, Kind kind, const Config &config)
{
	const u32 *t = config.timeouts;
	const u32 own = t[timeout_index(to)];

	// The same again and again: nobody answers.
	if (conn.retrans >= config.max_retrans && own > t[timeout_retrans])
		return t[timeout_retrans];

	// A RST that did not close was not quite right; the end that sent it is gone all the same, perhaps.
	if (kind == Kind::rst) [[unlikely]] {
		if (config.rst_gets_close_timeout)
			return t[timeout_index(State::close)];
		if (to == State::established && own > t[timeout_unacknowledged])
			return t[timeout_unacknowledged];
	}

	if ((conn.peer[0].flags | conn.peer[1].flags) & peer_flag::data_unacknowledged && own > t[timeout_unacknowledged])
		return t[timeout_unacknowledged];

	// The window is closed: the sender will probe it before long.
	if (conn.last_win == 0 && own > t[timeout_retrans])
		return t[timeout_retrans];
	return own;
}

// If both ends try to close with packets that we take for wrong, it is we who are out of step: do not keep such a connection for days.
Outcome out_of_window(Conn &conn, const Turn &t, Reason reason)
{
	constexpr u32 soon_seconds = 120;
	Outcome o = Outcome::invalid(reason);

	if (!t.has_status(ips::assured) || t.has_status(ips::fixed_timeout))
		return o;
	if (t.kind() != Kind::rst && t.kind() != Kind::fin)
		return o;

	if (conn.last_dir == t.dir() || (conn.last_kind != Kind::fin && conn.last_kind != Kind::rst)) {
		conn.last_kind = t.kind();
		conn.last_dir = t.dir();
		return o;
	}

	const u32 unacknowledged = t.config.timeouts[timeout_unacknowledged];
	if (t.around.remaining >= soon_seconds * t.ctx.hz && t.around.remaining > unacknowledged) {
		o.add(todo::retime);
		o.timeout = unacknowledged;
	}
	return o;
}

} // namespace nfct::tcp
