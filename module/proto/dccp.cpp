// SPDX-License-Identifier: GPL-2.0-only
// DCCP tracker (kernel: nf_conntrack_proto_dccp.c). Sections are RFC 4340's.

#include <nfct/proto/dccp.hpp>

#include <nfct/base/endian.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::dccp {

namespace {

constexpr u32 basic_len = 12, extended_len = 16, offset_field = 4, coverage_field = 5, type_field = 8;
constexpr u32 longest_len = extended_len + 12;
constexpr u8 coverage_mask = 0x0f, type_mask = 0x1e, extended_flag = 0x01;

// A packet's own part of the header, in host byte order.
struct Header {
	Type type;
	u64 seq;
	u64 ack; // of types that acknowledge, otherwise 0
};

// Bytes that each type adds to the generic header (sections 5.2 to 5.7).
constexpr u32 own_len(Type t)
{
	switch (t) {
	case Type::request:
		return 4;
	case Type::response:
	case Type::reset:
		return 12;
	case Type::data:
		return 0;
	case Type::ack:
	case Type::dataack:
	case Type::closereq:
	case Type::close:
	case Type::sync:
	case Type::syncack:
		return 8;
	case Type::count_:
		break;
	}
	return 0;
}

// Only Data, Ack and DataAck may use short sequence numbers (section 5.1).
constexpr bool needs_extended(Type t) { return t != Type::data && t != Type::ack && t != Type::dataack; }

constexpr u64 load_be48(const u8 *p) { return u64(load_be16(p)) << 32 | load_be32(p + 2); }

// False if the part that belongs to the packet's type is cut off.
bool read(const PacketView &packet, Header &h)
{
	NFCT_SCRATCH u8 buf[longest_len];
	const u8 *p = packet.l4(0, basic_len, buf);
	if (!p)
		return false;
	const auto type = static_cast<Type>((p[type_field] & type_mask) >> 1);
	const u32 generic = p[type_field] & extended_flag ? extended_len : basic_len;
	const u32 own = own_len(type);

	p = packet.l4(0, generic + own, buf);
	if (!p)
		return false;
	h.type = type;
	// The short one is 24 bits wide. Its first byte is taken for the middle one here as in the kernel; it is only ever compared with itself.
	h.seq = generic == extended_len ? load_be48(p + 10) : u64(p[9]) << 16 | load_be16(p + 10);
	h.ack = own >= 8 ? load_be48(p + generic + 2) : 0;
	return true;
}

} // namespace

Reason check_header(const PacketView &packet, u32 &covered)
{
	NFCT_SCRATCH u8 buf[basic_len];
	const u8 *p = packet.l4(0, basic_len, buf);
	if (!p)
		return Reason::dccp_short;

	const u32 offset = p[offset_field] * 4u;
	if (offset < basic_len || offset > packet.l4_len())
		return Reason::dccp_bad_length;

	// 0: everything; otherwise header and options and (value - 1) words of payload. The kernel leaves header and options out of the sum
	// and so finds every packet wrong that makes use of this; the bound is the kernel's.
	covered = packet.l4_len();
	if (const u32 coverage = p[coverage_field] & coverage_mask) {
		const u32 payload = (coverage - 1) * 4;
		if (payload > packet.l4_len())
			return Reason::dccp_bad_coverage;
		if (offset + payload < covered)
			covered = offset + payload;
	}

	const auto type = static_cast<Type>((p[type_field] & type_mask) >> 1);
	if (type >= Type::count_)
		return Reason::dccp_bad_type;
	if (needs_extended(type) && !(p[type_field] & extended_flag))
		return Reason::dccp_short_sequence;
	return Reason::none;
}

Outcome track(DccpConn &conn, const PacketView &packet, const Context &ctx, const u32 timeouts[state_count])
{
	Header h;
	if (!read(packet, h))
		return Outcome::invalid(Reason::dccp_short);
	if (h.type >= Type::count_)
		return Outcome::invalid(Reason::dccp_bad_type);

	const unsigned dir = index(ctx.dir), other = !dir;

	if (!ctx.confirmed) {
		// The sysctl dccp_loose promises to pick up connections midway. It never could: only a Request leads out of State::none.
		if (next_state(Role::client, h.type, State::none) != State::request)
			return Outcome::invalid(Reason::dccp_invalid_state);
		conn.role[index(Direction::original)] = Role::client;
		conn.role[index(Direction::reply)] = Role::server;
		conn.state = State::none;
		conn.last_type = Type::request;
		conn.last_dir = static_cast<u8>(Direction::original);
		conn.handshake_seq = 0;
	}

	// Refused: the entry has served.
	if (h.type == Type::reset && !(ctx.status & ips::seen_reply)) {
		Outcome o;
		o.add(todo::kill);
		return o;
	}

	Outcome o;
	const State before = conn.state;
	State after = next_state(conn.role[dir], h.type, before);

	if (after == State::invalid)
		return Outcome::invalid(Reason::dccp_invalid_state);

	if (after == State::ignore) {
		const bool answers_ignored_request = conn.last_dir == other && conn.last_type == Type::request && h.type == Type::response;
		if (!answers_ignored_request) {
			conn.last_dir = static_cast<u8>(dir);
			conn.last_type = h.type;
			return Outcome::let_pass(Reason::dccp_ignored);
		}
		// We were out of step: there is a new connection, and this is its server.
		conn.role[other] = Role::client;
		conn.role[dir] = Role::server;
		conn.handshake_seq = h.seq;
		after = State::respond;
	} else if (after == State::request && before == State::timewait) {
		// Whoever opens the new incarnation is its client.
		conn.role[dir] = Role::client;
		conn.role[other] = Role::server;
	} else if (after == State::respond && before == State::request) {
		conn.handshake_seq = h.seq;
	} else if (after == State::partopen && before == State::respond && h.type == Type::ack) {
		if (h.ack == conn.handshake_seq)
			o.add(todo::assure);
		o.add(todo::assure_untold); // as in the kernel: whoever asks for events of this kind alone does not hear of DCCP
	}

	conn.last_dir = static_cast<u8>(dir);
	conn.last_type = h.type;
	conn.state = after;
	if (after != before)
		o.raise(Event::protoinfo);
	o.add(todo::refresh);
	o.timeout = timeouts[static_cast<u8>(after)];
	return o;
}

bool can_early_drop(const DccpConn &conn)
{
	return conn.state == State::closereq || conn.state == State::closing || conn.state == State::timewait;
}

} // namespace nfct::dccp
