// SPDX-License-Identifier: GPL-2.0-only
// A conntrack zone: separate address spaces within one netns. Laid out as struct nf_conntrack_zone.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/core/direction.hpp>

namespace nfct {

struct Zone {
	u16 id;
	u8 flags;
	u8 dirs; // bit per Direction in which the zone applies; in the other the connection is in zone 0

	constexpr u16 id_in(Direction d) const { return dirs & (1u << index(d)) ? id : 0; }
	constexpr bool same_in_both() const { return !id || id_in(Direction::original) == id_in(Direction::reply); }
	constexpr bool same_in(const Zone &o, Direction d) const { return word() == o.word() || id_in(d) == o.id_in(d); }
	// All of it.
	constexpr u32 word() const { return __builtin_bit_cast(u32, *this); }
};
static_assert(sizeof(Zone) == 4);

inline constexpr Zone default_zone = {0, 0, 3};

} // namespace nfct
