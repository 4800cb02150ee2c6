// SPDX-License-Identifier: GPL-2.0-only
// Connections that user space made, put into the table (kernel: nf_conntrack_hash_check_insert). Those that packets made: packet/confirm.
#include <nfct/conn/conn.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

// The caller holds the only reference and has set everything, the confirmed bit included; afterwards the table holds one of its own.
// 0, -EEXIST, -ENOSPC (chain too long) or -EAGAIN (a module whose part the connection has is gone). Process context.
int nf_conntrack_hash_check_insert(nf_conn *ct)
{
	const net &n = net_of(*ct);
	table::ChainLimit limit;

	kernel::BhGuard bh;
	table::BucketPair buckets(table::flow_hashes(*ct), bh);
	switch (table::look_for_clash(*ct, buckets, limit).kind) {
	case table::Clash::taken:
		return -kconst::eexist;
	case table::Clash::chain_too_long:
		NFCT_STAT_INC(n, chaintoolong);
		return -kconst::enospc;
	case table::Clash::none:
		break;
	}
	// With the buckets held: who takes such parts back walks the table afterwards, and finds the connection there.
	if (!conn::settle_extensions(*ct))
		return -kconst::eagain;
	kernel::fence_release();
	kernel::ref_set(ct->ct_general.use, 2);
	table::link(*ct, buckets);
	NFCT_STAT_INC(n, insert);
	return 0;
}

} // extern "C"
