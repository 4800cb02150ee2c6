// SPDX-License-Identifier: GPL-2.0-only
// The two directions of a connection; the values are those of the kernel's enum ip_conntrack_dir.
#pragma once

#include <nfct/base/types.hpp>

namespace nfct {

enum class Direction : u8 { original = 0, reply = 1 };

constexpr Direction opposite(Direction d) { return d == Direction::original ? Direction::reply : Direction::original; }
inline constexpr Direction both_directions[] = {Direction::original, Direction::reply};

constexpr unsigned index(Direction d) { return static_cast<unsigned>(d); }

} // namespace nfct
