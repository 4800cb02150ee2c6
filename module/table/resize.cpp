// SPDX-License-Identifier: GPL-2.0-only
// The bucket array: its size at load, and changing it under traffic.
//
// While all buckets are held no entry can come or go, so none is lost. Readers go on without a lock: one that followed a moved entry, or
// that found nothing while the generation changed, starts again when it is even.
#include <nfct/table/table.hpp>

#include <nfct/table/generation.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

extern "C" {

hlist_nulls_head *nf_conntrack_hash;
unsigned int nf_conntrack_htable_size;
unsigned int nf_conntrack_max;

void *nf_ct_alloc_hashtable(unsigned int *sizep, int nulls)
{
	constexpr unsigned per_page = kconst::page_size / sizeof(hlist_nulls_head), most = 0x7fffffff / sizeof(hlist_nulls_head);
	static_assert(sizeof(hlist_nulls_head) == sizeof(hlist_head));
	if (*sizep > most)
		return nullptr;
	unsigned size = (*sizep + per_page - 1) / per_page * per_page;
	*sizep = size;
	if (size > most)
		return nullptr;

	auto *heads = static_cast<hlist_nulls_head *>(nfct_shim_kvcalloc(size, sizeof(hlist_nulls_head)));
	if (heads && nulls)
		for (unsigned i = 0; i < size; i++)
			kernel::init_chain(heads[i], i);
	return heads;
}

// Called by the sysctl and the module parameter. 0, -EINVAL or -ENOMEM; process context.
int nf_conntrack_hash_resize(unsigned int hashsize)
{
	return table::resize(hashsize);
}

} // extern "C"

namespace nfct::table {

// Stock's rule: a 16,384th of memory in bucket heads, at least 1,024 buckets; 65,536 from 1 GiB and 262,144 from 4 GiB of memory on.
static u32 default_size()
{
	constexpr unsigned long gib = (1024ul * 1024 * 1024) / kconst::page_size;
	unsigned long pages = nfct_shim_total_ram_pages();
	unsigned long size = pages * kconst::page_size / 16384 / sizeof(hlist_nulls_head);
	if (sizeof(long) >= 8 && pages > 4 * gib)
		size = 262144;
	else if (pages > gib)
		size = 65536;
	return size < 1024 ? 1024 : static_cast<u32>(size);
}

int init()
{
	init_locks();
	init_hash_key();

	// Who names a bucket count means long chains: stock then allows eight entries a bucket, and one otherwise.
	u32 factor = 8;
	if (!nf_conntrack_htable_size) {
		nf_conntrack_htable_size = default_size();
		factor = 1;
	}
	nf_conntrack_hash = static_cast<hlist_nulls_head *>(nf_ct_alloc_hashtable(&nf_conntrack_htable_size, true));
	if (!nf_conntrack_hash)
		return -kconst::enomem;
	nf_conntrack_max = factor * nf_conntrack_htable_size;
	return 0;
}

void fini()
{
	// The module parameter can be written until the module is gone altogether.
	kernel::TableMutexGuard mutex;
	nfct_shim_kvfree(nf_conntrack_hash);
	nf_conntrack_hash = nullptr;
}

// Moves every node of one chain to where it belongs in the new array. All buckets held.
static void rehash_chain(hlist_nulls_head &from, hlist_nulls_head *to, u32 size)
{
	while (!kernel::is_end(from.first)) {
		hlist_nulls_node &link = *from.first;
		Node node = Node::of(&link);
		u32 hash = flow_hash(node.conn(), node.dir());
		kernel::unlink(link);
		kernel::add_head(link, to[bucket_of(hash, size)]);
	}
}

int resize(u32 buckets)
{
	if (!buckets)
		return -kconst::einval;
	auto *fresh = static_cast<hlist_nulls_head *>(nf_ct_alloc_hashtable(&buckets, true));
	if (!fresh)
		return -kconst::enomem;

	hlist_nulls_head *old = fresh;
	{
		kernel::TableMutexGuard mutex;
		if (nf_conntrack_hash && buckets != nf_conntrack_htable_size) {
			kernel::BhGuard bh;
			AllBuckets all(mutex, bh);
			begin_change();
			for (u32 i = 0; i < nf_conntrack_htable_size; i++)
				rehash_chain(nf_conntrack_hash[i], fresh, buckets);
			old = nf_conntrack_hash;
			kernel::write_once(nf_conntrack_hash, fresh);
			kernel::write_once(nf_conntrack_htable_size, buckets);
			end_change();
		}
	}
	if (old != fresh)
		nfct_shim_synchronize_net(); // readers may still walk the old array
	nfct_shim_kvfree(old);
	return 0;
}

} // namespace nfct::table
