#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# conntrackd syncs expectations: FTP's data connection, announced to the first firewall, gets in as RELATED at the second.
. "$SELFTESTS/sync/pair.sh"

modprobe nf_nat_ftp || fail "nf_nat_ftp"
firewalls "Mode FTFW { }
	Options { ExpectationSync { ftp } }"
# conntrackd 1.4.7 leaves out how what is expected is to be translated, so here nothing is.
for ns in $A $B; do
	ip netns exec $ns iptables-legacy -t nat -F POSTROUTING
	ip netns exec $ns iptables-legacy -t raw -A PREROUTING -i rc -p tcp --dport 21 -j CT --helper ftp || fail "CT --helper"
done
expectations() { ip netns exec "$1" cat /proc/net/nf_conntrack_expect; }
serve $SERVER tcp4 21
hold_open $CLIENT $S4 21 sourceport=40000
check "a line" say_on_held "USER me"
printf 'PORT 10,0,1,2,4,1\r\n' >&7
check "PORT, as the server sees it" wait_for 10 grep -q '^PORT 10,0,1,2,4,1.$' held.out
check_equal "expectations of the first firewall" "$(expectations $A | cut -d' ' -f2-)" "l3proto = 2 proto=6 src=$S4 dst=$C4 sport=0 dport=1025 ftp"
told "the second firewall's daemon is told" knows $B -e "tcp .* ESTABLISHED .*sport=40000 "
expected_at() { ip netns exec "$1" conntrackd -C "${1#"$NS-"}.conf" -e expect 2>&1 | grep -q dport=1025; }
check "of the expectation too" wait_for 10 expected_at $B

say "-- the first firewall dies"
ports $A down
ports $B up
becomes_active $B
check "the entry is in the second's kernel" ct_row_matches " ESTABLISHED .*sport=40000 dport=21 " $B
tell $B -c expect
check_equal "expectations of the second firewall" "$(expectations $B | cut -d' ' -f2-)" "l3proto = 2 proto=6 src=$S4 dst=$C4 sport=0 dport=1025 ftp"
in_client socat -u TCP4-LISTEN:1025 - >data 2>/dev/null &
check "the client listens" wait_for 10 listening $CLIENT tcp 1025
echo contents | in_server timeout 20 socat -u - TCP4:$C4:1025,sourceport=20,reuseaddr,connect-timeout=10
check "the data arrive" wait_for 10 grep -q contents data
check "in a connection of its own" ct_row_matches "src=$S4 dst=$C4 sport=20 dport=1025 src=$C4 dst=$S4 sport=1025 dport=20 .*mark=7 " $B
check "a line on the first connection" say_on_held NOOP
let_go
