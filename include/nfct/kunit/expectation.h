/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites about expectations share: a helper that is in no registry, masters that have it, and expectations of theirs. */
#ifndef NFCT_KUNIT_EXPECTATION_H
#define NFCT_KUNIT_EXPECTATION_H

#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <nfct/kunit/lab.h>

/* Class 0: three of 30 seconds; class 1, named "other": as many as one likes, of 60 seconds. */
extern struct nf_conntrack_helper nfct_test_helper;

/* A UDP connection from host n, confirmed, that has the helper. Only the table refers to it. */
struct nf_conn *nfct_master(struct kunit *test, unsigned int n);
/* The same in that namespace. */
struct nf_conn *nfct_master_in(struct kunit *test, struct net *net, unsigned int n);
/* The packet of one that is not confirmed yet. */
struct sk_buff *nfct_master_packet(struct kunit *test, unsigned int n);

/* What the n-th expectation of the suites waits for: UDP from any port of host 2 to port 5000 + n of host 1. */
struct nfct_flow nfct_expected_flow(unsigned int n);
/* It, not inserted; the caller's reference. */
struct nf_conntrack_expect *nfct_expectation(struct kunit *test, struct nf_conn *master, unsigned int class, unsigned int n);
/* Inserted, and no reference but the table's, if this succeeds; else gone. What nf_ct_expect_related() said. */
int nfct_expect_n(struct kunit *test, struct nf_conn *master, unsigned int class, unsigned int n);

/* Whether the n-th is in the table and waiting; takes no reference. */
bool nfct_waits(unsigned int n);
/* How many are in the table, waiting or not, and how many of a class a master is said to have. */
unsigned int nfct_waiting(struct kunit *test);
unsigned int nfct_expecting(struct nf_conn *master, unsigned int class);

/* nf_ct_find_expectation() with its lock, for a packet of the flow. */
struct nf_conntrack_expect *nfct_fulfil(const struct nfct_flow *f, bool unlink);

#endif
