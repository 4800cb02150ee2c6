#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Shows the module at work: boots a stock Debian kernel in QEMU with ours in place of stock and sends real traffic through a router.
#
# usage: qemu/demo.sh [KVER]     (make demo KVER=6.1; default 6.12)
# environment: DEMO_STOCK=1 runs the same on the kernel's own module, to compare
set -u
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$here")
. "$here/lib/cache.sh"
kver=${1:-6.12}
begin=$SECONDS
step() { printf '\n[%3d s] %s\n' $((SECONDS - begin)) "$*"; }

step "packages"
"$top/scripts/deps.sh" vm || exit 1

step "stock kernel"
kernel_dir=$("$here/fetch-kernel" "$kver") || exit 1
release=$(cat "$kernel_dir/release")
echo "         $release, from Debian, unmodified"

replace=()
if [ "${DEMO_STOCK:-0}" != 1 ]; then
	step "building the module for it"
	module=$("$here/module-for" "$release") || exit 1
	replace=(-M "$module")
	ls -l "$module" | awk '{ print "         " $NF ", " int($5 / 1024) " KiB" }'
fi

step "booting (QEMU without hardware virtualisation: everything is slower than life)"
"$here/vm" -s -t 280 -m 1G ${replace+"${replace[@]}"} -e DEMO_STOCK="${DEMO_STOCK:-0}" "$release" bash "$here/demo-guest.sh"
status=$?
step "guest powered off"
case $status in
0) echo "         the kernel log stayed clean";;
*) echo "         status $status: see above and in $NFCT_CACHE/runs" >&2;;
esac
exit $status
