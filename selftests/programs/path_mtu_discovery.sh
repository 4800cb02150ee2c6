#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A packet too big for the next link is answered by a RELATED error, in IPv4 and IPv6, and the sender adapts.
. "$SELFTESTS/lib.sh"

topology
track
ip -n $ROUTER link set rs mtu 1400
ip -n $SERVER link set sr mtu 1400
in_client ping -q -c1 -W5 -M "do" -s 1450 $S4
check "IPv4: fragmentation needed is RELATED" [ "$(state_count RELATED 4 $ROUTER OUTPUT)" -ge 1 ]
in_client ping -q -c1 -W5 -M "do" -s 1450 $S6
check "IPv6: packet too big is RELATED" [ "$(state_count RELATED 6 $ROUTER OUTPUT)" -ge 1 ]
check "IPv4: the client learned" sh -c "ip netns exec $CLIENT ip route get $S4 | grep -q 'mtu 1400'"
check "IPv6: the client learned" sh -c "ip netns exec $CLIENT ip route get $S6 | grep -q 'mtu 1400'"
check_equal "INVALID packets" "$(state_count INVALID 4) $(state_count INVALID 6)" "0 0"
