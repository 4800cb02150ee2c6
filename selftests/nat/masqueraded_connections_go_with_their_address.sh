#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# When the outgoing device goes down, its masqueraded connections leave the table; others stay.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip nat {
		chain post { type nat hook postrouting priority srcnat; oifname rs ip protocol udp masquerade; }
	}
END
serve $SERVER udp4 53
check_equal "UDP, masqueraded" "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" "server $RS4 4001 53"
check "ping, not masqueraded" in_client ping -q -c1 -W5 $S4
check "row of UDP" ct_row_matches "udp .* dst=$RS4 "
ip -n $ROUTER link set rs down
check "row of UDP goes" wait_for 5 no_row_matches "udp .* dst=$RS4 "
check "row of the ping stays" ct_row_matches "icmp .* src=$C4 dst=$S4 "
