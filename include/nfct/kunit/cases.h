/* SPDX-License-Identifier: GPL-2.0-only */
/* Test cases written in C++, for the C files that put them into suites. */
#ifndef NFCT_KUNIT_CASES_H
#define NFCT_KUNIT_CASES_H

struct kunit;

#ifdef __cplusplus
#define NFCT_CASE(name) extern "C" void name(struct kunit *test)
#else
#include <linux/types.h>
#define NFCT_CASE(name) void name(struct kunit *test)
#endif

/* hash_cases.cpp */
NFCT_CASE(hash_is_a_function);
NFCT_CASE(hash_depends_on_every_bit);
NFCT_CASE(hash_depends_on_zone);
NFCT_CASE(hash_depends_on_netns);
NFCT_CASE(hash_is_keyed);
NFCT_CASE(hash_spreads);
NFCT_CASE(buckets_are_pieces_of_hash_space);

/* reuse_cases.cpp */
NFCT_CASE(dead_object_gives_no_reference);
NFCT_CASE(reused_object_is_another_flow);
NFCT_CASE(unpublished_object_is_no_flow);
NFCT_CASE(references_balance);
NFCT_CASE(chains_mark_their_ends);

/* The bucket of a tuple in the default zone. Void after a resize. */
struct nf_conntrack_tuple;
#ifdef __cplusplus
extern "C"
#endif
unsigned int nfct_kunit_bucket(const struct nf_conntrack_tuple *tuple);

/* migrate_cases.cpp: the same while the table moves, and whether the flow lives in the next array already; whether it moves. */
#ifdef __cplusplus
extern "C" {
#endif
unsigned int nfct_kunit_place(const struct nf_conntrack_tuple *tuple, bool *moved);
bool nfct_kunit_migrating(void);

/* hash_cases.cpp: what a connection knows of its own hashes. */
struct nf_conn;
enum nfct_hashes { NFCT_HASHES_COMPUTED, NFCT_HASHES_KEPT, NFCT_HASHES_WRONG };
enum nfct_hashes nfct_kunit_hashes(const struct nf_conn *ct);

/* hints_cases.cpp: where the hint of a tuple's bucket, in the default zone, leads to. Null: it has none. */
const void *nfct_kunit_hinted(const struct nf_conntrack_tuple *tuple);

/* ahead_cases.cpp: the first bucket that was not fetched ahead of the last walk; 0 after the other one. */
unsigned int nfct_kunit_fetched_before(void);
void nfct_kunit_forget_run(void);
#ifdef __cplusplus
}
#endif

/* window_cases.cpp */
NFCT_CASE(sequence_numbers_wrap);

#endif
