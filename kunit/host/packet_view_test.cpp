// SPDX-License-Identifier: GPL-2.0-only
// parse_l3(): IPv4 headers and IPv6 extension header chains, whole, truncated at every byte, and malformed.

#include <random>

#include <gtest/gtest.h>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::test;

namespace {

constexpr u8 hop = 0, routing = 43, fragment = 44, ah = 51, none = 59, destination = 60, esp = 50, mobility = 135;

// An extension header with a length field as given and that many bytes behind its first two.
Octets ext(u8 next, u8 length_field, usize body) { return Octets{next, length_field} + zeros(body); }
Octets frag(u8 next, u16 offset_and_flags) { return Octets{next, 0} + be16(offset_and_flags) + be32(0xabcd); }

// ---- IPv4 ----

TEST(ParseIpv4, plain)
{
	const Parsed p{L3::ipv4, Ipv4{}() + udp_header(1, 2)};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l3, L3::ipv4);
	EXPECT_EQ(p.view.protonum, ipproto::udp);
	EXPECT_EQ(p.view.l3_offset, 0u);
	EXPECT_EQ(p.view.l4_offset, 20u);
	EXPECT_EQ(p.view.l4_len(), 8u);
}

TEST(ParseIpv4, behind_a_link_layer_header)
{
	const Parsed p{L3::ipv4, zeros(14) + Ipv4{}() + udp_header(1, 2), 14};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l3_offset, 14u);
	EXPECT_EQ(p.view.l4_offset, 34u);
}

TEST(ParseIpv4, options_of_every_length)
{
	for (u8 words = 5; words <= 15; words++) {
		const Parsed p{L3::ipv4, Ipv4{.words = words}() + udp_header(1, 2)};
		ASSERT_EQ(p.reason, Reason::none);
		EXPECT_EQ(p.view.l4_offset, words * 4u);
	}
}

TEST(ParseIpv4, options_past_the_end)
{
	Octets packet = Ipv4{}() + udp_header(1, 2);
	for (u8 words = 0; words <= 15; words++) {
		packet[0] = u8(0x40 | words);
		const Parsed p{L3::ipv4, packet};
		// Zero words at offset zero would put layer 4 in front of the packet.
		const bool fits = words > 0 && words * 4u <= packet.size();
		EXPECT_EQ(p.reason, fits ? Reason::none : Reason::l3_truncated) << int(words);
	}
}

TEST(ParseIpv4, no_payload_is_no_reason)
{
	const Parsed p{L3::ipv4, Ipv4{}()};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l4_len(), 0u);
}

TEST(ParseIpv4, fragments)
{
	const struct {
		u16 field;
		Reason reason;
	} cases[] = {
		{0x0000, Reason::none},        {0x4000, Reason::none}, // don't fragment
		{0x2000, Reason::none},                                // first of several
		{0x0001, Reason::l3_fragment}, {0x2001, Reason::l3_fragment}, {0x1fff, Reason::l3_fragment}, {0xffff, Reason::l3_fragment},
		{0xe000, Reason::none},        {0x1000, Reason::l3_fragment},
	};
	for (const auto &c : cases)
		EXPECT_EQ((Parsed{L3::ipv4, Ipv4{.fragment = c.field}() + udp_header(1, 2)}.reason), c.reason) << std::hex << c.field;
}

TEST(ParseIpv4, truncated_anywhere)
{
	for_each_truncation(Ipv4{.words = 7}() + udp_header(1, 2), [](const Bytes &bytes, usize len) {
		PacketView view;
		const Reason r = parse_l3(bytes, L3::ipv4, 0, view);
		EXPECT_EQ(r, len < 28 ? Reason::l3_truncated : Reason::none) << len;
	});
}

TEST(ParseIpv4, offset_behind_the_packet)
{
	for (u32 offset : {1u, 20u, 28u, 29u, 1000u, 0x7fffffffu, 0xffffffffu, 0xfffffff0u})
		EXPECT_EQ((Parsed{L3::ipv4, Octets(28, 0x45), offset}.reason), offset == 1 ? Reason::l3_fragment : Reason::l3_truncated);
}

// ---- IPv6 ----

TEST(ParseIpv6, plain)
{
	const Parsed p{L3::ipv6, Ipv6{}() + udp_header(1, 2)};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l3, L3::ipv6);
	EXPECT_EQ(p.view.protonum, ipproto::udp);
	EXPECT_EQ(p.view.l4_offset, 40u);
	EXPECT_EQ(p.view.l4_len(), 8u);
}

