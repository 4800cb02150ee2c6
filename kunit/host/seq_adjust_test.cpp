// SPDX-License-Identifier: GPL-2.0-only
// Shifted sequence numbers: against a stream whose payloads were really replaced, and SACK options, sound and broken.

#include <random>

#include <gtest/gtest.h>

#include <nfct/proto/seq_adjust.hpp>

#include "tcp.hpp"

using namespace nfct;
using namespace nfct::test;
using tcp::SeqAdjust;

namespace {

constexpr u32 starts[] = {0, 1000, 0x7ffffff0, 0x80000000, 0xffffff00, 0xffffffff};

// Both ends' numbers of each segment's beginning.
struct Stream {
	u32 sent, received;
	SeqAdjust adjust = {};

	// A segment of len bytes that becomes len + by. Its beginning has its number already.
	void segment(u32 len, s32 by)
	{
		EXPECT_EQ(sent + u32(shift_of(adjust, {sent})), received) << "before the change";
		if (by) {
			note_change(adjust, {sent}, by);
			EXPECT_EQ(sent + u32(shift_of(adjust, {sent})), received) << "the changed segment keeps its number";
		}
		sent += len;
		received += len + u32(by);
		EXPECT_EQ(sent + u32(shift_of(adjust, {sent})), received) << "behind it";
		EXPECT_EQ(as_sent(adjust, {received}).v, sent) << "acknowledged";
	}
};

TEST(SeqAdjust, nothing_changed)
{
	for (u32 start : starts) {
		EXPECT_EQ(shift_of(SeqAdjust{}, {start}), 0);
		EXPECT_EQ(as_sent(SeqAdjust{}, {start}).v, start);
	}
}

TEST(SeqAdjust, follows_a_stream_through_every_wrap)
{
	std::mt19937 random(1);
	for (u32 start : starts)
		for (int round = 0; round < 200; round++) {
			SCOPED_TRACE(start);
			Stream s{start, start};
			for (int n = 0; n < 50 && !HasFailure(); n++) {
				const bool change = random() % 3 == 0;
				s.segment(20 + random() % 1400, change ? s32(random() % 37) - 18 : 0);
			}
		}
}

TEST(SeqAdjust, sent_again)
{
	for (u32 start : starts) {
		SCOPED_TRACE(start);
		SeqAdjust a{};
		note_change(a, {start}, 5);
		const SeqAdjust once = a;
		note_change(a, {start}, 5);
		EXPECT_TRUE(a.position == once.position && a.before == 0 && a.after == 5) << "the same segment";
		note_change(a, {start - 100}, 5);
		EXPECT_TRUE(a.position == once.position && a.before == 0 && a.after == 5) << "an earlier one";
		note_change(a, {start + 100}, -7);
		EXPECT_TRUE(a.position.v == start + 100 && a.before == 5 && a.after == -2) << "a later one";
		EXPECT_EQ(shift_of(a, {start + 50}), 5);
		EXPECT_EQ(shift_of(a, {start + 100}), 5);
		EXPECT_EQ(shift_of(a, {start + 101}), -2);
	}
}

// Two changes that cancel each other leave a shift of nothing, and then any segment counts as a new change.
TEST(SeqAdjust, back_to_nothing)
{
	SeqAdjust a{};
	note_change(a, {1000}, 4);
	note_change(a, {2000}, -4);
	EXPECT_EQ(shift_of(a, {3000}), 0);
	EXPECT_EQ(shift_of(a, {1500}), 4);
	EXPECT_EQ(as_sent(a, {2004}).v, 2000u);
	EXPECT_EQ(as_sent(a, {2020}).v, 2020u);
}

// ---- SACK ----

constexpr SeqAdjust longer = {{1000}, 0, 10};

struct Rewritten {
	Octets options;
	bool sound;
};

// In memory of exactly the options' size.
Rewritten rewrite(const Octets &options, const SeqAdjust &a = longer)
{
	std::unique_ptr<u8[]> p{new u8[options.size()]};
	std::copy(options.begin(), options.end(), p.get());
	const bool sound = tcp::adjust_sack(p.get(), u32(options.size()), a, [](u8 *edge, Seq number) {
		for (int i = 0; i < 4; i++)
			edge[i] = u8(number.v >> (24 - 8 * i));
	});
	return {Octets(p.get(), p.get() + options.size()), sound};
}

TEST(SeqAdjust, sack_edges_are_told_apart)
{
	const Rewritten r = rewrite(Octets{1, 1} + sack_option(900, 1000) + Octets{1, 1});
	EXPECT_TRUE(r.sound);
	EXPECT_EQ(r.options, Octets({1, 1}) + sack_option(900, 1000) + Octets({1, 1}));
	EXPECT_EQ(rewrite(sack_option(1000, 1030)).options, sack_option(1000, 1020));
	EXPECT_EQ(rewrite(sack_option(1001, 1030)).options, sack_option(991, 1020));
}

TEST(SeqAdjust, all_blocks_of_all_sack_options)
{
	const Octets two = Octets{5, 18} + be32(2010) + be32(2110) + be32(3010) + be32(3110);
	const Octets wanted = Octets{5, 18} + be32(2000) + be32(2100) + be32(3000) + be32(3100);
	EXPECT_EQ(rewrite(Octets{8, 10} + zeros(8) + two).options, Octets({8, 10}) + zeros(8) + wanted);
	EXPECT_EQ(rewrite(sack_option(2010, 2110) + two).options, sack_option(2000, 2100) + wanted);
}

TEST(SeqAdjust, what_is_no_sack_stays)
{
	for (const Octets &o : {Octets{5, 2}, Octets{5, 9} + zeros(7), Octets{5, 6} + zeros(4), Octets{4, 2}, Octets{0, 5, 10} + zeros(8)}) {
		const Rewritten r = rewrite(o);
		EXPECT_TRUE(r.sound);
		EXPECT_EQ(r.options, o);
	}
}

TEST(SeqAdjust, broken_lengths)
{
	for (const Octets &o : {Octets{5}, Octets{1, 1, 8}, Octets{5, 0}, Octets{5, 1}, Octets{8, 0, 0, 0}, Octets{5, 10, 0, 0}, Octets{99, 255}})
		EXPECT_FALSE(rewrite(o).sound);
	// What stood before is done.
	const Rewritten r = rewrite(sack_option(2010, 2110) + Octets{7, 90});
	EXPECT_FALSE(r.sound);
	EXPECT_EQ(r.options, sack_option(2000, 2100) + Octets({7, 90}));
}

TEST(SeqAdjust, any_bytes)
{
	std::mt19937 random(2);
	for (int n = 0; n < 20000; n++) {
		Octets o(random() % 41);
		for (u8 &b : o)
			b = u8(random() % 4 ? random() % 12 : random());
		(void)rewrite(o);
	}
}

} // namespace
