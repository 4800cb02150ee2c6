#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The files in /proc appear with the module, in every namespace, with the kernel's permissions, and go with it.
. "$SELFTESTS/lib.sh"

namespace $NS-1
none() { [ ! -e /proc/net/nf_conntrack ] && [ ! -e /proc/net/stat/nf_conntrack ] && [ ! -e /proc/sys/net/netfilter/nf_conntrack_max ]; }
check "no file without the module" none
ct_load
namespace $NS-2
for ns in $NS-1 $NS-2; do
	check_equal "permissions in $ns" \
		"$(ip netns exec $ns stat -c '%A %n' /proc/net/nf_conntrack /proc/net/stat/nf_conntrack | tr '\n' ' ')" \
		"-r--r----- /proc/net/nf_conntrack -r--r--r-- /proc/net/stat/nf_conntrack "
	check_equal "empty table in $ns" "$(ct_rows $ns)" ""
done
check "slab nf_conntrack" grep -q '^nf_conntrack ' /proc/slabinfo
check "unload" ct_unload
check "no file without the module" none
