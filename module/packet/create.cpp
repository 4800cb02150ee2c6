// SPDX-License-Identifier: GPL-2.0-only
// A new connection for a packet that belongs to none (kernel: init_conntrack). It stays unconfirmed, known to its packet alone, until
// the packet has passed the rules.
#include <nfct/packet/arrival.hpp>

#include <nfct/conn/conn.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

Created create(const Arrival &a, const Tuple &tuple, u32 hash)
{
	Tuple reply;
	if (!invert(tuple, reply))
		return {{}, Reason::l4_no_inverse, false};
	// Asked before anything is allocated, so that garbage evicts nobody from a full table.
	nf_conntrack_proto state = {};
	if (Reason r = open(a, tuple, state); r != Reason::none)
		return {{}, r, false};

	conn::Allocated made = conn::allocate(a.n, a.zone, tuple, reply, kconst::gfp_atomic, hash);
	if (!made.ct)
		return {{}, Reason::none, true};
	nf_conn &ct = *made.ct;
	ct.proto = state;
	// As in stock, a connection without counters or timestamp is better than none.
	(void)conn::add_accounting(ct, kconst::gfp_atomic);
	(void)conn::add_timestamp(ct, kconst::gfp_atomic);
	conn::publish(ct);
	return {Ref::adopt(&ct), Reason::none, false};
}

} // namespace nfct::packet
