// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_extend.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_conntrack_act_ct.h>
#include <net/netfilter/nf_nat.h>
#include <nfct/shim/compat.h>

EXPORT_SYMBOL(nf_ct_ext_add);
#ifdef NFCT_EXTENSIONS_HAVE_A_GENERATION
EXPORT_SYMBOL(__nf_ct_ext_find);
#endif
