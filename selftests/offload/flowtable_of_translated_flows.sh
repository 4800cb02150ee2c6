#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A flowtable carries masqueraded UDP with the translation applied; removing the table gives the flows back.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip t {
		flowtable ft { hook ingress priority 0; devices = { rc, rs }; }
		counter slow {}
		chain f { type filter hook forward priority 0; udp dport 53 flow add @ft; counter name slow; }
		chain post { type nat hook postrouting priority srcnat; oifname rs masquerade; }
	}
END
serve $SERVER udp4 53
for n in 1 2 3; do check_equal "answer $n" "$(ask $CLIENT udp4 $S4 53 sourceport=4000)" "server $RS4 4000 53"; done
check "offloaded" wait_row "udp +17 src=$C4 dst=$S4 sport=4000 dport=53 .*src=$S4 dst=$RS4 .*\[OFFLOAD\]"
check "some packets passed it" [ "$(counter_packets "ip t" slow)" -lt 6 ]
in_router nft delete table ip t || fail "the table cannot be deleted"
check "given back" wait_for 10 no_row_matches "OFFLOAD"
