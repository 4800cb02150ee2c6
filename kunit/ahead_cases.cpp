// SPDX-License-Identifier: GPL-2.0-only
// What netlink_test.c asks of the run ahead of a walk.
#include <nfct/kernel/chain.hpp>
#include <nfct/kunit/cases.h>
#include <nfct/table/ahead.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

unsigned int nfct_kunit_fetched_before(void)
{
	return kernel::read_once(table::fetched_before);
}

void nfct_kunit_forget_run(void)
{
	kernel::write_once(table::fetched_before, 0u);
}
