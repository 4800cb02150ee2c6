// SPDX-License-Identifier: GPL-2.0-only
// SCTP tracker (kernel: nf_conntrack_proto_sctp.c). Sections are RFC 9260's.

#include <nfct/proto/sctp.hpp>

#include <nfct/base/unsafe.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::sctp {

namespace {

constexpr u32 header_len = 12, tag_field = 4, chunk_header_len = 4, init_len = 16;
constexpr u8 flag_t = 1; // in ABORT and SHUTDOWN COMPLETE: the tag is the receiver's peer's, for the sender does not know better

struct Chunk {
	u8 type, flags;
	u16 len; // as it says
	u32 at;  // its offset in layer 4
};

// Walks over a packet's chunks; ends at one whose header is cut off.
class Chunks {
public:
	explicit Chunks(const PacketView &packet) : packet{packet} {}

	bool next(Chunk &c)
	{
		NFCT_SCRATCH u8 buf[chunk_header_len];
		const u8 *p = offset < packet.l4_len() ? packet.l4(offset, chunk_header_len, buf) : nullptr;
		if (!p)
			return false;
		c = {p[0], p[1], load_be16(p + 2), offset};
		// A length of zero is refused before anybody goes on; should it be seen anyway, the walk must still end.
		const u32 step = (c.len + 3u) & ~3u;
		offset += step ? step : chunk_header_len;
		return true;
	}

private:
	const PacketView &packet;
	u32 offset = header_len;
};

// Chunk types seen in a packet.
class ChunkSet {
public:
	void add(u8 type) { bits[type / 64] |= u64(1) << type % 64; }
	bool has(u8 type) const { return bits[type / 64] >> type % 64 & 1; }

private:
	u64 bits[4] = {};
};

// INIT, INIT ACK and SHUTDOWN COMPLETE travel alone, COOKIE ECHO and COOKIE ACK come first (section 6.10).
bool well_formed(const PacketView &packet, ChunkSet &seen)
{
	Chunks chunks{packet};
	Chunk c;
	bool alone = false, any = false;

	while (chunks.next(c)) {
		alone |= c.type == chunk::init || c.type == chunk::init_ack || c.type == chunk::shutdown_complete;
		const bool first = c.type == chunk::cookie_ack || c.type == chunk::cookie_echo;
		if (any && (alone || first))
			return false;
		if (c.len == 0)
			return false;
		seen.add(c.type);
		any = true;
	}
	return any;
}

// The tag that the sender of an INIT or INIT ACK wants to see from its peer.
bool initiate_tag(const PacketView &packet, const Chunk &c, Be32 &tag)
{
	NFCT_SCRATCH u8 buf[init_len];
	const u8 *p = packet.l4(c.at + chunk_header_len, init_len, buf);
	if (!p)
		return false;
	tag = unsafe::load<Be32>(p);
	return true;
}

// The first packet of a flow: may it open one, and which tags does it tell?
bool open(SctpConn &conn, const PacketView &packet, const ChunkSet &seen, Be32 tag)
{
	// Out of the blue (section 8.4) these are never answered by an association.
	if (seen.has(chunk::abort) || seen.has(chunk::shutdown_complete) || seen.has(chunk::cookie_ack))
		return false;

	conn = SctpConn{};
	Chunks chunks{packet};
	Chunk c;
	while (chunks.next(c)) {
		const State s = next_state(Direction::original, State::none, c.type);
		if (s == State::none || s == State::invalid)
			return false;

		if (c.type == chunk::init) {
			if (tag.raw != 0 || !initiate_tag(packet, c, conn.tag[index(Direction::reply)]))
				return false;
		} else if (c.type == chunk::heartbeat) {
			conn.tag[index(Direction::original)] = tag;
		} else if (c.type == chunk::shutdown_ack) {
			// The answer, SHUTDOWN COMPLETE, will repeat this tag with the T flag.
			conn.tag[index(Direction::reply)] = tag;
		}
	}
	return true;
}

// Chunks with tag rules of their own (section 8.5.1, and for HEARTBEAT what multi-homing asks for). All other packets must carry their
// direction's tag.
bool has_own_tag_rule(const ChunkSet &seen)
{
	return seen.has(chunk::init) || seen.has(chunk::shutdown_complete) || seen.has(chunk::cookie_echo) || seen.has(chunk::abort) ||
	       seen.has(chunk::shutdown_ack) || seen.has(chunk::heartbeat) || seen.has(chunk::heartbeat_ack);
}

enum class TagCheck : u8 {
	good,
	wrong,
	tolerated, // wrong, but perhaps an association that was restarted: ignore the chunk, let the packet pass
};

// settled: whether the packet has DATA, or a chunk before was ignored already. Then nothing more is tolerated.
TagCheck check_heartbeat(SctpConn &conn, Be32 tag, unsigned dir, bool settled)
{
	if (conn.tag[dir].raw == 0) {
		conn.tag[dir] = tag;
	} else if (conn.tag[dir] != tag) {
		if (settled)
			return TagCheck::wrong;
		conn.flags |= heartbeat_failed;
		conn.last_dir = static_cast<u8>(dir);
		return TagCheck::tolerated;
	} else {
		conn.flags &= static_cast<u8>(~heartbeat_failed);
	}
	return TagCheck::good;
}

TagCheck check_heartbeat_ack(SctpConn &conn, Be32 tag, unsigned dir, bool settled)
{
	if (conn.tag[dir].raw == 0) {
		conn.tag[dir] = tag;
	} else if (conn.tag[dir] != tag) {
		// Good only as the answer to a heartbeat from the other side that had a wrong tag too.
		if (settled || !(conn.flags & heartbeat_failed) || conn.last_dir == dir)
			return TagCheck::wrong;
		conn.flags &= static_cast<u8>(~heartbeat_failed);
		conn.tag[dir] = tag;
		conn.tag[!dir] = Be32{0}; // to be learned again
	} else {
		conn.flags &= static_cast<u8>(~heartbeat_failed);
	}
	return TagCheck::good;
}

TagCheck check_tag(SctpConn &conn, const Chunk &c, Be32 tag, unsigned dir, bool settled)
{
	const auto good_if = [](bool ok) { return ok ? TagCheck::good : TagCheck::wrong; };

	switch (c.type) {
	case chunk::init:
		return good_if(tag.raw == 0);
	case chunk::abort:
	case chunk::shutdown_complete:
		return good_if(tag == conn.tag[c.flags & flag_t ? !dir : dir]);
	case chunk::cookie_echo:
		return good_if(tag == conn.tag[dir]);
	case chunk::heartbeat:
		return check_heartbeat(conn, tag, dir, settled);
	case chunk::heartbeat_ack:
		return check_heartbeat_ack(conn, tag, dir, settled);
	}
	return TagCheck::good;
}

// INIT: note the tag for the other direction, and from which side handshakes are under way. False if the chunk is cut off.
bool on_init(SctpConn &conn, const PacketView &packet, const Chunk &c, unsigned dir)
{
	Be32 tag;
	if (!initiate_tag(packet, c, tag))
		return false;
	// One that repeats the known tag is a retransmission or an old one.
	if (conn.state == State::none || conn.tag[!dir] != tag) {
		if (conn.init_seen[dir] && conn.init_seen[!dir])
			conn.init_seen[!dir] = 0;
		conn.init_seen[dir] = 1;
	}
	conn.tag[!dir] = tag;
	return true;
}

// INIT ACK: false if it is cut off, or if it answers no INIT that we know and would change a known tag.
bool on_init_ack(SctpConn &conn, const PacketView &packet, const Chunk &c, unsigned dir)
{
	Be32 tag;
	if (!initiate_tag(packet, c, tag))
		return false;
	const Be32 known = conn.tag[!dir];
	if (!conn.init_seen[!dir] && known.raw != 0 && known != tag)
		return false;
	// Both sides have sent an INIT: the tag is known from there and stays (section 5.2.4).
	if (conn.init_seen[dir] && conn.init_seen[!dir] && known != tag)
		return false;
	conn.tag[!dir] = tag;
	return true;
}

// Marks what has been decided so far as the work of a packet that is invalid after all.
Outcome &refuse(Outcome &o, Reason r)
{
	o.decide(Verdict::invalid, r);
	return o;
}

} // namespace

