// SPDX-License-Identifier: GPL-2.0-only
// Any protocol without a tracker of its own: the two addresses are the flow (kernel: nf_conntrack_proto_generic.c).
#pragma once

#include <nfct/core/outcome.hpp>

namespace nfct::generic {

inline constexpr u32 default_seconds = 600;
inline constexpr bool allow_clash = true;

// Nothing to check, nothing to remember; every packet keeps the flow alive.
constexpr Outcome track(u32 timeout) { return Outcome::refreshed(timeout); }

} // namespace nfct::generic
