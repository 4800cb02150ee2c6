#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Open vSwitch's ct() with nat: sources are translated on commit, answers and their ICMP errors back.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

command -v ovs-dpctl >/dev/null || skip "no ovs-dpctl"
switch_ports
modprobe openvswitch || skip "no openvswitch module"
ovs() { in_router ovs-dpctl "$@" || fail "ovs-dpctl $*"; }
ovs add-dp nfct
ovs add-if nfct rc rs
ovs add-flow nfct "in_port(1),eth(),eth_type(0x0806),arp()" 2
ovs add-flow nfct "in_port(2),eth(),eth_type(0x0806),arp()" 1
ovs add-flow nfct "recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)" "ct(commit,zone=6,nat(src=10.0.3.3:5000-5999)),2"
ovs add-flow nfct "recirc_id(0),in_port(2),eth(),eth_type(0x0800),ipv4(frag=no)" "ct(zone=6,nat),recirc(1)"
ovs add-flow nfct "recirc_id(1),in_port(2),ct_state(+trk-new-inv),eth(),eth_type(0x0800),ipv4(frag=no)" 1
in_server ip neigh replace 10.0.3.3 lladdr "$(in_client cat /sys/class/net/cr/address)" dev sr nud permanent
serve $SERVER udp4 53
read -r _ address port _ <<<"$(ask $CLIENT udp4 $S4 53 sourceport=4000)"
check "seen as $address:$port" [ "$address" = 10.0.3.3 -a "${port:-0}" -ge 5000 -a "${port:-0}" -le 5999 ]
check "row" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4000 dport=53 src=$S4 dst=10.0.3.3 sport=53 dport=5[0-9]{3} .*zone=6 "
refused() { echo x | in_client socat -t2 -T2 - UDP4:$S4:54 2>&1 | grep -q refused; }
check "the server's port unreachable reaches the client" refused
ovs del-dp nfct
