#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# On loading, the kernel log says version, number of buckets and maximum.
. "$SELFTESTS/lib.sh"

improvement_of_ours "stock prints nothing when it loads"
echo "nfct-mark $$" >/dev/kmsg
ct_load hashsize=4096
said=$(dmesg | sed "1,/nfct-mark $$/d" | grep nf_conntrack)
echo "$said"
check "says its buckets" grep -q 4096 <<<"$said"
check "says its maximum" grep -q 32768 <<<"$said"
check "says its version" grep -qE 'conntrack\+\+|version|[0-9]+\.[0-9]+' <<<"$said"
