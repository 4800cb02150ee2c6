#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The time-exceeded and port-unreachable messages that traceroute provokes are RELATED.
. "$SELFTESTS/lib.sh"

command -v traceroute >/dev/null || skip "traceroute is not installed"
topology
in_router sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
in_server sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
track
for family in 4 6; do
	server=$S4; [ $family = 6 ] && server=$S6
	in_client traceroute -n -$family -q1 -N1 -w5 -m4 $server | tee report
	check "IPv$family: two hops" [ "$(grep -cE '^ *[0-9]+ +[0-9a-f]' report)" = 2 ]
	check "IPv$family: time exceeded by the router is RELATED" [ "$(state_count RELATED $family $ROUTER OUTPUT)" -ge 1 ]
	check "IPv$family: port unreachable by the server is RELATED" [ "$(state_count RELATED $family)" -ge 1 ]
	check_equal "IPv$family: INVALID packets" "$(state_count INVALID $family)" 0
done
