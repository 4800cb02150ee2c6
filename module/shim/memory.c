// SPDX-License-Identifier: GPL-2.0-only
/* Slab and page memory for C++ (kernel: linux/slab.h, mm.h). */
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/netfilter/nf_conntrack_proto_gre.h>
#include <linux/percpu.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <nfct/shim/compat.h>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns.h>

/* Of short ones, of whole ones; of both without and with an area. */
static struct kmem_cache *conns[2][2];

unsigned long nfct_direct_map __ro_after_init;

int nfct_shim_conn_cache_create(void)
{
	static const char *const names[2][2] = { { "nf_conntrack_short", "nf_conntrack_short_area" }, { "nf_conntrack", "nf_conntrack_area" } };
	int whole, area;

	nfct_direct_map = (unsigned long)__va(0);
	BUILD_BUG_ON(NFCT_SHORT_STATE < sizeof(struct nf_ct_udp) || NFCT_SHORT_STATE < sizeof(struct nf_ct_gre));
	for (whole = 0; whole < 2; whole++)
		for (area = 0; area < 2; area++) {
			/* Nobody reads `master` of a connection that he has no reference to. */
			conns[whole][area] = nfct_typesafe_cache(names[whole][area], area ? nfct_area_at(whole) + NFCT_AREA : nfct_conn_end(whole),
								 NFCT_CONN_ALIGNMENT, offsetof(struct nf_conn, master));
			if (!conns[whole][area]) {
				nfct_shim_conn_cache_destroy();
				return -ENOMEM;
			}
		}
	return 0;
}

/*
 * The last one freed, of each kind, for the next that this CPU needs: in a full table one dies for each that comes, and both of the slab's slow
 * paths would be taken for them, because the one that dies is of an old slab. To its readers it is as if the slab had given it out again.
 */
static DEFINE_PER_CPU(struct nf_conn *, spares[2][2]);

static void free_spares(int whole, int area)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree(per_cpu(spares[whole][area], cpu));
		per_cpu(spares[whole][area], cpu) = NULL;
	}
}

void nfct_shim_conn_cache_destroy(void)
{
	int whole, area;

	for (whole = 0; whole < 2; whole++)
		for (area = 0; area < 2; area++) {
			free_spares(whole, area);
			kmem_cache_destroy(conns[whole][area]);
			conns[whole][area] = NULL;
		}
}

struct nf_conn *nfct_shim_conn_cache_alloc(bool whole, bool area, gfp_t gfp)
{
	struct nf_conn *spare = this_cpu_read(spares[whole][area]) ? this_cpu_xchg(spares[whole][area], NULL) : NULL;

	return spare ? spare : kmem_cache_alloc(conns[whole][area], gfp);
}

void nfct_shim_conn_cache_free(struct nf_conn *ct, bool whole, bool area)
{
	if (this_cpu_read(spares[whole][area]) || this_cpu_cmpxchg(spares[whole][area], NULL, ct))
		kmem_cache_free(conns[whole][area], ct);
}

void nfct_shim_conn_cache_fetch(const struct nf_conn *ct)
{
	const struct page *page = virt_to_page(ct);

	prefetchw(page);
	/* Not always one line: 56 bytes in User Mode Linux. */
	prefetchw((const char *)(page + 1) - 1);
}

void __percpu *nfct_shim_alloc_percpu(size_t size, size_t align)
{
	return __alloc_percpu(size, align);
}

static struct kmem_cache *expect_cache;

int nfct_shim_expect_cache_create(void)
{
	expect_cache = KMEM_CACHE(nf_conntrack_expect, 0);
	return expect_cache ? 0 : -ENOMEM;
}

void nfct_shim_expect_cache_destroy(void)
{
	rcu_barrier();
	kmem_cache_destroy(expect_cache);
	expect_cache = NULL;
}

struct nf_conntrack_expect *nfct_shim_expect_cache_alloc(gfp_t gfp)
{
	return kmem_cache_zalloc(expect_cache, gfp);
}

static void expect_free(struct rcu_head *head)
{
	kmem_cache_free(expect_cache, container_of(head, struct nf_conntrack_expect, rcu));
}

void nfct_shim_expect_cache_free_rcu(struct nf_conntrack_expect *exp)
{
	call_rcu(&exp->rcu, expect_free);
}

void *nfct_shim_kzalloc(size_t size, gfp_t gfp)
{
	return kzalloc(size, gfp);
}

void *nfct_shim_krealloc(void *p, size_t size, gfp_t gfp)
{
	return krealloc(p, size, gfp);
}

void nfct_shim_kfree(const void *p)
{
	kfree(p);
}

void nfct_shim_kfree_rcu_gre_keymap(struct nf_ct_gre_keymap *entry)
{
	kfree_rcu(entry, rcu);
}

void *nfct_shim_kvcalloc(size_t n, size_t size)
{
	return kvcalloc(n, size, GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
}

void nfct_shim_kvfree(const void *p)
{
	kvfree(p);
}

void *nfct_shim_pages_alloc(size_t size)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	void *p = alloc_pages_exact(size, gfp);

	/* In large pages where the kernel's own large areas are, or each bucket of a large table would be behind a page table entry of its own. */
	if (!p)
		return vmalloc_huge(size, gfp);
	/* kmemleak does not know of pages, and would take connections that only they point to for lost. */
	kmemleak_alloc(p, size, 1, GFP_KERNEL);
	return p;
}

void nfct_shim_pages_free(void *p, size_t size)
{
	if (is_vmalloc_addr(p)) {
		vfree(p);
	} else if (p) {
		kmemleak_free(p);
		free_pages_exact(p, size);
	}
}

unsigned long nfct_shim_total_ram_pages(void)
{
	return totalram_pages();
}
