#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A namespace that ends with rules and entries in it lets go of the module.
. "$SELFTESTS/lib.sh"

topology
track
check "ping" in_client ping -q -c1 -W5 $S4
check "entries" [ "$(ct_count)" -ge 1 ]
remove_namespaces
unused() { ! ct_is_loaded || [ "$(cat /sys/module/nf_conntrack/refcnt)" = "$(find /sys/module/nf_conntrack/holders -mindepth 1 | wc -l)" ]; }
check "only modules hold the module" wait_for 10 unused
check "module unloads" ct_unload
check "slab is gone" wait_for 5 slab_is_gone
