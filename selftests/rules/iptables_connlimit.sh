#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# connlimit counts a host's parallel connections: one more than allowed is rejected, closed ones no longer count.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
ct_sysctl tcp_timeout_time_wait 1
ct_sysctl tcp_timeout_close 1
in_router iptables-legacy -A FORWARD -p tcp --syn --dport 80 -m connlimit --connlimit-above 1 --connlimit-mask 32 -j REJECT --reject-with tcp-reset || fail connlimit
serve $SERVER tcp4 80
serve $SERVER tcp4 81
hold_open $CLIENT $S4 80
check "a second is rejected" no_answer $CLIENT tcp4 $S4 80
check "but not at another port" [ -n "$(ask $CLIENT tcp4 $S4 81)" ]
check "the first still talks" say_on_held again
let_go
served_again() { [ -n "$(ask $CLIENT tcp4 $S4 80)" ]; }
check "a second is served after the first" wait_for 10 served_again
