#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# iptables SNAT to an address and a range of ports, with and without random choice.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
in_router iptables-legacy-restore <<-END || fail "rules"
	*nat
	-A POSTROUTING -o rs -p udp --dport 53 -j SNAT --to-source $RS4:5000-5003
	-A POSTROUTING -o rs -p udp --dport 54 -j SNAT --to-source $RS4:6000-6999 --random-fully
	-A POSTROUTING -o rs -p tcp -j MASQUERADE --to-ports 7000-7000
	COMMIT
END
serve $SERVER udp4 53
serve $SERVER udp4 54
serve $SERVER tcp4 80
seen=$(for port in 4001 4002 4003 4004; do ask $CLIENT udp4 $S4 53 sourceport=$port; done | sort | tr '\n' ';')
check_equal "four clients, four ports" "$seen" "server $RS4 5000 53;server $RS4 5001 53;server $RS4 5002 53;server $RS4 5003 53;"
check "a fifth finds no port and is dropped" no_answer $CLIENT udp4 $S4 53
read -r _ address port _ <<<"$(ask $CLIENT udp4 $S4 54 sourceport=4005)"
check "random port $port of the range" [ "$address" = $RS4 -a "$port" -ge 6000 -a "$port" -le 6999 ]
check_equal "masqueraded to one port" "$(ask $CLIENT tcp4 $S4 80 sourceport=4006)" "server $RS4 7000 80"
