#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Connections from and to the machine that tracks, and over lo, are entries too.
. "$SELFTESTS/lib.sh"

topology
track
in_server socat TCP6-LISTEN:7001,fork,ipv6only=0 EXEC:cat &
in_router socat TCP6-LISTEN:7002,fork,ipv6only=0 EXEC:cat &
check "server listens" wait_for 20 listening $SERVER tcp 7001
check "router listens" wait_for 20 listening $ROUTER tcp 7002
check_equal "out" "$(echo hello | in_router socat -t5 - TCP4:$S4:7001)" hello
check_equal "in" "$(echo hello | in_client socat -t5 - TCP4:$RC4:7002)" hello
check_equal "lo" "$(echo hello | in_router socat -t5 - TCP6:[::1]:7002)" hello
check "row of the outgoing one" ct_row_matches "tcp .*src=$RS4 dst=$S4 sport=[0-9]+ dport=7001 .*\[ASSURED\]"
check "row of the incoming one" ct_row_matches "tcp .*src=$C4 dst=$RC4 sport=[0-9]+ dport=7002 .*\[ASSURED\]"
check "row over lo" ct_row_matches "^ipv6 .*tcp .*src=0000:0000:0000:0000:0000:0000:0000:0001 dst=0000:0000:0000:0000:0000:0000:0000:0001 sport=[0-9]+ dport=7002 .*\[ASSURED\]"
check_equal "INVALID packets" "$(state_count INVALID 4) $(state_count INVALID 6)" "0 0"
