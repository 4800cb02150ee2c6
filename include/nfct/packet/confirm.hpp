// SPDX-License-Identifier: GPL-2.0-only
// The last steps of a packet, for the confirming hooks (packet/confirm.cpp) and for packets back from a queue (packet/requeued.cpp).
#pragma once

#include <nfct/packet/arrival.hpp>

extern "C" int __nf_conntrack_confirm(struct sk_buff *skb);

namespace nfct::packet {

// Where the packet's layer 4 begins, from skb->data on. False: there is none, as in a fragment.
bool layer4_offset(const sk_buff &skb, const nf_conn &ct, u32 &offset);

// Whether NAT shifts the connection's sequence numbers. A packet on loopback passes the hooks twice and is put right once, on its way out.
bool needs_seq_adjust(const sk_buff &skb, const nf_conn &ct);
// Puts the packet's sequence numbers right. False: it must be dropped, and is counted.
bool seq_adjust(sk_buff &skb, nf_conn &ct, ip_conntrack_info info, u32 offset);

// Confirms the packet's connection if that is still to be done, and tells listeners what is new about it. The packet may come out attached
// to another connection.
HookVerdict confirm(sk_buff &skb);

} // namespace nfct::packet
