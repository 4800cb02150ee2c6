// SPDX-License-Identifier: GPL-2.0-only
// Connections whose handshake SYN proxy answers in the server's place (kernel: nf_conntrack_synproxy.h).
#pragma once

#include <nfct/kernel/extension.hpp>

namespace nfct::conn {

// A template, as the enumerator is missing where the kernel was configured without SYN proxy.
template <class Ext = nf_ct_ext_id> bool is_behind_synproxy(const nf_conn &ct)
{
	if constexpr (requires { Ext::NF_CT_EXT_SYNPROXY; })
		return find_extension<nf_conn_synproxy>(ct.ext, Ext::NF_CT_EXT_SYNPROXY);
	return false;
}

// What SYN proxy needs, if the template says that it stands before the server. False: no memory.
template <class Ext = nf_ct_ext_id> [[nodiscard]] bool inherit_synproxy(nf_conn &ct, const nf_conn &tmpl, gfp_t gfp)
{
	if constexpr (requires { Ext::NF_CT_EXT_SYNPROXY; })
		return !is_behind_synproxy(tmpl) ||
		       (nf_ct_ext_add(&ct, NF_CT_EXT_SEQADJ, gfp) && nf_ct_ext_add(&ct, Ext::NF_CT_EXT_SYNPROXY, gfp));
	return true;
}

} // namespace nfct::conn
