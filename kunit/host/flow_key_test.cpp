// SPDX-License-Identifier: GPL-2.0-only
// The packed key: injective on what identifies a flow, and a hash that spreads.

#include <random>
#include <set>

#include <gtest/gtest.h>

#include <nfct/core/flow_key.hpp>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::test;

namespace {

std::mt19937_64 rng{20};

u32 r32() { return static_cast<u32>(rng()); }

Tuple random_tuple(L3 l3)
{
	Tuple t{};
	const unsigned words = l3 == L3::ipv4 ? 1 : 4;
	for (unsigned i = 0; i < words; i++) {
		t.src.word[i].raw = r32();
		t.dst.word[i].raw = r32();
	}
	t.l3num = static_cast<u16>(l3);
	t.src_l4.raw = static_cast<u16>(r32());
	t.dst_l4.raw = static_cast<u16>(r32());
	t.protonum = static_cast<u8>(r32());
	t.dir = r32() & 1;
	return t;
}

Tuple mirror(const Tuple &t)
{
	Tuple m = t;
	m.src = t.dst;
	m.dst = t.src;
	m.src_l4 = t.dst_l4;
	m.dst_l4 = t.src_l4;
	return m;
}

// The inverse of pack(). That it exists is the proof that pack() loses nothing.
Tuple unpack(const FlowKey &k, u16 &zone)
{
	Tuple t{};
	if (k.address_words == 4) {
		t.l3num = static_cast<u16>(L3::ipv6);
		for (unsigned i = 0; i < 2; i++) {
			t.src.word[2 * i].raw = static_cast<u32>(k.address[i]);
			t.src.word[2 * i + 1].raw = static_cast<u32>(k.address[i] >> 32);
			t.dst.word[2 * i].raw = static_cast<u32>(k.address[2 + i]);
			t.dst.word[2 * i + 1].raw = static_cast<u32>(k.address[2 + i] >> 32);
		}
	} else {
		t.l3num = static_cast<u16>(L3::ipv4);
		t.src.word[0].raw = static_cast<u32>(k.address[0]);
		t.dst.word[0].raw = static_cast<u32>(k.address[0] >> 32);
	}
	t.src_l4.raw = static_cast<u16>(k.rest);
	t.dst_l4.raw = static_cast<u16>(k.rest >> 16);
	t.protonum = static_cast<u8>(k.rest >> 32);
	zone = static_cast<u16>(k.rest >> 40);
	return t;
}

class FlowKeyOf : public testing::TestWithParam<L3> {};

TEST_P(FlowKeyOf, loses_nothing)
{
	for (int i = 0; i < 20000; i++) {
		const Tuple t = random_tuple(GetParam());
		const auto zone = static_cast<u16>(r32());
		u16 zone_back;
		EXPECT_TRUE(same_flow(unpack(pack(t, zone), zone_back), t));
		EXPECT_EQ(zone_back, zone);
	}
}

TEST_P(FlowKeyOf, differs_in_every_bit_but_the_direction)
{
	for (int i = 0; i < 200; i++) {
		const Tuple t = random_tuple(GetParam());
		const FlowKey k = pack(t, 7);
		for (unsigned bit = 0; bit < sizeof(Tuple) * 8; bit++) {
			Tuple other = t;
			reinterpret_cast<u8 *>(&other)[bit / 8] ^= 1u << bit % 8;
			// Outside the two families, and behind an IPv4 address, there are no valid tuples.
			if (other.l3num != t.l3num)
				continue;
			if (GetParam() == L3::ipv4 && (other.src.word[0] == t.src.word[0] && other.dst.word[0] == t.dst.word[0]) &&
			    !(other.src == t.src && other.dst == t.dst))
				continue;
			EXPECT_EQ(pack(other, 7) == k, same_flow(other, t)) << "bit " << bit;
		}
	}
}

TEST_P(FlowKeyOf, the_last_block_has_room_for_the_length)
{
	Tuple t{};
	t.l3num = static_cast<u16>(GetParam());
	t.src_l4 = t.dst_l4 = {0xffff};
	t.protonum = 0xff;
	EXPECT_EQ(pack(t, 0xffff).rest >> 56, 0u);
}

// In order, keys are the same for flows that mirror each other and for no others.
TEST_P(FlowKeyOf, in_order_is_that_of_the_mirror)
{
	for (int i = 0; i < 20000; i++) {
		const Tuple t = random_tuple(GetParam());
		const FlowKey straight = pack(t, 1), mirrored = pack(mirror(t), 1);
		FlowKey a = straight, b = mirrored;
		put_in_order(a);
		put_in_order(b);
		EXPECT_TRUE(a == b);
		EXPECT_TRUE(a == straight || a == mirrored);
		put_in_order(b); // once more
		EXPECT_TRUE(a == b);
	}
}

INSTANTIATE_TEST_SUITE_P(Family, FlowKeyOf, testing::Values(L3::ipv4, L3::ipv6),
			 [](const auto &info) { return info.param == L3::ipv4 ? "ipv4" : "ipv6"; });

TEST(FlowKey, families_differ_even_if_all_else_is_zero)
{
	Tuple v4{}, v6{};
	v4.l3num = static_cast<u16>(L3::ipv4);
	v6.l3num = static_cast<u16>(L3::ipv6);
	EXPECT_FALSE(pack(v4, 0) == pack(v6, 0));
	EXPECT_NE(flow_hash(v4, 0, 0, {1, 2}), flow_hash(v6, 0, 0, {1, 2}));
}

// SipHash-1-3 over the packed bytes of the flow or of its mirror, written down here once more in the plainest way.
TEST(FlowHash, is_siphash_of_the_packed_bytes)
{
	for (int i = 0; i < 1000; i++) {
		const Tuple t = random_tuple(i & 1 ? L3::ipv6 : L3::ipv4);
		const auto zone = static_cast<u16>(r32());
		const SipKey key{rng(), rng()};
		const u32 mix = r32();
		const auto whole = [&](const FlowKey &k) {
			SipHash13 sip{SipKey{key.k0, key.k1 ^ mix}};
			for (u32 w = 0; w < k.address_words; w++)
				sip.absorb(k.address[w]);
			return sip.finish(k.rest, k.address_words == 4 ? 39 : 15);
		};
		const u64 of_t = whole(pack(t, zone)), of_mirror = whole(pack(mirror(t), zone));
		const u32 h = flow_hash(t, zone, mix, key);
		EXPECT_TRUE(h == (u32(of_t) & ~1u) || h == (u32(of_mirror) & ~1u));
	}
}

TEST(FlowHash, is_that_of_the_mirror)
{
	unsigned same_ends = 0;
	for (int i = 0; i < 4000; i++) {
		Tuple t = random_tuple(i & 1 ? L3::ipv6 : L3::ipv4);
		// Ends that are alike in part: one word of the address, the address, all but the port, all.
		if (i % 5 == 1)
			t.dst.word[0] = t.src.word[0];
		if (i % 5 >= 2)
			t.dst = t.src;
		if (i % 5 == 3)
			t.dst_l4 = {static_cast<u16>(t.src_l4.raw ^ 1)};
		if (i % 5 == 4)
			t.dst_l4 = t.src_l4;
		const SipKey key{rng(), rng()};
		EXPECT_EQ(flow_hash(t, 3, 4, key), flow_hash(mirror(t), 3, 4, key));
		EXPECT_EQ(t.has_same_ends(), same_flow(t, mirror(t)));
		same_ends += t.has_same_ends();
	}
	EXPECT_EQ(same_ends, 800u);
}

TEST(FlowHash, ignores_the_direction_and_minds_zone_namespace_and_key)
{
	Tuple t = random_tuple(L3::ipv4);
	const SipKey key{rng(), rng()};
	const u32 h = flow_hash(t, 1, 5, key);
	t.dir ^= 1;
	EXPECT_EQ(flow_hash(t, 1, 5, key), h);
	EXPECT_NE(flow_hash(t, 2, 5, key), h);
	EXPECT_NE(flow_hash(t, 1, 6, key), h);
	EXPECT_NE(flow_hash(t, 1, 5, SipKey{key.k0 ^ 1, key.k1}), h);
}

// Flows that differ in little, as a scan or a busy client makes them, fill buckets evenly: chi-square with 1023 degrees of freedom has
// a mean of 1023 and a deviation of 45; eight deviations are out of reach for chance.
TEST(FlowHash, spreads_neighbouring_ports)
{
	constexpr unsigned buckets = 1024, flows = 65536;
	std::vector<unsigned> load(buckets);
	Tuple t = random_tuple(L3::ipv4);
	for (unsigned port = 0; port < flows; port++) {
		t.src_l4 = Be16::from_host(static_cast<u16>(port));
		load[u64(flow_hash(t, 0, 0, {3, 4})) * buckets >> 32]++;
	}
	double chi = 0;
	for (unsigned n : load)
		chi += (n - double(flows) / buckets) * (n - double(flows) / buckets) / (double(flows) / buckets);
	EXPECT_LT(chi, 1023 + 8 * 45);
	EXPECT_GT(chi, 1023 - 8 * 45);
}

} // namespace
