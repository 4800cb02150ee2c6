// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_proto_gre.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/in.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter/nf_conntrack_pptp.h>
#include <linux/netfilter/nf_conntrack_proto_gre.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_cttimeout.h>
#include <linux/seq_file.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <net/dst.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netns/generic.h>

#ifdef CONFIG_NF_CT_PROTO_GRE
EXPORT_SYMBOL_GPL(nf_ct_gre_keymap_add);
EXPORT_SYMBOL_GPL(nf_ct_gre_keymap_destroy);
#endif
