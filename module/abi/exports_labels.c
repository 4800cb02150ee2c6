// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_labels.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/export.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_labels.h>

EXPORT_SYMBOL_GPL(nf_connlabels_replace);
#ifdef CONFIG_NF_CONNTRACK_LABELS
EXPORT_SYMBOL_GPL(nf_connlabels_get);
EXPORT_SYMBOL_GPL(nf_connlabels_put);
#endif
