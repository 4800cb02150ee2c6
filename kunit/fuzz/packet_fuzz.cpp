// SPDX-License-Identifier: GPL-2.0-only
// Any bytes as an IPv4 or IPv6 packet: layer 4, tuple, every protocol's header check. Scattered in memory it must be the same packet.
//
// Input: family, where layer 3 begins, how far the packet is linear, a protocol that is forced upon every second IPv4 packet; the packet.

#include <nfct/core/flow_key.hpp>
#include <nfct/core/packet_view.hpp>
#include <nfct/proto/dccp.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmpv6.hpp>
#include <nfct/proto/sctp.hpp>
#include <nfct/proto/tcp.hpp>
#include <nfct/proto/udp.hpp>
#include <nfct/proto/udplite.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;

namespace {

struct Findings {
	Reason reason;
	u32 l4_offset = 0;
	u8 protonum = 0;
	bool has_tuple = false, pptp = false;
	Tuple tuple{};
	Reason header = Reason::none;
	u32 covered = 0;
};

Reason check_header(const PacketView &view, u32 &covered)
{
	switch (view.protonum) {
	case ipproto::tcp: {
		covered = view.l4_len();
		tcp::Segment s;
		const Reason r = tcp::read_header(view, s);
		return r == Reason::none ? tcp::check_flags(s) : r;
	}
	case ipproto::udp:
		return udp::check_header(view, covered);
	case ipproto::udplite:
		return udplite::check_header(view, covered);
	case ipproto::sctp:
		return sctp::check_header(view, covered);
	case ipproto::dccp:
		return dccp::check_header(view, covered);
	case ipproto::icmp:
		return icmp::check_header(view, covered);
	case ipproto::icmpv6:
		return icmpv6::check_header(view, covered);
	}
	return Reason::none;
}

Findings look(const Octets &packet, usize head, L3 l3, u32 l3_offset)
{
	const Memory memory(packet, head);
	PacketView view;
	Findings f;

	f.reason = parse_l3(memory.bytes(), l3, l3_offset, view);
	if (f.reason != Reason::none)
		return f;
	CHECK(view.l3 == l3 && view.l3_offset == l3_offset && view.bytes.total == packet.size());
	CHECK(view.l4_offset >= l3_offset && view.l4_offset <= view.bytes.total);
	f.l4_offset = view.l4_offset;
	f.protonum = view.protonum;
	f.pptp = is_pptp_data(view);
	f.has_tuple = tuple_of(view, f.tuple);
	f.header = check_header(view, f.covered);
	if (f.header == Reason::none)
		CHECK(f.covered <= view.l4_len());
	return f;
}

void check_tuple(const Findings &f, L3 l3)
{
	CHECK(f.tuple.l3num == static_cast<u16>(l3) && f.tuple.protonum == f.protonum && f.tuple.dir == 0);
	if (l3 == L3::ipv4)
		for (u32 i = 1; i < 4; i++)
			CHECK(f.tuple.src.word[i].raw == 0 && f.tuple.dst.word[i].raw == 0);
	Tuple back, again;
	if (!invert(f.tuple, back))
		return;
	CHECK(back.dir == 1 && invert(back, again) && test::same_bytes(again, f.tuple));
	CHECK(pack(again, 7) == pack(f.tuple, 7));
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	const L3 l3 = in.flip() ? L3::ipv6 : L3::ipv4;
	const u32 l3_offset = in.octet() & 0x1f;
	const u8 head = in.octet(), protocol = in.octet();
	Octets packet = in.take(in.rest());

	if (protocol && l3 == L3::ipv4 && packet.size() > l3_offset + 9)
		packet[l3_offset + 9] = protocol;

	const Findings f = look(packet, packet.size(), l3, l3_offset), g = look(packet, head_of(u8(head | 128), packet.size()), l3, l3_offset);
	CHECK(f.reason == g.reason && f.l4_offset == g.l4_offset && f.protonum == g.protonum && f.has_tuple == g.has_tuple);
	CHECK(f.pptp == g.pptp && f.header == g.header && (f.header != Reason::none || f.covered == g.covered));
	CHECK(reason_name(f.reason)[0] && reason_text(f.reason)[0] && reason_text(static_cast<Reason>(protocol))[0]);
	if (f.reason == Reason::none && f.has_tuple) {
		CHECK(test::same_bytes(f.tuple, g.tuple));
		check_tuple(f, l3);
	}
	return 0;
}
