// SPDX-License-Identifier: GPL-2.0-only
// A packet's buffer and its link to a connection (sk_buff::_nfct), read in place.
#pragma once

#include <nfct/core/bytes.hpp>
#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>

namespace nfct {

// The packet's bytes from skb->data on. Valid until the skb is pulled, trimmed or freed.
inline Bytes bytes_of(const sk_buff &skb)
{
	return {skb.data, skb.len - skb.data_len, skb.len, &skb, nfct_shim_skb_gather};
}

inline u32 network_offset(const sk_buff &skb)
{
	return static_cast<u32>(skb.head + skb.network_header - skb.data);
}

// Whether somebody who can be trusted has verified the layer-4 checksum, or is yet to write it (CHECKSUM_UNNECESSARY, CHECKSUM_PARTIAL).
inline bool has_trusted_checksum(const sk_buff &skb)
{
	return skb.ip_summed != kconst::checksum_none && skb.ip_summed != kconst::checksum_complete;
}

// What a packet is attached to: a connection (or template, or nothing) and its part in it.
struct Attached {
	nf_conn *ct;
	ip_conntrack_info info;
};

// SAFETY: connections are aligned so that the low three bits of their address are free for the info.
inline Attached attached(const sk_buff &skb)
{
	constexpr unsigned long mask = 7;
	return {reinterpret_cast<nf_conn *>(skb._nfct & ~mask), static_cast<ip_conntrack_info>(skb._nfct & mask)};
}

// The reference moves from the caller to the packet.
inline void attach(sk_buff &skb, nf_conn *ct, ip_conntrack_info info)
{
	skb._nfct = reinterpret_cast<unsigned long>(ct) | info;
}

// The reference moves from the packet to the caller.
[[nodiscard]] inline Ref detach(sk_buff &skb)
{
	nf_conn *ct = attached(skb).ct;
	skb._nfct = 0;
	return Ref::adopt(ct);
}

// Direction of a packet with this part in its connection (CTINFO2DIR).
inline Direction direction_of(ip_conntrack_info info)
{
	return info >= IP_CT_IS_REPLY ? Direction::reply : Direction::original;
}

} // namespace nfct
