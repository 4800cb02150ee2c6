#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft masquerade: TCP, UDP and ping leave with the router's address, answers find their way back, the row shows both.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip nat {
		chain post { type nat hook postrouting priority srcnat; oifname rs masquerade; }
	}
END
serve $SERVER tcp4 80
serve $SERVER udp4 53
check_equal "TCP, seen by the server" "$(ask $CLIENT tcp4 $S4 80 sourceport=4000)" "server $RS4 4000 80"
check_equal "UDP, seen by the server" "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" "server $RS4 4001 53"
check "ping" in_client ping -q -c2 -i0.2 -W5 $S4
for row in "tcp .* src=$C4 dst=$S4 sport=4000 dport=80 src=$S4 dst=$RS4 sport=80 dport=4000 " \
	"udp .* src=$C4 dst=$S4 sport=4001 dport=53 src=$S4 dst=$RS4 sport=53 dport=4001 " \
	"icmp .* src=$C4 dst=$S4 type=8 code=0 id=[0-9]+ src=$S4 dst=$RS4 type=0 code=0 "; do
	check "row: $row" ct_row_matches "$row"
done
