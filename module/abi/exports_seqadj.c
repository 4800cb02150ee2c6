// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_seqadj.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/netfilter.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/tcp.h>

EXPORT_SYMBOL_GPL(nf_ct_seqadj_init);
EXPORT_SYMBOL_GPL(nf_ct_seqadj_set);
EXPORT_SYMBOL_GPL(nf_ct_tcp_seqadj_set);
EXPORT_SYMBOL_GPL(nf_ct_seq_adjust);
EXPORT_SYMBOL_GPL(nf_ct_seq_offset);
