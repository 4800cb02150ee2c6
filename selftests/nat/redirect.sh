#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Redirect brings connections to other hosts to the router itself, by nft and by iptables; SO_ORIGINAL_DST names the first address.
. "$SELFTESTS/lib.sh"
. "$SELFTESTS/traffic.sh"

topology
rules_nft <<-END
	table ip nat {
		chain pre { type nat hook prerouting priority dstnat; iifname rc tcp dport 80 redirect to :3128; }
	}
END
in_router iptables-legacy -t nat -A PREROUTING -i rc -p udp --dport 53 -j REDIRECT --to-ports 5353 || fail "REDIRECT"
serve $ROUTER udp4 5353 router
in_router python3 - >original <<-END &
	import socket, struct
	with socket.create_server(("0.0.0.0", 3128)) as server:
	    peer, address = server.accept()
	    port, host = struct.unpack_from("!2xH4s", peer.getsockopt(socket.SOL_IP, 80, 16))
	    print(socket.inet_ntoa(host), port, flush=True)
	    peer.send(b"proxy %s %d\n" % (address[0].encode(), address[1]))
END
pid=$!
check "proxy listens" wait_for 20 listening $ROUTER tcp 3128
check_equal "TCP is answered by the router" "$(ask $CLIENT tcp4 $S4 80 sourceport=4000)" "proxy $C4 4000"
wait $pid
check_equal "original destination" "$(cat original)" "$S4 80"
check_equal "UDP is answered by the router" "$(ask $CLIENT udp4 $S4 53 sourceport=4001)" "router $C4 4001 5353"
check "row" ct_row_matches "udp .* src=$C4 dst=$S4 sport=4001 dport=53 src=$RC4 dst=$C4 sport=5353 dport=4001 "
