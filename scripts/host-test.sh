#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build and run the host tests of base/, core/ and proto/ (kunit/host) with sanitizers; KTAP on standard output, 1 if anything failed.
#
#	scripts/host-test.sh [NAME...]     only the test files NAME_test.cpp
#
# Needs g++, cmake, ninja-build and libgtest-dev; clang, if present, checks the sources once more with its own warnings.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
build=${NFCT_HOST_BUILD:-$root/build/host}

missing=
for tool in g++ cmake ninja; do
	command -v $tool >/dev/null || missing+=" $tool"
done
[ -e /usr/include/gtest/gtest.h ] || missing+=" gtest"
if [ -n "$missing" ]; then
	echo "host-test: missing:$missing. Install: apt install g++ cmake ninja-build libgtest-dev" >&2
	exit 1
fi

mkdir -p "$build"
log=$build/build.log
targets=()
for name in "$@"; do
	targets+=("${name%_test}_test")
done
if ! { cmake -S "$root/kunit/host" -B "$build" -G Ninja && cmake --build "$build" ${targets:+--target "${targets[@]}"}; } >"$log" 2>&1; then
	cat "$log" >&2
	echo "not ok 1 host tests # do not build, see above"
	exit 1
fi

if [ ${#targets[@]} = 0 ]; then
	for source in "$root"/kunit/host/*_test.cpp; do
		targets+=("$(basename "$source" .cpp)")
	done
fi

echo "KTAP version 1"
echo "1..$((${#targets[@]} + 1))"
number=0
failed=0

# report STATUS NAME [REMARK]: one line for a whole test program
report() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2${3:+ # $3}"
	else
		failed=1
		echo "not ok $number $2${3:+ # $3}"
	fi
}

for name in "${targets[@]}"; do
	# A sanitizer's report goes to standard error and ends the program: its cases then lack lines, and the status tells.
	"$build/$name" | sed 's/^/    /'
	report "${PIPESTATUS[0]}" "$name"
done

if command -v clang++ >/dev/null; then
	status=0
	for source in "$root"/module/{base,core,proto}/*.cpp; do
		[ -e "$source" ] || continue
		clang++ -std=gnu++20 -ffreestanding -nostdinc -fno-exceptions -fno-rtti -Wall -Wextra -Wthread-safety -Werror \
			-fsyntax-only ${CXXFLAGS:-} -I "$root/include" "$source" || status=1
	done
	report $status "clang warnings"
else
	report 0 "clang warnings" "SKIP no clang"
fi
exit $failed
