#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# connlabel sets a label on a connection and matches it on later packets.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
in_router iptables-legacy -A FORWARD -m connlabel --label 40 -m comment --comment labelled || skip "this iptables takes no label numbers"
in_router iptables-legacy -A FORWARD -p udp --dport 53 -m connlabel --label 40 --set || fail "set"
in_router iptables-legacy -A FORWARD -m connlabel ! --label 40 -m comment --comment others || fail "others"
serve $SERVER udp4 53
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check_equal "labelled packets" "$(rule_packets labelled)" 3
check_equal "others" "$(rule_packets others)" 0
