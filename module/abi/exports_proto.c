// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_proto.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/types.h>
#include <linux/netfilter.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/mutex.h>
#include <linux/vmalloc.h>
#include <linux/stddef.h>
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/notifier.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_bridge.h>
#include <net/netfilter/nf_log.h>
#include <linux/ip.h>
#include <linux/icmp.h>
#include <linux/sysctl.h>
#include <net/route.h>
#include <net/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/ipv4/nf_conntrack_ipv4.h>
#include <net/netfilter/ipv6/nf_conntrack_ipv6.h>
#include <net/netfilter/nf_nat_helper.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <linux/ipv6.h>
#include <linux/in6.h>
#include <net/ipv6.h>
#include <net/inet_frag.h>

EXPORT_SYMBOL_GPL(nf_l4proto_log_invalid);
EXPORT_SYMBOL_GPL(nf_ct_l4proto_log_invalid);
EXPORT_SYMBOL_GPL(nf_ct_l4proto_find);
EXPORT_SYMBOL_GPL(nf_ct_netns_get);
EXPORT_SYMBOL_GPL(nf_ct_netns_put);
EXPORT_SYMBOL_GPL(nf_ct_bridge_register);
EXPORT_SYMBOL_GPL(nf_ct_bridge_unregister);
EXPORT_SYMBOL_GPL(nf_confirm);
