#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct timeout object: its connections have their own timeouts, others the sysctl's; in use it cannot be deleted.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		ct timeout slow {
			protocol udp
			l3proto ip
			policy = { unreplied : 777, replied : 888 }
		}
		ct timeout web {
			protocol tcp
			l3proto ip
			policy = { established : 999, close : 20 }
		}
		chain raw {
			type filter hook prerouting priority -150;
			udp dport 53 ct timeout set "slow"
			tcp dport 80 ct timeout set "web"
		}
	}
END
serve $SERVER udp4 53
serve $SERVER udp4 54
serve $SERVER tcp4 80
left() { ct_rows | awk -v p="dport=$1 " 'index($0, p) { print $5 }'; }
in_range() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
check "answer" [ -n "$(ask $CLIENT udp4 $S4 53)" ]
check "answer" [ -n "$(ask $CLIENT udp4 $S4 54)" ]
# A reply within two seconds has the timeout of the unreplied still.
check "with the policy: $(left 53)" in_range "$(left 53)" 740 888
check "without a policy: $(left 54)" in_range "$(left 54)" 1 120
hold_open $CLIENT $S4 80
check "established: $(left 80)" in_range "$(left 80)" 970 999
ask $CLIENT udp4 10.0.2.99 53 >/dev/null &
check "unreplied" wait_row "udp +17 7[5-7][0-9] .* dst=10.0.2.99 .* dport=53 "
check "in use: not deleted" not in_router nft delete ct timeout ip t slow 2>/dev/null
in_router nft delete table ip t || fail "table cannot be deleted"
check "data after the policy is gone" say_on_held again
let_go
