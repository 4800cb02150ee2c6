#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# /proc/net/nf_conntrack_expect appears with the module, in every namespace, empty, with the kernel's permissions.
. "$SELFTESTS/lib.sh"

ct_load
namespace $NS-1
check_equal "permissions" "$(ip netns exec $NS-1 stat -c %A /proc/net/nf_conntrack_expect)" "-r--r-----"
check_equal "content" "$(ip netns exec $NS-1 cat /proc/net/nf_conntrack_expect)" ""
check "unload" ct_unload
check "gone with the module" [ ! -e /proc/net/nf_conntrack_expect ]
