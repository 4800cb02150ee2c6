// SPDX-License-Identifier: GPL-2.0-only
// TCP options, sound and broken: every read stays within the header, and nothing broken is believed.

#include <random>

#include <gtest/gtest.h>

#include <nfct/proto/tcp_options.hpp>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::Offer;

namespace {

// In memory of exactly their size.
Offer offered(const Octets &options)
{
	const Memory m{options};
	return tcp::parse_offer(m.bytes().head, u32(options.size()));
}
u32 sacked(const Octets &options, u32 acknowledged)
{
	const Memory m{options};
	return tcp::highest_sack(m.bytes().head, u32(options.size()), {acknowledged}).v;
}

void expect_nothing(const Octets &options)
{
	const Offer o = offered(options);
	EXPECT_FALSE(o.window_scale);
	EXPECT_FALSE(o.sack_permitted);
	EXPECT_EQ(o.scale, 0);
}

// The parser is usable at compile time.
constexpr u8 compiled[] = {1, 3, 3, 5, 4, 2};
static_assert(tcp::parse_offer(compiled, 6).window_scale && tcp::parse_offer(compiled, 6).scale == 5);
static_assert(tcp::parse_offer(compiled, 6).sack_permitted && !tcp::parse_offer(compiled, 5).sack_permitted);
static_assert(!tcp::parse_offer(nullptr, 0).window_scale);

TEST(TcpOptions, usual_offer)
{
	const Offer o = offered(offer(7));
	EXPECT_TRUE(o.window_scale);
	EXPECT_EQ(o.scale, 7);
	EXPECT_TRUE(o.sack_permitted);
}

TEST(TcpOptions, scale_is_capped_at_14)
{
	for (unsigned shift = 0; shift < 256; shift++)
		EXPECT_EQ(offered(scale_option(u8(shift))).scale, shift < 14 ? shift : 14) << shift;
}

TEST(TcpOptions, the_last_scale_holds)
{
	EXPECT_EQ(offered(scale_option(9) + scale_option(3)).scale, 3);
}

TEST(TcpOptions, nothing_counts_behind_the_end)
{
	expect_nothing(Octets{0} + scale_option(7) + sack_permitted_option());
	expect_nothing(Octets{1, 1, 0} + scale_option(7));
	EXPECT_TRUE(offered(scale_option(7) + Octets{0} + sack_permitted_option()).window_scale);
	EXPECT_FALSE(offered(scale_option(7) + Octets{0} + sack_permitted_option()).sack_permitted);
}

// Each kind with each length, in room that is too small, exact, and too large: only the right length counts, and lengths of 0 and 1 or
// past the end hide what follows.
TEST(TcpOptions, every_kind_and_length)
{
	for (unsigned kind = 2; kind < 256; kind++)
		for (unsigned len = 0; len < 256; len++)
			for (usize room : {usize(2), usize(3), usize(10), usize(34), usize(37)}) {
				const Offer o = offered(Octets{u8(kind), u8(len)} + Octets(room - 2, 1) + sack_permitted_option());
				SCOPED_TRACE(testing::Message() << kind << " " << len << " " << room);
				EXPECT_EQ(o.window_scale, kind == 3 && len == 3); // whatever follows is its value
				EXPECT_EQ(o.sack_permitted, len >= 2 && len <= room);
			}
}

TEST(TcpOptions, cut_anywhere)
{
	const Octets whole = scale_option(7) + sack_permitted_option();
	for (usize len = 0; len <= whole.size(); len++) {
		const Offer o = offered(Octets(whole.begin(), whole.begin() + len));
		EXPECT_EQ(o.window_scale, len >= 3) << len;
		EXPECT_EQ(o.sack_permitted, len >= 5) << len;
	}
}

TEST(TcpOptions, sack_takes_the_highest_right_edge)
{
	const Octets three = Octets{5, 26} + be32(10) + be32(20) + be32(50) + be32(60) + be32(30) + be32(40);
	EXPECT_EQ(sacked(three, 5), 60u);
	EXPECT_EQ(sacked(three, 60), 60u);
	EXPECT_EQ(sacked(three, 61), 61u);
	// Higher, as sequence numbers go.
	EXPECT_EQ(sacked(sack_option(0xfffffff0, 16), 0xfffffff0), 16u);
	EXPECT_EQ(sacked(sack_option(0xfffffff0, 0xfffffff8), 8), 8u);
}

// The first option of the right size counts, those of a wrong size are skipped.
TEST(TcpOptions, sack_of_every_size)
{
	for (unsigned len = 0; len < 256; len++)
		for (usize room = 0; room <= 38; room++) {
			Octets options = Octets{5, u8(len)};
			for (usize i = 0; i < room; i++)
				options.push_back(u8(i % 8 == 7)); // each block is 0..1
			const bool sound = len >= 10 && (len - 2) % 8 == 0 && len <= room + 2;
			EXPECT_EQ(sacked(options, 0), sound ? 1u : 0u) << len << " " << room;
		}
	EXPECT_EQ(sacked(Octets{5, 2} + sack_option(1, 2), 0), 2u);
	EXPECT_EQ(sacked(Octets{5, 9, 9, 9, 9, 9, 9, 9, 9} + sack_option(1, 2), 0), 2u);
	EXPECT_EQ(sacked(sack_option(1, 2) + sack_option(3, 4), 0), 2u);
	EXPECT_EQ(sacked(Octets{0} + sack_option(1, 2), 0), 0u);
}

TEST(TcpOptions, noise)
{
	std::mt19937 random{7};
	for (int i = 0; i < 200000; i++) {
		Octets options(random() % 41);
		for (u8 &o : options)
			o = random() % 4 ? random() % 12 : random();
		EXPECT_LE(offered(options).scale, 14);
		(void)sacked(options, random());
	}
}

// ---- through the tracker, with headers that are scattered ----

TEST(TcpOptions, found_in_scattered_packets)
{
	for (usize head = 0; head <= 52; head++) {
		Link link;
		Tcp first = link.next_segment(original, syn, 0, offer(7));
		(void)link.send(original, first, head);
		EXPECT_EQ(link.conn.peer[0].scale, 7) << head;
		EXPECT_EQ(link.conn.peer[0].flags, tcp::peer_flag::window_scale | tcp::peer_flag::sack_permitted) << head;
		EXPECT_EQ(link.conn.peer[0].end.v, 1001u) << head;
	}
}

// Options belong to the header, however much payload looks like them.
TEST(TcpOptions, payload_is_not_read)
{
	Link link;
	Octets l4 = Tcp{.flags = syn}() + offer(7);
	const TcpPacket p{l4};
	EXPECT_EQ(opened(link.conn, p.view, link.config), Reason::none);
	EXPECT_EQ(link.conn.peer[0].flags, 0);
	EXPECT_EQ(link.conn.peer[0].scale, 0);
}

} // namespace
