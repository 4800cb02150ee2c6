// SPDX-License-Identifier: GPL-2.0-only
// A tracker's decision is one word: no part of it may be mistaken for another, and only a refresh alone is the usual one.
#include <gtest/gtest.h>

#include <nfct/core/outcome.hpp>

using namespace nfct;

TEST(Outcome, only_a_refresh_alone_is_usual)
{
	EXPECT_TRUE(Outcome::refreshed(7).is_usual());
	EXPECT_TRUE(Outcome::refreshed(0).is_usual());
	EXPECT_FALSE(Outcome{}.is_usual());
	EXPECT_FALSE(Outcome::invalid(Reason::tcp_short).is_usual());
	EXPECT_FALSE(Outcome::let_pass(Reason::tcp_ignored).is_usual());
	for (u32 more : {todo::retime, todo::kill, todo::assure, todo::assure_untold}) {
		Outcome o = Outcome::refreshed(7);
		o.add(more);
		EXPECT_FALSE(o.is_usual()) << more;
		o.leave(more);
		EXPECT_TRUE(o.is_usual()) << more;
	}
	for (Event e : {Event::reply, Event::assured, Event::protoinfo}) {
		Outcome o = Outcome::refreshed(7);
		o.raise(e);
		EXPECT_FALSE(o.is_usual());
	}
	for (Verdict v : {Verdict::invalid, Verdict::drop, Verdict::retry}) {
		Outcome o = Outcome::refreshed(7);
		o.decide(v);
		EXPECT_FALSE(o.is_usual());
	}
}

TEST(Outcome, its_parts_are_apart)
{
	constexpr u32 all = todo::refresh | todo::retime | todo::kill | todo::assure | todo::assure_untold;
	constexpr u32 events = bit(Event::reply) | bit(Event::assured) | bit(Event::protoinfo);
	for (Verdict v : {Verdict::accept, Verdict::invalid, Verdict::drop, Verdict::retry})
		for (u32 r = 0; r < static_cast<u32>(Reason::count_); r++) {
			Outcome o;
			for (Event e : {Event::reply, Event::assured, Event::protoinfo})
				o.raise(e);
			o.add(all);
			o.decide(Verdict::retry, Reason::tcp_short); // forgotten by the next one
			o.decide(v, static_cast<Reason>(r));
			EXPECT_EQ(o.verdict(), v);
			EXPECT_EQ(o.reason(), static_cast<Reason>(r));
			EXPECT_EQ(o.events(), events);
			o.leave(todo::kill);
			EXPECT_FALSE(o.has(todo::kill));
			for (u32 left : {todo::refresh, todo::retime, todo::assure, todo::assure_untold})
				EXPECT_TRUE(o.has(left));
			EXPECT_EQ(o.verdict(), v);
			EXPECT_EQ(o.timeout, 0u);
		}
}
