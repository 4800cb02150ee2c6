// SPDX-License-Identifier: GPL-2.0-only
// Keeping a connection alive and counting its packets (kernel: __nf_ct_refresh_acct, nf_ct_acct_add).
#include <nfct/conn/conn.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::conn {

void refresh(nf_conn &ct, u32 jiffies, u32 now)
{
	unsigned long status = status_of(ct);
	if (status & IPS_FIXED_TIMEOUT)
		return;
	// Until confirmed the timeout is relative: confirmation adds the clock.
	u32 timeout = status & IPS_CONFIRMED ? now + jiffies : jiffies;
	if (kernel::read_once(ct.timeout) != timeout)
		kernel::write_once(ct.timeout, timeout);
}

} // namespace nfct::conn

using namespace nfct;

extern "C" {

// What __nf_ct_refresh_acct() of either kernel version does (its two signatures are in abi/refresh.c): bytes of zero account nothing.
void nfct_refresh_acct(nf_conn *ct, unsigned int ctinfo, u32 extra_jiffies, unsigned int bytes)
{
	conn::refresh(*ct, extra_jiffies, kernel::now32());
	if (bytes)
		conn::account(*ct, ctinfo >= IP_CT_IS_REPLY ? Direction::reply : Direction::original, 1, bytes);
}

// Adds to the counters of one direction, for packets that were forwarded elsewhere (flow offload). Any context.
void nf_ct_acct_add(nf_conn *ct, u32 dir, unsigned int packets, unsigned int bytes)
{
	conn::account(*ct, static_cast<Direction>(dir), packets, bytes);
}

// Accounts the packet and deletes the connection. False if another was first. Caller holds a reference.
bool nf_ct_kill_acct(nf_conn *ct, ip_conntrack_info ctinfo, const sk_buff *skb)
{
	conn::account(*ct, ctinfo >= IP_CT_IS_REPLY ? Direction::reply : Direction::original, 1, skb->len);
	return conn::kill(*ct);
}

} // extern "C"
