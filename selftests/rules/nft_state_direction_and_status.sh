#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct state, direction and status say of each packet of a UDP exchange what it is.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		counter new {}; counter established {}; counter related {}; counter invalid {}; counter untracked {}
		counter original {}; counter reply {}; counter confirmed {}; counter seen_reply {}; counter assured {}; counter translated {}
		chain f {
			type filter hook forward priority 0;
			ct state new counter name new
			ct state established counter name established
			ct state related counter name related
			ct state invalid counter name invalid
			ct state untracked counter name untracked
			ct direction original counter name original
			ct direction reply counter name reply
			ct status confirmed counter name confirmed
			ct status seen-reply counter name seen_reply
			ct status assured counter name assured
			ct status snat counter name translated
		}
	}
END
serve $SERVER udp4 53
for _ in 1 2; do check_equal "answer" "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" "server $C4 4000 53"; done
check_counters "ip t" new=1 established=3 related=0 invalid=0 untracked=0 original=2 reply=2 confirmed=3 seen_reply=3 translated=0
in_client ping -q -c1 -W2 -t1 $S4 >/dev/null		# its error is the router's own
ask $CLIENT udp4 $S4 54 >/dev/null			# the server's port unreachable
check_counters "ip t" new=2 related=1
