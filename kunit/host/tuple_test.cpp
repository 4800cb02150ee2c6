// SPDX-License-Identifier: GPL-2.0-only
// tuple_of() and invert(): every protocol, every ICMP type, every truncation.

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::test;

namespace {

Addr v4(u32 host) { return {{Be32::from_host(host), {0}, {0}, {0}}}; }
Addr v6(const Octets &octets)
{
	Addr a;
	std::memcpy(&a, octets.data(), 16);
	return a;
}

Tuple tuple(L3 l3, Addr src, Addr dst, u8 protonum, u16 src_l4, u16 dst_l4)
{
	Tuple t{};
	t.src = src;
	t.dst = dst;
	t.l3num = static_cast<u16>(l3);
	t.protonum = protonum;
	t.src_l4 = Be16::from_host(src_l4);
	t.dst_l4 = Be16::from_host(dst_l4);
	return t;
}

const Addr client4 = v4(0x0a000001), server4 = v4(0x0a000002), client6 = v6(ipv6_address(1)), server6 = v6(ipv6_address(2));

// The tuple of a packet in one piece, and in scattered ones the same.
bool tuple_in(L3 l3, const Octets &packet, Tuple &out)
{
	bool first = true, result = false;
	for (usize head : {packet.size(), usize(1), packet.size() / 2, usize(0)}) {
		const Memory memory{packet, head};
		PacketView view;
		Tuple t;
		const bool ok = parse_l3(memory.bytes(), l3, 0, view) == Reason::none && tuple_of(view, t);
		if (first) {
			result = ok;
			out = t;
		}
		EXPECT_EQ(ok, result);
		if (ok) {
			EXPECT_TRUE(same_bytes(t, out));
		}
		first = false;
	}
	return result;
}

TEST(TupleOf, protocols_with_ports)
{
	for (u8 protocol : {ipproto::tcp, ipproto::udp, ipproto::udplite, ipproto::sctp, ipproto::dccp}) {
		Tuple t;
		ASSERT_TRUE(tuple_in(L3::ipv4, Ipv4{.protocol = protocol}() + be16(1025) + be16(80), t)); // four bytes are enough
		EXPECT_TRUE(same_bytes(t, tuple(L3::ipv4, client4, server4, protocol, 1025, 80)));
		ASSERT_TRUE(tuple_in(L3::ipv6, Ipv6{.next = protocol}() + be16(1025) + be16(80), t));
		EXPECT_TRUE(same_bytes(t, tuple(L3::ipv6, client6, server6, protocol, 1025, 80)));
		EXPECT_FALSE(tuple_in(L3::ipv4, Ipv4{.protocol = protocol}() + be16(1025) + Octets{0}, t));
		EXPECT_FALSE(tuple_in(L3::ipv6, Ipv6{.next = protocol}(), t));
	}
}

TEST(TupleOf, protocols_without_ports_need_no_layer_4)
{
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		Tuple t;
		switch (protocol) {
		case ipproto::tcp:
		case ipproto::udp:
		case ipproto::udplite:
		case ipproto::sctp:
		case ipproto::dccp:
		case ipproto::icmp:
		case ipproto::icmpv6:
			EXPECT_FALSE(tuple_in(L3::ipv4, Ipv4{.protocol = u8(protocol)}(), t)) << protocol;
			continue;
		}
		ASSERT_TRUE(tuple_in(L3::ipv4, Ipv4{.protocol = u8(protocol)}(), t)) << protocol;
		EXPECT_TRUE(same_bytes(t, tuple(L3::ipv4, client4, server4, u8(protocol), 0, 0)));
	}
}

TEST(TupleOf, icmp_of_every_type)
{
	for (unsigned type = 0; type < 256; type++) {
		Tuple t;
		ASSERT_TRUE(tuple_in(L3::ipv4, Ipv4{.protocol = ipproto::icmp}() + icmp_header(u8(type), 3, 0x1234), t));
		EXPECT_TRUE(same_bytes(t, tuple(L3::ipv4, client4, server4, ipproto::icmp, 0x1234, u16(type << 8 | 3))));
		EXPECT_EQ(t.icmp_type(), type);
		EXPECT_EQ(t.icmp_code(), 3);
		ASSERT_TRUE(tuple_in(L3::ipv6, Ipv6{.next = ipproto::icmpv6}() + icmp_header(u8(type), 3, 0x1234), t));
		EXPECT_TRUE(same_bytes(t, tuple(L3::ipv6, client6, server6, ipproto::icmpv6, 0x1234, u16(type << 8 | 3))));
	}
}

TEST(TupleOf, icmp_wants_eight_bytes)
{
	for (usize n = 0; n <= 8; n++) {
		Tuple t;
		Octets message = icmp_header(8);
		message.resize(n);
		EXPECT_EQ(tuple_in(L3::ipv4, Ipv4{.protocol = ipproto::icmp}() + message, t), n == 8);
	}
}

