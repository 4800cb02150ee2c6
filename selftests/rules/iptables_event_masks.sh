#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# CT --ctevents and nft ct event limit what listeners are told of a connection; without a mask they are told all.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		chain f {
			type filter hook forward priority 0;
			udp dport 54 ct state new ct event set new,related,destroy,label
		}
	}
END
ip netns exec $ROUTER timeout 60 conntrack -E -o id >events 2>/dev/null &
listener=$!
subscribed() { in_router awk 'NR > 1 && $2 == 12 && $4 != "00000000" { found = 1 } END { exit !found }' /proc/net/netlink; }
wait_for 5 subscribed || skip "conntrack -E does not listen"
# The mask goes into a template that is made now: with nobody listening, it would get none.
in_router iptables-legacy -t raw -A PREROUTING -p udp --dport 53 -j CT --ctevents new,destroy --expevents new || fail "CT --ctevents"
serve $SERVER udp4 53
serve $SERVER udp4 54
serve $SERVER udp4 55
for port in 53 54 55; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 $port)" ]; done
told() { grep -q "$1.* dport=$2 " events; }
for port in 53 54 55; do check "NEW of $port" wait_for 5 told NEW $port; done
check "UPDATE of the one without a mask" wait_for 5 told UPDATE 55
kill $listener; wait $listener 2>/dev/null
for port in 53 54; do check "no UPDATE of $port" not told UPDATE $port; done
