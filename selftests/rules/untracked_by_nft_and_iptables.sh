#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# notrack of nft and CT --notrack of iptables: UNTRACKED packets, no entry, other traffic is tracked.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		counter untracked {}; counter tracked {}
		chain raw { type filter hook prerouting priority raw; udp dport 53 notrack; udp sport 53 notrack; }
		chain f {
			type filter hook forward priority 0;
			ct state untracked counter name untracked
			ct state new,established counter name tracked
		}
	}
END
in_router iptables-legacy -t raw -A PREROUTING -p udp --dport 54 -j CT --notrack || fail "CT --notrack"
in_router iptables-legacy -t raw -A PREROUTING -p udp --sport 54 -j CT --notrack || fail "CT --notrack"
serve $SERVER udp4 53
serve $SERVER udp4 54
serve $SERVER udp4 55
for port in 53 54 55; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 $port)" ]; done
check_counters "ip t" untracked=4 tracked=2
check_equal "entries" "$(ct_count)" 1
check "of the third" ct_row_matches "udp .* dport=55 "
