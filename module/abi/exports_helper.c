// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_helper.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/vmalloc.h>
/* Came into this unit together with that function. */
#ifdef NFCT_KERNEL_DECLARES_nf_ct_helper
#include <net/ip.h>
#endif
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_log.h>

EXPORT_SYMBOL_GPL(nf_ct_helper_hash);
EXPORT_SYMBOL_GPL(nf_ct_helper_hsize);
EXPORT_SYMBOL_GPL(__nf_conntrack_helper_find);
EXPORT_SYMBOL_GPL(nf_conntrack_helper_try_module_get);
EXPORT_SYMBOL_GPL(nf_conntrack_helper_put);
EXPORT_SYMBOL_GPL(nf_nat_helper_try_module_get);
EXPORT_SYMBOL_GPL(nf_nat_helper_put);
EXPORT_SYMBOL_GPL(nf_ct_helper_ext_add);
EXPORT_SYMBOL_GPL(__nf_ct_try_assign_helper);
EXPORT_SYMBOL_GPL(nf_ct_helper_expectfn_register);
EXPORT_SYMBOL_GPL(nf_ct_helper_expectfn_unregister);
EXPORT_SYMBOL_GPL(nf_ct_helper_expectfn_destroy);
EXPORT_SYMBOL_GPL(nf_ct_helper_expectfn_find_by_name);
EXPORT_SYMBOL_GPL(nf_ct_helper_expectfn_find_by_symbol);
EXPORT_SYMBOL_GPL(nf_ct_helper_log);
EXPORT_SYMBOL_GPL(nf_conntrack_helper_register);
EXPORT_SYMBOL_GPL(nf_conntrack_helper_unregister);
EXPORT_SYMBOL_GPL(nf_ct_helper_init);
EXPORT_SYMBOL_GPL(nf_conntrack_helpers_register);
EXPORT_SYMBOL_GPL(nf_conntrack_helpers_unregister);
EXPORT_SYMBOL_GPL(nf_nat_helper_register);
EXPORT_SYMBOL_GPL(nf_nat_helper_unregister);
