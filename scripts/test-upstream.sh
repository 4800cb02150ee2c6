#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the kernel's own netfilter selftests, unmodified, on the stock module and on ours, and prints the results side by side.
#
# usage: scripts/test-upstream.sh [-k KERNEL] [-o] [TEST...]     (make test-upstream)
#   -k KERNEL  6.1 or 6.12 (repeatable; default: both)
#   -o         ours alone
#   TEST       names such as nft_nat.sh; default: all that the kernel's Makefile lists
#
# Each test has a guest of its own, with one processor: stock and ours run side by side. The tests come from the package
# linux-source-<version> and are unpacked into the cache.
# A test passes if ours gives the result that stock gives, or passes where stock fails. Many of them wait for a second here and there, which a
# busy machine does not keep: whichever side does not pass is tried up to twice more, and its best result counts.
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$top/qemu/lib/cache.sh"
kernels=() implementations="stock ours"
while getopts "k:o" option; do case $option in
	k) kernels+=("$OPTARG");;
	o) implementations=ours;;
	*) sed -n '3,12s/^# \{0,1\}//p' "$0" >&2; exit 2;;
esac; done
shift $((OPTIND - 1))
[ ${#kernels[@]} -gt 0 ] || kernels=(6.1 6.12)
# These measure the speed of something else for many minutes, or need the audit daemon's kernel settings.
leave_out="nft_concat_range.sh nft_concat_range_perf.sh nft_trans_stress.sh"
limit=${UPSTREAM_LIMIT:-400}

"$top/scripts/deps.sh" upstream || exit 1
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
trap 'exit 130' INT TERM

# ---- the tests of one version, compiled; prints their folder
unpack() {
	local version=$1 package=linux-source-$1 is dir tests file
	is=$(package_version "$package")
	[ -n "$is" ] || die "package $package is not installed: run scripts/deps.sh test"
	dir=$NFCT_CACHE/upstream/$version-$is
	tests=$dir/net/netfilter
	if [ ! -e "$dir/ready" ]; then
		lock_cache "upstream-$version"
		rm -rf "$dir"
		mkdir -p "$dir"
		say "unpacking the selftests of $package"
		tar -C "$dir" -xJf "/usr/src/$package.tar.xz" --strip-components=4 --wildcards '*/tools/testing/selftests/net/*.sh' \
			'*/tools/testing/selftests/*netfilter/*' '*/tools/testing/selftests/kselftest*' || die "cannot unpack"
		[ -d "$tests" ] || tests=$dir/netfilter
		for file in "$tests"/*.c; do
			gcc -O2 -w -o "${file%.c}" "$file" -lmnl || die "cannot compile $file"
		done
		echo "$tests" >"$dir/ready"
	fi
	cat "$dir/ready"
}

# What the guest runs: status of the test, or 90 if the wrong module was at work.
cat >"$T/job" <<'J'
implementation=$1 tests=$2 name=$3 limit=$4
cd "$tests" || exit 91
modprobe nf_conntrack || exit 92
if [ "$(modinfo -F intree nf_conntrack)" = Y ]; then found=stock; else found=ours; fi
[ "$found" = "$implementation" ] || exit 90
# Some tests refuse a tainted kernel, and every module from outside the kernel's tree taints it. They see what they would see with stock; a
# warning or an oops that a test provokes is found by the runner, in the log.
if [ "$found" = ours ] && [ "$(cat /proc/sys/kernel/tainted)" = 12288 ]; then # out of tree, not signed
	echo 0 >/run/tainted
	mount --bind /run/tainted /proc/sys/kernel/tainted || exit 93
fi
timeout -k 10 "$limit" "./$name"
status=$?
# The runner has a meaning of its own for the highest numbers.
[ $status -lt 240 ] || status=1
exit $status
J

run() {	# run KERNEL IMPLEMENTATION TESTS NAME: one line with the result into its file
	local kernel=$1 implementation=$2 tests=$3 name=$4 vm=("$top/qemu/vm" -c 1 -s -t $((limit + 120))) status word begin=$SECONDS
	[ "$implementation" = stock ] || vm+=(-M "$T/module-$kernel/nf_conntrack.ko")
	"${vm[@]}" "$kernel" bash "$T/job" "$implementation" "$tests" "$name" "$limit" >"$T/$kernel-$implementation-$name.log" 2>&1
	status=$?
	case $status in
	0) word=PASS;; 4) word=SKIP;; 124) word=TIME;; 240) word=WARN;; 251) word=DIED;; *) word="FAIL($status)";;
	esac
	echo "$word $((SECONDS - begin))" >"$T/$kernel-$implementation-$name.result"
}
# settled KERNEL IMPLEMENTATION NAME: passed, skipped, or hurt the kernel, which no further attempt undoes.
settled() { grep -qE '^(PASS|SKIP|WARN|DIED) ' "$T/$1-$2-$3.result" 2>/dev/null; }

number=0 failed=0
echo "KTAP version 1"
for kernel in "${kernels[@]}"; do
	tests=$(unpack "$kernel") || exit 1
	module=$("$top/qemu/module-for" "$kernel") || exit 1
	mkdir -p "$T/module-$kernel"
	cp "$module" "$T/module-$kernel/"
	if [ $# -gt 0 ]; then names=("$@"); else
		mapfile -t names < <(sed -n '/^TEST_PROGS\b/,/[^\\]$/p; /^TEST_GEN_PROGS/p' "$tests/Makefile" | tr ' \t\\' '\n' |
			grep -E '\.sh$|^conntrack_dump_flush$' | grep -vxF "$(tr ' ' '\n' <<<"$leave_out")" | sort -u)
	fi
	echo "# $(printf '%-34s %-12s %-12s' "$kernel" $implementations)"
	for name in "${names[@]}"; do
		for _ in 1 2 3; do
			for implementation in $implementations; do
				settled "$kernel" "$implementation" "$name" || run "$kernel" "$implementation" "$tests" "$name" &
			done
			wait
		done
		stock=- stock_time=- ours=-
		[ ! -e "$T/$kernel-stock-$name.result" ] || read -r stock stock_time <"$T/$kernel-stock-$name.result"
		read -r ours ours_time <"$T/$kernel-ours-$name.result"
		number=$((number + 1))
		verdict=ok
		[ "$ours" = "$stock" ] || [ "$ours" = PASS ] || verdict="not ok"
		if [ $stock = - ]; then case $ours in PASS|SKIP) verdict=ok;; *) verdict="not ok";; esac; fi
		if [ "$verdict" != ok ]; then failed=$((failed + 1)); tail -30 "$T/$kernel-ours-$name.log" | sed 's/^/# /'; fi
		printf '%s %d %-34s # stock %s %s s, ours %s %s s\n' "$verdict" $number "$kernel $name" "$stock" "$stock_time" "$ours" "$ours_time"
	done
done
echo "1..$number"
echo "$((number - failed)) passed, $failed failed"
[ $failed = 0 ]
