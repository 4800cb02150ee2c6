// SPDX-License-Identifier: GPL-2.0-only
// ICMP and ICMPv6: which messages are flows, which are errors, what an error quotes, and redirects; whole, truncated and forged.

#include <random>
#include <set>

#include <gtest/gtest.h>

#include <nfct/core/icmp_types.hpp>
#include <nfct/proto/generic.hpp>
#include <nfct/proto/icmp.hpp>
#include <nfct/proto/icmpv6.hpp>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::test;

namespace {

using Kind = IcmpMessage::Kind;

Octets icmp4(const Octets &message, Ipv4 ip = {.protocol = ipproto::icmp}) { return ip() + message; }
Octets icmp6(const Octets &message, Ipv6 ip = {.next = ipproto::icmpv6}) { return ip() + message; }

IcmpMessage classified4(const Octets &message) { return icmp::classify(Parsed{L3::ipv4, icmp4(message)}.view); }
IcmpMessage classified6(const Octets &message, Ipv6 ip = {.next = ipproto::icmpv6}, bool mrd_is_untracked = true)
{
	return icmpv6::classify(Parsed{L3::ipv6, icmp6(message, ip)}.view, mrd_is_untracked);
}

// ---- kinds ----

TEST(IcmpClassify, every_type)
{
	const std::set<unsigned> errors = {3, 4, 5, 11, 12};
	for (unsigned type = 0; type < 256; type++) {
		const IcmpMessage m = classified4(icmp_header(u8(type)));
		if (type > 18) {
			EXPECT_EQ(m.kind, Kind::invalid) << type;
			EXPECT_EQ(m.reason, Reason::icmp_bad_type);
		} else if (errors.count(type)) {
			EXPECT_EQ(m.kind, Kind::error) << type;
			EXPECT_EQ(m.quoted, 8u);
		} else
			EXPECT_EQ(m.kind, Kind::exchange) << type;
	}
}

TEST(Icmpv6Classify, every_type)
{
	const std::set<unsigned> untracked = {130, 131, 132, 133, 134, 135, 136, 143};
	for (unsigned type = 0; type < 256; type++) {
		const bool mrd = type == 151 || type == 152;
		EXPECT_EQ(classified6(icmp_header(u8(type)), {.next = ipproto::icmpv6}, false).kind == Kind::untracked, untracked.count(type) != 0) << type;
		const IcmpMessage m = classified6(icmp_header(u8(type)));
		if (type < 128) {
			EXPECT_EQ(m.kind, Kind::error) << type;
			EXPECT_EQ(m.quoted, 8u);
		} else if (mrd || untracked.count(type))
			EXPECT_EQ(m.kind, Kind::untracked) << type;
		else if (type == 137)
			EXPECT_EQ(m.kind, Kind::invalid); // a redirect needs more than a header
		else
			EXPECT_EQ(m.kind, Kind::exchange) << type;
	}
}

TEST(IcmpHeader, truncated_anywhere)
{
	for_each_truncation(icmp4(icmp_header(8) + zeros(8)), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none)
			return;
		u32 covered = 0;
		EXPECT_EQ(icmp::check_header(view, covered), len < 28 ? Reason::icmp_short : Reason::none);
		EXPECT_EQ(covered, len < 28 ? 0 : len - 20);
		EXPECT_EQ(icmp::classify(view).kind, len < 21 ? Kind::invalid : Kind::exchange);
	});
	for_each_truncation(icmp6(icmp_header(128) + zeros(8)), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv6, 0, view) != Reason::none)
			return;
		u32 covered = 0;
		EXPECT_EQ(icmpv6::check_header(view, covered), len < 48 ? Reason::icmp_short : Reason::none);
		EXPECT_EQ(covered, len < 48 ? 0 : len - 40);
		EXPECT_EQ(icmpv6::classify(view, true).kind, len < 41 ? Kind::invalid : Kind::exchange);
	});
}

// ---- tracking ----

TEST(IcmpTrack, only_requests_open_a_flow)
{
	const Parsed packet{L3::ipv4, icmp4(icmp_header(8))};
	const std::set<unsigned> openers = {8, 13, 15, 17};
	for (unsigned type = 0; type < 256; type++) {
		EXPECT_EQ(icmp::can_open(u8(type)), openers.count(type) == 1) << type;
		const Outcome o = icmp::track(packet.view, u8(type), 77);
		if (openers.count(type)) {
			EXPECT_EQ(o.verdict(), Verdict::accept);
			EXPECT_TRUE(o.has(todo::refresh));
			EXPECT_EQ(o.timeout, 77u);
			EXPECT_FALSE(o.has(todo::assure));
		} else {
			EXPECT_EQ(o.verdict(), Verdict::invalid);
			EXPECT_EQ(o.reason(), Reason::icmp_new_invalid);
			EXPECT_FALSE(o.has(todo::refresh));
		}
	}
}

