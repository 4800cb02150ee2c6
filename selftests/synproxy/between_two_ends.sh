# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by the tests beside it, once SYN proxy stands between client and server: a download and a conversation through it.
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
check "SYNs that the proxy took" [ "$(stat_sum synproxy syn_received)" -ge 2 ]
check "valid cookies" [ "$(stat_sum synproxy cookie_valid)" -ge 2 ]
check_equal "invalid cookies" "$(stat_sum synproxy cookie_invalid)" 0
let_go
