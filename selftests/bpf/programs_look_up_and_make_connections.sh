#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# BPF programs at tc and XDP look up connections, mark them, make and change them; wrong questions get their error numbers.
# time-limit: 600
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

command -v clang >/dev/null || skip "no clang"
[ -e /sys/kernel/btf/vmlinux ] || skip "a kernel without BTF"
ct_load
[ -e /sys/kernel/btf/nf_conntrack ] || skip "the module was built without BTF, since the kernel's was not at hand"
compile() { clang -O2 -g -target bpf -I "/usr/include/$(uname -m)-linux-gnu" -Wall -Werror "$@" -c "$SELFTESTS/bpf/programs.bpf.c"; }
# bpffs is hidden in what ip netns exec runs.
in_router_net() { nsenter --net=/run/netns/$ROUTER "$@"; }
pins=/sys/fs/bpf/nfct
trap 'status=$?; rm -rf $pins; (exit $status); at_exit' EXIT
check "the programs compile" compile -o "$NFCT_TMP/programs.o"
check "the programs load" bpftool prog loadall "$NFCT_TMP/programs.o" $pins
dd if=/dev/zero of="$NFCT_TMP/packet" bs=64 count=1 2>/dev/null
# What the program returned, run once in the router.
run() { in_router_net bpftool -j prog run pinned "$pins/$1" data_in "$NFCT_TMP/packet" repeat 1 | jq .retval; }

topology
track
in_server socat UDP4-LISTEN:6000,fork EXEC:cat &
check "server listens" wait_for 5 listening $SERVER udp 6000
check_equal "nothing there yet" "$(run there)" 2
check_equal "echo" "$(ask $CLIENT udp4 $S4 6000 sourceport=5000)" hello

check_equal "tc: found in the original direction" "$(run there)" 1000
check_equal "tc: found in the reply direction" "$(run back)" 1001
check_equal "xdp: found in the reply direction" "$(run xdp_back)" 1001
check_equal "another port: ENOENT" "$(run other_port)" 2
check_equal "another protocol: ENOENT" "$(run tcp)" 2
check_equal "a protocol without ports: EPROTO" "$(run icmp)" 71
check_equal "a tuple of no known size: EAFNOSUPPORT" "$(run odd_tuple)" 97
check_equal "a namespace that is not there: ENONET" "$(run no_such_netns)" 64
check_equal "a namespace that cannot be: EINVAL" "$(run bad_netns)" 22
check_equal "reserved bytes set: EINVAL" "$(run reserved)" 22
check_equal "options of no known size: EINVAL" "$(run odd_options)" 22

row() { in_router cat /proc/net/nf_conntrack | grep "sport=$1 " | sed 's/  */ /g'; }
life() { row "$1" | cut -d' ' -f5; }
between() { [ "$1" -gt "$2" ] && [ "$1" -le "$3" ]; }
check_equal "tc: a connection made" "$(run make)" 1000
check_equal "tc: not made twice" "$(run make)" 17
check "its flags are the program's" grep -q 'ASSURED' <<<"$(row 5001)"
check "its timeout is the program's" between "$(life 5001)" 30 100
check_equal "xdp: a connection made, for ten seconds" "$(run xdp_make)" 1000
check_equal "changed; that it is confirmed does not change: EBUSY" "$(run change)" 1016
check "its timeout changed" between "$(life 5002)" 300 500
check "its flags changed" grep -q 'ASSURED' <<<"$(row 5002)"

in_router tc qdisc add dev rs clsact
check "at an interface" in_router_net tc filter add dev rs ingress bpf direct-action object-pinned $pins/mark
check_equal "echo" "$(ask $CLIENT udp4 $S4 6000 sourceport=5000)" hello
check "the connection got its mark" grep -q 'mark=77' <<<"$(row 5000)"

check "a program that writes the timeout compiles" compile -DFORBIDDEN -o "$NFCT_TMP/forbidden.o"
bpftool prog load "$NFCT_TMP/forbidden.o" $pins/forbidden 2>"$NFCT_TMP/refusal" && fail "a program may write the timeout"
check "the verifier refuses it" grep -q 'no write support to nf_conn at off' "$NFCT_TMP/refusal"
check "the module stays while a program may call it" not modprobe -r nf_conntrack