TEST(Icmpv6Track, only_requests_open_a_flow)
{
	const Parsed packet{L3::ipv6, icmp6(icmp_header(128))};
	const std::set<unsigned> openers = {128, 139};
	for (unsigned type = 0; type < 256; type++) {
		EXPECT_EQ(icmpv6::can_open(u8(type)), openers.count(type) == 1) << type;
		const Context fresh{Direction::original, false, 0, 0, 250}, known{Direction::original, true, ips::confirmed, 0, 250};
		const Outcome o = icmpv6::track(packet.view, fresh, u8(type), 77);
		EXPECT_EQ(o.verdict(), openers.count(type) ? Verdict::accept : Verdict::invalid) << type;
		EXPECT_EQ(o.has(todo::refresh), openers.count(type) == 1);
		// What is in the table already is not judged again.
		EXPECT_EQ(icmpv6::track(packet.view, known, u8(type), 77).verdict(), Verdict::accept);
	}
}

// Protocol 1 in IPv6 and 58 in IPv4 have tuples, but no tracker answers for them.
TEST(IcmpTrack, in_the_wrong_family)
{
	const Parsed six{L3::ipv6, Ipv6{.next = ipproto::icmp}() + icmp_header(8)}, four{L3::ipv4, Ipv4{.protocol = ipproto::icmpv6}() + icmp_header(128)};
	EXPECT_EQ(icmp::track(six.view, 8, 1).reason(), Reason::icmp_wrong_family);
	EXPECT_EQ(icmpv6::track(four.view, Context{}, 128, 1).reason(), Reason::icmp_wrong_family);
}

TEST(GenericTrack, refreshes_and_nothing_else)
{
	const Outcome o = generic::track(600);
	EXPECT_EQ(o.verdict(), Verdict::accept);
	EXPECT_TRUE(o.has(todo::refresh));
	EXPECT_EQ(o.timeout, 600u);
	EXPECT_FALSE(o.has(todo::assure));
}

// ---- what an error quotes ----

// An error from a router (10.0.0.254) to the client about the client's packet.
Octets error4(const Octets &quoted, u8 type = 3)
{
	return icmp4(icmp_header(type, 1, 0, 0) + quoted, {.protocol = ipproto::icmp, .src = 0x0a0000fe, .dst = 0x0a000001});
}
Octets error6(const Octets &quoted, u8 type = 1)
{
	return icmp6(icmp_header(type, 0, 0, 0) + quoted, {.next = ipproto::icmpv6, .src = ipv6_address(0xfe), .dst = ipv6_address(1)});
}

// What packet/icmp_error.cpp does, but for GRE's call ids.
Reason quoted_flow(const PacketView &error, u32 at, Tuple &sought)
{
	PacketView inner;
	Tuple sent;
	if (const Reason r = quoted_packet(error, at, inner, sent); r != Reason::none)
		return r;
	return invert(sent, sought) ? Reason::none : Reason::icmp_inner_no_inverse;
}

// The reason, and the tuple sought, the same for every layout of the packet in memory.
Reason quoted(L3 l3, const Octets &packet, Tuple &sought, u32 at = 8)
{
	Reason result = Reason::count_;
	for (usize head : {packet.size(), usize(1), packet.size() / 2}) {
		const Memory memory{packet, head};
		PacketView view;
		EXPECT_EQ(parse_l3(memory.bytes(), l3, 0, view), Reason::none);
		Tuple t{};
		const Reason r = quoted_flow(view, at, t);
		if (result == Reason::count_) {
			result = r;
			sought = t;
		}
		EXPECT_EQ(r, result);
		EXPECT_TRUE(r != Reason::none || same_bytes(t, sought));
	}
	return result;
}

TEST(IcmpQuoted, udp_inverted)
{
	Tuple t;
	ASSERT_EQ(quoted(L3::ipv4, error4(Ipv4{}() + udp_header(1025, 53)), t), Reason::none);
	EXPECT_EQ(t.src.word[0].host(), 0x0a000002u);
	EXPECT_EQ(t.dst.word[0].host(), 0x0a000001u);
	EXPECT_EQ(t.src_l4.host(), 53);
	EXPECT_EQ(t.dst_l4.host(), 1025);
	EXPECT_EQ(t.protonum, ipproto::udp);
}

TEST(IcmpQuoted, udp_over_ipv6_with_extension_headers)
{
	Tuple t;
	ASSERT_EQ(quoted(L3::ipv6, error6(Ipv6{.next = 0}() + Octets{44, 0, 0, 0, 0, 0, 0, 0} + Octets{17, 0, 0, 1, 0, 0, 0, 9} + udp_header(1025, 53)), t),
		  Reason::none);
	EXPECT_EQ(t.src_l4.host(), 53);
	EXPECT_EQ(t.dst_l4.host(), 1025);
	EXPECT_EQ(load_be16(reinterpret_cast<const u8 *>(&t.src)), 0x2001);
	EXPECT_EQ(reinterpret_cast<const u8 *>(&t.src)[15], 2);
}

