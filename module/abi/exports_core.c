// SPDX-License-Identifier: GPL-2.0-only
/* What we export of the kernel's nf_conntrack_core.c; the includes are those of that unit, because a symbol's CRC depends on the types in view. */
#include <linux/types.h>
#include <linux/netfilter.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/proc_fs.h>
#include <linux/vmalloc.h>
#include <linux/stddef.h>
#include <linux/slab.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/kernel.h>
#include <linux/netdevice.h>
#include <linux/socket.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/rculist_nulls.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_bpf.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#include <net/netfilter/nf_conntrack_labels.h>
#include <net/netfilter/nf_conntrack_synproxy.h>
#include <net/netfilter/nf_nat.h>
#include <net/netfilter/nf_nat_helper.h>
#include <net/netns/hash.h>
#include <net/ip.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/mutex.h>

EXPORT_SYMBOL_GPL(nf_conntrack_locks);
EXPORT_SYMBOL_GPL(nf_conntrack_expect_lock);
EXPORT_SYMBOL_GPL(nf_conntrack_lock);
EXPORT_SYMBOL_GPL(nf_conntrack_hash);
EXPORT_SYMBOL_GPL(nf_conntrack_htable_size);
EXPORT_SYMBOL_GPL(nf_conntrack_max);
EXPORT_SYMBOL_GPL(nf_ct_get_tuplepr);
EXPORT_SYMBOL_GPL(nf_ct_invert_tuple);
EXPORT_SYMBOL_GPL(nf_ct_get_id);
EXPORT_SYMBOL_GPL(nf_ct_tmpl_alloc);
EXPORT_SYMBOL_GPL(nf_ct_tmpl_free);
EXPORT_SYMBOL_GPL(nf_ct_delete);
EXPORT_SYMBOL_GPL(nf_conntrack_find_get);
EXPORT_SYMBOL_GPL(nf_conntrack_hash_check_insert);
EXPORT_SYMBOL_GPL(nf_ct_acct_add);
EXPORT_SYMBOL_GPL(__nf_conntrack_confirm);
EXPORT_SYMBOL_GPL(nf_conntrack_tuple_taken);
#ifdef NFCT_KERNEL_DECLARES_nf_conntrack_alter_reply
EXPORT_SYMBOL_GPL(nf_conntrack_alter_reply);
#endif
EXPORT_SYMBOL_GPL(nf_conntrack_alloc);
EXPORT_SYMBOL_GPL(nf_conntrack_free);
EXPORT_SYMBOL_GPL(nf_conntrack_in);
EXPORT_SYMBOL_GPL(__nf_ct_refresh_acct);
EXPORT_SYMBOL_GPL(nf_ct_kill_acct);
EXPORT_SYMBOL_GPL(nf_ct_iterate_cleanup_net);
EXPORT_SYMBOL_GPL(nf_ct_iterate_destroy);
EXPORT_SYMBOL_GPL(nf_ct_alloc_hashtable);
EXPORT_SYMBOL_GPL(__nf_ct_change_timeout);
EXPORT_SYMBOL_GPL(__nf_ct_change_status);
EXPORT_SYMBOL_GPL(nf_ct_change_status_common);
EXPORT_SYMBOL_GPL(nf_ct_port_tuple_to_nlattr);
EXPORT_SYMBOL_GPL(nf_ct_port_nla_policy);
EXPORT_SYMBOL_GPL(nf_ct_port_nlattr_to_tuple);
EXPORT_SYMBOL_GPL(nf_ct_port_nlattr_tuple_size);
EXPORT_SYMBOL(nf_ct_destroy);
