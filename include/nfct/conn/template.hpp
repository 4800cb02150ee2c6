// SPDX-License-Identifier: GPL-2.0-only
// Templates: unhashed connections that rules attach to packets to say how they are to be tracked (zone, helper, timeout).
#pragma once

#include <nfct/kernel/conn.hpp>

extern "C" {
struct nf_conn *nf_ct_tmpl_alloc(struct net *n, const struct nf_conntrack_zone *zone, gfp_t flags);
void nf_ct_tmpl_free(struct nf_conn *tmpl);
void nf_conntrack_free(struct nf_conn *ct);
}
