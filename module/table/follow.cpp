// SPDX-License-Identifier: GPL-2.0-only
// The number of buckets follows the number of entries, so that a chain has seldom more than one of them: a lookup among millions costs the
// same as one among thousands, whatever the table began with.
//
// The collector's worker does it: at the end of each pass, and at once when a packet finds that its namespace alone has more entries than
// the table should carry. Growing doubles; shrinking waits until the table has been far too large for some passes, and stops at what the
// administrator asked for. While nf_conntrack_netlink dumps it does neither: that keeps a bucket's number from one message to the next, and would
// leave out what moved to smaller ones, or show what moved to larger ones a second time. Growth waits for the dump, though not until chains are
// more than twice as long as they should be.
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

constexpr u32 dump_rests = kconst::hz; // jiffies between two messages of a dump, at the most: its reader takes his time

bool wanted; // set by a packet, cleared by the worker

// Only the worker touches these.
u32 passes_too_large;
struct {
	bool goes_on;
	u32 seen;
} dump;

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

// Whether there was a walk since the last call.
bool note_dump()
{
	const u32 now = kernel::now32();
	const bool since = kernel::read_once(walked);
	if (since) {
		kernel::write_once(walked, false);
		dump = {true, now};
	} else if (now - dump.seen >= dump_rests) {
		dump.goes_on = false;
	}
	return since;
}

// Whether the table should grow, and is better left as it is until a dump has ended.
bool growth_waits(u32 size, u64 needed)
{
	return dump.goes_on && needed > size && needed <= 2 * u64(size);
}

u32 right_size(u32 size, u64 needed, u32 least)
{
	const bool too_large = size > least && needed < size / 8;
	passes_too_large = !note_dump() && too_large ? passes_too_large + 1 : 0;
	if (passes_too_large >= patience)
		return shrunk(size, needed, least);
	return growth_waits(size, needed) ? size : grown(size, needed);
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

bool follow_load()
{
	kernel::write_once(wanted, false);
	nfct_watch_load();
	if (!kernel::read_once(nfct_auto_buckets))
		return false;
	const u64 needed = buckets_needed();
	const u32 size = kernel::read_once(nf_conntrack_htable_size);
	const u32 right = right_size(size, needed, kernel::read_once(nfct_buckets_wanted));
	if (right != size) {
		passes_too_large = 0;
		resize(right, 0);
	}
	const u32 in_use = kernel::read_once(nf_conntrack_htable_size);
	const bool waits = growth_waits(in_use, needed);
	// A packet asks again when the dump is waited for no longer. Without memory it stays as it is, and none asks before the end of the next pass.
	if (needed > in_use)
		kernel::write_once(grow_at, waits ? in_use : never);
	return waits;
}

} // namespace nfct::table
