// SPDX-License-Identifier: GPL-2.0-only
// A packet's bytes, contiguous at the front and perhaps scattered behind; the core's whole idea of a buffer (kernel: skb_header_pointer).
#pragma once

#include <nfct/base/types.hpp>

// For variables of which nothing is read that was not written, such as buffers of Bytes::at(). The compiler cannot see that, and kernels are
// built to clear what it cannot (CONFIG_INIT_STACK_ALL_ZERO): a packet would pay for a dozen buffers that are hardly ever used.
#ifdef __clang__
#define NFCT_SCRATCH [[clang::uninitialized]]
#else
#define NFCT_SCRATCH [[gnu::uninitialized]]
#endif

namespace nfct {

struct Bytes {
	const u8 *head;   // the linear part
	u32 head_len;     // bytes in it
	u32 total;        // bytes in the packet, >= head_len
	const void *more; // for gather
	// Copies len bytes from offset (which may lie behind head); false if they are not there. May be null if total == head_len.
	bool (*gather)(const void *more, u32 offset, void *to, u32 len);

	// len bytes at offset: in place where contiguous, else copied to buf (at least len bytes). Null if the packet is shorter.
	const u8 *at(u32 offset, u32 len, void *buf) const
	{
		if (offset <= head_len && len <= head_len - offset) [[likely]]
			return head + offset;
		if (offset > total || len > total - offset || !gather || !gather(more, offset, buf, len))
			return nullptr;
		return static_cast<const u8 *>(buf);
	}
};

} // namespace nfct