TEST(TupleOf, gre)
{
	const auto gre = [](const Octets &header, Tuple &t) { return tuple_in(L3::ipv4, Ipv4{.protocol = ipproto::gre}() + header, t); };
	const Tuple plain = tuple(L3::ipv4, client4, server4, ipproto::gre, 0, 0);
	Tuple t;

	// Version 0, with a key even: told apart by addresses only.
	ASSERT_TRUE(gre(be16(0x2000) + be16(0x0800) + be32(0xdeadbeef), t));
	EXPECT_TRUE(same_bytes(t, plain));
	// Unknown versions and no header at all likewise.
	for (u16 version = 2; version < 8; version++) {
		ASSERT_TRUE(gre(be16(version) + be16(0x880b) + be32(0x00100042), t));
		EXPECT_TRUE(same_bytes(t, plain));
	}
	ASSERT_TRUE(gre({}, t));
	EXPECT_TRUE(same_bytes(t, plain));
	// PPTP: payload length, call id.
	ASSERT_TRUE(gre(be16(0x3001) + be16(0x880b) + be16(16) + be16(0x42) + be32(1), t));
	EXPECT_TRUE(same_bytes(t, tuple(L3::ipv4, client4, server4, ipproto::gre, 0, 0x42)));
	// Version 1 that carries something else than PPP.
	EXPECT_FALSE(gre(be16(0x3001) + be16(0x0800) + be16(16) + be16(0x42), t));
	// Truncated within the PPTP header: as if it were plain.
	ASSERT_TRUE(gre(be16(0x3001) + be16(0x0800) + be16(16) + Octets{0}, t));
	EXPECT_TRUE(same_bytes(t, plain));
	ASSERT_TRUE(gre(be16(0x3001) + Octets{0x88}, t));
	EXPECT_TRUE(same_bytes(t, plain));
}

TEST(TupleOf, pptp_data_waits_for_the_senders_call)
{
	const auto pptp = [](const Octets &header, u8 protocol = ipproto::gre) {
		return is_pptp_data(Parsed{L3::ipv4, Ipv4{.protocol = protocol}() + header}.view);
	};
	const Octets enhanced = be16(0x3001) + be16(0x880b) + be16(16) + be16(0x42);

	EXPECT_TRUE(pptp(enhanced));
	EXPECT_FALSE(pptp(enhanced, ipproto::udp));
	EXPECT_FALSE(pptp(be16(0x2000) + be16(0x880b) + be32(0x42)));
	EXPECT_FALSE(pptp(be16(0x3001) + be16(0x0800) + be32(0x42)));
	EXPECT_FALSE(pptp(be16(0x3001) + be16(0x880b) + be16(16) + Octets{0}));
	EXPECT_FALSE(pptp({}));
}

TEST(TupleOf, a_first_fragment_has_ports)
{
	Tuple t;
	ASSERT_TRUE(tuple_in(L3::ipv4, Ipv4{.fragment = 0x2000}() + udp_header(7, 9), t));
	EXPECT_TRUE(same_bytes(t, tuple(L3::ipv4, client4, server4, ipproto::udp, 7, 9)));
}

// A header that says it is shorter than it may be: layer 4 begins within the addresses; nothing is read outside of the packet.
TEST(TupleOf, ipv4_header_shorter_than_allowed)
{
	Octets packet = Ipv4{}() + udp_header(7, 9);
	for (u8 words = 1; words < 5; words++) {
		packet[0] = u8(0x40 | words);
		Tuple t;
		ASSERT_TRUE(tuple_in(L3::ipv4, packet, t));
		EXPECT_EQ(t.src_l4.host(), load_be16(&packet[words * 4]));
	}
}

TEST(TupleOf, truncated_anywhere)
{
	const struct {
		L3 l3;
		u8 protocol;
		usize needed;
	} cases[] = {{L3::ipv4, ipproto::udp, 24},  {L3::ipv4, ipproto::icmp, 28},   {L3::ipv4, ipproto::gre, 20},
		     {L3::ipv4, 4, 20},             {L3::ipv6, ipproto::tcp, 44},    {L3::ipv6, ipproto::icmpv6, 48},
		     {L3::ipv6, ipproto::icmp, 48}, {L3::ipv4, ipproto::icmpv6, 28}, {L3::ipv6, ipproto::gre, 40}};
	for (const auto &c : cases) {
		const Octets ip = c.l3 == L3::ipv4 ? Ipv4{.protocol = c.protocol}() : Ipv6{.next = c.protocol}();
		for_each_truncation(ip + Octets{0x30, 1, 0x88, 0x0b} + zeros(20), [&](const Bytes &bytes, usize len) {
			PacketView view;
			Tuple t;
			EXPECT_EQ(parse_l3(bytes, c.l3, 0, view) == Reason::none && tuple_of(view, t), len >= c.needed)
				<< "protocol " << int(c.protocol) << " length " << len;
		});
	}
}

