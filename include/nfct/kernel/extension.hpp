// SPDX-License-Identifier: GPL-2.0-only
// Optional parts of a connection that hang on nf_conn::ext (accounting, timestamp, event cache, ...), read in place.
#pragma once

#include <nfct/kernel/types.hpp>

extern "C" {
void *__nf_ct_ext_find(const struct nf_ct_ext *ext, u8 id);
// Zeroed room for an extension, its id below NF_CT_EXT_NUM; null: no memory, or there already. Only to a connection that is not confirmed.
// Context as gfp.
void *nf_ct_ext_add(struct nf_conn *ct, enum nf_ct_ext_id id, gfp_t gfp);
}

namespace nfct {

// The extension's data whatever the area's generation, or null: for what the connection owns and must give back.
template <class Data, class Ext> Data *owned_extension(Ext *ext, unsigned id)
{
	if (!ext || !ext->offset[id])
		return nullptr;
	// SAFETY: the area holds a Data at this offset from when the extension was added until the connection is freed.
	return reinterpret_cast<Data *>(reinterpret_cast<char *>(ext) + ext->offset[id]);
}

// The extension's data, or null. An extension area with a generation (6.1) may have gone stale before its connection was confirmed;
// then the kernel's slow check decides.
template <class Data, class Ext> Data *find_extension(Ext *ext, unsigned id)
{
	if constexpr (requires { ext->gen_id; }) {
		if (ext && ext->offset[id] && ext->gen_id) [[unlikely]]
			return static_cast<Data *>(__nf_ct_ext_find(ext, static_cast<u8>(id)));
	}
	return owned_extension<Data>(ext, id);
}

inline nf_conn_acct *accounting_of(const nf_conn &ct) { return find_extension<nf_conn_acct>(ct.ext, NF_CT_EXT_ACCT); }
inline nf_conn_tstamp *timestamp_of(const nf_conn &ct) { return find_extension<nf_conn_tstamp>(ct.ext, NF_CT_EXT_TSTAMP); }
inline nf_conn_help *help_of(const nf_conn &ct) { return find_extension<nf_conn_help>(ct.ext, NF_CT_EXT_HELPER); }
inline nf_conn_seqadj *seqadj_of(const nf_conn &ct) { return find_extension<nf_conn_seqadj>(ct.ext, NF_CT_EXT_SEQADJ); }
inline nf_conn_labels *labels_of(const nf_conn &ct) { return find_extension<nf_conn_labels>(ct.ext, NF_CT_EXT_LABELS); }
inline nf_conntrack_ecache *events_of(const nf_conn &ct) { return find_extension<nf_conntrack_ecache>(ct.ext, NF_CT_EXT_ECACHE); }

} // namespace nfct
