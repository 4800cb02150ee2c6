#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The differential run: the same packets, at the same times, through the kernel's nf_conntrack and through ours, in User Mode Linux.
# After each packet everything that can be seen of it and of its connection must be the same. kunit/diff/README.md explains it.
#
# usage: scripts/diff.sh [-k KERNEL] [PACKETS [SEED]]     (make diff [PACKETS=..] [SEED=..] [KVER=..]; default 10,000,000, today's date, 6.12)
#        scripts/diff.sh [-k KERNEL] show SEED CHAPTER    replay one chapter: where the two part, in words; both replays stay in build/diff/
# Prints KTAP, the coverage, and a table; status 1 if anything failed.
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$top/qemu/lib/cache.sh"
kernel=6.12
[ "${1:-}" != -k ] || { kernel=${2:?kernel}; shift 2; }

# Documented differences that the generator leaves out, in the order of diff_improvement: each must still be there.
improvements=("UDP-Lite's checksum is verified as RFC 3828 says" "DCCP's partial checksum is verified as RFC 4340 says")
# Packets from which on every cell must have been hit, and chapters to explain.
enough=200000 explained=3 chapter=1000

kernel_dir=$("$top/qemu/testkernel" uml $kernel) || die "no User Mode Linux $kernel"
module=$("$top/qemu/module-for" uml-$kernel) || die "no module to test"

# ---- the feeder: kbuild puts objects beside sources, so it gets copies
feeder=$(dirname "$module")/diff
mkdir -p "$feeder"
exec 9>"$feeder/.lock"
flock 9
for file in "$top"/kunit/diff/{Kbuild,*.[ch]}; do
	cmp -s "$file" "$feeder/${file##*/}" || cp "$file" "$feeder/"
done
make -C "$kernel_dir/build" M="$feeder" ARCH=um >"$feeder/log" 2>&1 || { tail -30 "$feeder/log" >&2; die "the feeder does not build"; }

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

# play WHO COMMAND...: the feeder's answer to the n-th command becomes $T/WHO.n
play() {
	local who=$1 n=0 options=() job
	shift
	[ "$who" = stock ] || options=(-M "$module")
	# Is it the one that we think it is?
	job="modprobe nf_conntrack && insmod $feeder/nfct_diff.ko || exit 10; [ \$(ls /proc/net/stat | grep -c invalid) = $([ "$who" = stock ]; echo $?) ] || exit 11"
	for command; do
		job+="; echo '$command' >/proc/nfct_diff && cat /proc/nfct_diff >$T/$who.$n || exit 12"
		n=$((n + 1))
	done
	job+="; rmmod nfct_diff && modprobe -r nf_conntrack || exit 13"
	local begin=${EPOCHREALTIME/./}
	nice "$top/qemu/uml" -t $((120 + packets / 5000)) -V $kernel ${options[@]+"${options[@]}"} bash -c "$job" >"$T/$who.out" 2>&1
	echo $? >"$T/$who.status"
	echo $(((${EPOCHREALTIME/./} - begin) / 10000)) >"$T/$who.time"
}

explain() {	# explain CHAPTER IMPROVEMENT
	play stock "show $seed $1 $2"
	play ours "show $seed $1 $2"
	mkdir -p "$top/build/diff"
	cp "$T/stock.0" "$top/build/diff/stock-$seed-$1.txt" && cp "$T/ours.0" "$top/build/diff/ours-$seed-$1.txt"
	"$top/kunit/diff/explain.py" "$T/stock.0" "$T/ours.0"
}

if [ "${1:-}" = show ]; then
	packets=$chapter seed=${2:?seed} 
	explain "${3:?chapter}" "${4:-0}"
	exit
fi
packets=${1:-10000000} seed=${2:-$(date +%Y%m%d)}
chapters=$(((packets + chapter - 1) / chapter))
begin=$SECONDS

commands=("run $seed 0 $chapters")
for i in "${!improvements[@]}"; do commands+=("run $seed 0 20 $((i + 1))"); done
say "differential run on $kernel: $((chapters * chapter)) packets, seed $seed"
play stock "${commands[@]}" &
play ours "${commands[@]}"
wait

echo "KTAP version 1"
number=0 failed=0
result() {	# result STATUS NAME
	number=$((number + 1))
	if [ "$1" = 0 ]; then echo "ok $number diff: $2"; else failed=1; echo "not ok $number diff: $2"; fi
}

for who in stock ours; do
	status=$(cat "$T/$who.status")
	[ "$status" = 0 ] || sed 's/^/# /' "$T/$who.out" | tail -40
	result "$status" "$who comes through it, and the kernel log has nothing to say"
done

touch "$T"/{stock,ours}.{0,1,2}
grep '^D' "$T/stock.0" >"$T/stock"
grep '^D' "$T/ours.0" >"$T/ours"
grep '^C' "$T/stock.0" >"$T/coverage"
differing=$(diff "$T/stock" "$T/ours" | awk '/^[<>] D/ {print $3}' | sort -nu)
different=$(wc -w <<<"$differing")
if [ $different -gt 0 ]; then
	for c in $(head -$explained <<<"$differing"); do
		echo "# ---- chapter $c; again: scripts/diff.sh show $seed $c"
		explain "$c" 0 | sed 's/^/# /'
	done
fi
[ "$(wc -l <"$T/stock")" = $chapters ] && [ "$(wc -l <"$T/ours")" = $chapters ] && [ $different = 0 ]
result $? "$((chapters * chapter)) packets, seed $seed: no difference"

# ---- coverage, counted on stock
awk -F'\t' '$1 == "C" { all[$2]++; packets[$2] += $6; if ($6) hit[$2]++; else missed[$2] = missed[$2] " (" $3 ", " $4 ", " $5 ")"
		if (!($2 in order)) { order[$2] = ++n; name[n] = $2 } }
	END { for (i = 1; i <= n; i++) { p = name[i]; printf "# %-8s %9d packets, %3d of %3d cells (state, direction, kind) hit%s\n", p, packets[p], hit[p], all[p], missed[p] ? "; not hit:" missed[p] : ""
		bad += missed[p] != "" } exit bad > 0 || !n }' "$T/coverage"
cells=$?
if [ $((chapters * chapter)) -ge $enough ]; then result $cells "every reachable cell of every state table is hit"; fi

for i in "${!improvements[@]}"; do
	[ -s "$T/ours.$((i + 1))" ] && ! diff -q <(grep ^D "$T/stock.$((i + 1))") <(grep ^D "$T/ours.$((i + 1))") >/dev/null
	result $? "documented difference: ${improvements[$i]}"
done
echo "1..$number"

seconds() { sed -E 's/^(.?)$/0\1/; s/^(..)$/0\1/; s/(..)$/.\1/' "$T/$1.time"; }
printf '# %-10s %-10s %-12s %-14s %-14s %s\n' packets chapters differing 'stock, s' 'ours, s' 'all, s'
printf '# %-10d %-10d %-12d %-14s %-14s %d\n' $((chapters * chapter)) $chapters $different "$(seconds stock)" "$(seconds ours)" $((SECONDS - begin))
[ $failed = 0 ]
