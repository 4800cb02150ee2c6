// SPDX-License-Identifier: GPL-2.0-only
// SipHash-c-d (Aumasson, Bernstein 2012) fed with 64-bit words; the kernel's lib/siphash.c, but of any number of rounds and inlined.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct {

struct SipKey {
	u64 k0, k1;
};

// Absorb whole little-endian words, then finish with the 0 to 7 bytes that remain. For the same bytes the result is that of the reference.
template <unsigned c, unsigned d>
class SipHash {
public:
	constexpr explicit SipHash(SipKey key)
		: v0{key.k0 ^ 0x736f6d6570736575ull}, v1{key.k1 ^ 0x646f72616e646f6dull}, v2{key.k0 ^ 0x6c7967656e657261ull},
		  v3{key.k1 ^ 0x7465646279746573ull}
	{
	}

	constexpr void absorb(u64 word)
	{
		v3 ^= word;
		rounds(c);
		v0 ^= word;
	}

	// tail: the last (length mod 8) bytes, low byte first; length: bytes of the whole message, words included.
	[[nodiscard]] constexpr u64 finish(u64 tail, u32 length)
	{
		absorb(u64(length) << 56 | tail);
		v2 ^= 0xff;
		rounds(d);
		return v0 ^ v1 ^ v2 ^ v3;
	}

private:
	static constexpr u64 rotate(u64 x, unsigned by) { return x << by | x >> (64 - by); }

	constexpr void rounds(unsigned n)
	{
#pragma GCC unroll 4
		for (unsigned i = 0; i < n; i++) {
			v0 += v1;
			v2 += v3;
			v1 = rotate(v1, 13) ^ v0;
			v3 = rotate(v3, 16) ^ v2;
			v0 = rotate(v0, 32);
			v2 += v1;
			v0 += v3;
			v1 = rotate(v1, 17) ^ v2;
			v3 = rotate(v3, 21) ^ v0;
			v2 = rotate(v2, 32);
		}
	}

	u64 v0, v1, v2, v3;
};

using SipHash13 = SipHash<1, 3>; // table lookups: keyed against flooding, fast
using SipHash24 = SipHash<2, 4>; // values that leave the kernel, such as connection ids

} // namespace nfct
