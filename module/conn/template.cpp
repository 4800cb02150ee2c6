// SPDX-License-Identifier: GPL-2.0-only
// Templates live outside the slab, so that one is never taken for a connection and never counts (kernel: nf_ct_tmpl_alloc).
#include <nfct/conn/template.hpp>

#include <nfct/shim/kernel.h>

#include <nfct/base/poison.hpp>

using namespace nfct;

// kmalloc may align to less than the eight bytes that skb->_nfct needs: then the template starts a little behind its memory.
static constexpr unsigned long align = 8;

extern "C" {

// A template with one reference, or null. Any context that flags allow.
nf_conn *nf_ct_tmpl_alloc(net *n, const nf_conntrack_zone *zone, gfp_t flags)
{
	auto *memory = static_cast<char *>(nfct_shim_kzalloc(sizeof(nf_conn) + align - 1, flags));
	if (!memory)
		return nullptr;
	unsigned long start = reinterpret_cast<unsigned long>(memory), aligned = (start + align - 1) & ~(align - 1);
	// SAFETY: aligned, zeroed, and large enough for nf_conn behind the padding.
	nf_conn *tmpl = reinterpret_cast<nf_conn *>(aligned);
	tmpl->proto.tmpl_padto = static_cast<unsigned>(aligned - start);
	tmpl->status = IPS_TEMPLATE;
	set_net(*tmpl, *n);
	set_zone(*tmpl, zone_of(zone));
	kernel::ref_set(tmpl->ct_general.use, 1);
	return tmpl;
}

// Frees a template whose last reference is gone.
void nf_ct_tmpl_free(nf_conn *tmpl)
{
	nfct_shim_kfree(tmpl->ext);
	nfct_shim_kfree(reinterpret_cast<char *>(tmpl) - tmpl->proto.tmpl_padto);
}

} // extern "C"
