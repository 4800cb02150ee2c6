#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A prompt in a QEMU guest that boots a stock Debian kernel, with our module loaded in place of stock.
#
# usage: qemu/shell.sh [KVER]    (make shell KVER=6.1; default 6.12; also a test kernel such as dbg-6.12)
# environment: DEMO_STOCK=1 leaves the kernel's own module in place
# The guest sees this host's files, read-only at heart: what it writes is gone when it ends. Leave with exit or Ctrl-A X.
set -u
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$here")
. "$here/lib/cache.sh"
kver=${1:-6.12}

"$top/scripts/deps.sh" vm || exit 1
replace=()
if [ "${DEMO_STOCK:-0}" != 1 ]; then
	module=$("$here/module-for" "$kver") || exit 1
	replace=(-M "$module")
fi
# shellcheck disable=SC2016 # for the guest's shell
exec "$here/vm" -i -m 1G -e TERM="${TERM:-linux}" ${replace+"${replace[@]}"} "$kver" bash -c '
	stty cols '"$(tput cols 2>/dev/null || echo 80)"' rows '"$(tput lines 2>/dev/null || echo 24)"' 2>/dev/null
	modprobe nf_conntrack enable_hooks=1 && echo "nf_conntrack is loaded and tracks (enable_hooks=1); exit or Ctrl-A X ends the guest."
	dmesg | grep -i conntrack | tail -3
	exec bash -i'
