#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# SYNPROXY of iptables answers for the server and joins both halves: sequence numbers are adjusted through a whole download.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
ct_load
in_router iptables-legacy-restore <<-END || fail "rules"
	*raw
	-A PREROUTING -i rc -p tcp -m tcp --syn -j CT --notrack
	COMMIT
	*filter
	-A FORWARD -i rc -p tcp -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460
	-A FORWARD -m conntrack --ctstate INVALID -j DROP
	COMMIT
END
ct_sysctl tcp_loose 0
in_router sysctl -qw net.ipv4.tcp_syncookies=1 net.ipv4.tcp_timestamps=1
head -c 300000 /dev/urandom >file
in_server socat TCP4-LISTEN:80,fork,reuseaddr EXEC:"cat file" &
serve $SERVER tcp4 81
check "server listens" wait_for 10 listening $SERVER tcp 80
check "a download" eval "in_client socat -u -T10 TCP4:$S4:80 - >got"
check "same bytes" cmp file got
hold_open $CLIENT $S4 81 sourceport=4000
check "talk in both directions" say_on_held "one line"
check "and again" say_on_held "another line"
check "tracked as established" ct_row_matches "tcp .* ESTABLISHED src=$C4 dst=$S4 sport=4000 dport=81 .*\[ASSURED\]"
field() { in_router cat /proc/net/stat/synproxy | awk -v f="$1" '
	function hex(s,  i, n) { for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return n }
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == f) column = i; next } { sum += hex($column) } END { print sum + 0 }'; }
check "SYNs that the proxy took" [ "$(field syn_received)" -ge 2 ]
check "valid cookies" [ "$(field cookie_valid)" -ge 2 ]
check_equal "invalid cookies" "$(field cookie_invalid)" 0
let_go
