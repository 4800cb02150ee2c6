// SPDX-License-Identifier: GPL-2.0-only
// SipHash against the vectors that its authors publish: key 00 01 .. 0f, messages empty, 00, 00 01, and so on.

#include <gtest/gtest.h>

#include <nfct/base/siphash.hpp>

using namespace nfct;

namespace {

constexpr SipKey key{0x0706050403020100ull, 0x0f0e0d0c0b0a0908ull};

// Hash of the message 00 01 02 ... of the given length.
template <typename Sip>
constexpr u64 of_length(u32 length)
{
	Sip sip{key};
	u32 i = 0;
	u64 word = 0;
	for (; i < length; i++) {
		word |= u64(u8(i)) << i % 8 * 8;
		if (i % 8 == 7) {
			sip.absorb(word);
			word = 0;
		}
	}
	return sip.finish(word, length);
}

constexpr u64 vectors_24[] = {
	0x726fdb47dd0e0e31ull, 0x74f839c593dc67fdull, 0x0d6c8009d9a94f5aull, 0x85676696d7fb7e2dull, 0xcf2794e0277187b7ull,
	0x18765564cd99a68dull, 0xcbc9466e58fee3ceull, 0xab0200f58b01d137ull, 0x93f5f5799a932462ull, 0x9e0082df0ba9e4b0ull,
	0x7a5dbbc594ddb9f3ull, 0xf4b32f46226bada7ull, 0x751e8fbc860ee5fbull, 0x14ea5627c0843d90ull, 0xf723ca908e7af2eeull,
	0xa129ca6149be45e5ull, 0x3f2acc7f57c29bdbull,
};

constexpr u64 vectors_13[] = {
	0xabac0158050fc4dcull, 0xc9f49bf37d57ca93ull, 0x82cb9b024dc7d44dull, 0x8bf80ab8e7ddf7fbull, 0xcf75576088d38328ull,
	0xdef9d52f49533b67ull, 0xc50d2b50c59f22a7ull, 0xd3927d989bb11140ull, 0x369095118d299a8eull, 0x25a48eb36c063de4ull,
	0x79de85ee92ff097full, 0x70c118c1f94dc352ull, 0x78a384b157b4d9a2ull, 0x306f760c1229ffa7ull, 0x605aa111c0f95d34ull,
};

TEST(SipHash, reference_vectors_2_4)
{
	for (u32 i = 0; i < sizeof(vectors_24) / sizeof(*vectors_24); i++)
		EXPECT_EQ(of_length<SipHash24>(i), vectors_24[i]) << "length " << i;
}

TEST(SipHash, reference_vectors_1_3)
{
	for (u32 i = 0; i < sizeof(vectors_13) / sizeof(*vectors_13); i++)
		EXPECT_EQ(of_length<SipHash13>(i), vectors_13[i]) << "length " << i;
}

TEST(SipHash, usable_at_compile_time)
{
	static_assert(of_length<SipHash24>(15) == 0xa129ca6149be45e5ull);
	static_assert(of_length<SipHash13>(0) == 0xabac0158050fc4dcull);
}

} // namespace
