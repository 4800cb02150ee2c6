// SPDX-License-Identifier: GPL-2.0-only
// The kernel's clock in jiffies.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/kernel/types.hpp>

extern "C" unsigned long volatile jiffies;

namespace nfct::kernel {

inline unsigned long now() { return jiffies; }
// Low 32 bits of jiffies: what nf_conn::timeout is compared with (nfct_time_stamp).
inline u32 now32() { return static_cast<u32>(jiffies); }

} // namespace nfct::kernel
