// SPDX-License-Identifier: GPL-2.0-only
// Cases on sequence numbers: comparison and distance hold wherever the numbers lie in their circle.
#include <nfct/base/seq.hpp>
#include <nfct/kunit/cases.h>
#include <nfct/kunit/expect.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

void sequence_numbers_wrap(kunit *test)
{
	constexpr u32 places[] = {0, 1, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
	constexpr u32 ahead[] = {1, 2, 1000, 0x7ffffffe, 0x7fffffff};

	for (u32 place : places) {
		const Seq a = {place};
		NFCT_EXPECT(test, !before(a, a) && !after(a, a) && at_or_before(a, a) && at_or_after(a, a));
		NFCT_EXPECT_EQ(test, a.minus(a), 0);
		for (u32 n : ahead) {
			const Seq b = a + n;
			NFCT_EXPECT(test, before(a, b) && !after(a, b));
			NFCT_EXPECT(test, after(b, a) && !before(b, a));
			NFCT_EXPECT(test, at_or_before(a, b) && at_or_after(b, a));
			NFCT_EXPECT(test, !at_or_before(b, a) && !at_or_after(a, b));
			NFCT_EXPECT_EQ(test, b.minus(a), n);
			NFCT_EXPECT(test, b - n == a);
		}
		// Half the circle away neither is first; both answers are yes, as in the kernel.
		NFCT_EXPECT(test, before(a, a + 0x80000000) && after(a, a + 0x80000000));
	}
}
