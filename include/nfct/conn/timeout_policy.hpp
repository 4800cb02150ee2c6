// SPDX-License-Identifier: GPL-2.0-only
// Timeout policies: timeouts of one's own for the connections that a rule chooses, instead of the namespace's (conn/timeout_policy.cpp).
//
// A policy belongs to nfnetlink_cttimeout or nft_ct; each connection with it holds a reference. nf_conn_timeout::timeout is set before
// the connection is confirmed; nf_ct_untimeout() takes it away under the bucket's lock, and readers see it or none under RCU.
#pragma once

#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/guards.hpp>

namespace nfct::conn {

inline nf_conn_timeout *timeout_slot_of(const nf_conn &ct) { return find_extension<nf_conn_timeout>(ct.ext, NF_CT_EXT_TIMEOUT); }

// The policy's timeouts in jiffies, laid out as those of the namespace for the same protocol; or null. Valid as long as the RCU section.
inline const u32 *policy_timeouts(const nf_conn &ct, const kernel::RcuRead &)
{
	const nf_conn_timeout *slot = timeout_slot_of(ct);
	if (!slot) [[likely]]
		return nullptr;
	const nf_ct_timeout *policy = kernel::read_once(slot->timeout);
	// SAFETY: the policy's owner wrote an array of unsigned int there, behind a pointer-sized member.
	return policy ? reinterpret_cast<const u32 *>(policy->data) : nullptr;
}

// A new connection gets the policy of the template that a rule gave its packet; without memory it goes without, as in stock.
void inherit_timeout_policy(nf_conn &ct, const nf_conn &tmpl, const kernel::RcuRead &rcu);
// Gives the reference back, when the connection is freed.
void release_timeout_policy(nf_conn &ct);

} // namespace nfct::conn
