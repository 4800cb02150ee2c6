#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A namespace that ends takes its entries with it: the objects in the slab are gone, long before their time is over.
. "$SELFTESTS/lib.sh"

namespace $NS-1 || fail "namespaces"
track $NS-1 4
ct_sysctl udp_timeout 100000 $NS-1
ip netns exec $NS-1 python3 - <<-END
	import socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for port in range(10000, 12000):
	    s.sendto(b"x", ("127.0.0.1", port))
END
entries=$(ct_count $NS-1)
check "about 2000 entries" [ "$entries" -ge 2000 ]
before=$(slab_objects)
ip netns del $NS-1
# SLUB counts an object as in use while it sits in a processor's own free list, so the exact number is not asked for.
enough_freed() { [ -z "$(slab_objects)" ] || [ "$(slab_objects)" -le $((before - 1500)) ]; }
check "the slab has shrunk" wait_for 10 enough_freed
