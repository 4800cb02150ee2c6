// SPDX-License-Identifier: GPL-2.0-only
// The reason tables: complete, names unique and fit for a column of /proc, sentences fit for the log.

#include <cctype>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <nfct/core/reason.hpp>

using namespace nfct;

namespace {

TEST(Reason, names_are_unique_words)
{
	std::set<std::string> seen;
	for (unsigned i = 0; i < static_cast<unsigned>(Reason::count_); i++) {
		const std::string name = reason_name(static_cast<Reason>(i));
		EXPECT_TRUE(seen.insert(name).second) << name;
		for (char c : name)
			EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '_') << name;
	}
}

TEST(Reason, tables_agree_with_the_enumeration)
{
	EXPECT_STREQ(reason_name(Reason::none), "none");
	EXPECT_STREQ(reason_name(Reason::udp_bad_length), "udp_bad_length");
	EXPECT_STREQ(reason_text(Reason::udp_bad_length), "truncated/malformed packet");
	EXPECT_STREQ(reason_name(Reason::conn_out_of_memory), "conn_out_of_memory");
}

TEST(Reason, sentences_are_one_line)
{
	for (unsigned i = 0; i < static_cast<unsigned>(Reason::count_); i++) {
		const std::string text = reason_text(static_cast<Reason>(i));
		EXPECT_FALSE(text.empty());
		EXPECT_EQ(text.find('\n'), std::string::npos);
	}
}

TEST(Reason, out_of_range_is_harmless)
{
	EXPECT_STREQ(reason_name(Reason::count_), "?");
	EXPECT_STREQ(reason_text(static_cast<Reason>(255)), "?");
}

} // namespace
