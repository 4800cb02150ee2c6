// SPDX-License-Identifier: GPL-2.0-only
/* KUnit and the bench as seen from C++: its macros cannot be expanded there. */
#include <nfct/kunit/cases.h>
#include <nfct/kunit/lab.h>

bool nfct_kunit_expect(struct kunit *test, bool ok, const char *what, const char *file, int line);
bool nfct_kunit_expect_eq(struct kunit *test, u64 a, u64 b, const char *what, const char *file, int line);
struct nf_conn *nfct_kunit_open(struct kunit *test, unsigned int n, u16 port);
void nfct_kunit_tuple(unsigned int n, u16 port, struct nf_conntrack_tuple *to);
struct net *nfct_kunit_other_net(struct kunit *test);
void __noreturn nfct_kunit_skip(struct kunit *test, const char *why);

bool nfct_kunit_expect(struct kunit *test, bool ok, const char *what, const char *file, int line)
{
	if (!ok) {
		kunit_set_failure(test);
		kunit_err(test, "EXPECTATION FAILED at %s:%d\n    %s", file, line, what);
	}
	return ok;
}

bool nfct_kunit_expect_eq(struct kunit *test, u64 a, u64 b, const char *what, const char *file, int line)
{
	if (a != b) {
		kunit_set_failure(test);
		kunit_err(test, "EXPECTATION FAILED at %s:%d\n    %s, but %llu (0x%llx) != %llu (0x%llx)", file, line, what, a, a, b, b);
	}
	return a == b;
}

static struct nfct_flow numbered(unsigned int n, u16 port)
{
	return (struct nfct_flow){ NFPROTO_IPV4, IPPROTO_UDP, n, port, 2, 53 };
}

struct nf_conn *nfct_kunit_open(struct kunit *test, unsigned int n, u16 port)
{
	struct nfct_flow f = numbered(n, port);

	return nfct_open(test, &f);
}

void nfct_kunit_tuple(unsigned int n, u16 port, struct nf_conntrack_tuple *to)
{
	struct nfct_flow f = numbered(n, port);

	*to = nfct_tuple_of(&f);
}

struct net *nfct_kunit_other_net(struct kunit *test)
{
	return nfct_other_net(test);
}

void __noreturn nfct_kunit_skip(struct kunit *test, const char *why)
{
	kunit_skip(test, "%s", why);
	unreachable();
}
