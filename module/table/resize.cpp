// SPDX-License-Identifier: GPL-2.0-only
// The bucket array: its size at load, and another one under traffic (table/migrate.cpp moves the entries).
#include <nfct/table/migrate.hpp>

#include <nfct/table/buckets.h>
#include <nfct/table/follow.hpp>
#include <nfct/table/hints.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

constexpr u32 most = 0x7fffffff / sizeof(hlist_nulls_head);

// False: too many.
bool make_whole_pages(u32 &buckets)
{
	constexpr u32 per_page = kconst::page_size / sizeof(hlist_nulls_head);
	if (buckets > most)
		return false;
	buckets = (buckets + per_page - 1) / per_page * per_page;
	return buckets <= most;
}

void init_chains(const table::Array &array)
{
	for (u32 i = 0; i < array.size; i++)
		kernel::init_chain(array.heads[i], i + array.tag);
}

} // namespace

extern "C" {

hlist_nulls_head *nf_conntrack_hash;
unsigned int nf_conntrack_htable_size;
unsigned int nf_conntrack_max;
unsigned int nfct_buckets_wanted;

void *nf_ct_alloc_hashtable(unsigned int *sizep, int nulls)
{
	static_assert(sizeof(hlist_nulls_head) == sizeof(hlist_head));
	if (!make_whole_pages(*sizep))
		return nullptr;
	auto *heads = static_cast<hlist_nulls_head *>(nfct_shim_kvcalloc(*sizep, sizeof(hlist_nulls_head)));
	if (heads && nulls)
		init_chains({heads, *sizep, 0});
	return heads;
}

// Called by the sysctl and the module parameter. 0, -EINVAL or -ENOMEM, and then nothing has changed; process context. Returns when all
// entries have moved. Fewer buckets than the entries need are the least and not the number, unless the table may not choose.
int nf_conntrack_hash_resize(unsigned int hashsize)
{
	if (!hashsize)
		return -kconst::einval;
	if (!make_whole_pages(hashsize))
		return -kconst::enomem;
	return table::resize(table::grown_to_load(hashsize), hashsize);
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

// What nf_ct_alloc_hashtable() gives others, who free it, is rounded up to a power of two; the table itself need not be.
static bool allocate(Array &array, u32 buckets)
{
	if (!make_whole_pages(buckets))
		return false;
	array.size = buckets;
	array.heads = static_cast<hlist_nulls_head *>(nfct_shim_pages_alloc(array_bytes(array.size)));
	return array.heads;
}

static void release(const Array &array)
{
	nfct_shim_pages_free(array.heads, array_bytes(array.size));
}

int init()
{
	init_locks();
	init_hash_key();

	// Who names a bucket count means long chains: stock then allows eight entries a bucket, and one otherwise.
	u32 factor = 8;
	if (!nfct_buckets_wanted) {
		nfct_buckets_wanted = default_size();
		factor = 1;
	}
	Array array = {};
	if (!allocate(array, nfct_buckets_wanted))
		return -kconst::enomem;
	nfct_buckets_wanted = array.size;
	init_chains(array);
	set_now(array);
	nfct_watch_load();
	nf_conntrack_max = factor * array.size;
	return 0;
}

void fini()
{
	// The module parameter can be written until the module is gone altogether.
	kernel::TableMutexGuard mutex;
	release(layout.now);
	set_now({});
}

int resize(u32 buckets, u32 least)
{
	Array fresh = {};
	if (!allocate(fresh, buckets))
		return -kconst::enomem;

	Array unused = fresh;
	{
		kernel::TableMutexGuard mutex;
		if (layout.now.heads && least)
			kernel::write_once(nfct_buckets_wanted, least);
		if (layout.now.heads && layout.now.size != fresh.size) {
			fresh.tag = layout.now.tag ^ other_tag;
			init_chains(fresh);
			unused = layout.now;
			begin_migration(fresh, mutex);
			while (move_chunk())
				nfct_shim_cond_resched();
		}
		nfct_watch_load();
	}
	if (unused.heads != fresh.heads)
		nfct_shim_synchronize_net(); // readers may still walk the old array
	release(unused);
	return 0;
}

} // namespace nfct::table
