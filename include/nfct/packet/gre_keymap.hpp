// SPDX-License-Identifier: GPL-2.0-only
// PPTP's call ids: which one the sender of a GRE packet has (kernel: gre_keymap_lookup).
#pragma once

#include <nfct/core/packet_view.hpp>
#include <nfct/kernel/guards.hpp>
#include <nfct/kernel/types.hpp>

namespace nfct::packet {

// To be called between tuple_of() and the lookup. A packet of PPTP's data names only the call of its receiver (RFC 2637, 4.1); if the
// PPTP helper has told the call that belongs to it, the tuple's src_l4 becomes that, else it stays zero. Other packets are left alone.
void add_source_call(net &n, const PacketView &packet, Tuple &tuple, const kernel::RcuRead &rcu);

} // namespace nfct::packet
