// SPDX-License-Identifier: GPL-2.0-only
// Packets of one association in both directions through the SCTP tracker, chunk lists sound and broken; user space sets states and tags.
// Every packet also comes scattered: same result.
//
// Input: then a packet each: control, tag, chunks (type, flags, length or its lie), how it is cut off.

#include <nfct/proto/sctp.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;
using namespace nfct::sctp;

namespace {

constexpr u32 timeouts[state_count] = {100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
constexpr u32 tags[4] = {0, 0x11111111, 0x22222222, 0x33333333};

Octets chunks(Input &in)
{
	Octets all;
	for (u32 n = in.octet() & 3; n != ~u32(0); n--) {
		const u8 type = in.octet(), how = in.octet();
		Octets value = type == chunk::init || type == chunk::init_ack ? be32(tags[how & 3]) + zeros(12) : zeros(how & 12);
		u16 len = u16(4 + value.size());
		if (how & 0x20)
			len = u16(len - (in.octet() & 15)); // a lie
		if (how & 0x40)
			len = in.two();
		if (how & 0x80)
			value.resize(least(value.size(), in.octet()));
		// Padding belongs to the packet, not to the length.
		if (how & 0x10)
			value.resize((value.size() + 3) & ~usize(3));
		all = all + Octets{u8(type), u8(how >> 4 & 1)} + be16(len) + value;
	}
	return all;
}

struct Association {
	SctpConn conn{};
	bool confirmed = false;

	void meddle(Input &in)
	{
		conn.state = static_cast<State>(in.octet() % (static_cast<u32>(State::heartbeat_sent) + 1));
		conn.tag[0] = Be32::from_host(tags[in.octet() & 3]);
		conn.tag[1] = Be32::from_host(tags[in.octet() & 3]);
	}

	void packet(Input &in, u8 control)
	{
		const Direction dir = control & 1 && confirmed ? Direction::reply : Direction::original;
		const u32 tag = control & 8 ? in.four() : tags[control >> 1 & 3];
		Octets l4 = be16(1000) + be16(80) + be32(tag) + zeros(4) + (control & 16 ? in.take(in.octet()) : chunks(in));
		if (control & 32)
			l4.resize(least(l4.size(), in.octet()));
		const Octets bytes = test::Ipv4{.protocol = ipproto::sctp}() + l4;
		const Memory whole(bytes), scattered(bytes, least(bytes.size(), control & 64 ? in.octet() : 0));
		PacketView view, other;
		CHECK(parse_l3(whole.bytes(), L3::ipv4, 0, view) == Reason::none && parse_l3(scattered.bytes(), L3::ipv4, 0, other) == Reason::none);

		u32 covered = 0, same_covered = 0;
		const Reason r = check_header(view, covered);
		CHECK(check_header(other, same_covered) == r && covered == same_covered);
		if (r != Reason::none)
			return;
		const Context ctx = {dir, confirmed, confirmed ? ips::confirmed : 0, 1000, 250};
		SctpConn twin = conn;
		const State before = confirmed ? conn.state : State::none;
		const Outcome o = track(conn, view, ctx, timeouts);
		CHECK(o == track(twin, other, ctx, timeouts) && !std::memcmp(&conn, &twin, sizeof(conn)));
		sound(o, timeouts, state_count);

		CHECK(conn.state <= State::heartbeat_sent && conn.last_dir <= 1);
		CHECK(conn.init_seen[0] <= 1 && conn.init_seen[1] <= 1 && !(conn.flags & ~heartbeat_failed));
		if (conn.state != before)
			CHECK(o.events() & bit(Event::protoinfo) || !confirmed);
		if (!o.has(todo::refresh))
			CHECK(o.timeout == 0);
		CHECK(!o.has(todo::kill | todo::retime) && o.verdict() != Verdict::retry);
		confirmed |= o.verdict() == Verdict::accept;
		if (!confirmed)
			conn = SctpConn{}; // the entry is not kept
	}
};

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	Association a;
	for (u32 n = 0; in.more() && n < 200; n++) {
		const u8 control = in.octet();
		if (control == 0xff && a.confirmed)
			a.meddle(in);
		else
			a.packet(in, control);
	}
	return 0;
}
