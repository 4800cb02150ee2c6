// SPDX-License-Identifier: GPL-2.0-only
// A network namespace's part of connection tracking: settings in net->ct, counters behind the pernet id.
#pragma once

#include <nfct/core/reason.hpp>
#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>
#include <nfct/shim/netns_data.h>

extern "C" {
extern struct net init_net;
extern unsigned int nf_conntrack_net_id;
}

namespace nfct {

// This module's data of a namespace, which is there for as long as that. Any context.
inline nfct_netns &pernet(const net &n) { return *nfct_shim_pernet(&n); }

// The same without a call (kernel: net_generic). The array is replaced when a module comes whose number is beyond its end, hence RCU.
inline nfct_netns &pernet(const net &n, const kernel::RcuRead &)
{
	return *static_cast<nfct_netns *>(kernel::read_once(n.gen)->ptr[nf_conntrack_net_id]);
}

// One per-CPU column of /proc/net/stat/nf_conntrack. Safe in any context.
#define NFCT_STAT_ADD(n, field, by) nfct_shim_stat_add(&(n), __builtin_offsetof(ip_conntrack_stat, field), (by))
#define NFCT_STAT_INC(n, field) NFCT_STAT_ADD(n, field, 1)

template <class Device> net &net_of_device(const Device &dev)
{
	if constexpr (requires { dev.nd_net.net; })
		return *kernel::read_once(dev.nd_net.net);
	else
		return init_net;
}

inline void count_reason(const net &n, Reason r) { nfct_shim_reason_inc(&n, static_cast<unsigned>(r)); }

} // namespace nfct
