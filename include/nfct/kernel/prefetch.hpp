// SPDX-License-Identifier: GPL-2.0-only
// Having memory fetched before it is needed. The compiler's own builtin is nothing without SSE, which the kernel is compiled without.
#pragma once

namespace nfct::kernel {

// The cache line of p, which need not be a valid address.
inline void prefetch(const void *p)
{
#if defined(__x86_64__) || defined(__i386__)
	asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char *>(p)));
#else
	__builtin_prefetch(p);
#endif
}

} // namespace nfct::kernel
