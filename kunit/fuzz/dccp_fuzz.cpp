// SPDX-License-Identifier: GPL-2.0-only
// Packets of one connection in both directions through the DCCP tracker, headers sound, lying and cut off; user space sets state, role and
// handshake number. Every packet also comes scattered: same result.
//
// Input: a packet each: control, type and extension flag, data offset, coverage, numbers.

#include <nfct/proto/dccp.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;
using namespace nfct::dccp;

namespace {

constexpr u32 timeouts[state_count] = {100, 101, 102, 103, 104, 105, 106, 107};

Octets be48(u64 v) { return be16(u16(v >> 32)) + be32(u32(v)); }

struct Connection {
	DccpConn conn{};
	unsigned long status = 0;

	bool confirmed() const { return status & ips::confirmed; }

	void meddle(Input &in)
	{
		conn.state = static_cast<State>(in.octet() % state_count);
		const u8 role = in.flip();
		conn.role[0] = static_cast<Role>(role);
		conn.role[1] = static_cast<Role>(!role);
		conn.handshake_seq = in.two();
	}

	void packet(Input &in, u8 control)
	{
		const Direction dir = control & 1 && confirmed() ? Direction::reply : Direction::original;
		const u8 type = in.octet();
		const u64 seq = in.octet(), ack = control & 2 ? conn.handshake_seq : in.octet();
		const u8 words = control & 4 ? in.octet() : 3, coverage = control & 8 ? in.octet() : 0;
		Octets l4 = be16(1000) + be16(80) + Octets{words, coverage} + be16(0) + Octets{type};
		l4 = l4 + (type & 1 ? Octets{0} + be48(seq) : Octets{u8(seq)} + be16(u16(seq * 3))) + zeros(2) + be48(ack) + zeros(4);
		if (control & 16)
			l4.resize(least(l4.size(), in.octet()));
		if (control & 32)
			l4 = l4 + in.take(in.octet());

		const Octets bytes = test::Ipv4{.protocol = ipproto::dccp}() + l4;
		const Memory whole(bytes), scattered(bytes, least(bytes.size(), control & 64 ? in.octet() : 0));
		PacketView view, other;
		CHECK(parse_l3(whole.bytes(), L3::ipv4, 0, view) == Reason::none && parse_l3(scattered.bytes(), L3::ipv4, 0, other) == Reason::none);

		u32 covered = 0, same_covered = 0;
		const Reason r = check_header(view, covered);
		CHECK(check_header(other, same_covered) == r);
		if (r != Reason::none)
			return;
		CHECK(covered && covered == same_covered && covered <= view.l4_len());

		const Context ctx = {dir, confirmed(), status, 1000, 250};
		const DccpConn before = conn;
		DccpConn twin = conn;
		const Outcome o = track(conn, view, ctx, timeouts);
		CHECK(o == track(twin, other, ctx, timeouts));
		CHECK(conn.state == twin.state && conn.role[0] == twin.role[0] && conn.handshake_seq == twin.handshake_seq);
		sound(o, timeouts, state_count);

		CHECK(static_cast<u8>(conn.state) < state_count && conn.last_type < Type::count_ && conn.last_dir <= 1);
		CHECK(conn.role[0] != conn.role[1] || !confirmed());
		if (o.verdict() == Verdict::invalid && confirmed())
			CHECK(conn.state == before.state && conn.role[0] == before.role[0]);
		if (o.reason() != Reason::none)
			CHECK(conn.state == before.state && !o.has(todo::refresh));
		if (o.has(todo::kill)) {
			CHECK(!(status & ips::seen_reply));
			*this = {};
			return;
		}
		if (o.verdict() == Verdict::accept)
			status |= ips::confirmed | (dir == Direction::reply ? ips::seen_reply : 0);
	}
};

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	Connection c;
	for (u32 n = 0; in.more() && n < 200; n++) {
		const u8 control = in.octet();
		if (control == 0xff && c.confirmed())
			c.meddle(in);
		else
			c.packet(in, control);
	}
	return 0;
}
