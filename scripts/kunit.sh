#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the module's KUnit suites inside a test kernel with every checker on, and prints the results as KTAP.
#
# usage: scripts/kunit.sh [KERNEL]     (make kunit; default dbg-6.12; also dbg-6.1, plain-6.12, kcsan-6.12, uml-6.12, umldbg-6.12)
#
# The suites are in the module (KUNIT=1) and run when it is loaded. Beyond them it is a failure if the kernel log shows any
# checker's report, if the module does not unload, or if its slab caches outlive it.
set -u -o pipefail
top=$(dirname "$(dirname "$(readlink -f "$0")")")
. "$top/qemu/lib/cache.sh"
. "$top/qemu/lib/verdict.sh"
. "$top/qemu/lib/kcsan.sh"
kernel=${1:-dbg-6.12}

module=$("$top/qemu/module-for" "$kernel" KUNIT=1) || die "no module to test"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

options=(-l) forgiven=
case $kernel in kcsan*) options=("${KCSAN_OPTIONS[@]}") forgiven=$KCSAN_FORGIVEN;; esac

# What runs in the guest. Its status tells what went wrong after the suites.
cat >"$T/job" <<'J'
echo "<6>nfct: suites begin" >/dev/kmsg
modprobe nf_conntrack || exit 10
echo "<6>nfct: suites end" >/dev/kmsg
[ "$(cat /sys/module/nf_conntrack/refcnt)" = 0 ] || exit 11
modprobe -r nf_conntrack || exit 12
[ ! -e /sys/module/nf_conntrack ] || exit 12
# The caches go when the last RCU grace period is over.
for i in $(seq 50); do ls -d /sys/kernel/slab/nf_conntrack* >/dev/null 2>&1 || exit 0; sleep 0.2; done
exit 13
J
say "running the suites on $kernel"
case $kernel in
uml*) "$top/qemu/uml" -cl -t 150 -f "${kernel%%-*}" -V "${kernel#*-}" -M "$module" bash -c "$(cat "$T/job"); " >"$T/stdout" 2>"$T/stderr"
	status=$?
	log=$NFCT_CACHE/uml.log;;
*) "$top/qemu/vm" -s "${options[@]}" -t 900 -o "$T/run" -M "$module" "$kernel" bash "$T/job" >"$T/stdout" 2>"$T/stderr"
	status=$?
	log=$T/run/console.log;;
esac

# 6.1 prints the suites without a plan around them, and they run before the module is live.
plan=() bad=0
case $kernel in *-6.1) plan=(--no-plan);; esac
sed -n '/nfct: suites begin/,/nfct: suites end/p' "$log" | "$top/scripts/ktap.py" --flatten --kernel-log "${plan[@]}" --prefix "kunit" || bad=1

result() { if [ "$1" = 0 ]; then echo "ok $2 kunit: $3"; else echo "not ok $2 kunit: $3"; fi; }
one_of() { local s; for s in "${@:2}"; do [ "$1" != "$s" ] || return 1; done; return 0; }
one_of $status 10 251 252 253 254
result $? 1 "the module loads"
one_of $status 10 11 12 251 252 253 254
result $? 2 "nothing holds the module, it unloads"
one_of $status 10 11 12 13 251 252 253 254
result $? 3 "its caches are gone"
! findings "$log" "$forgiven" >"$T/findings"
result $? 4 "no checker has anything to report"
echo "1..4"

if [ $status != 0 ]; then
	keep=$NFCT_CACHE/kunit-failed.log
	cp "$log" "$keep"
	sed 's/^/# /' "$T/stderr"
	echo "# whole kernel log: $keep"
fi
[ $status = 0 ] && [ $bad = 0 ]
