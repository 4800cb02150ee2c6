// SPDX-License-Identifier: GPL-2.0-only
// Two packets opened the same flow at once and the other one was confirmed first.
#pragma once

#include <nfct/packet/arrival.hpp>
#include <nfct/table/table.hpp>

namespace nfct::packet {

// Attaches the packet to the winner if both are the same flow, else lets its connection live beside it for a second; counts a drop if
// neither can be. The buckets are those of the packet's connection.
HookVerdict resolve_clash(sk_buff &skb, Node found, const table::BucketPair &buckets);

// Confirms a connection that can be found by its replies only: lookups of its original direction find the winner.
void insert_reply_only(nf_conn &ct, const table::BucketPair &buckets);

} // namespace nfct::packet
