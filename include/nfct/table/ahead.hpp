// SPDX-License-Identifier: GPL-2.0-only
// How far a walk that is not ours is run ahead of (table/ahead.h).
#pragma once

#include <nfct/base/types.hpp>

namespace nfct::table {

// Buckets. The first entry of a chain is asked for so far ahead of the walk; the second one, to which only the first leads, half as far.
inline constexpr u32 ahead = 16, ahead_second = ahead / 2;

// Where the last walk's run has come to: the first bucket that it has not fetched. A guess, for walks at the same time share it, and written without a
// lock: a wrong one costs what is fetched twice, or not.
extern u32 fetched_before;

struct Run {
	u32 from, to;
};

// What is to be fetched for a walk that stands in this bucket of an array that ends before `end`.
constexpr Run run_from(u32 here, u32 end, u32 fetched)
{
	const u32 to = end - here > ahead ? here + ahead : end;
	return {here < fetched && fetched <= to ? fetched : here + 1, to};
}
static_assert(run_from(100, 1000, 110).from == 110 && run_from(100, 1000, 110).to == 116); // goes on
static_assert(run_from(100, 1000, 100).from == 101 && run_from(100, 1000, 117).from == 101); // another walk's
static_assert(run_from(995, 1000, 998).to == 1000 && run_from(999, 1000, 1000).from == 1000);

} // namespace nfct::table
