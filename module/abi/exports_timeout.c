// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_timeout.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timeout.h>

EXPORT_SYMBOL_GPL(nf_ct_timeout_hook);
EXPORT_SYMBOL_GPL(nf_ct_untimeout);
EXPORT_SYMBOL_GPL(nf_ct_set_timeout);
EXPORT_SYMBOL_GPL(nf_ct_destroy_timeout);
