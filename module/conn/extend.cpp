// SPDX-License-Identifier: GPL-2.0-only
// The extension area behind nf_conn::ext (kernel: nf_conntrack_extend.c): one growing block that holds the optional parts. It begins in the
// connection's own memory where all that is usual has room there, so that a packet's counters are in a line that can be fetched with the
// connection's others; it moves out if more comes.
#include <nfct/conn/conn.hpp>
#include <nfct/conn/events.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

constexpr unsigned align = alignof(nf_ct_ext) > 8 ? alignof(nf_ct_ext) : 8;

constexpr unsigned aligned(unsigned size) { return (size + align - 1) & ~(align - 1); }

// An area with room for what every new connection of the netns gets, so that one allocation is enough; the rest comes to few.
unsigned usual_area(const net &n)
{
	unsigned size = aligned(sizeof(nf_ct_ext));
	if (n.ct.sysctl_acct)
		size += aligned(nfct_shim_extension_size(NF_CT_EXT_ACCT));
	if (n.ct.sysctl_tstamp)
		size += aligned(nfct_shim_extension_size(NF_CT_EXT_TSTAMP));
	if (conn::keeps_events(n))
		size += aligned(nfct_shim_extension_size(NF_CT_EXT_ECACHE));
	return size;
}

// An area in the connection's own memory is marked in a byte that the kernel's structure leaves free.
constexpr usize mark_at = __builtin_offsetof(nf_ct_ext, len) + 1;
template <class Ext> constexpr bool mark_is_free()
{
	if constexpr (requires(Ext e) { e.gen_id; })
		return mark_at < __builtin_offsetof(Ext, gen_id);
	return mark_at < __builtin_offsetof(Ext, data);
}
u8 &mark_of(nf_ct_ext &area) { return reinterpret_cast<u8 *>(&area)[mark_at]; }

bool is_own(nf_ct_ext *area) { return mark_is_free<nf_ct_ext>() && area && mark_of(*area); }

// Room for `size` bytes and what was there, or null: no memory.
nf_ct_ext *grow(nf_ct_ext *old, unsigned size, gfp_t gfp)
{
	if (!is_own(old))
		return static_cast<nf_ct_ext *>(nfct_shim_krealloc(old, size, gfp));
	if (size <= NFCT_AREA)
		return old;
	auto *area = static_cast<nf_ct_ext *>(nfct_shim_krealloc(nullptr, size, gfp));
	if (area) {
		__builtin_memcpy(area, old, old->len);
		mark_of(*area) = 0;
	}
	return area;
}

// Bumped when a module that left references in extensions goes away: unconfirmed connections made before must not be used (6.1).
int generation = 1;

template <class Ext> void stamp_generation(Ext &ext)
{
	if constexpr (requires { ext.gen_id; })
		ext.gen_id = static_cast<u32>(kernel::read_once(generation));
}

template <class Ext> bool up_to_date(const Ext &ext)
{
	if constexpr (requires { ext.gen_id; }) {
		u32 made_in = kernel::read_once(ext.gen_id);
		return made_in == 0 || made_in == static_cast<u32>(kernel::read_once(generation));
	}
	return true;
}

void begin(nf_ct_ext &area)
{
	__builtin_memset(&area, 0, sizeof(nf_ct_ext));
	area.len = sizeof(nf_ct_ext);
}

bool is_empty(const nf_ct_ext &area) { return area.len == sizeof(nf_ct_ext); }

// Zero: needs no check any more.
template <class Ext> void settle_generation(Ext &ext)
{
	if constexpr (requires { ext.gen_id; })
		kernel::write_once(ext.gen_id, 0u);
}

} // namespace

extern "C" {

// Adds a zeroed extension to a connection that is not confirmed yet; its data, or null if there is no memory or it has one already.
// Earlier pointers into the area are void afterwards. Context as gfp.
void *nf_ct_ext_add(nf_conn *ct, nf_ct_ext_id id, gfp_t gfp)
{
	if (is_confirmed(*ct))
		nfct_shim_warn("extension added to a confirmed connection");
	nf_ct_ext *old = ct->ext;
	if (old && old->offset[id])
		return nullptr;

	const unsigned used = old ? old->len : sizeof(nf_ct_ext);
	unsigned start = aligned(used), end = start + nfct_shim_extension_size(id);
	if (end > 255) // offsets are bytes; all extensions of today together need less
		return nullptr;
	const unsigned usual = old ? 0 : usual_area(net_of(*ct));
	nf_ct_ext *area = grow(old, end > usual ? end : usual, gfp);
	if (!area)
		return nullptr;
	if (!old)
		begin(*area);
	// Only what is in it can outlive a module, so it counts from the first extension on.
	if (is_empty(*area))
		stamp_generation(*area);
	area->offset[id] = static_cast<u8>(start);
	area->len = static_cast<u8>(end);
	void *data = reinterpret_cast<char *>(area) + start;
	__builtin_memset(data, 0, end - start);
	ct->ext = area;
	return data;
}

// The extension's data if the area is not stale, else null (6.1 calls this where an area has a generation). Context: any.
void *__nf_ct_ext_find(const nf_ct_ext *ext, u8 id)
{
	return up_to_date(*ext) ? const_cast<char *>(reinterpret_cast<const char *>(ext)) + ext->offset[id] : nullptr;
}

} // extern "C"

namespace nfct::conn {

void outdate_extensions()
{
	// Zero is what settle_generation() writes.
	if (__atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST) == 0)
		__atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);
}

bool area_is_enough(const net &n)
{
	return mark_is_free<nf_ct_ext>() && usual_area(n) <= NFCT_AREA;
}

void begin_area(nf_conn &ct, Room room)
{
	// SAFETY: the connection was allocated with this room behind its end.
	auto *area = reinterpret_cast<nf_ct_ext *>(reinterpret_cast<char *>(&ct) + nfct_area_at(room == Room::of_whole_state));
	begin(*area);
	mark_of(*area) = 1;
	ct.ext = area;
}

void free_extensions(nf_conn &ct)
{
	if (!is_own(ct.ext))
		nfct_shim_kfree(ct.ext);
}

bool settle_extensions(nf_conn &ct)
{
	if (!ct.ext)
		return true;
	if (!up_to_date(*ct.ext))
		return false;
	settle_generation(*ct.ext);
	return true;
}

} // namespace nfct::conn
