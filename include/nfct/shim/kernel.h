/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's macros and inlines that C++ cannot express, as plain functions: one C file in module/shim/ per group below.
 * Each call is a real call; none lies on the way of an established UDP packet. Exported kernel functions are not wrapped:
 * C++ declares those it uses in include/nfct/kernel/.
 */
#ifndef NFCT_SHIM_KERNEL_H
#define NFCT_SHIM_KERNEL_H

#ifdef __cplusplus
extern "C" {
#else
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_timeout.h>
#endif

/* lock.c: spinlocks, bottom halves, RCU, a mutex. */
void nfct_shim_spin_lock_init_bucket(spinlock_t *lock);
void nfct_shim_spin_lock_init_conn(spinlock_t *lock);
void nfct_shim_spin_lock_init_all(spinlock_t *lock);
void nfct_shim_spin_lock(spinlock_t *lock);
void nfct_shim_spin_lock_nested(spinlock_t *lock);
void nfct_shim_spin_unlock(spinlock_t *lock);
/* Bottom halves are turned off only where they are not: packets mostly come in a softirq. True: they are to be turned on again. */
bool nfct_shim_spin_lock_bh(spinlock_t *lock);
void nfct_shim_spin_unlock_bh(spinlock_t *lock, bool turn_on);
bool nfct_shim_local_bh_disable(void);
void nfct_shim_local_bh_enable(void);
/* Lets waiting bottom halves run where the caller alone turned them off. */
void nfct_shim_local_bh_pause(void);
void nfct_shim_rcu_read_lock(void);
void nfct_shim_rcu_read_unlock(void);
/* Serialises resize and the walks that delete (process context). */
void nfct_shim_table_mutex_lock(void);
void nfct_shim_table_mutex_unlock(void);
/* Which helpers and which NAT helpers there are (expect/helper*.cpp). */
extern struct mutex nfct_helper_mutex, nfct_nat_helper_mutex;
void nfct_shim_mutex_lock(struct mutex *m);
void nfct_shim_mutex_unlock(struct mutex *m);
/* Lockdep: nf_conntrack_expect_lock is held. */
void nfct_shim_assert_expect_lock(void);
void nfct_shim_cpu_relax(void);
/* Voluntary preemption point; process context. */
void nfct_shim_cond_resched(void);
void nfct_shim_synchronize_net(void);
void nfct_shim_synchronize_rcu(void);
/* Lists that are walked under RCU; the caller holds the list's lock. */
void nfct_shim_list_add_rcu(struct list_head *n, struct list_head *head);
void nfct_shim_list_del_rcu(struct list_head *n);

/* Guards the key maps of all namespaces (packet/gre_keymap.cpp); bottom halves off. */
extern spinlock_t nfct_gre_keymap_lock;

/* memory.c: slab and page memory. */
/* Of every connection, so that Node::dir() can tell its two places in chains apart. */
enum { NFCT_CONN_ALIGNMENT = 16 };
int nfct_shim_conn_cache_create(void);
void nfct_shim_conn_cache_destroy(void);
/*
 * An object of a SLAB_TYPESAFE_BY_RCU cache, not cleared: a whole struct nf_conn, or one that ends behind the first NFCT_SHORT_STATE bytes
 * of proto; in the line behind it, at nfct_area_at(), NFCT_AREA bytes for extensions, if asked for. Null: no memory.
 */
enum { NFCT_SHORT_STATE = 8, NFCT_AREA = 64 };
struct nf_conn *nfct_shim_conn_cache_alloc(bool whole, bool area, gfp_t gfp);
static inline size_t nfct_conn_end(bool whole)
{
	return whole ? sizeof(struct nf_conn) : __builtin_offsetof(struct nf_conn, proto) + NFCT_SHORT_STATE;
}
static inline size_t nfct_area_at(bool whole)
{
	const size_t line = 64;

	return (nfct_conn_end(whole) + line - 1) / line * line;
}
void nfct_shim_conn_cache_free(struct nf_conn *ct, bool whole, bool area);
/* What freeing it will want of the slab's bookkeeping is asked for. */
void nfct_shim_conn_cache_fetch(const struct nf_conn *ct);
int nfct_shim_expect_cache_create(void);
/* Waits for the frees under way. */
void nfct_shim_expect_cache_destroy(void);
/* Zeroed. Null: no memory. */
struct nf_conntrack_expect *nfct_shim_expect_cache_alloc(gfp_t gfp);
/* Once no RCU reader can see it any more; any context. */
void nfct_shim_expect_cache_free_rcu(struct nf_conntrack_expect *exp);
void *nfct_shim_kzalloc(size_t size, gfp_t gfp);
void *nfct_shim_krealloc(void *p, size_t size, gfp_t gfp);
void nfct_shim_kfree(const void *p);
/* Frees it once all readers of today are gone. Any context. */
struct nf_ct_gre_keymap;
void nfct_shim_kfree_rcu_gre_keymap(struct nf_ct_gre_keymap *entry);
/* n zeroed elements, perhaps from vmalloc; may sleep. Null: no memory, and nobody was killed for it. */
void *nfct_shim_kvcalloc(size_t n, size_t size);
void nfct_shim_kvfree(const void *p);
/* So many zeroed bytes in whole pages, and no more: contiguous in memory where that can be had. May sleep. Null: no memory, and nobody was killed for it. */
void *nfct_shim_pages_alloc(size_t size);
/* Null is nothing. May sleep. */
void nfct_shim_pages_free(void *p, size_t size);
unsigned long nfct_shim_total_ram_pages(void);
/* Where the mapping of all memory, and so of all connections, begins. */
extern unsigned long nfct_direct_map;

/* stat.c: per-CPU data. */
/* Adds n to the unsigned int at byte `offset` of this CPU's struct ip_conntrack_stat. */
void nfct_shim_stat_add(const struct net *net, unsigned int offset, unsigned int n);
/* Counts a reason in this CPU's array of the netns. */
void nfct_shim_reason_inc(const struct net *net, unsigned int reason);
/* Keeps a hash for this CPU's next early drop (table/early_drop.cpp); returns the one kept before, at first 0. */
u32 nfct_shim_exchange_victim(u32 hash);
/* The netns data of this module. */
struct nfct_netns;
struct nfct_netns *nfct_shim_pernet(const struct net *net);

/* packet.c: the parts of an skb that are bit fields or need more than a field. */
/* Copies from an skb that is not linear; matches Bytes::gather. */
bool nfct_shim_skb_gather(const void *skb, unsigned int offset, void *to, unsigned int len);
/* Whether the CRC32c of the SCTP packet is wrong; remembers in the skb that it is right. The header may be copied to be read. */
bool nfct_shim_sctp_crc_bad(struct sk_buff *skb, unsigned int offset);
/* Whether the hook is POST_ROUTING through a VRF master, where the inner device confirms later. */
bool nfct_shim_in_vrf_postrouting(const struct nf_hook_state *state);
/* Whether the packet was sent over loopback and is now received (nf_is_loopback_packet). */
bool nfct_shim_is_loopback_packet(const struct sk_buff *skb);

/* module.c: references to modules, and loading them. */
/* False: it is about to go. Any context. */
bool nfct_shim_module_get(struct module *m);
void nfct_shim_module_put(struct module *m);
/* Has the module of this name or alias loaded: whether that went well. Process context. */
bool nfct_shim_request_module(const char *prefix, const char *name);

/* extension.c: sizes of the extensions; those that the kernel was configured without have none. */
unsigned int nfct_shim_extension_size(unsigned int id);

/* misc.c: time, randomness, messages. */
unsigned long long nfct_shim_real_ns(void);
unsigned long long nfct_shim_jiffies_to_ns(unsigned long n);
void nfct_shim_random_bytes(void *to, size_t len);
unsigned int nfct_shim_random_below(unsigned int ceil);
void nfct_shim_warn_table_full(void);
void nfct_shim_warn_expect_table_full(void);
void nfct_shim_warn(const char *what);
/* The text, newline included, unless *said; sets it. */
void nfct_shim_warn_once(bool *said, const char *text);

/* timeout_policy.c: once the last reference is gone, after a grace period; and what stock says when a policy cannot be used. */
void nfct_shim_free_timeout_policy(struct nf_ct_timeout *policy);
void nfct_shim_info_no_timeout_policies(void);
void nfct_shim_info_no_timeout_policy(const char *name);
void nfct_shim_info_timeout_policy_is_for(const char *name, int layer, int number);

/* queue.c: packets that wait in user space. */
/* Drops those of every namespace that has connections; when it returns no namespace is half gone. May sleep. */
void nfct_shim_drop_queued_packets(void);

/* ecache.c: the delayed work of each namespace that runs nfct_redeliver() (conn/redelivery.cpp). */
enum nfct_redelivery { NFCT_REDELIVERY_DONE, NFCT_REDELIVERY_AGAIN, NFCT_REDELIVERY_CONGESTED };
enum nfct_redelivery nfct_redeliver(struct nf_conntrack_net_ecache *ecache);
/* A destroy event was not delivered: the work runs in a second at the latest. Any context. */
void nfct_shim_redelivery_wanted(struct net *net);
/* One was delivered after others were not: the work, if there is some, runs at once. Any context. */
void nfct_shim_redelivery_possible(struct net *net);

/* gc.c: the delayed work that runs nfct_gc_run() (table/gc.cpp), which returns the delay until its next run. */
unsigned long nfct_gc_run(void);
void nfct_shim_gc_start(unsigned long delay);
/* Stops it for good; waits for a running pass. */
void nfct_shim_gc_stop(void);
/* Has it run after delay jiffies, whatever it asked for. Any context. */
void nfct_shim_gc_kick(unsigned long delay);
/* Connections of all namespaces, once they are countable, and none while they are not; may sleep. */
unsigned long nfct_shim_count_connections(void);
void nfct_shim_countable(bool yes);

#ifdef __cplusplus
}
#endif
#endif
