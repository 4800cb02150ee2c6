// SPDX-License-Identifier: GPL-2.0-only
// The word that says whose hints a group has: each of its fields by itself, and all of them compared at once.
#include <gtest/gtest.h>

#include <nfct/table/hint_tags.hpp>

using namespace nfct;
using table::group_buckets, table::group_hints, table::HintTags;

TEST(HintTags, nobody_is_in_an_empty_group)
{
	const HintTags none(0);
	for (u32 bucket = 0; bucket < group_buckets; bucket++)
		EXPECT_EQ(none.find(bucket), group_hints);
	EXPECT_EQ(none.find_unused(), 0u);
}

TEST(HintTags, each_bucket_in_each_field_is_found_and_no_other)
{
	for (u32 field = 0; field < group_hints; field++)
		for (u32 bucket = 0; bucket < group_buckets; bucket++) {
			const HintTags tags = HintTags(0).with(field, bucket);
			for (u32 asked = 0; asked < group_buckets; asked++)
				EXPECT_EQ(tags.find(asked), asked == bucket ? field : group_hints);
			EXPECT_EQ(tags.find_unused(), field == 0 ? 1u : 0u);
			EXPECT_EQ(tags.without(field).word(), 0u);
		}
}

// A comparison of one field must not borrow from the next: all words of six buckets.
TEST(HintTags, full_groups)
{
	for (u32 six = 0; six < 1u << 24; six += 7) {
		HintTags tags(0);
		for (u32 field = 0; field < group_hints; field++)
			tags = tags.with(field, six >> 4 * field);
		ASSERT_EQ(tags.find_unused(), group_hints);
		for (u32 asked = 0; asked < group_buckets; asked++) {
			u32 expected = 0;
			while (expected < group_hints && (six >> 4 * expected & 15) != asked)
				expected++;
			ASSERT_EQ(tags.find(asked), expected) << six;
		}
	}
}

TEST(HintTags, a_field_is_used_again)
{
	HintTags tags(0);
	for (u32 field = 0; field < group_hints; field++)
		tags = tags.with(field, field);
	tags = tags.without(3);
	EXPECT_EQ(tags.find(3), group_hints);
	EXPECT_EQ(tags.find_unused(), 3u);
	tags = tags.with(3, 15);
	EXPECT_EQ(tags.find(15), 3u);
	for (u32 field = 0; field < group_hints; field++)
		if (field != 3) {
			EXPECT_EQ(tags.find(field), field);
		}
}
