// SPDX-License-Identifier: GPL-2.0-only
// Masked tuples: which parts count, and the mask that two expectations share.

#include <gtest/gtest.h>

#include <nfct/core/tuple_mask.hpp>

#include "packet.hpp"

using namespace nfct;

namespace {

Tuple some_tuple()
{
	Tuple t{};
	for (unsigned i = 0; i < 4; i++) {
		t.src.word[i].raw = 0x01010101u * (i + 1);
		t.dst.word[i].raw = 0x10101010u * (i + 1);
	}
	t.src_l4.raw = 0x1234;
	t.dst_l4.raw = 0x5678;
	t.l3num = static_cast<u16>(L3::ipv6);
	t.protonum = ipproto::udp;
	return t;
}

TupleMask mask_of_all(u32 word, u16 l4)
{
	TupleMask m{};
	for (unsigned i = 0; i < 4; i++)
		m.src.word[i].raw = word;
	m.src_l4.raw = l4;
	return m;
}

} // namespace

// Each bit of the source counts if and only if the mask has it; the destination, the family and the protocol always count.
TEST(TupleMask, EachBit)
{
	const Tuple a = some_tuple();
	for (unsigned bit = 0; bit < 128; bit++) {
		Tuple b = a;
		b.src.word[bit / 32].raw ^= 1u << bit % 32;
		TupleMask m = mask_of_all(0, 0);
		EXPECT_TRUE(same_under(a, b, m));
		m.src.word[bit / 32].raw = 1u << bit % 32;
		EXPECT_FALSE(same_under(a, b, m));
		m = mask_of_all(0xffffffff, 0xffff);
		m.src.word[bit / 32].raw &= ~(1u << bit % 32);
		EXPECT_TRUE(same_under(a, b, m));

		b = a;
		b.dst.word[bit / 32].raw ^= 1u << bit % 32;
		EXPECT_FALSE(same_under(a, b, mask_of_all(0, 0)));
	}
	for (unsigned bit = 0; bit < 16; bit++) {
		Tuple b = a;
		b.src_l4.raw = static_cast<u16>(b.src_l4.raw ^ 1u << bit);
		EXPECT_FALSE(same_under(a, b, mask_of_all(0, static_cast<u16>(1u << bit))));
		EXPECT_TRUE(same_under(a, b, mask_of_all(0xffffffff, static_cast<u16>(~(1u << bit)))));

		b = a;
		b.dst_l4.raw = static_cast<u16>(b.dst_l4.raw ^ 1u << bit);
		EXPECT_FALSE(same_under(a, b, mask_of_all(0, 0)));
	}
}

TEST(TupleMask, FamilyProtocolDirection)
{
	const Tuple a = some_tuple();
	const TupleMask none = mask_of_all(0, 0);
	Tuple b = a;
	b.l3num = static_cast<u16>(L3::ipv4);
	EXPECT_FALSE(same_under(a, b, none));
	b = a;
	b.protonum = ipproto::tcp;
	EXPECT_FALSE(same_under(a, b, none));
	b = a;
	b.dir = 1;
	EXPECT_TRUE(same_under(a, b, mask_of_all(0xffffffff, 0xffff)));
}

TEST(TupleMask, Shared)
{
	const TupleMask a = mask_of_all(0xff00ff00, 0xf0f0), b = mask_of_all(0x0ff00ff0, 0xff00);
	EXPECT_EQ(a & b, mask_of_all(0x0f000f00, 0xf000));
	EXPECT_EQ(a & b, b & a);
	EXPECT_EQ(a & a, a);
	EXPECT_NE(a, b);
}
