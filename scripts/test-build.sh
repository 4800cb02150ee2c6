#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that the build refuses what it must refuse: a miniature module with one planted fault at a time. KTAP, status 1 if anything failed.
#
# usage: scripts/test-build.sh [KDIR]      (default: the newest kernel whose headers are installed)
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
kdir=${1:-$(ls -dv /lib/modules/*/build 2>/dev/null | tail -1)}
[ -e "$kdir/Makefile" ] || { echo "test-build: no kernel headers" >&2; exit 2; }
unset KUNIT BUILD

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0

# A project of one C and one C++ file around the real build files.
fresh() {
	rm -rf "${work:?}/src"
	mkdir -p "$work/src"/module/{abi,core,kernel,shim}
	cp -r "$top/Kbuild" "$top/scripts" "$work/src/"
	cp -r "$top/include" "$work/src/include"
	cp "$top"/module/shim/probe_*.c "$work/src/module/shim/"
	cp "$top/module/kernel/layout.cpp" "$work/src/module/kernel/"
	cat > "$work/src/module/abi/mini.c" <<-'C'
		#include <linux/module.h>
		int nfct_mini(int n);
		static int __init mini_init(void)
		{
			return nfct_mini(1);
		}
		module_init(mini_init);
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("miniature");
	C
	cxx 'extern "C" int nfct_mini(int n) { return n; }'
}
# The C++ file of the miniature, ending as every file must.
cxx() { printf '%s\n' '#include <nfct/base/types.hpp>' '#include <nfct/base/poison.hpp>' 'extern "C" int nfct_mini(int n);' "$@" > "$work/src/module/core/mini.cpp"; }
build() { "$work/src/scripts/build-module" "$kdir" "$work/build" -s > "$work/log" 2>&1; }

report() { # STATUS NAME
	number=$((number + 1))
	if [ "$1" = 0 ]; then echo "ok $number $2"; else
		echo "not ok $number $2"
		sed 's/^/# /' "$work/log" | tail -20
		failed=$((failed + 1))
	fi
}
accepts() { build; report $? "$1"; }
# refuses NAME PATTERN: the build fails, says why, and leaves no module that could be loaded.
refuses() {
	local status=0
	build && status=1
	grep -qE -- "$2" "$work/log" || status=1
	[ ! -e "$work/build/nf_conntrack.ko" ] || [ "$work/build/nf_conntrack.ko" -ot "$work/src/module/core/mini.cpp" ] || status=1
	report $status "$1"
}

echo "KTAP version 1"
fresh
accepts "a module of one C and one C++ file builds"
cxx 'namespace { int f(int n) { int unused; return n; } }' 'extern "C" int nfct_mini(int n) { return f(n); }'
WERROR=1 refuses "a warning, under WERROR" "unused variable"
cxx 'extern "C" void nfct_take(char *);' 'extern "C" int nfct_mini(int n) { char big[1100]; __builtin_memset(big, n, sizeof(big)); asm volatile("" : : "r"(big) : "memory"); return n; }'
WERROR=1 refuses "a frame of more than 1 KiB, under WERROR" "frame size"
cxx 'struct S { S(); int n; };' 'S::S() : n(nfct_mini(1)) {}' 'S object;' 'extern "C" int nfct_mini(int n) { return n + (&object == nullptr); }'
refuses "a static constructor" "constructors run before module_init"
cxx 'extern "C" int nfct_mini(int n) { static int first = n * 3; return first; }'
refuses "a local static with a guard" "guard variables"
cxx 'extern "C" int nfct_no_such_function(int);' 'extern "C" int nfct_mini(int n) { return nfct_no_such_function(n); }'
refuses "an undefined symbol" 'ERROR: modpost: .*nfct_no_such_function'
cxx 'extern "C" bool nf_ct_delete(void *, unsigned, int);' 'extern "C" int nfct_mini(int n) { return nf_ct_delete(nullptr, 0, n); }'
refuses "a symbol that only the kernel's own module defines" "used, but not defined here: nf_ct_delete"
cxx 'extern "C" int nfct_maybe(int) __attribute__((weak));' 'extern "C" int nfct_mini(int n) { return nfct_maybe ? nfct_maybe(n) : n; }'
refuses "an undefined weak symbol" "undefined weak symbols: nfct_maybe"
cxx 'struct S { int n; };' 'extern "C" int nfct_mini(int n) { S *s = new S{n}; asm volatile("" : : "r"(s)); return s->n; }'
refuses "operator new" "_Znwm"
cxx 'struct S { virtual int f() = 0; virtual int g() { return 2; } };' 'extern "C" int nfct_mini(int n) { S *s = nullptr; asm volatile("" : "+r"(s)); return typeid(*s).name() ? n : 0; }'
refuses "run-time type information" "poisoned|rtti"

for use in 'std::f();' 'throw 1;' 'float f = 0;' 'double d = 0;' 'malloc(1);' 'printf("");' 'dynamic_cast<void *>(0);'; do
	cxx "int f() { $use }"
	g++ -std=gnu++20 -ffreestanding -nostdinc -fsyntax-only -w -I"$top/include" "$work/src/module/core/mini.cpp" > "$work/log" 2>&1
	grep -q poisoned "$work/log"
	report $? "poisoned: $use"
done

fresh
sed -i 's|^mv "$work/types.hpp" "$header"|sed -i "s/^struct nf_conn {/\&\\n\\tint planted;/" "$work/types.hpp"\n&|' "$work/src/scripts/gen-kernel-types"
refuses "types that the two compilers lay out differently" "C and C\+\+ disagree about the place of struct nf_conn::ct_general"

# Exports: a type that is not the kernel's gives another CRC; a name of our own is one too many.
fresh
cat >> "$work/src/module/abi/mini.c" <<-'C'
	unsigned int nf_conntrack_max;
	EXPORT_SYMBOL_GPL(nf_conntrack_max);
C
exports() { build && "$work/src/scripts/check-exports" "$kdir" "$work/build" >> "$work/log" 2>&1; }
exports; report $? "an export like the kernel's"
sed -i 's/^unsigned int nf_conntrack_max/int nf_conntrack_max/' "$work/src/module/abi/mini.c"
! exports && grep -q "nf_conntrack_max: CRC is" "$work/log"; report $? "an export of another type"
sed -i 's/^int nf_conntrack_max/unsigned int nf_conntrack_max/; s/EXPORT_SYMBOL_GPL/EXPORT_SYMBOL/' "$work/src/module/abi/mini.c"
! exports && grep -q "nf_conntrack_max: licence is" "$work/log"; report $? "an export under another licence"
sed -i 's/nf_conntrack_max/nfct_of_our_own/' "$work/src/module/abi/mini.c"
! exports && grep -q "nfct_of_our_own: the kernel does not export it" "$work/log"; report $? "an export that the kernel does not have"

echo "1..$number"
[ $failed = 0 ]