TEST(IcmpQuoted, echo_request_is_found_as_its_reply)
{
	Tuple t;
	ASSERT_EQ(quoted(L3::ipv4, error4(Ipv4{.protocol = ipproto::icmp}() + icmp_header(8, 0, 0x77), 11), t), Reason::none);
	EXPECT_EQ(t.icmp_type(), icmp_type::echo_reply);
	EXPECT_EQ(t.src_l4.host(), 0x77);
}

TEST(IcmpQuoted, an_error_about_an_error_has_no_flow)
{
	Tuple t;
	for (u8 type : {3, 4, 5, 11, 12})
		EXPECT_EQ(quoted(L3::ipv4, error4(Ipv4{.protocol = ipproto::icmp}() + icmp_header(type)), t), Reason::icmp_inner_no_inverse);
	EXPECT_EQ(quoted(L3::ipv6, error6(Ipv6{.next = ipproto::icmpv6}() + icmp_header(1)), t), Reason::icmp_inner_no_inverse);
}

TEST(IcmpQuoted, fragments)
{
	Tuple t;
	EXPECT_EQ(quoted(L3::ipv4, error4(Ipv4{.fragment = 0x2000}() + udp_header(1025, 53)), t), Reason::none);
	EXPECT_EQ(quoted(L3::ipv4, error4(Ipv4{.fragment = 0x0010}() + udp_header(1025, 53)), t), Reason::icmp_inner_fragment);
	EXPECT_EQ(quoted(L3::ipv6, error6(Ipv6{.next = 44}() + Octets{17, 0, 0, 8, 0, 0, 0, 9} + udp_header(1, 2)), t), Reason::icmp_inner_fragment);
}

TEST(IcmpQuoted, malformed)
{
	Tuple t;
	EXPECT_EQ(quoted(L3::ipv6, error6(Ipv6{.next = 59}()), t), Reason::icmp_inner_malformed);
	EXPECT_EQ(quoted(L3::ipv6, error6(Ipv6{.next = 0}() + Octets{60, 100, 0, 0, 0, 0, 0, 0}), t), Reason::icmp_inner_malformed);
	EXPECT_EQ(quoted(L3::ipv4, error4({}), t), Reason::icmp_inner_truncated);
	Octets header = Ipv4{.words = 15}();
	header.resize(28);
	EXPECT_EQ(quoted(L3::ipv4, error4(header), t), Reason::icmp_inner_truncated);
}

// RFC 792 has an error quote the header and 8 bytes; the ports are in the first four.
TEST(IcmpQuoted, truncated_anywhere)
{
	for_each_truncation(error4(Ipv4{.words = 6}() + udp_header(1025, 53)), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none)
			return;
		Tuple t;
		EXPECT_EQ(quoted_flow(view, 8, t), len < 28 + 24 + 4 ? Reason::icmp_inner_truncated : Reason::none) << len;
	});
	for_each_truncation(error6(Ipv6{}() + udp_header(1025, 53)), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv6, 0, view) != Reason::none)
			return;
		Tuple t;
		EXPECT_EQ(quoted_flow(view, 8, t), len < 48 + 40 + 4 ? Reason::icmp_inner_truncated : Reason::none) << len;
	});
}

// ---- whom the error is for ----

TEST(IcmpQuoted, outer_address)
{
	Tuple t;
	Octets packet = error4(Ipv4{}() + udp_header(1025, 53));
	ASSERT_EQ(quoted(L3::ipv4, packet, t), Reason::none);
	EXPECT_TRUE(addressed_alike(Parsed(L3::ipv4, packet).view, t));
	for (unsigned bit = 0; bit < 32; bit++) {
		Octets forged = packet;
		forged[16 + bit / 8] ^= 1u << bit % 8;
		EXPECT_FALSE(addressed_alike(Parsed(L3::ipv4, forged).view, t)) << bit;
	}

	packet = error6(Ipv6{}() + udp_header(1025, 53));
	ASSERT_EQ(quoted(L3::ipv6, packet, t), Reason::none);
	EXPECT_TRUE(addressed_alike(Parsed(L3::ipv6, packet).view, t));
	for (unsigned bit = 0; bit < 128; bit++) {
		Octets forged = packet;
		forged[24 + bit / 8] ^= 1u << bit % 8;
		EXPECT_FALSE(addressed_alike(Parsed(L3::ipv6, forged).view, t)) << bit;
	}
}

