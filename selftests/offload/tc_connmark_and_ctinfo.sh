#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tc's connmark and ctinfo actions restore a connection's mark to packets before the stack sees them.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
tc() { in_router tc "$@" || fail "tc $*"; }
tc qdisc add dev rs clsact
tc filter add dev rs ingress prio 1 protocol ip flower ip_proto udp src_port 53 action connmark pipe action pass
tc filter add dev rs ingress prio 2 protocol ip flower ip_proto udp src_port 54 action ctinfo cpmark 0xff pipe action pass
in_router iptables-legacy -A FORWARD -p udp -i rc -j CONNMARK --set-mark 0x142 || fail CONNMARK
in_router iptables-legacy -t raw -A PREROUTING -i rs -m mark --mark 0x142 -m comment --comment whole || fail mark
in_router iptables-legacy -t raw -A PREROUTING -i rs -m mark --mark 0x42 -m comment --comment masked || fail mark
for port in 53 54 55; do
	serve $SERVER udp4 $port
	check "answer" [ -n "$(ask $CLIENT udp4 $S4 $port)" ]
done
check_equal "connmark" "$(rule_packets whole raw PREROUTING)" 1
check_equal "ctinfo with a mask" "$(rule_packets masked raw PREROUTING)" 1
