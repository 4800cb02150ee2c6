/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeping a connection alive (conn/refresh.cpp), for the C file that gives it the kernel's signature. */
#ifndef NFCT_CONN_REFRESH_H
#define NFCT_CONN_REFRESH_H

/* Time of death extra_jiffies from now; one packet of `bytes` accounted in ctinfo's direction, none if zero. Any context. */
void nfct_refresh_acct(struct nf_conn *ct, unsigned int ctinfo, u32 extra_jiffies, unsigned int bytes);

#endif
