// SPDX-License-Identifier: GPL-2.0-only
// Which buckets of a group have one of its hints, in one word: six fields of five bits, the bucket's number within the group and above it
// whether the field is in use. All are compared at once.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct::table {

inline constexpr u32 group_buckets = 16, group_hints = 6;

class HintTags {
    public:
	constexpr explicit HintTags(u32 word) : word_(word) {}
	constexpr u32 word() const { return word_; }

	// The first field with this bucket's number; group_hints if there is none.
	constexpr u32 find(u32 bucket) const
	{
		// A field that is all zeros, and not by a borrow from one below it: that one would come first.
		const u32 differs = word_ ^ each * tag(bucket);
		return first((differs - each) & ~differs & used);
	}
	constexpr u32 find_unused() const { return first(~word_ & used); }

	constexpr HintTags with(u32 field, u32 bucket) const { return HintTags((without(field).word_) | tag(bucket) << width * field); }
	constexpr HintTags without(u32 field) const { return HintTags(word_ & ~(31u << width * field)); }

    private:
	static constexpr u32 width = 5;
	static constexpr u32 each = 0x2108421; // the lowest bit of each field
	static constexpr u32 used = each << 4;
	static constexpr u32 tag(u32 bucket) { return 16 | bucket % group_buckets; }
	// Of bits 4, 9 .. 29, and behind them 30 for none: divided by five.
	static constexpr u32 first(u32 fields) { return static_cast<u32>(__builtin_ctz(fields | 1u << 30)) * 13 >> 6; }

	u32 word_;
};

} // namespace nfct::table
