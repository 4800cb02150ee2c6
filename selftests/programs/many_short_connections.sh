#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A hundred connections one after the other all work and end closed; none is INVALID.
. "$SELFTESTS/lib.sh"

topology
track $ROUTER 46
in_server python3 - <<-END &
	import socket
	s = socket.create_server(("::", 7000), family=socket.AF_INET6, dualstack_ipv6=True, backlog=100)
	while True:
	    c, _ = s.accept()
	    c.sendall(c.recv(1000))
	    c.close()
END
check "server listens" wait_for 20 listening $SERVER tcp 7000
in_client python3 - <<-END || fail "a connection failed"
	import socket
	for host in ("$S4", "$S6"):
	    for n in range(50):
	        with socket.create_connection((host, 7000), timeout=20) as c:
	            c.sendall(b"n%d" % n)
	            assert c.recv(1000) == b"n%d" % n
	            assert c.recv(1000) == b""
END
check_equal "rows" "$(ct_rows | grep -c 'tcp .* dport=7000 ')" 100
all_closed() { [ "$(ct_rows | grep -cE 'tcp .* (TIME_WAIT|CLOSE|LAST_ACK) .* dport=7000 ')" = 100 ]; }
check "all are closed" wait_for 10 all_closed
check_equal "INVALID packets" "$(state_count INVALID 4) $(state_count INVALID 6)" "0 0"
check_equal "NEW packets" "$(state_count NEW 4) $(state_count NEW 6)" "50 50"
