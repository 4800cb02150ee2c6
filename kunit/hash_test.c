// SPDX-License-Identifier: GPL-2.0-only
/* Suite: the hash of the table (hash_cases.cpp). */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/lab.h>

static struct kunit_case cases[] = {
	KUNIT_CASE(hash_is_a_function),
	KUNIT_CASE(hash_depends_on_every_bit),
	KUNIT_CASE(hash_depends_on_zone),
	KUNIT_CASE(hash_depends_on_netns),
	KUNIT_CASE(hash_is_keyed),
	KUNIT_CASE(hash_spreads),
	KUNIT_CASE(buckets_are_pieces_of_hash_space),
	{}
};
NFCT_SUITE(nfct_hash, cases);
