// SPDX-License-Identifier: GPL-2.0-only
// ICMP and ICMPv6 messages, above all errors: the quoted packet is found, has a tuple, and nothing is read that the message does not have.
//
// Input: family, how far the packet is linear, how the quoted packet is made, type and code, hop limit; then the message's own bytes or
// a quoted header whose protocol and lengths are the fuzzer's.

#include <nfct/core/icmp_types.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmpv6.hpp>

#include "fuzz.hpp"

using namespace nfct;
using namespace nfct::fuzz;
using Kind = IcmpMessage::Kind;

namespace {

constexpr u32 timeout = 3000;

struct Findings {
	Reason header;
	IcmpMessage message{Kind::invalid, Reason::none, 0};
	Reason inner = Reason::none;
	Tuple sent{};
	bool addressed = false;
	Outcome outcome{};
};

Findings look(const Octets &packet, usize head, L3 l3, u8 opened_by, bool confirmed)
{
	const bool v4 = l3 == L3::ipv4;
	const Memory memory(packet, head);
	PacketView view, inner;
	Findings f{};

	if (parse_l3(memory.bytes(), l3, 0, view) != Reason::none) {
		f.header = Reason::l3_truncated;
		return f;
	}
	u32 covered = 0;
	f.header = v4 ? icmp::check_header(view, covered) : icmpv6::check_header(view, covered);
	if (f.header != Reason::none)
		return f;
	CHECK(covered == view.l4_len());
	f.message = v4 ? icmp::classify(view) : icmpv6::classify(view, confirmed);
	CHECK((f.message.kind == Kind::invalid) == (f.message.reason != Reason::none));

	const Context ctx = {Direction::original, confirmed, confirmed ? ips::confirmed : 0, 1000, 250};
	f.outcome = v4 ? icmp::track(view, opened_by, timeout) : icmpv6::track(view, ctx, opened_by, timeout);
	sound(f.outcome, &timeout, 1);
	if (f.message.kind != Kind::error)
		return f;

	f.inner = quoted_packet(view, f.message.quoted, inner, f.sent);
	if (f.inner != Reason::none)
		return f;
	CHECK(inner.l3_offset == view.l4_offset + f.message.quoted && inner.l4_offset <= inner.bytes.total);
	Tuple sought;
	if (invert(f.sent, sought))
		f.addressed = addressed_alike(view, sought);
	return f;
}

Octets outer(Input &in, L3 l3, u8 hop_limit)
{
	if (l3 == L3::ipv4)
		return test::Ipv4{.protocol = ipproto::icmp}();
	const u16 prefix = in.flip() ? 0xfe80 : 0x2001;
	return test::Ipv6{.next = ipproto::icmpv6, .src = test::ipv6_address(1, prefix), .hop_limit = hop_limit}();
}

// A header such as an error quotes: protocol, fragment field and length are arbitrary, and it may be cut off.
Octets quoted(Input &in, L3 l3)
{
	const u8 protocol = in.octet();
	Octets header;
	if (l3 == L3::ipv4)
		header = test::Ipv4{.protocol = protocol, .fragment = in.two(), .words = u8(in.octet() & 15)}();
	else
		header = test::Ipv6{.next = protocol}();
	return header + in.take(in.rest());
}

} // namespace

int LLVMFuzzerTestOneInput(const unsigned char *data, usize size)
{
	Input in(data, size);
	const u8 form = in.octet();
	const L3 l3 = form & 1 ? L3::ipv6 : L3::ipv4;
	const u8 head = in.octet(), type = in.octet(), code = in.octet(), opened_by = in.octet();

	Octets packet = outer(in, l3, form & 2 ? 255 : 64) + Octets{type, code};
	if (form & 4) {
		packet = packet + zeros(6);
		if (type == icmpv6_type::redirect && l3 == L3::ipv6)
			packet = packet + zeros(32) + Octets{u8(form & 8 ? 4 : in.octet()), in.octet()} + zeros(6);
		packet = packet + quoted(in, l3);
		if (form & 16 && packet.size())
			packet.resize(packet.size() - least(packet.size(), head));
	} else {
		packet = packet + in.take(in.rest());
	}

	const bool confirmed = form & 32;
	const Findings f = look(packet, packet.size(), l3, opened_by, confirmed);
	const Findings g = look(packet, head_of(u8(head | 128), packet.size()), l3, opened_by, confirmed);
	CHECK(f.header == g.header && f.message.kind == g.message.kind && f.message.quoted == g.message.quoted && f.inner == g.inner);
	CHECK(f.addressed == g.addressed && f.outcome == g.outcome);
	if (f.message.kind == Kind::error && f.inner == Reason::none)
		CHECK(test::same_bytes(f.sent, g.sent));
	return 0;
}
