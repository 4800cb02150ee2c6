// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the C compiler say the values of macros and the sizes and offsets of types, as lines of assembly that
 * scripts/gen-kernel-constants reads. Compiled to assembly for that alone, never linked.
 */
#include <nfct/shim/kernel_headers.h>
#include <nfct/shim/compat.h>

/* A line: NFCT <kind> <name> <size of its type> <1 if signed> <value> */
#define SAY(kind, name, size, is_signed, value)                                                                            \
	asm volatile("\n.ascii \"NFCT " kind " " name " %0 %1 %2\"" : : "i"(size), "i"(is_signed), "i"(value));

#define NFCT_VALUE(name, value) SAY("value", #name, sizeof(value), (__force typeof(value))-1 < 1, (long long)(value))
#define NFCT_MACRO(macro) SAY("macro", #macro, sizeof(macro), (__force typeof(macro))-1 < 1, (long long)(macro))
#define NFCT_CONFIG(option) SAY("config", #option, 1, 0, IS_ENABLED(option))

#define NFCT_TYPE(type) SAY("sizeof", #type, 0, 0, sizeof(type))
#define NFCT_FIELD(type, member)                                                                                           \
	SAY("offsetof", #type "," #member, sizeof(((type *)0)->member), 0, offsetof(type, member))
#define NFCT_TAIL(type, member) SAY("offsetof", #type "," #member, 0, 0, offsetof(type, member))

void nfct_probe_values(void);
void nfct_probe_values(void)
{
#include <nfct/kernel/constants_list.h>
}

void nfct_probe_layout(void);
void nfct_probe_layout(void)
{
#include <nfct/kernel/layout_list.h>
}
