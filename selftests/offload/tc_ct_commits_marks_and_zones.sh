#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tc's ct action tracks, commits with mark, label and zone, and flower matches the state.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
tc() { in_router tc "$@" || fail "tc $*"; }
for device in rc rs; do tc qdisc add dev $device clsact; done
tc filter add dev rc ingress prio 1 chain 0 protocol ip flower ip_proto udp ct_state -trk action ct zone 3 pipe action goto chain 1
tc filter add dev rc ingress prio 1 chain 1 protocol ip flower ip_proto udp ct_state +trk+new action ct commit zone 3 mark 0x77/0xff pipe action pass
tc filter add dev rc ingress prio 1 chain 1 protocol ip flower ip_proto udp ct_state +trk+est ct_mark 0x77/0xff action pass
tc filter add dev rs ingress prio 1 chain 0 protocol ip flower ip_proto udp ct_state -trk action ct zone 3 pipe action goto chain 1
tc filter add dev rs ingress prio 1 chain 1 protocol ip flower ip_proto udp ct_state +trk+est action pass
tc filter add dev rs ingress prio 2 chain 1 protocol ip flower ip_proto udp ct_state +trk+new action drop
serve $SERVER udp4 53
serve $CLIENT udp4 54
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check "row" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4000 dport=53 src=$S4 dst=$C4 sport=53 dport=4000 .*mark=119 zone=3 "
check "from outside nothing new comes in" no_answer $SERVER udp4 $C4 54
check_equal "nothing but that is committed" "$(ct_count)" 1
hits() { in_router tc -s filter show dev rc ingress chain 1 | awk '/ct_mark/ { found = 1 } found && /Sent/ { print $4; exit }'; }
check "the second packet was established and marked" [ "$(hits)" -ge 1 ]
