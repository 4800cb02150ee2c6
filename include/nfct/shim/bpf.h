/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels we build for in how BPF programs call a module; as shim/compat.h. */
#ifndef NFCT_SHIM_BPF_H
#define NFCT_SHIM_BPF_H

#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/version.h>

/* What a BPF program asks conntrack for has a zone since 6.11. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define NFCT_BPF_OPTS_HAVE_ZONE 1
#endif

/* 6.2 has the BPF verifier ask about a register instead of a type. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define NFCT_BPF_ACCESS_TAKES_REGISTER 1
#endif

/* The macros around functions for BPF programs came one by one: no warnings for lack of a prototype, and no optimising away. */
#ifdef __bpf_kfunc_start_defs
#define NFCT_BPF_FUNCTIONS_BEGIN __bpf_kfunc_start_defs();
#define NFCT_BPF_FUNCTIONS_END __bpf_kfunc_end_defs();
#else
#define NFCT_BPF_FUNCTIONS_BEGIN __diag_push(); __diag_ignore_all("-Wmissing-prototypes", "the module's BTF declares them");
#define NFCT_BPF_FUNCTIONS_END __diag_pop();
#endif
#ifndef __bpf_kfunc
#define __bpf_kfunc __used noinline
#endif
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START(name) BTF_SET8_START(name)
#define BTF_KFUNCS_END(name) BTF_SET8_END(name)
#endif

#endif
