#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# NETMAP translates a whole network address by address, by iptables for destinations and by nft for sources.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ip -n $CLIENT addr add 10.0.1.7/24 dev cr
in_router iptables-legacy -t nat -A PREROUTING -d 10.77.2.0/24 -j NETMAP --to 10.0.2.0/24 || fail "NETMAP"
rules_nft <<-END
	table ip netmap {
		chain post { type nat hook postrouting priority srcnat; oifname rs snat ip prefix to ip saddr map { 10.0.1.0/24 : 10.78.1.0/24 }; }
	}
END
ip -n $SERVER route add 10.78.1.0/24 via $RS4
serve $SERVER udp4 53
check_equal "first host" "$(ask $CLIENT udp4 10.77.2.2 53 "bind=$C4:4000")" "server 10.78.1.2 4000 53"
check_equal "second host" "$(ask $CLIENT udp4 10.77.2.2 53 "bind=10.0.1.7:4000")" "server 10.78.1.7 4000 53"
check "row" ct_row_matches "udp .* src=10.0.1.7 dst=10.77.2.2 sport=4000 dport=53 src=10.0.2.2 dst=10.78.1.7 sport=53 dport=4000 "
