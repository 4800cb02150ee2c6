/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels we build for, as feature tests for the C files; the only file that may look at LINUX_VERSION_CODE.
 * Prefer a test for the feature itself (a macro that came with it); compare versions only where there is nothing to test for.
 */
#ifndef NFCT_SHIM_COMPAT_H
#define NFCT_SHIM_COMPAT_H

#include <linux/icmpv6.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <net/net_namespace.h>
#ifdef CONFIG_SYSCTL
#include <linux/sysctl.h>
#endif

#ifdef CONFIG_SYSCTL
/* 6.11 made the table that a sysctl handler is given constant. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
typedef const struct ctl_table nfct_ctl_table;
#else
typedef struct ctl_table nfct_ctl_table;
#endif

/*
 * Registers `count` entries. 6.6 counts them, and turned register_net_sysctl() into a macro; before that a zeroed entry ends the
 * table. So the caller always keeps one zeroed entry behind the last, and both are served.
 */
static inline struct ctl_table_header *nfct_register_net_sysctl(struct net *net, const char *path, struct ctl_table *table,
								size_t count)
{
#ifdef register_net_sysctl
	return register_net_sysctl_sz(net, path, table, count);
#else
	return register_net_sysctl(net, path, table);
#endif
}

/* Until 6.12 the switch for netfilter hooks in light-weight tunnels was a row of conntrack's table; now it has a table of its own. */
#if defined(CONFIG_LWTUNNEL) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define NFCT_HAS_LWTUNNEL_SYSCTL 1
#endif
#endif /* CONFIG_SYSCTL */

/* __nf_ct_refresh_acct() was told the packet; 6.12's stable series tells it the length instead. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define NFCT_REFRESH_TAKES_SKB 1
#endif

/*
 * A cache of objects that RCU readers may look at after they were freed. 6.12 can keep a free object's link inside, where no reader looks, so
 * that whole cache lines stay whole; before, it lies behind the object, and one that is aligned to a line would waste most of another.
 */
static inline struct kmem_cache *nfct_typesafe_cache(const char *name, unsigned int size, unsigned int align, unsigned int free_link)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	struct kmem_cache_args args = { .align = align, .freeptr_offset = free_link, .use_freeptr_offset = true };

	return kmem_cache_create(name, size, &args, SLAB_TYPESAFE_BY_RCU | SLAB_HWCACHE_ALIGN);
#else
	return kmem_cache_create(name, size, align, SLAB_TYPESAFE_BY_RCU, NULL);
#endif
}

/* Extension areas had a generation, and modules asked us whether it is current; 6.12 has neither. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define NFCT_EXTENSIONS_HAVE_A_GENERATION 1
#endif

/* Who keeps a connection alive whose packets bypass it in a flow table: our collector at first; with 6.12 the flow table itself. */
#define NFCT_COLLECTOR_KEEPS_OFFLOADED (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

/* What a RST does to the timeout of a connection that stays ESTABLISHED: CLOSE's at first; 6.12 chose UNACKNOWLEDGED's. */
#define NFCT_RST_GETS_CLOSE_TIMEOUT (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

/*
 * The later of two first packets whose connections clash joined the earlier one's, at first, if NAT has not touched that; 6.12 asks that both be the
 * same connection.
 */
#define NFCT_CLASH_JOINS_UNTRANSLATED (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

/* A DCCP packet that ends within its header was dropped at first; in 6.12 it is INVALID like others. */
#define NFCT_SHORT_DCCP_IS_DROPPED (LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0))

/* Multicast router discovery is left untracked, as all that keeps the link going, since the kernel knows its name. */
#ifdef ICMPV6_MRDISC_SOL
#define NFCT_MRD_IS_UNTRACKED 1
#else
#define NFCT_MRD_IS_UNTRACKED 0
#endif

/* 6.2 named the draw of a number below a bound get_random_u32_below(). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define nfct_random_below(bound) get_random_u32_below(bound)
#else
#define nfct_random_below(bound) prandom_u32_max(bound)
#endif

/*
 * nf_confirm() was told where layer 4 is, and nf_ct_hook's update() said a negative number to have a packet dropped; since 6.6 nf_confirm()
 * is the hook itself, and update() says a verdict.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define NFCT_CONFIRM_TAKES_OFFSET 1
#define NFCT_UPDATE_RETURNS_ERRNO 1
#endif

/* 6.5 began to resolve clashes between two first GRE packets. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define NFCT_GRE_CLASH_CAN_BE_RESOLVED 1
#endif

#endif
