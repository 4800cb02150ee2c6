#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# conntrackd, FTFW: a translated TCP connection goes on over the second firewall when the first one dies, and over the first when it is back.
. "$SELFTESTS/sync/pair.sh"

firewalls "Mode FTFW { StartupResync yes }"
serve $SERVER tcp4 8080
serve $SERVER udp4 5353
hold_open $CLIENT $S4 8080 sourceport=40000
seen=$(cat held.out)
check "the server sees the firewall: $seen" grep -qE "^server $RS4 2[0-9]{4} 8080$" held.out
answer_of_udp() { [ "$(ask $CLIENT udp4 $S4 5353 sourceport=40001)" = "server $RS4 40001 5353" ]; }
check "UDP" wait_for 10 answer_of_udp
port=$(cut -d' ' -f3 held.out)
check "a line" say_on_held one
told "the second firewall's daemon is told" knows $B -e "tcp .* ESTABLISHED .*sport=40000 "
told "of the UDP flow too" knows $B -e "udp .*sport=40001 "
check_equal "its kernel knows nothing yet" "$(ct_rows $B | grep -c sport=4000)" 0

say "-- the first firewall dies"
ports $A down
ports $B up
echo two >&7
check "without its entry the connection is INVALID at the second" wait_for 10 some_invalid_at $B
check_equal "still one line" "$(tail -1 held.out)" one
becomes_active $B
entry="src=$C4 dst=$S4 sport=40000 dport=8080 src=$S4 dst=$RS4 sport=8080 dport=$port \[ASSURED\] mark=7 "
check "the entry is in the second's kernel" ct_row_matches "^ipv4 .* tcp .* ESTABLISHED $entry" $B
check "and the UDP flow's" ct_row_matches " udp .* src=$C4 dst=$S4 sport=40001 dport=5353 src=$S4 dst=$RS4 sport=5353 dport=40001 mark=7 " $B
check "the line arrives" wait_for 30 grep -q '^two$' held.out
invalid=$(invalid_at $B)
check "and another" say_on_held three
check_equal "no more INVALID packets" "$(invalid_at $B)" "$invalid"
check_equal "a new connection" "$(ask $CLIENT tcp4 $S4 8080 sourceport=40002 | sed 's/ 2[0-9]*/ PORT/')" "server $RS4 PORT 8080"

say "-- the first firewall comes back, and takes over again"
becomes_standby $A
ip netns exec $A conntrack -F 2>/dev/null
told "it is told of the connection" knows $A -e "tcp .* ESTABLISHED .*sport=40000 "
check_equal "its kernel knows nothing" "$(ct_rows $A | grep -c sport=4000)" 0
ports $B down
becomes_active $A
ports $A up
check "a line" say_on_held four
check_equal "INVALID packets at the first" "$(invalid_at $A)" 0
let_go
check "the end of the connection is known" wait_for 20 ct_row_matches "tcp .* (TIME_WAIT|CLOSE) .*sport=40000 " $A
ip netns exec $A conntrack -D -p tcp --orig-port-src 40000 >/dev/null 2>&1
told "an entry that is deleted leaves the other's cache" not knows $B -e "tcp .*sport=40000 "