TEST(ParseIpv6, walks_over_every_extension_header)
{
	const Octets chain = Ipv6{.next = hop}() + ext(destination, 0, 6) + ext(routing, 1, 14) + ext(ah, 2, 22) + ext(destination, 4, 22) +
			     ext(ipproto::tcp, 0, 6);
	const Parsed p{L3::ipv6, chain + zeros(20)};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.protonum, ipproto::tcp);
	EXPECT_EQ(p.view.l4_offset, chain.size());
}

// The authentication header counts in units of four bytes, all others in units of eight.
TEST(ParseIpv6, length_of_each_header_for_every_length_field)
{
	for (u8 header : {hop, routing, destination, ah})
		for (unsigned field = 0; field < 256; field++) {
			const u32 len = header == ah ? (field + 2) * 4 : (field + 1) * 8;
			const Parsed p{L3::ipv6, Ipv6{.next = header}() + ext(ipproto::udp, u8(field), len - 2) + udp_header(1, 2)};
			ASSERT_EQ(p.reason, Reason::none);
			EXPECT_EQ(p.view.l4_offset, 40 + len);
			EXPECT_EQ(p.view.protonum, ipproto::udp);
		}
}

TEST(ParseIpv6, what_is_not_an_extension_header_is_layer_4)
{
	for (unsigned next = 0; next < 256; next++) {
		const Parsed p{L3::ipv6, Ipv6{.next = u8(next)}() + Octets{none, 0, 0, 0, 0, 0, 0, 0}};
		switch (next) {
		case hop:
		case routing:
		case ah:
		case none:
		case destination:
		case fragment:
			EXPECT_EQ(p.reason, Reason::l3_no_next_header) << next;
			break;
		default: // ESP and mobility among them
			EXPECT_EQ(p.reason, Reason::none) << next;
			EXPECT_EQ(p.view.protonum, next);
			EXPECT_EQ(p.view.l4_offset, 40u);
		}
	}
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = esp}()}.reason), Reason::none);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = mobility}()}.reason), Reason::none);
}

TEST(ParseIpv6, fragments)
{
	const struct {
		u16 field;
		Reason reason;
	} cases[] = {
		{0x0000, Reason::none}, // "atomic": the only fragment
		{0x0001, Reason::none}, // first of several
		{0x0007, Reason::none}, // reserved bits are not the offset
		{0x0008, Reason::l3_fragment}, {0x0009, Reason::l3_fragment}, {0xfff8, Reason::l3_fragment}, {0x8000, Reason::l3_fragment},
	};
	for (const auto &c : cases) {
		const Parsed p{L3::ipv6, Ipv6{.next = fragment}() + frag(ipproto::udp, c.field) + udp_header(1, 2)};
		EXPECT_EQ(p.reason, c.reason) << std::hex << c.field;
		if (c.reason == Reason::none) {
			EXPECT_EQ(p.view.l4_offset, 48u);
			EXPECT_EQ(p.view.protonum, ipproto::udp);
		}
	}
}

// A fragment header is 8 bytes long, whatever its second byte (reserved) says.
TEST(ParseIpv6, fragment_header_has_no_length_field)
{
	Octets f = frag(ipproto::udp, 1);
	f[1] = 0xff;
	const Parsed p{L3::ipv6, Ipv6{.next = fragment}() + f + udp_header(1, 2)};
	ASSERT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l4_offset, 48u);
}

// Offset and flags are in its first four bytes; whether the identification behind them is there does not matter.
TEST(ParseIpv6, fragment_header_cut_off)
{
	for (usize left = 0; left <= 8; left++) {
		Octets packet = Ipv6{.next = fragment}() + frag(ipproto::udp, 1);
		packet.resize(40 + left);
		const Parsed p{L3::ipv6, packet};
		EXPECT_EQ(p.reason, left < 4 ? Reason::l3_bad_extension : Reason::none) << left;
		if (left >= 4)
			EXPECT_EQ(p.view.l4_len(), 0u);
	}
}

TEST(ParseIpv6, later_fragment_behind_other_headers_and_behind_a_first_one)
{
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = hop}() + ext(fragment, 0, 6) + frag(ipproto::udp, 0x100) + udp_header(1, 2)}.reason),
		  Reason::l3_fragment);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = fragment}() + frag(fragment, 1) + frag(ipproto::udp, 0x100) + udp_header(1, 2)}.reason),
		  Reason::l3_fragment);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = fragment}() + frag(fragment, 1) + frag(ipproto::udp, 1) + udp_header(1, 2)}.reason), Reason::none);
}

