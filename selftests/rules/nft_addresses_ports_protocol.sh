#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# nft ct original and reply: addresses, ports, protocols of both families, for a translated connection as well.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table inet t {
		counter osaddr {}; counter odaddr {}; counter rsaddr {}; counter rdaddr {}; counter oports {}; counter rports {}
		counter l3 {}; counter l6 {}; counter l4 {}; counter o6 {}; counter wrong {}
		chain f {
			type filter hook forward priority 0;
			ct original ip saddr $C4 counter name osaddr
			ct original ip daddr 10.9.9.9 counter name odaddr
			ct reply ip saddr $S4 counter name rsaddr
			ct reply ip daddr $RS4 counter name rdaddr
			meta l4proto udp ct original proto-src 4000 ct original proto-dst 53 counter name oports
			meta l4proto udp ct reply proto-src 5300 ct reply proto-dst 4000 counter name rports
			ct original l3proto ipv4 counter name l3
			ct original l3proto ipv6 counter name l6
			ct original protocol udp counter name l4
			ct original ip6 saddr $C6 ct reply ip6 saddr $S6 counter name o6
			ct original ip saddr $S4 counter name wrong
		}
	}
	table ip nat {
		chain pre { type nat hook prerouting priority dstnat; ip daddr 10.9.9.9 udp dport 53 dnat to $S4:5300; }
		chain post { type nat hook postrouting priority srcnat; oifname rs masquerade; }
	}
END
serve $SERVER udp4 5300
check_equal "answer" "$(ask $CLIENT udp4 10.9.9.9 53 sourceport=4000)" "server $RS4 4000 5300"
check "ping" in_client ping -q -c1 -W5 $S6
# The reply direction of a source translation is known from the second packet on: the first is in the forward chain before it.
check_counters "inet t" osaddr=2 odaddr=2 rsaddr=2 rdaddr=1 oports=2 rports=2 l3=2 l6=2 l4=2 o6=2 wrong=0
