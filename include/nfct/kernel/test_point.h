/* SPDX-License-Identifier: GPL-2.0-only */
/* Moments in lockless code that pass before anybody could step in: in KUnit builds a test can. Otherwise nothing is left of them. */
#ifndef NFCT_KERNEL_TEST_POINT_H
#define NFCT_KERNEL_TEST_POINT_H

#ifdef NFCT_KUNIT
#ifdef __cplusplus
extern "C" {
#endif

enum nfct_point {
	NFCT_POINT_WITHIN_VIEW,	     /* a reader knows the array, and not yet its size */
	NFCT_POINT_AFTER_VIEW,	     /* a reader knows array and size, and has looked into no chain yet */
	NFCT_POINT_AT_NODE,	     /* table::find() stands on a node of a chain */
	NFCT_POINT_BEFORE_REFERENCE, /* it has found the flow, and holds no reference yet */
	NFCT_POINT_BEFORE_LOCK,	     /* a bucket's number is computed, its lock not yet taken */
	NFCT_POINT_BEFORE_REAP,	     /* somebody wants an entry gone, and holds no reference yet */
	NFCT_POINT_BEFORE_CONFIRMED, /* a new entry is linked, and does not say so yet; its buckets are locked */
};

/* Implemented by kunit/fault.c. RCU; may be inside a section without bottom halves. */
void nfct_kunit_point(enum nfct_point point);

#ifdef __cplusplus
}
#endif
#define NFCT_TEST_POINT(point) nfct_kunit_point(NFCT_POINT_##point)
#else
#define NFCT_TEST_POINT(point) ((void)0)
#endif

#endif
