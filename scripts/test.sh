#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs every tier of tests, prints their results as KTAP, a table, and at the end "N passed, N failed".
#
# usage: scripts/test.sh [TIER...]     (make test; without a name all tiers)
#   machinery      the runner itself: does it see failures?
#   host           unit tests with sanitizers, on this host
#   fuzz           half a minute of fuzzing with sanitizers, on this host
#   build          the module for both stock kernels
#   checks         layers, exports, places of planted bugs
#   kunit          suites inside a kernel with every checker on, and in User Mode Linux
#   diff           200,000 packets through stock and ours in User Mode Linux: no difference
#   bench          each row of the benchmark once, on stock and ours: it does what it counts
#   selftests      network namespaces, on both stock kernels side by side, each on one processor
#   races          the selftests that want two processors, on both stock kernels
#   uml-6.1        suites and 200,000 packets, as above, on the older kernel
#   kcsan          (only by name) data races: the suites on two processors of a kernel that looks for them
#   selftests-dbg  failing allocations, and the selftests about lifetimes, on the kernel with every checker and two processors, in two guests
#   selftests-dbg-all  (only by name) all selftests there
#   install        (only by name) make install, with and without DKMS, and make uninstall, over reboots of both stock kernels
#   stock          (only by name) the selftests on the stock modules: they must test behaviour, not our habits
# Without names, tiers that leave a processor idle run side by side; their lines begin with the tier's name.
# NFCT_BUDGET=SECONDS: uml-6.1 and selftests-dbg are left out, and the report says so, if their turn comes later than that.
# shellcheck disable=SC2086 # groups of selftests are several words
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$top/qemu/lib/cache.sh"
. "$top/qemu/lib/kcsan.sh"
cd "$top" || exit 1
kernels="6.1 6.12"
# Where the checkers have most to look at; make test-dbg runs all (an hour and more).
dbg_groups=("events gc stress/failslab_netlink stress/failslab_netns" "expect limits stress/failslab_load stress/failslab_packets")
races="proc stress udp"
others=$(cd selftests && ls -d */ | tr -d / | grep -vxF "$(tr ' ' '\n' <<<"$races")" | grep -v __pycache__ | tr '\n' ' ')

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
trap 'echo; echo "interrupted"; exit 130' INT TERM
passed=0 failed=0 skipped=0 begin=$SECONDS
table=()

# ---- one tier: what it prints goes through as it comes; what that was, and how the tier ended, is counted when all beside it have ended, too (settle)
lane="" number=0
tier() {	# tier NAME COMMAND...
	local name=$1 files start=$SECONDS prefix=(cat)
	number=$((number + 1))
	files=$T/tier.$number.$lane
	echo "$name" >"$files.name"
	shift
	[ -z "$lane" ] || prefix=(sed -u "s/^/$name\t/")
	{
		printf '\n# ---- %s (%d:%02d since the start)\n' "$name" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60))
		{ "$@" 2>&3; echo $? >"$files.status"; } 3> >(tee "$files.stderr" >&2) | tee "$files.output"
	} | "${prefix[@]}"
	echo $((SECONDS - start)) >"$files.seconds"
}
left_out() {	# left_out NAME: there is no time for it
	number=$((number + 1))
	echo "$1" >"$T/tier.$number.$lane.left_out"
}
count() {	# count NAME FILES
	local name=$1 files=$2 p f s seconds=0
	[ -e "$files.status" ] || echo 255 >"$files.status"	# it was killed
	"$top/scripts/ktap.py" --counts "$files.counts" --status "$(cat "$files.status")" <"$files.output" >"$files.counted"
	grep -a '^# not counted as passed' "$files.counted"
	read -r p f s <"$files.counts" || { p=0 f=1 s=0; }
	read -r seconds <"$files.seconds"
	[ "$f" = 0 ] || sed 's/^/# /' "$files.stderr" | tail -60
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	[ "$f" = 0 ] || grep -aE '^ *not ok|^# not counted' "$files.counted" | sed "s/^ */$name: /" >>"$T/failures"
	table+=("$(printf '%-22s %7d %7d %8d %6d:%02d' "$name" "$p" "$f" "$s" $((seconds / 60)) $((seconds % 60)))")
}
settle() {
	local file name
	for file in $(printf '%s\n' "$T"/tier.*.name "$T"/tier.*.left_out | grep -v '\*' | sort -V); do
		read -r name <"$file"
		case $file in
		*.name) count "$name" "${file%.name}";;
		*) skipped=$((skipped + 1)); table+=("$(printf '%-22s not run: out of time; scripts/test.sh %s' "$name" "$name")");;
		esac
	done
	rm -f "$T"/tier.*
}
# Several lanes at the same time, the tiers of each one after the other: an emulated processor takes a real one, and most of a tier's work is done by one.
lanes() {	# lanes "TIER..."...
	local tiers t n=0
	for tiers; do
		n=$((n + 1))
		(lane=$n; for t in $tiers; do run_tier "$t"; done) &
	done
	wait
}
# One tier for each stock kernel.
side_by_side() {	# side_by_side NAME COMMAND ARGS...: COMMAND KERNEL ARGS...
	local name=$1 command=$2 k
	shift 2
	for k in $kernels; do (lane=$k; tier "$name $k" "$command" "$k" "$@") & done
	wait
}

