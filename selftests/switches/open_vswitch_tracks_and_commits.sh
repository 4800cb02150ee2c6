#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Open vSwitch's kernel datapath: ct() tracks, recirculates, commits with mark and zone, and only established packets come back.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

command -v ovs-dpctl >/dev/null || skip "no ovs-dpctl"
switch_ports
modprobe openvswitch || skip "no openvswitch module"
# The kernel's datapath alone, without its daemon: exact flows written by hand.
ovs() { in_router ovs-dpctl "$@" || fail "ovs-dpctl $*"; }
ovs add-dp nfct
ovs add-if nfct rc rs
ovs add-flow nfct "in_port(1),eth(),eth_type(0x0806),arp()" 2
ovs add-flow nfct "in_port(2),eth(),eth_type(0x0806),arp()" 1
for port in 1 2; do
	ovs add-flow nfct "recirc_id(0),in_port($port),eth(),eth_type(0x0800),ipv4(frag=no)" "ct(zone=5),recirc(1)"
done
ovs add-flow nfct "recirc_id(1),in_port(1),ct_state(+new+trk),eth(),eth_type(0x0800),ipv4(frag=no)" "ct(commit,zone=5,mark=0x2a/0xffffffff),2"
ovs add-flow nfct "recirc_id(1),in_port(1),ct_state(-new+est+trk),eth(),eth_type(0x0800),ipv4(frag=no)" 2
ovs add-flow nfct "recirc_id(1),in_port(2),ct_state(-new+est+rpl+trk),ct_mark(0x2a),eth(),eth_type(0x0800),ipv4(frag=no)" 1
serve $SERVER tcp4 80
serve $SERVER udp4 53
serve $CLIENT tcp4 81
check_equal "TCP" "$(ask $CLIENT tcp4 $S4 80 sourceport=4000)" "server $C4 4000 80"
check_equal "UDP" "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" "server $C4 4001 53"
check "row" ct_row_matches "tcp .* src=$C4 dst=$S4 sport=4000 dport=80 src=$S4 dst=$C4 sport=80 dport=4000 \[ASSURED\] mark=42 zone=5 "
check "nothing new from the other side" no_answer $SERVER tcp4 $C4 81
check "nor in the table" no_row_matches "dport=81 "
ovs del-dp nfct
