// SPDX-License-Identifier: GPL-2.0-only
/* References to modules for C++, and loading one by name (kernel: linux/module.h, kmod.h). */
#include <linux/kmod.h>
#include <linux/module.h>
#include <nfct/shim/kernel.h>

bool nfct_shim_module_get(struct module *m)
{
	return try_module_get(m);
}

void nfct_shim_module_put(struct module *m)
{
	module_put(m);
}

bool nfct_shim_request_module(const char *prefix, const char *name)
{
	return request_module("%s%s", prefix, name) == 0;
}
