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
. "$SELFTESTS/synproxy/between_two_ends.sh"
