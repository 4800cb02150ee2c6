/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions that struct nf_conntrack_l4proto asks a tracker; answered by the C++ trackers. */
#ifndef NFCT_PACKET_L4_HOOKS_H
#define NFCT_PACKET_L4_HOOKS_H

#ifdef __cplusplus
extern "C" {
#endif

struct nf_conn;

/* May this connection make room for a new one although it is assured? True once it is being closed. */
bool nfct_tcp_can_early_drop(const struct nf_conn *ct);
bool nfct_sctp_can_early_drop(const struct nf_conn *ct);
bool nfct_dccp_can_early_drop(const struct nf_conn *ct);

#ifdef __cplusplus
}
#endif

#endif
