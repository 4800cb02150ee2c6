#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tc's ct action translates source addresses at ingress, and answers back; ct clear makes a packet untracked.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
# No address of the router itself: what comes in from one of those is a martian.
tc() { in_router tc "$@" || fail "tc $*"; }
for device in rc rs; do tc qdisc add dev $device clsact; done
tc filter add dev rc ingress prio 1 chain 0 protocol ip flower ip_proto udp dst_port 53 action ct commit zone 4 nat src addr 10.0.3.9 pipe action pass
tc filter add dev rc ingress prio 2 chain 0 protocol ip flower ip_proto udp dst_port 54 action ct zone 4 pipe action ct clear pipe action pass
tc filter add dev rs ingress prio 1 chain 0 protocol ip flower ip_proto udp src_port 53 action ct zone 4 nat pipe action pass
serve $SERVER udp4 53
serve $SERVER udp4 54
for _ in 1 2; do check_equal "answer" "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" "server 10.0.3.9 4000 53"; done
check "row" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4000 dport=53 src=$S4 dst=10.0.3.9 sport=53 dport=4000 .*zone=4 "
check_equal "tracked and cleared" "$(ask $CLIENT udp4 $S4 54 sourceport=4001)" "server $C4 4001 54"
check_equal "nothing of it remains" "$(ct_rows | grep -c 'dport=54 ')" 0
