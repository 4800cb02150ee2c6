#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CT --timeout applies a policy made with the nfct tool; a rule and a connection keep what they use of it.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
command -v nfct >/dev/null || skip "no nfct tool"
in_router nfct add timeout slow inet udp unreplied 777 replied 888 || fail "nfct"
in_router nfct add timeout web inet tcp established 999 || fail "nfct"
in_router iptables-legacy -t raw -A PREROUTING -p udp --dport 53 -j CT --timeout slow || fail "CT --timeout"
in_router iptables-legacy -t raw -A PREROUTING -p tcp --dport 80 -j CT --timeout web || fail "CT --timeout"
serve $SERVER udp4 53
serve $SERVER tcp4 80
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53)" ]
hold_open $CLIENT $S4 80
check "with the policy" ct_row_matches "udp +17 (7[4-7]|8[6-8])[0-9] .* dport=53 "
check "established" ct_row_matches "tcp +6 9[7-9][0-9] ESTABLISHED .* dport=80 "
known() { in_router nfct list timeout 2>/dev/null | grep -q "$1"; }
# A policy in use is only unlinked: the rule keeps what it holds.
in_router nfct delete timeout slow || fail "nfct delete"
check "its name is gone" not known slow
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" ]
check "the rule still applies it" ct_row_matches "udp +17 (7[4-7]|8[6-8])[0-9] .* sport=4001 dport=53 "
in_router iptables-legacy -t raw -F
in_router nfct delete timeout web || fail "nfct delete"
check "the connection goes on without it" say_on_held again
let_go
