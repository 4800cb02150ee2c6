// SPDX-License-Identifier: GPL-2.0-only
// What user space and other modules may change of a connection: status bits and timeout; and its id.
#include <nfct/conn/conn.hpp>

#include <nfct/base/siphash.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

static SipKey id_key; // set once at module load; a key of its own, for an id must not give the table's hash away

void conn::init_id_key()
{
	nfct_shim_random_bytes(&id_key, sizeof(id_key));
}

extern "C" {

// Sets and clears those of the bits that may be changed from outside; the others are left alone. Any context, with a reference.
void __nf_ct_change_status(nf_conn *ct, unsigned long on, unsigned long off)
{
	constexpr unsigned long changeable = ((1ul << __IPS_MAX_BIT) - 1) & ~static_cast<unsigned long>(IPS_UNCHANGEABLE_MASK);
	on &= changeable;
	off &= changeable & ~on;
	if (on)
		kernel::set_bits(ct->status, on);
	if (off)
		kernel::clear_bits(ct->status, off);
}

// As user space does it: -EBUSY if it would change what only tracking may, or take back SEEN_REPLY or ASSURED; else 0.
int nf_ct_change_status_common(nf_conn *ct, unsigned int status)
{
	const unsigned long changed = status_of(*ct) ^ status;
	if (changed & (IPS_EXPECTED | IPS_CONFIRMED | IPS_DYING))
		return -kconst::ebusy;
	if (changed & ~static_cast<unsigned long>(status) & (IPS_SEEN_REPLY | IPS_ASSURED))
		return -kconst::ebusy;
	__nf_ct_change_status(ct, status, 0);
	return 0;
}

// Sets the timeout in jiffies from now. -EPERM if it is fixed, -ETIME if the connection is being destroyed. With a reference.
int __nf_ct_change_timeout(nf_conn *ct, u64 timeout)
{
	constexpr u64 most = 0x7fffffff;
	if (status_of(*ct) & IPS_FIXED_TIMEOUT)
		return -kconst::eperm;
	const u32 jiffies_left = static_cast<u32>(timeout < most ? timeout : most);
	kernel::write_once(ct->timeout, is_confirmed(*ct) ? kernel::now32() + jiffies_left : jiffies_left);
	return is_dying(*ct) ? -kconst::etime : 0;
}

// A number that names the connection to user space while it lives, made of what never changes about it. Any context.
u32 nf_ct_get_id(const nf_conn *ct)
{
	SipHash13 sip{id_key};
	const FlowKey key = pack(tuple_in(*ct, Direction::original), 0);
	sip.absorb(reinterpret_cast<unsigned long>(ct));
	sip.absorb(reinterpret_cast<unsigned long>(ct->master));
	sip.absorb(reinterpret_cast<unsigned long>(&net_of(*ct)));
	for (u32 i = 0; i < key.address_words; i++)
		sip.absorb(key.address[i]);
	return static_cast<u32>(sip.finish(key.rest, (3 + key.address_words) * 8 + 7));
}

} // extern "C"
