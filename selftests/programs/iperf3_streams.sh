#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Four parallel iperf3 streams over the router: every connection is in the table, nothing is INVALID.
. "$SELFTESTS/lib.sh"

topology
track $ROUTER 4
in_server iperf3 -s -1 >/dev/null 2>&1 &
check "server listens" wait_for 20 listening $SERVER tcp 5201
in_client iperf3 -c $S4 -P 4 -t 3 >report 2>&1 &
pid=$!
five_open() { [ "$(ct_rows | grep -c 'tcp .* ESTABLISHED .* dport=5201 .*\[ASSURED\]')" = 5 ]; }
check "control and four streams" wait_for 20 five_open
check "iperf3 ends well" wait $pid
grep -E 'SUM.*(sender|receiver)' report
check_equal "INVALID packets" "$(state_count INVALID 4)" 0
check_equal "NEW packets" "$(state_count NEW 4)" 5
