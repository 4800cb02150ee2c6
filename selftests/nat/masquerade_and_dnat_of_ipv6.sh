#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# IPv6: masquerade by nft, DNAT to another port and address, and a redirect by ip6tables.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip6 nat {
		chain pre { type nat hook prerouting priority dstnat; ip6 daddr fd00:99::1 tcp dport 80 dnat to [$S6]:8080; }
		chain post { type nat hook postrouting priority srcnat; oifname rs masquerade; }
	}
END
in_router ip6tables-legacy -t nat -A PREROUTING -i rc -p udp --dport 53 -j REDIRECT --to-ports 5353 || fail "REDIRECT"
serve $SERVER tcp6 8080
serve $ROUTER udp6 5353 router
full() { python3 -c 'import ipaddress, sys; print("[" + ipaddress.ip_address(sys.argv[1]).exploded + "]")' "$1"; }
check_equal "TCP through DNAT and masquerade" "$(ask $CLIENT tcp6 fd00:99::1 80 sourceport=4000)" "server $(full $RS6) 4000 8080"
check "row" ct_row_matches "^ipv6 .* tcp .* src=fd00:0001:[0:]*:0002 dst=fd00:0099:[0:]*:0001 sport=4000 dport=80 src=fd00:0002:[0:]*:0002 dst=fd00:0002:[0:]*:0001 sport=8080 dport=4000 "
check_equal "UDP through REDIRECT" "$(ask $CLIENT udp6 $S6 53 sourceport=4001)" "router $(full $C6) 4001 5353"
check "ping" in_client ping -q -c1 -W5 $S6
check "row of the ping" ct_row_matches "icmpv6 .* src=fd00:0002:[0:]*:0002 dst=fd00:0002:[0:]*:0001 type=129 "
