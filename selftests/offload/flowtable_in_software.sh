#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An nft flowtable takes an established TCP connection over: [OFFLOAD] in the table, data passes it, a FIN gives it back.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		flowtable ft { hook ingress priority 0; devices = { rc, rs }; }
		counter slow {}
		chain f {
			type filter hook forward priority 0;
			tcp dport 80 ct state established flow add @ft
			counter name slow
		}
	}
END
serve $SERVER tcp4 80
hold_open $CLIENT $S4 80 sourceport=4000
check "data" say_on_held first
check "offloaded" wait_row "^ipv4 +2 tcp +6 src=$C4 dst=$S4 sport=4000 dport=80 .*\[OFFLOAD\]"
slow=$(counter_packets "ip t" slow)
for n in 1 2 3 4 5 6 7 8; do say_on_held "line $n" || fail "line $n"; done
ok "data flows"
check "past the forward chain" [ $(($(counter_packets "ip t" slow) - slow)) -le 4 ]
let_go
check "given back, then closed" wait_row "tcp +6 [0-9]+ (TIME_WAIT|LAST_ACK|FIN_WAIT|CLOSE_WAIT|CLOSE) .* sport=4000 dport=80 "
check "not offloaded any more" no_row_matches "OFFLOAD"
