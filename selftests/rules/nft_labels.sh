#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct label: a label set by one packet is there for the next; other labels and other connections have none.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		counter five {}; counter last {}; counter six {}
		chain f {
			type filter hook forward priority 0;
			ct label 5 counter name five
			ct label 127 counter name last
			ct label 6 counter name six
			udp dport 53 ct label set 5
			udp sport 53 ct label set 127
		}
	}
END
serve $SERVER udp4 53
serve $SERVER udp4 54
for _ in 1 2; do check "answer" [ -n "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" ]; done
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54 sourceport=4000)" ]
check_counters "ip t" five=3 last=2 six=0
