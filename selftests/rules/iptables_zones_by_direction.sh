#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CT --zone, --zone-orig and --zone-reply give a connection its zone; one flow in two zones has two entries.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
ct_sysctl udp_timeout 300
ct_sysctl udp_timeout_stream 300
rule() { in_router iptables-legacy -t raw -A PREROUTING "$@" || fail "rule $*"; }
rule -p udp --dport 53 -j CT --zone 5
rule -p udp --sport 53 -j CT --zone 5
rule -p udp --dport 54 -j CT --zone-orig 6
rule -i rc -p udp --dport 55 -j CT --zone-orig mark
serve $SERVER udp4 53
serve $SERVER udp4 54
serve $SERVER udp4 55
for port in 53 54 55; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 $port sourceport=4000)" ]; done
check "zone" ct_row_matches "udp .* dport=53 src=.* mark=0 zone=5 "
check "zone of the original direction" ct_row_matches "udp .* dport=54 zone-orig=6 src=.* "
check "no mark, zone 0" ct_row_matches "udp .* dport=55 (zone-orig=0 )?src="
rule -p udp --dport 56 -j CT --zone-reply 9
rule -p udp --sport 56 -j CT --zone-reply 9
serve $SERVER udp4 56
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 56 sourceport=4000)" ]; done
check "zone of the reply direction" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4000 dport=56 src=$S4 dst=$C4 sport=56 dport=4000 zone-reply=9 "
# The same flow in two zones at once: two entries.
in_router iptables-legacy -t raw -F
rule -p udp --dport 53 -j CT --zone 11
rule -p udp --sport 53 -j CT --zone 11
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]
check "zone 5 still" ct_row_matches "udp .* sport=4000 dport=53 .* zone=5 "
check "and zone 11" ct_row_matches "udp .* sport=4000 dport=53 .* zone=11 "
