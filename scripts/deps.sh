#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs the Debian packages that the project needs, if any are missing.
#
# usage: scripts/deps.sh [-n] [build|vm|test|upstream|all]
#   build  compile the module for the kernels 6.1 and 6.12
#   vm     run QEMU guests (demo, shell): build, QEMU, and the programs that run in the guest, whose root is this host's
#   test   the whole test suite: vm, the kernel sources for the test kernels, host unit tests
#   upstream  the kernel's own netfilter selftests: test, and the programs that they use
#   all    everything
#   -n     only list what is missing, status 1 if anything is
set -u
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1

# Headers of both kernels; pahole and bpftool turn the kernel's types into C++.
build="make gcc g++ linux-headers-amd64 linux-headers-6.12-amd64 dwarves bpftool libelf-dev kmod python3"
# What boots the guest; the rest runs inside it.
vm="qemu-system-x86 busybox-static cpio socat xz-utils zstd
	nftables iptables conntrack iproute2 iperf3 ncat netcat-openbsd tcpdump ethtool iputils-ping iputils-tracepath
	traceroute python3 python3-scapy curl jq procps psmisc util-linux"
test="linux-source-6.1 linux-source-6.12 flex bison bc libssl-dev cmake ninja-build clang libclang-rt-dev googletest libgtest-dev
	ipvsadm openvswitch-switch conntrackd nfct dkms e2fsprogs"
upstream="libmnl-dev ipvsadm ebtables lksctp-tools"

dry=0
[ "${1:-}" = -n ] && { dry=1; shift; }
case ${1:-all} in
build)    wanted=$build;;
vm)       wanted="$build $vm";;
test)     wanted="$build $vm $test";;
upstream|all) wanted="$build $vm $test $upstream";;
*)        sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 2;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "deps.sh: this is not a Debian system; the programs of these Debian packages are needed:" >&2
	# shellcheck disable=SC2086
	echo $wanted >&2
	exit 1
fi

missing=
for package in $wanted; do
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=" $package"
done
[ -n "$missing" ] || exit 0
if [ $dry = 1 ]; then echo "$missing" | tr ' ' '\n' | sed '/^$/d'; exit 1; fi
if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: packages are missing and only root can install them:" >&2
	echo "  sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

echo "deps.sh: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
install() {
	# shellcheck disable=SC2086
	apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold $missing
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists first: on a fresh machine they are empty, and on an old one they name packages that are gone.
if ! { apt-get update -q && install; } >"$log" 2>&1; then
	tail -25 "$log" >&2
	echo "deps.sh: installation failed" >&2
	exit 1
fi
