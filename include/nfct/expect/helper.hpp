// SPDX-License-Identifier: GPL-2.0-only
// Helpers: modules that read a protocol's payload to learn which connections will follow (kernel: nf_conntrack_helper.c).
//
//   nf_ct_helper_hash      exported; written under nfct_helper_mutex, read under RCU
//   nf_conn_help::helper   written by the packet's own context until confirmation, afterwards under RCU: set to null when the helper goes
//                          (registry), or by user space; read under RCU
//   expectfn list          written under nf_conntrack_expect_lock, read under RCU
//   NAT helper list        written under nfct_nat_helper_mutex, read under RCU
#pragma once

#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/guards.hpp>

extern "C" {
extern struct hlist_head *nf_ct_helper_hash;
extern unsigned int nf_ct_helper_hsize;

// Table of helpers; 0 or -ENOMEM. Module load.
int nf_conntrack_helper_init();
void nf_conntrack_helper_fini();

// The helper of this name for a layer 3 protocol (one for NFPROTO_UNSPEC serves all) and a layer 4 protocol, or null. RCU.
struct nf_conntrack_helper *__nf_conntrack_helper_find(const char *name, u16 l3num, u8 protonum);
// Adds the helper part to a connection that is not confirmed. Null: no memory, or it has one. Context as gfp.
struct nf_conn_help *nf_ct_helper_ext_add(struct nf_conn *ct, gfp_t gfp);
// Gives a new connection the helper that its template names. 0 or -ENOMEM. RCU.
int __nf_ct_try_assign_helper(struct nf_conn *ct, struct nf_conn *tmpl, gfp_t flags);
// Lets the helper free what it keeps for the connection. The connection is dying and still has its parts. Any context.
void nf_ct_helper_destroy(struct nf_conn *ct);
}
