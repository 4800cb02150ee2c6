#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two clients that use the same port to the same server behind one address: the second gets another port, both are served.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ip -n $CLIENT addr add 10.0.1.3/24 dev cr
rules_nft <<-END
	table ip nat {
		chain post { type nat hook postrouting priority srcnat; oifname rs snat to $RS4; }
	}
END
serve $SERVER tcp4 80
serve $SERVER udp4 53
hold_open $CLIENT $S4 80 "bind=$C4:4000"
check_equal "first, seen by the server" "$(head -1 held.out)" "server $RS4 4000 80"
read -r _ address port _ <<<"$(ask $CLIENT tcp4 $S4 80 "bind=10.0.1.3:4000")"
check "second is seen as $address:$port" [ "$address" = $RS4 -a "$port" != 4000 -a -n "$port" ]
check "first still talks" say_on_held again
let_go
check_equal "first of UDP" "$(ask $CLIENT udp4 $S4 53 "bind=$C4:4001")" "server $RS4 4001 53"
read -r _ address port _ <<<"$(ask $CLIENT udp4 $S4 53 "bind=10.0.1.3:4001")"
check "second of UDP is seen as $address:$port" [ "$address" = $RS4 -a "$port" != 4001 -a -n "$port" ]
check_equal "UDP again keeps its port" "$(ask $CLIENT udp4 $S4 53 "bind=10.0.1.3:4001")" "server $RS4 $port 53"
check_equal "rows" "$(ct_rows | grep -c 'sport=400[01] ')" 4
