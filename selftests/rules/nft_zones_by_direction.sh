#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct zone: one flow in a zone of its own, one that has a zone in the original direction only.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		counter seven {}; counter zero {}
		chain raw {
			type filter hook prerouting priority raw;
			udp dport 53 ct zone set 7
			udp sport 53 ct zone set 7
			udp dport 54 ct original zone set 8
		}
		chain f {
			type filter hook forward priority 0;
			ct zone 7 counter name seven
			ct zone 0 counter name zero
		}
	}
END
serve $SERVER udp4 53
serve $SERVER udp4 54
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54 sourceport=4001)" ]
check "zone of both directions" ct_row_matches "udp .* sport=4000 dport=53 src=.* mark=0 zone=7 "
check "zone of the original direction" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4001 dport=54 zone-orig=8 src=$S4 "
check "both have their reply" no_row_matches "sport=400[01] .*UNREPLIED"
check_counters "ip t" seven=2
