// SPDX-License-Identifier: GPL-2.0-only
// The number of buckets follows the number of entries, so that a chain has seldom more than one of them: a lookup among millions costs the
// same as one among thousands, whatever the table began with.
//
// The collector's worker does it: at the end of each pass, and at once when a packet finds that its namespace alone has more entries than
// the table should carry. Growing doubles; shrinking waits until the table has been far too large for some passes, and stops at what the
// administrator asked for. Nor does it shrink while nf_conntrack_netlink dumps: that keeps a bucket's number from one message to the next, and
// would leave out what moved to smaller ones. (When the table grows, a dump shows some entries twice, as stock's does.)
#include <nfct/table/follow.hpp>

#include <nfct/table/buckets.h>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

static constexpr u32 never = ~0u;
u32 grow_at;
bool walked;

} // namespace nfct::table

using namespace nfct;

extern "C" {

bool nfct_auto_buckets = true;

void nfct_watch_load()
{
	kernel::write_once(table::grow_at, kernel::read_once(nfct_auto_buckets) ? kernel::read_once(nf_conntrack_htable_size) / 2 : table::never);
}

} // extern "C"

namespace nfct::table {

namespace {

constexpr u32 most = 1u << 26; // buckets that it grows to by itself: a gigabyte at the most
constexpr u32 patience = 8;    // passes in a row that find the table far too large

bool wanted;          // set by a packet, cleared by the worker
u32 passes_too_large; // worker only

// Two buckets an entry: as many as there are nodes where NAT gives each its two places, and else twice that.
u64 buckets_needed()
{
	return 2 * u64(nfct_shim_count_connections());
}

u32 grown(u32 size, u64 needed)
{
	while (size < most && needed > size)
		size *= 2;
	return size;
}

u32 shrunk(u32 size, u64 needed, u32 least)
{
	while (size > least && needed < size / 4)
		size = size / 2 > least ? size / 2 : least;
	return size;
}

u32 right_size(u32 size, u64 needed, u32 least)
{
	const bool too_large = size > least && needed < size / 8;
	passes_too_large = too_large && !kernel::read_once(walked) ? passes_too_large + 1 : 0;
	kernel::write_once(walked, false);
	return passes_too_large >= patience ? shrunk(size, needed, least) : grown(size, needed);
}

} // namespace

u32 grown_to_load(u32 size)
{
	return kernel::read_once(nfct_auto_buckets) ? grown(size, buckets_needed()) : size;
}

void request_growth()
{
	if (kernel::read_once(wanted))
		return;
	kernel::write_once(wanted, true);
	nfct_shim_gc_kick(0);
}

bool growth_wanted()
{
	return kernel::read_once(wanted);
}

void follow_load()
{
	kernel::write_once(wanted, false);
	nfct_watch_load();
	if (!kernel::read_once(nfct_auto_buckets))
		return;
	const u64 needed = buckets_needed();
	const u32 size = kernel::read_once(nf_conntrack_htable_size);
	const u32 right = right_size(size, needed, kernel::read_once(nfct_buckets_wanted));
	if (right != size) {
		passes_too_large = 0;
		resize(right, 0);
	}
	// Without memory it stays as it is, and no packet asks again before the end of the next pass.
	if (needed > kernel::read_once(nf_conntrack_htable_size))
		kernel::write_once(grow_at, never);
}

} // namespace nfct::table
