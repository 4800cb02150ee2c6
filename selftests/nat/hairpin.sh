#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A host reaches its neighbour through the router's outer address: both ends of one connection are translated.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ip -n $CLIENT addr add 10.0.1.3/24 dev cr
rules_nft <<-END
	table ip nat {
		chain pre { type nat hook prerouting priority dstnat; ip daddr $RS4 tcp dport 80 dnat to 10.0.1.3:8080; }
		chain post { type nat hook postrouting priority srcnat; iifname rc oifname rc masquerade; }
	}
END
in_router sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.rc.send_redirects=0
in_client sysctl -qw net.ipv4.conf.all.accept_local=1
serve $CLIENT tcp4 8080
check_equal "the neighbour sees the router" "$(ask $CLIENT tcp4 $RS4 80 "bind=$C4:4000")" "server $RC4 4000 8080"
check "row" ct_row_matches "tcp .* src=$C4 dst=$RS4 sport=4000 dport=80 src=10.0.1.3 dst=$RC4 sport=8080 dport=4000 .*ASSURED"
