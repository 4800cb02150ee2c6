#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Soak: selftests/stress/everything_at_once.py for as long as one likes, on two processors of a guest. Prints its table as it comes, and KTAP.
#
# usage: scripts/soak.sh [-k KERNEL] [MINUTES]     (make soak [MINUTES=30] [KVER=6.1]; default 30 on 6.12)
#   KERNEL   as for qemu/vm: also dbg-6.12, kcsan-6.12
#
# Every half a minute all rest: what `conntrack -C` says must be what a walk finds. At the end the kernel must hold as much memory as after the
# first phases, its log must be free of complaints, and the module must unload.
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$top/qemu/lib/cache.sh"
. "$top/qemu/lib/kcsan.sh"
kernel=6.12
[ "${1:-}" != -k ] || { kernel=${2:?kernel}; shift 2; }
minutes=${1:-30}

module=$("$top/qemu/module-for" "$kernel") || die "no module to test"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
options=() dbg=()
case $kernel in
dbg*) options=(-l -m 3G) dbg=(--dbg);;
kcsan*) options=("${KCSAN_OPTIONS[@]}") dbg=(--dbg);;
esac
mkdir -p "$T/run/out"
: >"$T/run/out/report"
tail -f "$T/run/out/report" 2>/dev/null &
tail=$!
"$top/qemu/vm" -c 2 -t $((minutes * 120 + 1200)) -o "$T/run" -e NFCT_STRESS_SECONDS=$((minutes * 60)) -e NFCT_STRESS_REPORT=/run/vmout/report \
	"${options[@]}" -M "$module" "$kernel" "$top/selftests/run.sh" "${dbg[@]}" stress/everything_at_once >"$T/ktap" 2>"$T/stderr"
status=$?
sleep 1.5
kill $tail
cat "$T/ktap"
cat "$T/stderr" >&2
if [ $status != 0 ]; then
	cp "$T/run/console.log" "$NFCT_CACHE/soak-failed.log" 2>/dev/null
	echo "# whole kernel log: $NFCT_CACHE/soak-failed.log"
fi
exit $status
