// SPDX-License-Identifier: GPL-2.0-only
// Packets of one flow in both directions through the trackers of UDP, UDP-Lite, GRE and everything unknown, with the clock running and
// wrapping, and headers whose lengths lie.
//
// Input: protocol, clock; then a packet each: control, length and checksum fields, time that has passed.

#include <nfct/proto/generic.hpp>
#include <nfct/proto/gre.hpp>
#include <nfct/proto/udp.hpp>
#include <nfct/proto/udplite.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;

namespace {

constexpr u32 timeouts[2] = {7500, 30000};

struct Flow {
	u8 protocol;
	unsigned long now;
	unsigned long status = 0;
	udp::UdpConn udp{};
	gre::GreConn gre{};

	Reason check(const PacketView &view, u32 &covered) const
	{
		switch (protocol) {
		case ipproto::udp:
			return udp::check_header(view, covered);
		case ipproto::udplite:
			return udplite::check_header(view, covered);
		}
		return Reason::none;
	}

	Outcome track(const Context &ctx)
	{
		switch (protocol) {
		case ipproto::udp:
			return udp::track(udp, ctx, timeouts);
		case ipproto::udplite:
			return udplite::track(ctx, timeouts);
		case ipproto::gre:
			return gre::track(gre, ctx, timeouts);
		}
		return generic::track(timeouts[0]);
	}

	void packet(Input &in, u8 control)
	{
		const Direction dir = control & 1 && status & ips::confirmed ? Direction::reply : Direction::original;
		const usize payload = control & 2 ? in.octet() : 4;
		Octets l4 = be16(1000) + be16(53) + be16(control & 4 ? in.two() : u16(8 + payload)) + be16(control & 8 ? in.two() : 1) + zeros(payload);
		if (control & 16)
			l4.resize(least(l4.size(), in.octet()));
		if (control & 32)
			now += in.two();
		if (control & 64)
			status ^= ips::nat_clash;

		const Octets bytes = test::Ipv4{.protocol = protocol}() + l4;
		const Memory whole(bytes), scattered(bytes, least(bytes.size(), control & 128 ? in.octet() : 0));
		PacketView view, other;
		CHECK(parse_l3(whole.bytes(), L3::ipv4, 0, view) == Reason::none && parse_l3(scattered.bytes(), L3::ipv4, 0, other) == Reason::none);
		u32 covered = 0, same_covered = 0;
		const Reason r = check(view, covered);
		CHECK(check(other, same_covered) == r);
		if (r != Reason::none)
			return;
		CHECK(covered == same_covered && covered <= view.l4_len());

		Tuple t, u;
		CHECK(tuple_of(view, t) == tuple_of(other, u) && test::same_bytes(t, u));
		const Context ctx = {dir, (status & ips::confirmed) != 0, status, now, 250};
		const Outcome o = track(ctx);
		sound(o, timeouts, 2);
		CHECK(o.verdict() == Verdict::accept && o.has(todo::refresh) && !o.events());
		// Only an answered flow is assured, and never the loser of a race.
		if (o.has(todo::assure))
			CHECK(status & ips::seen_reply && !(status & ips::nat_clash));
		status |= ips::confirmed | (dir == Direction::reply ? ips::seen_reply : 0) | (o.has(todo::assure) ? ips::assured : 0);
	}
};

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	constexpr u8 protocols[] = {ipproto::udp, ipproto::udplite, ipproto::gre, 99};
	Input in(data, size);
	Flow f{protocols[in.octet() & 3], 0};
	f.now = in.flip() ? ~0ul - in.two() : in.four();
	for (u32 n = 0; in.more() && n < 200; n++)
		f.packet(in, in.octet());
	return 0;
}
