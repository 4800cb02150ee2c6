// SPDX-License-Identifier: GPL-2.0-only
// The kernel's own types, in the global namespace under their own names, and its constants, in nfct::kconst. Both are generated for the
// kernel at hand (module/BUILD.md); module/kernel/layout.cpp proves that they are laid out as the C compiler lays them out.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpacked-not-aligned"
extern "C" {
#include <nfct_kernel_types.hpp>
}
#pragma GCC diagnostic pop

#include <nfct_kernel_constants.hpp>