TEST(ParseIpv6, no_next_header)
{
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = none}()}.reason), Reason::l3_no_next_header);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = none}() + zeros(64)}.reason), Reason::l3_no_next_header);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = hop}() + ext(none, 0, 6)}.reason), Reason::l3_no_next_header);
}

// The last extension header claims more than there is: layer 4 is then empty, at the end of the packet, and not beyond it.
TEST(ParseIpv6, overlong_last_header)
{
	for (u8 header : {hop, routing, destination, ah}) {
		const Parsed p{L3::ipv6, Ipv6{.next = header}() + ext(esp, 200, 30)};
		ASSERT_EQ(p.reason, Reason::none);
		EXPECT_EQ(p.view.protonum, esp);
		EXPECT_EQ(p.view.l4_offset, 72u);
		EXPECT_EQ(p.view.l4_len(), 0u);
	}
}

TEST(ParseIpv6, overlong_header_before_another)
{
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = hop}() + ext(destination, 200, 30)}.reason), Reason::l3_bad_extension);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = hop}() + ext(fragment, 200, 30)}.reason), Reason::l3_bad_extension);
	EXPECT_EQ((Parsed{L3::ipv6, Ipv6{.next = hop}() + ext(none, 200, 30)}.reason), Reason::l3_no_next_header);
}

TEST(ParseIpv6, truncated_anywhere)
{
	// Where each header's first bytes must be: two, and four for a fragment header.
	const Octets packet = Ipv6{.next = hop}() + ext(routing, 0, 6) + ext(fragment, 1, 14) + frag(ah, 1) + ext(destination, 1, 10) +
			      ext(ipproto::udp, 0, 6) + udp_header(1, 2);
	for_each_truncation(packet, [](const Bytes &bytes, usize len) {
		PacketView view;
		const Reason r = parse_l3(bytes, L3::ipv6, 0, view);
		if (len < 40)
			EXPECT_EQ(r, Reason::l3_truncated) << len;
		else if (len < 40 + 8 + 16 + 8 + 12 + 2)
			EXPECT_EQ(r, Reason::l3_bad_extension) << len;
		else {
			ASSERT_EQ(r, Reason::none) << len;
			EXPECT_EQ(view.protonum, ipproto::udp);
			EXPECT_EQ(view.l4_offset, std::min<usize>(len, 92));
		}
	});
}

TEST(ParseIpv6, thousand_headers_end)
{
	Octets packet = Ipv6{.next = destination}();
	for (int i = 0; i < 1000; i++)
		packet = packet + ext(destination, 0, 6);
	EXPECT_EQ((Parsed{L3::ipv6, packet}.reason), Reason::l3_bad_extension);
	const Parsed p{L3::ipv6, packet + ext(ipproto::udp, 0, 6)};
	EXPECT_EQ(p.reason, Reason::none);
	EXPECT_EQ(p.view.l4_offset, packet.size() + 8);
}

// Noise: the result may be anything, but is the same however the packet lies in memory, and stays inside of it.
TEST(Parse, noise_is_contained)
{
	std::mt19937 rng{6};
	constexpr u8 favoured[] = {hop, routing, fragment, ah, none, destination, ipproto::udp, ipproto::icmpv6};
	for (int round = 0; round < 20000; round++) {
		Octets packet(rng() % 120);
		for (u8 &b : packet)
			b = rng() % 3 ? favoured[rng() % sizeof(favoured)] : u8(rng());
		const L3 l3 = rng() & 1 ? L3::ipv4 : L3::ipv6;
		const u32 offset = rng() % 8 ? 0 : rng() % 130;
		PacketView whole{}, scattered{};
		const Memory one{packet}, many{packet, packet.empty() ? 0 : rng() % packet.size()};
		const Reason r = parse_l3(one.bytes(), l3, offset, whole);
		ASSERT_EQ(parse_l3(many.bytes(), l3, offset, scattered), r);
		if (r != Reason::none)
			continue;
		ASSERT_LE(whole.l4_offset, packet.size());
		ASSERT_EQ(whole.l4_offset, scattered.l4_offset);
		ASSERT_EQ(whole.protonum, scattered.protonum);
	}
}

} // namespace
