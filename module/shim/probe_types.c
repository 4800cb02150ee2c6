// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mentions every kernel type of the layout list, so that its definition lands in the debug information, from which
 * scripts/gen-kernel-types writes the C++ header. Compiled for that alone, never linked.
 */
#include <nfct/shim/kernel_headers.h>

#define PROBE_NAME2(n) nfct_probe_##n
#define PROBE_NAME(n) PROBE_NAME2(n)

#define NFCT_TYPE(type) type *PROBE_NAME(__COUNTER__);
#define NFCT_FIELD(type, member)
#define NFCT_TAIL(type, member)
#include <nfct/kernel/layout_list.h>
