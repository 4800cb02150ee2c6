#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# With br_netfilter, packets that a bridge forwards pass the IPv4 hooks and are tracked there.
. "$SELFTESTS/lib.sh"

namespace $CLIENT $ROUTER $SERVER
ip link add rc netns $ROUTER type veth peer name cr netns $CLIENT
ip link add rs netns $ROUTER type veth peer name sr netns $SERVER
ip -n $ROUTER link add br0 type bridge forward_delay 0 mcast_snooping 0
for port in rc rs; do ip -n $ROUTER link set $port master br0 up; done
ip -n $ROUTER link set br0 up
ip -n $CLIENT addr add 10.0.1.2/16 dev cr && ip -n $CLIENT link set cr up
ip -n $SERVER addr add 10.0.2.2/16 dev sr && ip -n $SERVER link set sr up
modprobe br_netfilter || skip "no br_netfilter"
in_router sysctl -qw net.bridge.bridge-nf-call-iptables=0
track $ROUTER 4
check "ping through the bridge" in_client ping -q -c1 -W5 $S4
check_equal "not tracked unless asked for" "$(ct_count)" 0
in_router sysctl -qw net.bridge.bridge-nf-call-iptables=1
check "ping through the bridge" in_client ping -q -c2 -i0.2 -W5 $S4
check "tracked" ct_row_matches "icmp .*src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=[0-9]+ src=10.0.2.2 dst=10.0.1.2 type=0"
check "ping of 3000 bytes through the bridge" in_client ping -q -c1 -W5 -s3000 $S4
check_equal "INVALID packets" "$(state_count INVALID 4)" 0
