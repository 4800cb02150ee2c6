#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The helper match and the status flags read what a connection has: none of a plain one.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
in_router iptables-legacy -A FORWARD -m helper --helper ftp -m comment --comment ftp || fail "helper match"
in_router iptables-legacy -A FORWARD -m conntrack --ctstatus EXPECTED -m comment --comment expected || fail "status"
in_router iptables-legacy -A FORWARD -m conntrack --ctstatus ASSURED -m comment --comment assured || fail "status"
in_router iptables-legacy -A FORWARD -m state --state ESTABLISHED -m comment --comment established || fail "state"
serve $SERVER tcp4 21
check "answer" [ -n "$(ask $CLIENT tcp4 $S4 21)" ]
check_equal "helped" "$(rule_packets ftp)" 0
check_equal "expected" "$(rule_packets expected)" 0
check "assured after the handshake" [ "$(rule_packets assured)" -ge 3 ]
check "established after the first packet" [ "$(rule_packets established)" -ge 5 ]