// ---- inversion ----

TEST(Invert, swaps_addresses_ports_and_direction)
{
	const Tuple t = tuple(L3::ipv4, client4, server4, ipproto::tcp, 1025, 80);
	Tuple i;
	ASSERT_TRUE(invert(t, i));
	Tuple expected = tuple(L3::ipv4, server4, client4, ipproto::tcp, 80, 1025);
	expected.dir = static_cast<u8>(Direction::reply);
	EXPECT_TRUE(same_bytes(i, expected));
	Tuple back;
	ASSERT_TRUE(invert(i, back));
	EXPECT_TRUE(same_bytes(back, t));
}

TEST(Invert, twice_is_the_same_for_every_protocol_without_types)
{
	std::mt19937 rng{7};
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		if (protocol == ipproto::icmp || protocol == ipproto::icmpv6)
			continue;
		const Tuple t = tuple(L3::ipv6, client6, server6, u8(protocol), u16(rng()), u16(rng()));
		Tuple i, back;
		ASSERT_TRUE(invert(t, i));
		EXPECT_TRUE(i.src == t.dst && i.dst == t.src && i.src_l4 == t.dst_l4 && i.dst_l4 == t.src_l4 && i.dir == 1);
		ASSERT_TRUE(invert(i, back));
		EXPECT_TRUE(same_bytes(back, t));
	}
}

// The whole table: what is not listed has no answer.
const std::map<unsigned, unsigned> icmp_answers = {{8, 0}, {0, 8}, {13, 14}, {14, 13}, {15, 16}, {16, 15}, {17, 18}, {18, 17}};
const std::map<unsigned, unsigned> icmpv6_answers = {{128, 129}, {129, 128}, {139, 140}, {140, 139}};

void inversion_table(u8 protocol, const std::map<unsigned, unsigned> &answers)
{
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code : {0u, 1u, 255u}) {
			const Tuple t = tuple(L3::ipv4, client4, server4, protocol, 0x4711, u16(type << 8 | code));
			Tuple i;
			const auto answer = answers.find(type);
			ASSERT_EQ(invert(t, i), answer != answers.end()) << "type " << type;
			if (answer == answers.end())
				continue;
			Tuple expected = tuple(L3::ipv4, server4, client4, protocol, 0x4711, u16(answer->second << 8 | code));
			expected.dir = 1;
			EXPECT_TRUE(same_bytes(i, expected)) << "type " << type;
		}
}

TEST(Invert, icmp_table) { inversion_table(ipproto::icmp, icmp_answers); }
TEST(Invert, icmpv6_table) { inversion_table(ipproto::icmpv6, icmpv6_answers); }

TEST(Invert, cleans_what_stands_behind_an_ipv4_address)
{
	Tuple t = tuple(L3::ipv4, client4, server4, ipproto::udp, 1, 2);
	t.src.word[2].raw = t.dst.word[3].raw = 0xffffffff;
	Tuple i;
	ASSERT_TRUE(invert(t, i));
	EXPECT_TRUE(i.src == server4 && i.dst == client4);
}

TEST(Invert, of_an_unknown_family_has_no_addresses)
{
	Tuple t = tuple(L3::ipv4, client4, server4, ipproto::udp, 1, 2), i;
	t.l3num = 7;
	ASSERT_TRUE(invert(t, i));
	EXPECT_TRUE(i.src == Addr{} && i.dst == Addr{} && i.l3num == 7 && i.src_l4.host() == 2);
}

// What was there before must not show: NAT has its tuples on the stack.
TEST(Invert, writes_every_byte)
{
	for (L3 l3 : {L3::ipv4, L3::ipv6}) {
		const bool v4 = l3 == L3::ipv4;
		const Tuple t = tuple(l3, v4 ? client4 : client6, v4 ? server4 : server6, ipproto::udp, 1, 2);
		Tuple expected = tuple(l3, v4 ? server4 : server6, v4 ? client4 : client6, ipproto::udp, 2, 1), i;
		expected.dir = 1;
		memset(static_cast<void *>(&i), 0xa5, sizeof(i));
		ASSERT_TRUE(invert(t, i));
		EXPECT_TRUE(same_bytes(i, expected));
	}
}

TEST(Invert, of_what_has_no_answer_writes_every_byte_too)
{
	const Tuple t = tuple(L3::ipv4, client4, server4, ipproto::icmp, 7, 3 << 8);
	Tuple i, j;
	memset(static_cast<void *>(&i), 0xa5, sizeof(i));
	memset(static_cast<void *>(&j), 0x5a, sizeof(j));
	EXPECT_FALSE(invert(t, i));
	EXPECT_FALSE(invert(t, j));
	EXPECT_TRUE(same_bytes(i, j));
}

} // namespace
