// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of suites, from the simple to what builds on it, and how they are started: by KUnit once the module is live, or, where KUnit
 * would run them before the module's init (6.1), by us at the end of it.
 */
#include <nfct/abi/module.h>
#include <nfct/kunit/lab.h>

#define NFCT_SUITE_LIST(one)                                                                                                              \
	one(nfct_tuple) one(nfct_hash) one(nfct_table) one(nfct_hints) one(nfct_reuse) one(nfct_recycle) one(nfct_clash)                   \
	one(nfct_early_drop) one(nfct_resize) one(nfct_trace) one(nfct_migrate) one(nfct_follow) one(nfct_dump) one(nfct_gc) one(nfct_extension) one(nfct_template) one(nfct_events)                              \
	one(nfct_udp_and_generic) one(nfct_icmp) one(nfct_gre) one(nfct_tcp) one(nfct_tcp_window) one(nfct_tcp_loss)                      \
	one(nfct_invalid) one(nfct_proc) one(nfct_netlink) one(nfct_create) one(nfct_expectation) one(nfct_expectation_limits) one(nfct_helper)             \
	one(nfct_seqadj) one(nfct_labels) one(nfct_churn)

#define DECLARE(id) extern struct kunit_suite id##_suite;
NFCT_SUITE_LIST(DECLARE)

#define ADDRESS(id) &id##_suite,

int __real_nfct_netns_start(void);
int __wrap_nfct_netns_start(void);
void __real_nfct_netns_stop(void);
void __wrap_nfct_netns_stop(void);

#ifdef NFCT_KUNIT_RUNS_TOO_EARLY
static struct kunit_suite *suites[] = { NFCT_SUITE_LIST(ADDRESS) };

/* The last step of the module's init. */
int __wrap_nfct_netns_start(void)
{
	int err = __real_nfct_netns_start();

	if (!err)
		__kunit_test_suites_init(suites, ARRAY_SIZE(suites));
	return err;
}

void __wrap_nfct_netns_stop(void)
{
	__kunit_test_suites_exit(suites, ARRAY_SIZE(suites));
	__real_nfct_netns_stop();
}
#else
kunit_test_suites(NFCT_SUITE_LIST(ADDRESS));

int __wrap_nfct_netns_start(void)
{
	return __real_nfct_netns_start();
}

void __wrap_nfct_netns_stop(void)
{
	__real_nfct_netns_stop();
}
#endif
