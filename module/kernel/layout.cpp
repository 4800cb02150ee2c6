// SPDX-License-Identifier: GPL-2.0-only
// Proves at compile time that the generated types are laid out as the C compiler lays them out, and that our own faces of kernel
// structures have their layout. Holds no code.
#include <nfct/kernel/types.hpp>

#include <nfct/core/tuple.hpp>
#include <nfct/core/tuple_mask.hpp>
#include <nfct/core/zone.hpp>

#include <nfct/base/poison.hpp>

// The answers of the C compiler to include/nfct/kernel/layout_list.h. A size of 0 stands for a flexible array.
#define NFCT_SIZE(type, size) static_assert(sizeof(type) == (size), "C and C++ disagree about the size of " #type);
#define NFCT_OFFSET(type, member, size, offset)                                                                            \
	static_assert(__builtin_offsetof(type, member) == (offset), "C and C++ disagree about the place of " #type "::" #member); \
	static_assert((size) == 0 || sizeof(static_cast<type *>(nullptr)->member) == (size),                                \
		      "C and C++ disagree about the size of " #type "::" #member);

#include <nfct_kernel_layout.inc>

namespace nfct {

#define SAME_PLACE(ours, member, kernels, kernel_member)                                                                   \
	static_assert(__builtin_offsetof(ours, member) == __builtin_offsetof(kernels, kernel_member));                      \
	static_assert(sizeof(static_cast<ours *>(nullptr)->member) == sizeof(static_cast<kernels *>(nullptr)->kernel_member))

static_assert(sizeof(Tuple) == sizeof(nf_conntrack_tuple));
SAME_PLACE(Tuple, src, nf_conntrack_tuple, src.u3);
SAME_PLACE(Tuple, src_l4, nf_conntrack_tuple, src.u);
SAME_PLACE(Tuple, l3num, nf_conntrack_tuple, src.l3num);
SAME_PLACE(Tuple, dst, nf_conntrack_tuple, dst.u3);
SAME_PLACE(Tuple, dst_l4, nf_conntrack_tuple, dst.u);
SAME_PLACE(Tuple, protonum, nf_conntrack_tuple, dst.protonum);
SAME_PLACE(Tuple, dir, nf_conntrack_tuple, dst.dir);

static_assert(sizeof(TupleMask) == sizeof(nf_conntrack_tuple_mask));
SAME_PLACE(TupleMask, src, nf_conntrack_tuple_mask, src.u3);
SAME_PLACE(TupleMask, src_l4, nf_conntrack_tuple_mask, src.u);

static_assert(sizeof(Zone) == sizeof(nf_conntrack_zone));
SAME_PLACE(Zone, id, nf_conntrack_zone, id);
SAME_PLACE(Zone, flags, nf_conntrack_zone, flags);
SAME_PLACE(Zone, dirs, nf_conntrack_zone, dir);

static_assert(sizeof(u64) == sizeof(::u64) && sizeof(usize) == sizeof(size_t));

} // namespace nfct