# steps NAME COMMAND NAME COMMAND...: each command is one test, passed if it succeeds.
steps() {
	local n=0 bad=0
	echo "1..$(($# / 2))"
	while [ $# -gt 0 ]; do
		n=$((n + 1))
		if eval "$2" >"$T/step.$lane" 2>&1; then echo "ok $n $1"; else echo "not ok $n $1"; bad=1; tail -60 "$T/step.$lane" | sed 's/^/# /'; fi
		shift 2
	done
	return $bad
}

selftests() {	# selftests KERNEL CPUS MODULE|- [RUN.SH-OPTION...]
	local kernel=$1 vm=("$top/qemu/vm" -c "$2" -t "${SELFTESTS_LIMIT:-2700}") module=$3
	shift 3
	case $kernel in
	dbg*) vm+=(-l -m 3G);;
	kcsan*) vm+=("${KCSAN_OPTIONS[@]}");;
	esac
	[ "$module" = - ] || vm+=(-M "$module")
	"${vm[@]}" -e NFCT_SECOND_TRY=1 "$kernel" "$top/selftests/run.sh" "$@"
}
ours() {	# ours KERNEL CPUS [RUN.SH-OPTION...]
	local module
	module=$("$top/qemu/module-for" "$1") || return 1
	selftests "$1" "$2" "$module" "${@:3}"
}

in_time() {	# in_time TIER: there is time left for it, or it is reported as left out
	[ $((SECONDS - begin)) -gt "${NFCT_BUDGET:-999999}" ] || return 0
	left_out "$1"
	return 1
}

run_tier() {
	local k args=()
	case $1 in
	machinery) tier machinery "$top/qemu/selftest";;
	host) tier host "$top/scripts/host-test.sh";;
	fuzz) tier fuzz "$top/scripts/fuzz.sh" 30;;
	build)
		for k in $kernels; do args+=("build for $k, no warning from any tool" "make KVER=$k WERROR=1"); done
		tier build steps "${args[@]}";;
	checks)
		args=("layers" "make check-layers" "planted bugs have their places" "scripts/test-mutants --list")
		for k in $kernels; do args+=("exports for $k are stock's" "make check-exports KVER=$k"); done
		tier checks steps "${args[@]}";;
	kunit) run_tier kunit-dbg; run_tier kunit-uml;;
	kunit-dbg) tier "kunit dbg-6.12" "$top/scripts/kunit.sh" dbg-6.12;;
	kunit-uml) tier "kunit uml-6.12" "$top/scripts/kunit.sh" uml-6.12;;
	diff) tier "diff uml-6.12" "$top/scripts/diff.sh" 200000 1;;
	bench) tier bench "$top/scripts/bench" smoke;;
	selftests) side_by_side selftests ours 1 $others;;
	races) for k in $kernels; do tier "races $k" ours "$k" 2 $races; done;;
	kcsan) tier "kunit kcsan-6.12" "$top/scripts/kunit.sh" kcsan-6.12;;
	uml-6.1)
		if in_time uml-6.1; then
			tier "kunit uml-6.1" "$top/scripts/kunit.sh" uml-6.1
			tier "diff uml-6.1" "$top/scripts/diff.sh" -k 6.1 200000 1
		fi;;
	selftests-dbg)
		if in_time selftests-dbg; then
			for k in 0 1; do (lane=$k; tier "selftests dbg-6.12 $((k + 1))" ours dbg-6.12 2 --dbg ${dbg_groups[k]}) & done
			wait
		fi;;
	selftests-dbg-all) tier "selftests dbg-6.12" ours dbg-6.12 2 --dbg;;
	install) for k in $kernels; do tier "install $k" "$top/qemu/install-test" "$k"; done;;
	stock)
		side_by_side stock selftests 1 - $others
		for k in $kernels; do tier "stock races $k" selftests "$k" 2 - $races; done;;
	*) die "no such tier: $1";;
	esac
}

"$top/scripts/deps.sh" test || { echo "0 passed, 1 failed"; exit 1; }
: >"$T/failures"
if [ $# -gt 0 ]; then
	for t; do run_tier "$t"; settle; done
else
	lanes "machinery" "host fuzz build checks"; settle
	lanes "kunit-dbg" "kunit-uml diff bench uml-6.1"; settle
	for t in selftests races selftests-dbg; do run_tier "$t"; settle; done
fi

printf '\n%-22s %7s %7s %8s %9s\n' tier passed failed skipped time
printf '%s\n' "${table[@]}"
printf '%-22s %7d %7d %8d %6d:%02d\n\n' total $passed $failed $skipped $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60))
[ $failed = 0 ] || { cat "$T/failures"; echo; }
echo "$passed passed, $failed failed"
[ $failed = 0 ]
