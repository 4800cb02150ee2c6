#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct count over 2: the third connection of a host at one time is refused, and allowed once one has closed.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
ct_sysctl tcp_timeout_time_wait 1
ct_sysctl tcp_timeout_close 1
rules_nft <<-END
	table ip t {
		set hosts { type ipv4_addr; size 100; flags dynamic; }
		chain f {
			type filter hook forward priority 0;
			tcp dport 80 ct state new add @hosts { ip saddr ct count over 2 } reject with tcp reset
		}
	}
END
serve $SERVER tcp4 80
hold_open $CLIENT $S4 80 sourceport=4000
mkfifo second.in
ip netns exec $CLIENT socat -t3 - TCP4:$S4:80,sourceport=4001 <second.in >second.out 2>/dev/null &
pid=$!
exec 8>second.in
check "second connection" wait_for 10 test -s second.out
check "third is refused" no_answer $CLIENT tcp4 $S4 80
exec 8>&-
kill $pid
wait $pid 2>/dev/null
served_again() { [ -n "$(ask $CLIENT tcp4 $S4 80)" ]; }
check "served again after one has closed" wait_for 10 served_again
let_go
