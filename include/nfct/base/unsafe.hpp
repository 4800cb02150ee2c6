// SPDX-License-Identifier: GPL-2.0-only
// The few operations on raw memory that the core needs; the compiler may turn them into the kernel's memcpy and memset.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct::unsafe {

// SAFETY (all of these): the caller guarantees that n bytes are there, and that source and target do not overlap.
inline void copy(void *to, const void *from, usize n) { __builtin_memcpy(to, from, n); }
inline void fill(void *to, u8 value, usize n) { __builtin_memset(to, value, n); }

// A T out of bytes that need not be aligned, in the byte order in which they stand.
template <typename T>
inline T load(const u8 *from)
{
	static_assert(__is_trivially_copyable(T));
	T value;
	copy(&value, from, sizeof(T));
	return value;
}

} // namespace nfct::unsafe