TEST(IcmpQuoted, outer_address_of_a_scattered_packet)
{
	const Octets packet = error6(Ipv6{}() + udp_header(1025, 53));
	const Memory memory{packet, 30};
	PacketView view;
	ASSERT_EQ(parse_l3(memory.bytes(), L3::ipv6, 0, view), Reason::none);
	const Addr a = destination_of(view);
	EXPECT_EQ(std::memcmp(&a, ipv6_address(1).data(), 16), 0);
}

// ---- ICMPv6 redirect ----

const Ipv6 router_on_link{.next = ipproto::icmpv6, .src = ipv6_address(1, 0xfe80), .hop_limit = 255};
Octets redirect(const Octets &options, u8 code = 0) { return icmp_header(137, code, 0, 0) + zeros(32) + options; }
const Octets quote_option = Octets{4, 7, 0, 0, 0, 0, 0, 0};

TEST(Icmpv6Redirect, quotes_behind_its_option_header)
{
	const Octets message = redirect(quote_option + Ipv6{}() + udp_header(1025, 53));
	const IcmpMessage m = classified6(message, router_on_link);
	ASSERT_EQ(m.kind, Kind::error);
	EXPECT_EQ(m.quoted, 48u);
	Tuple t;
	ASSERT_EQ(quoted(L3::ipv6, icmp6(message, router_on_link), t, m.quoted), Reason::none);
	EXPECT_EQ(t.src_l4.host(), 53);
}

TEST(Icmpv6Redirect, only_from_a_router_on_the_link)
{
	const Octets message = redirect(quote_option);
	for (u16 prefix : {0xfe80, 0xfebf, 0xfe90}) {
		Ipv6 ip = router_on_link;
		ip.src = ipv6_address(1, prefix);
		EXPECT_EQ(classified6(message, ip).kind, Kind::error) << std::hex << prefix;
	}
	for (u16 prefix : {0x2001, 0xfec0, 0xfe00, 0xfe7f, 0xff80, 0xff02, 0x0000}) {
		Ipv6 ip = router_on_link;
		ip.src = ipv6_address(1, prefix);
		EXPECT_EQ(classified6(message, ip).reason, Reason::icmpv6_redirect_source) << std::hex << prefix;
	}
	for (u8 limit : {0, 1, 64, 254}) {
		Ipv6 ip = router_on_link;
		ip.hop_limit = limit;
		EXPECT_EQ(classified6(message, ip).reason, Reason::icmpv6_redirect_source);
	}
}

TEST(Icmpv6Redirect, other_codes_and_options_are_no_errors)
{
	for (unsigned code = 1; code < 256; code++)
		EXPECT_EQ(classified6(redirect(quote_option, u8(code)), router_on_link).kind, Kind::exchange);
	for (unsigned option = 0; option < 256; option++)
		EXPECT_EQ(classified6(redirect({u8(option), 1}), router_on_link).kind, option == 4 ? Kind::error : Kind::exchange);
}

TEST(Icmpv6Redirect, option_of_length_zero)
{
	EXPECT_EQ(classified6(redirect({4, 0, 0, 0}), router_on_link).reason, Reason::icmpv6_redirect_options);
	EXPECT_EQ(classified6(redirect({2, 0, 0, 0}), router_on_link).reason, Reason::icmpv6_redirect_options);
}

TEST(Icmpv6Redirect, truncated_anywhere)
{
	for_each_truncation(icmp6(redirect(quote_option + Ipv6{}() + udp_header(1025, 53)), router_on_link), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (len <= 40 || parse_l3(bytes, L3::ipv6, 0, view) != Reason::none)
			return;
		const IcmpMessage m = icmpv6::classify(view, true);
		const usize l4 = len - 40;
		if (l4 < 40)
			EXPECT_EQ(m.reason, Reason::icmpv6_redirect_short) << l4;
		else if (l4 < 42)
			EXPECT_EQ(m.reason, Reason::icmpv6_redirect_options) << l4;
		else {
			ASSERT_EQ(m.kind, Kind::error) << l4;
			Tuple t;
			EXPECT_EQ(quoted_flow(view, m.quoted, t), l4 < 48 + 40 + 4 ? Reason::icmp_inner_truncated : Reason::none) << l4;
		}
	});
}

// Noise in the quoted packet: never a read outside of it, and the same answer however it lies in memory.
TEST(IcmpQuoted, noise_is_contained)
{
	std::mt19937 rng{9};
	constexpr u8 favoured[] = {0x45, 0, 43, 44, 51, 59, 60, 17, 6, 1, 58, 47, 4, 137};
	for (int round = 0; round < 20000; round++) {
		Octets noise(rng() % 100);
		for (u8 &b : noise)
			b = rng() % 2 ? favoured[rng() % sizeof(favoured)] : u8(rng());
		Tuple t;
		if (rng() & 1)
			(void)quoted(L3::ipv4, error4(noise), t);
		else
			(void)quoted(L3::ipv6, error6(noise), t);
	}
}

} // namespace
