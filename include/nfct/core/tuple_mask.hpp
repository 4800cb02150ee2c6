// SPDX-License-Identifier: GPL-2.0-only
// Which bits of a tuple's source side an expectation cares about; laid out as struct nf_conntrack_tuple_mask. The destination side
// always counts whole.
#pragma once

#include <nfct/core/tuple.hpp>

namespace nfct {

struct TupleMask {
	Addr src;
	Be16 src_l4;

	friend constexpr bool operator==(const TupleMask &, const TupleMask &) = default;
};
static_assert(sizeof(TupleMask) == 20);

// The bits that both care about.
constexpr TupleMask operator&(const TupleMask &a, const TupleMask &b)
{
	TupleMask both{};
	for (unsigned i = 0; i < 4; i++)
		both.src.word[i].raw = a.src.word[i].raw & b.src.word[i].raw;
	both.src_l4.raw = static_cast<u16>(a.src_l4.raw & b.src_l4.raw);
	return both;
}

// Whether the tuples are the same as far as the mask goes (nf_ct_tuple_mask_cmp). dir does not count.
constexpr bool same_under(const Tuple &a, const Tuple &b, const TupleMask &mask)
{
	u32 differs = static_cast<u32>((a.src_l4.raw ^ b.src_l4.raw) & mask.src_l4.raw);
	for (unsigned i = 0; i < 4; i++)
		differs |= (a.src.word[i].raw ^ b.src.word[i].raw) & mask.src.word[i].raw;
	return !differs && a.l3num == b.l3num && a.protonum == b.protonum && a.dst == b.dst && a.dst_l4 == b.dst_l4;
}

} // namespace nfct
