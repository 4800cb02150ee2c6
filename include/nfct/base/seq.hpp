// SPDX-License-Identifier: GPL-2.0-only
// A 32-bit serial number (TCP sequence number, RFC 9293 section 3.4): it wraps, so it has no operator<, only before() and after().
#pragma once

#include <nfct/base/types.hpp>

namespace nfct {

struct Seq {
	u32 v;

	constexpr Seq operator+(u32 n) const { return {v + n}; }
	constexpr Seq operator-(u32 n) const { return {v - n}; }
	// Distance from o to this, negative if this lies before o.
	constexpr s32 minus(Seq o) const { return static_cast<s32>(v - o.v); }
	friend constexpr bool operator==(Seq, Seq) = default;
};

constexpr bool before(Seq a, Seq b) { return a.minus(b) < 0; }
// At a distance of exactly 2^31 both hold, as in the kernel.
constexpr bool after(Seq a, Seq b) { return before(b, a); }
constexpr bool at_or_before(Seq a, Seq b) { return !after(a, b); }
constexpr bool at_or_after(Seq a, Seq b) { return !before(a, b); }

} // namespace nfct
