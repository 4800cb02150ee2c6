#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# SYNPROXY over IPv6; a handshake that the client does not finish never reaches the server nor the table.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
rules_nft <<-END
	table ip6 t {
		chain raw { type filter hook prerouting priority raw; iifname rc tcp flags & (fin|syn|rst|ack) == syn notrack; }
		counter reached {}
		chain f {
			type filter hook forward priority 0;
			iifname rc meta l4proto tcp ct state invalid,untracked synproxy mss 1440 wscale 7 timestamp sack-perm
			ct state invalid drop
		}
		chain post { type filter hook postrouting priority 0; oifname rs tcp flags syn counter name reached; }
	}
END
ct_sysctl tcp_loose 0
in_router sysctl -qw net.ipv4.tcp_syncookies=1 net.ipv4.tcp_timestamps=1
serve $SERVER tcp6 80
# The client throws the SYN-ACK away, as one who forges his address would never see it.
in_client ip6tables-legacy -A INPUT -p tcp --sport 80 -j DROP || fail "client's rule"
check "no answer" no_answer $CLIENT tcp6 $S6 80
check_equal "SYNs that reached the server" "$(counter_packets "ip6 t" reached)" 0
check_equal "entries" "$(ct_rows | grep -c 'dport=80 ')" 0
in_client ip6tables-legacy -F
check "answer" [ -n "$(ask $CLIENT tcp6 $S6 80 sourceport=4000)" ]
check_equal "SYNs that reached the server" "$(counter_packets "ip6 t" reached)" 1