Reason check_header(const PacketView &packet, u32 &covered)
{
	if (packet.l4_len() < header_len)
		return Reason::sctp_short;
	covered = packet.l4_len();
	return Reason::none;
}

Outcome track(SctpConn &conn, const PacketView &packet, const Context &ctx, const u32 timeouts[state_count])
{
	NFCT_SCRATCH u8 buf[header_len];
	const u8 *header = packet.l4(0, header_len, buf);
	if (!header)
		return Outcome::invalid(Reason::sctp_short);
	const Be32 tag = unsafe::load<Be32>(header + tag_field);
	const unsigned dir = index(ctx.dir);

	ChunkSet seen;
	if (!well_formed(packet, seen))
		return Outcome::invalid(Reason::sctp_bad_chunks);
	if (!ctx.confirmed && !open(conn, packet, seen, tag))
		return Outcome::invalid(Reason::sctp_new_invalid);
	if (!has_own_tag_rule(seen) && tag != conn.tag[dir])
		return Outcome::invalid(Reason::sctp_bad_tag);

	Outcome o;
	bool ignored = false; // the packet passes, but does not keep the entry alive
	State after = State::none;
	Chunks chunks{packet};
	Chunk c;

	while (chunks.next(c)) {
		switch (check_tag(conn, c, tag, dir, seen.has(chunk::data) || ignored)) {
		case TagCheck::wrong:
			return refuse(o, Reason::sctp_bad_tag);
		case TagCheck::tolerated:
			ignored = true;
			continue;
		case TagCheck::good:
			break;
		}

		if (c.type == chunk::cookie_ack) // the handshake is over
			conn.init_seen[0] = conn.init_seen[1] = 0;

		const State before = conn.state;
		after = next_state(ctx.dir, before, c.type);
		if (after == State::invalid)
			return refuse(o, Reason::sctp_invalid_state);

		if (c.type == chunk::init) {
			if (!on_init(conn, packet, c, dir))
				return refuse(o, Reason::sctp_bad_chunks);
			// A client that retries for ever, or reuses its port, must not keep a dead entry (and its NAT mapping) alive.
			ignored |= before == State::closed && after == State::closed;
		} else if (c.type == chunk::init_ack) {
			if (!on_init_ack(conn, packet, c, dir))
				return refuse(o, Reason::sctp_bad_tag);
		}

		conn.state = after;
		if (after != before) {
			o.raise(Event::protoinfo);
			if (after == State::established)
				o.add(todo::assure);
		}
	}

	if (!ignored) {
		o.add(todo::refresh);
		o.timeout = timeouts[static_cast<u32>(after)];
	}
	return o;
}

bool can_early_drop(const SctpConn &conn)
{
	return conn.state == State::shutdown_sent || conn.state == State::shutdown_recd || conn.state == State::shutdown_ack_sent;
}

} // namespace nfct::sctp
