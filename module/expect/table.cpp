// SPDX-License-Identifier: GPL-2.0-only
// The expectation table: its size, its chains, and looking something up (kernel: nf_conntrack_expect.c).
#include <nfct/expect/expect.hpp>

#include <nfct/base/siphash.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

hlist_head *nf_ct_expect_hash;
unsigned int nf_ct_expect_hsize; // module parameter expect_hashsize; 0: choose
unsigned int nf_ct_expect_max;

} // extern "C"

namespace nfct::expect {

static SipKey key; // set once at module load, before anything is hashed

hlist_head &chain_of(const net &n, const Tuple &t)
{
	SipHash13 sip{SipKey{key.k0, key.k1 ^ n.hash_mix}};
	sip.absorb(u64(t.dst.word[0].raw) | u64(t.dst.word[1].raw) << 32);
	sip.absorb(u64(t.dst.word[2].raw) | u64(t.dst.word[3].raw) << 32);
	const u64 rest = u64(t.dst_l4.raw) | u64(t.protonum) << 16 | u64(t.l3num & 0xff) << 24;
	return nf_ct_expect_hash[table::bucket_of(static_cast<u32>(sip.finish(rest, 20)), nf_ct_expect_hsize)];
}

bool falls_under(const Tuple &tuple, u16 zone, const net &n, const nf_conntrack_expect &exp)
{
	return same_under(tuple, tuple_of(exp.tuple), mask_of(exp)) && &net_of_expectation(exp) == &n &&
	       zone_of(exp).id == zone;
}

static nf_conntrack_expect *find(net &n, u16 zone, const Tuple &tuple)
{
	if (!kernel::read_once(pernet(n).kernel.expect_count)) [[likely]]
		return nullptr;
	const u32 now = kernel::now32();
	for (hlist_node *p = kernel::first(chain_of(n, tuple)); p; p = kernel::next(p)) {
		nf_conntrack_expect &exp = of_hash_node(p);
		if (!is_expired(exp, now) && falls_under(tuple, zone, n, exp))
			return &exp;
	}
	return nullptr;
}

} // namespace nfct::expect

extern "C" {

nf_conntrack_expect *__nf_ct_expect_find(net *n, const nf_conntrack_zone *zone, const nf_conntrack_tuple *tuple)
{
	return expect::find(*n, zone->id, tuple_of(*tuple));
}

// The same with a reference. Any context.
nf_conntrack_expect *nf_ct_expect_find_get(net *n, const nf_conntrack_zone *zone, const nf_conntrack_tuple *tuple)
{
	kernel::RcuGuard rcu;
	nf_conntrack_expect *exp = expect::find(*n, zone->id, tuple_of(*tuple));
	return exp && kernel::ref_inc_not_zero(exp->use) ? exp : nullptr;
}

int nf_conntrack_expect_init()
{
	nfct_shim_random_bytes(&expect::key, sizeof(expect::key));
	if (!nf_ct_expect_hsize)
		nf_ct_expect_hsize = nf_conntrack_htable_size < 256 ? 1 : nf_conntrack_htable_size / 256;
	// Reckoned before the number of chains is rounded up to whole pages.
	nf_ct_expect_max = nf_ct_expect_hsize * 4;
	if (int err = nfct_shim_expect_cache_create())
		return err;
	nf_ct_expect_hash = static_cast<hlist_head *>(nf_ct_alloc_hashtable(&nf_ct_expect_hsize, false));
	if (!nf_ct_expect_hash) {
		nfct_shim_expect_cache_destroy();
		return -kconst::enomem;
	}
	return 0;
}

void nf_conntrack_expect_fini()
{
	nfct_shim_expect_cache_destroy();
	nfct_shim_kvfree(nf_ct_expect_hash);
	nf_ct_expect_hash = nullptr;
}

} // extern "C"
