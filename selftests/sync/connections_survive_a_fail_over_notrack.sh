#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# conntrackd, NOTRACK, entries injected at once: the second firewall has each connection in its kernel already when the first one dies.
. "$SELFTESTS/sync/pair.sh"

firewalls "Mode NOTRACK { DisableExternalCache on }
	Options { TCPWindowTracking On }"
serve $SERVER tcp4 8080
hold_open $CLIENT $S4 8080 sourceport=40000
port=$(cut -d' ' -f3 held.out)
check "a line" say_on_held one
entry="src=$C4 dst=$S4 sport=40000 dport=8080 src=$S4 dst=$RS4 sport=8080 dport=$port \[ASSURED\] mark=7 "
check "the entry is in the second's kernel" wait_for 10 ct_row_matches " tcp .* ESTABLISHED $entry" $B
for number in 1 2; do
	check_equal "short connection" "$(ask $CLIENT tcp4 $S4 8080 sourceport=4100$number | cut -d' ' -f1)" server
done
check "the short ones as well, up to their end" wait_for 10 ct_row_matches " tcp .* TIME_WAIT .*sport=41002 " $B
ip netns exec $A conntrack -D -p tcp --orig-port-src 41001 >/dev/null 2>&1
check "one that is deleted here is deleted there" wait_for 10 no_row_matches "sport=41001 " $B

say "-- the first firewall dies"
ports $A down
ports $B up
for line in two three four; do check "a line" say_on_held $line; done
check_equal "INVALID packets" "$(invalid_at $B)" 0
check_equal "a new connection" "$(ask $CLIENT tcp4 $S4 8080 sourceport=42000 | cut -d' ' -f1)" server
check "it is told to the first" wait_for 10 ct_row_matches "sport=42000 " $A
let_go
