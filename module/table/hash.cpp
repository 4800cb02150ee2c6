// SPDX-License-Identifier: GPL-2.0-only
// Where a flow lives: a keyed hash of the packed tuple, its zone and its netns.
#include <nfct/table/table.hpp>

#include <nfct/shim/kernel.h>

#include <nfct/base/poison.hpp>

namespace nfct::table {

static SipKey key; // set once at module load, before anything is hashed

void init_hash_key()
{
	nfct_shim_random_bytes(&key, sizeof(key));
}

u32 flow_hash(const Tuple &tuple, u16 zone_id, const net &n)
{
	return nfct::flow_hash(tuple, zone_id, n.hash_mix, key);
}

} // namespace nfct::table
