#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CONNMARK saves and restores marks with masks, connmark matches them.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rule() { in_router iptables-legacy "$@" || fail "rule $*"; }
rule -t mangle -A PREROUTING -j CONNMARK --restore-mark
rule -t mangle -A PREROUTING -p udp --dport 53 -m mark --mark 0 -j MARK --set-mark 0xab12
rule -t mangle -A POSTROUTING -j CONNMARK --save-mark --nfmask 0xff00 --ctmask 0xff00
rule -A FORWARD -m connmark --mark 0xab00 -m comment --comment restored
rule -A FORWARD -m mark --mark 0xab00 -m comment --comment packet
rule -A FORWARD -p udp --dport 54 -j CONNMARK --set-xmark 0x55/0xffffffff
rule -A FORWARD -p udp --dport 54 -j CONNMARK --or-mark 0x100
serve $SERVER udp4 53
serve $SERVER udp4 54
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check_equal "packets of the marked connection" "$(rule_packets restored)" 3
check_equal "packets with a restored mark" "$(rule_packets packet)" 3
check "row shows the mark" ct_row_matches "udp .* dport=53 .* mark=43776 "
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54)" ]
check "row shows the mark without the masked byte" ct_row_matches "udp .* dport=54 .* mark=85 "
