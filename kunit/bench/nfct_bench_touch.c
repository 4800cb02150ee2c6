// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes all free memory once, and gives it back. User Mode Linux's memory is a file of the host's: where nobody has been yet, the host makes a
 * page on the first access, which takes as long as several packets. Without this the rows that use new memory would have it, some runs more than others.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>

enum { LARGEST_ORDER = 9 };

/* No reclaim: only what is free. */
static const gfp_t FREE_ONLY = __GFP_NOWARN;

static int __init touch(void)
{
	LIST_HEAD(taken);
	struct page *page, *next;
	unsigned int order = LARGEST_ORDER + 1, i;

	while (order--) {
		while ((page = alloc_pages(FREE_ONLY, order))) {
			for (i = 0; i < 1u << order; i++)
				WRITE_ONCE(*(char *)page_address(page + i), 0);
			set_page_private(page, order);
			list_add(&page->lru, &taken);
			cond_resched();
		}
	}
	list_for_each_entry_safe(page, next, &taken, lru) {
		order = page_private(page);
		set_page_private(page, 0);
		__free_pages(page, order);
	}
	return 0;
}

/* It stays: all is done then. */
module_init(touch);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Free memory that the host has, too, for the benchmark of nf_conntrack");
