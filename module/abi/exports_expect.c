// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_expect.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netns/hash.h>

EXPORT_SYMBOL_GPL(nf_ct_expect_hsize);
EXPORT_SYMBOL_GPL(nf_ct_expect_hash);
EXPORT_SYMBOL_GPL(nf_ct_unlink_expect_report);
EXPORT_SYMBOL_GPL(__nf_ct_expect_find);
EXPORT_SYMBOL_GPL(nf_ct_expect_find_get);
EXPORT_SYMBOL_GPL(nf_ct_remove_expectations);
EXPORT_SYMBOL_GPL(nf_ct_unexpect_related);
EXPORT_SYMBOL_GPL(nf_ct_expect_alloc);
EXPORT_SYMBOL_GPL(nf_ct_expect_init);
EXPORT_SYMBOL_GPL(nf_ct_expect_put);
EXPORT_SYMBOL_GPL(nf_ct_expect_related_report);
#ifdef NFCT_KERNEL_DECLARES_nf_ct_expect_related_pair
EXPORT_SYMBOL_GPL(nf_ct_expect_related_pair);
#endif
EXPORT_SYMBOL_GPL(nf_ct_expect_iterate_destroy);
EXPORT_SYMBOL_GPL(nf_ct_expect_iterate_net);
