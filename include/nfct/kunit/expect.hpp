// SPDX-License-Identifier: GPL-2.0-only
// KUnit's expectations for test cases written in C++ (kunit/*_cases.cpp), and the parts of the bench that they need.
#pragma once

#include <nfct/kernel/types.hpp>

struct kunit;

extern "C" {
// Fails the test if !ok, saying where and what. Returns ok.
bool nfct_kunit_expect(struct kunit *test, bool ok, const char *what, const char *file, int line);
bool nfct_kunit_expect_eq(struct kunit *test, unsigned long long a, unsigned long long b, const char *what, const char *file, int line);

// A confirmed UDP connection, IPv4, from host n port `port` to host 2 port 53; only the table refers to it. Ends the test if it cannot be.
struct nf_conn *nfct_kunit_open(struct kunit *test, unsigned n, u16 port);
// The tuple of its original direction.
void nfct_kunit_tuple(unsigned n, u16 port, struct nf_conntrack_tuple *to);
struct net *nfct_kunit_other_net(struct kunit *test);
// Does not return; not said in the type, because objtool knows only the kernel's own functions that do not.
void nfct_kunit_skip(struct kunit *test, const char *why);
}

#define NFCT_EXPECT(test, cond) nfct_kunit_expect((test), (cond), #cond, __FILE__, __LINE__)
#define NFCT_EXPECT_EQ(test, a, b)                                                                                                        \
	nfct_kunit_expect_eq((test), static_cast<unsigned long long>(a), static_cast<unsigned long long>(b), #a " == " #b, __FILE__, __LINE__)
