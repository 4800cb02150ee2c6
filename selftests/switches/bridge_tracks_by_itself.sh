#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ct in an nft table of the bridge family tracks bridged packets without br_netfilter: IPv4, IPv6, fragments.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

switch_ports
ip -n $ROUTER link add br0 type bridge forward_delay 0 mcast_snooping 0
for port in rc rs; do ip -n $ROUTER link set $port master br0; done
ip -n $ROUTER link set br0 up
rules_nft <<-END
	table bridge t {
		counter new {}; counter established {}; counter refused {}
		chain f {
			type filter hook forward priority 0;
			meta protocol arp accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			ct state established counter name established accept
			iifname rc ct state new counter name new accept
			counter name refused drop
		}
	}
END
serve $SERVER tcp4 80
serve $CLIENT tcp4 81
check_equal "TCP" "$(ask $CLIENT tcp4 $S4 80 sourceport=4000)" "server $C4 4000 80"
check "row" ct_row_matches "tcp .* src=$C4 dst=$S4 sport=4000 dport=80 src=$S4 dst=$C4 "
check "large ping" in_client ping -q -c1 -W5 -s4000 $S4
check "ping of IPv6" in_client ping -q -c1 -W5 $S6
check "row of IPv6" ct_row_matches "^ipv6 .* icmpv6 "
check "nothing new from the other side" no_answer $SERVER tcp4 $C4 81
check_equal "new connections" "$(counter_packets "bridge t" new)" 3
check "refused" [ "$(counter_packets "bridge t" refused)" -ge 1 ]
