// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_ecache.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_extend.h>

#if IS_MODULE(CONFIG_NF_CT_NETLINK)
EXPORT_SYMBOL_GPL(nf_conn_pernet_ecache);
#endif
EXPORT_SYMBOL_GPL(nf_conntrack_eventmask_report);
EXPORT_SYMBOL_GPL(nf_ct_deliver_cached_events);
EXPORT_SYMBOL_GPL(nf_conntrack_register_notifier);
EXPORT_SYMBOL_GPL(nf_conntrack_unregister_notifier);
EXPORT_SYMBOL_GPL(nf_ct_ecache_ext_add);
