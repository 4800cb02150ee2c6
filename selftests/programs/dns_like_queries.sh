#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fifty UDP questions from fifty ports are fifty entries, each replied.
. "$SELFTESTS/lib.sh"

topology
track $ROUTER 46
in_server python3 - <<-END &
	import socket
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.bind(("::", 53))
	while True:
	    data, peer = s.recvfrom(2000)
	    s.sendto(b"answer to " + data, peer)
END
check "server listens" wait_for 20 listening $SERVER udp 53
in_client python3 - <<-END || fail "an answer is missing"
	import socket
	for family, host in ((socket.AF_INET, "$S4"), (socket.AF_INET6, "$S6")):
	    for port in range(4000, 4050):
	        s = socket.socket(family, socket.SOCK_DGRAM)
	        s.bind(("", port))
	        s.settimeout(10)
	        s.sendto(b"q%d" % port, (host, 53))
	        assert s.recv(100) == b"answer to q%d" % port
END
for family in ipv4 ipv6; do
	check_equal "$family rows" "$(ct_rows | grep "^$family .*udp .* dport=53 " | grep -vc UNREPLIED)" 50
done
check_equal "NEW packets" "$(state_count NEW 4) $(state_count NEW 6)" "50 50"
