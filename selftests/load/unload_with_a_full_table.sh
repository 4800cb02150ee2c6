#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The module unloads with thousands of live entries in several namespaces, and every one of them is freed.
. "$SELFTESTS/lib.sh"

ct_load enable_hooks=1
namespace $NS-1 $NS-2
for ns in $NS-1 $NS-2; do
	ip netns exec $ns python3 - <<-END
		import socket
		for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
		    s = socket.socket(family, socket.SOCK_DGRAM)
		    for port in range(10000, 11000):
		        s.sendto(b"x", (host, port))
	END
	check "about 2000 entries in $ns" [ "$(ct_count $ns)" -ge 2000 ]
done
check "module unloads" ct_unload
check "slab is gone" wait_for 5 slab_is_gone
check "namespaces go on without it" ip netns exec $NS-1 ping -q -c1 -W5 127.0.0.1
