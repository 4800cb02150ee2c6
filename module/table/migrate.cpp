// SPDX-License-Identifier: GPL-2.0-only
// Moving all entries into another bucket array, a chunk at a time; what readers make of it is in table/layout.hpp.
//
// In a chunk all buckets are held, and no entry can come or go. Between two chunks nothing is held, so a packet that opens or ends a
// connection waits for one at the most, and one of a known connection only if its own entry is in it.
#include <nfct/table/migrate.hpp>

#include <nfct/table/hashes.hpp>
#include <nfct/table/hints.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::table {

Layout layout;

namespace {

// A chunk ends behind so many entries, or so many buckets: some 100 microseconds either way.
constexpr u32 chunk_nodes = 2048, chunk_buckets = 32768;
// Chains that are emptied side by side, so that their entries come into the cache together and not one after the other.
constexpr u32 abreast = 16;
// Readers are told of so many buckets at a time that about a hundred entries are in them.
constexpr u32 few_nodes = 64, many_nodes = 128, widest = 4096;

u32 position; // bucket of the present array where the next chunk begins
u32 width;    // buckets to tell of

// The words of the layout change. All buckets held.
class Change : kernel::Immovable {
    public:
	explicit Change(const AllBuckets &)
	{
		kernel::write_once(layout.generation, layout.generation + 1);
		kernel::fence_full();
	}
	~Change()
	{
		kernel::store_release(layout.generation, layout.generation + 1);
		kernel::fence_full(); // before the entries that a reader must not miss are touched
	}
};

// Takes the first entry of a chain. Its pprev, and the next one's, are written when they go in.
void move_first(hlist_nulls_head &from)
{
	hlist_nulls_node &link = *from.first;
	const Node node = Node::of(&link);
	const Array &to = layout.next;
	const u32 bucket = bucket_of(hash_in(node.conn(), node.dir()), to.size);
	kernel::write_once(from.first, link.next);
	fetch_first(from);
	kernel::add_head(link, to.heads[bucket]);
	leave_hint(hint_of(to.heads, to.size, bucket), node.conn());
}

// Empties these chains; the number of entries.
u32 move_abreast(u32 first, u32 stop)
{
	u32 moved = 0;
	for (bool more = true; more;) {
		more = false;
		for (u32 i = first; i < stop; i++) {
			hlist_nulls_head &head = layout.now.heads[i];
			if (kernel::is_end(head.first))
				continue;
			move_first(head);
			moved++;
			more = true;
		}
	}
	return moved;
}

u32 move_chains(u32 first, u32 stop)
{
	u32 moved = 0;
	for (u32 i = first; i < stop; i += abreast) {
		for (u32 ahead = i + abreast; ahead < i + 2 * abreast && ahead < layout.now.size; ahead++)
			fetch_first(layout.now.heads[ahead]);
		moved += move_abreast(i, i + abreast < stop ? i + abreast : stop);
	}
	return moved;
}

void draw_lines(u64 done, u64 moving, const AllBuckets &all)
{
	Change change(all);
	kernel::write_once(layout.done, done);
	kernel::write_once(layout.moving, moving);
}

void set_next(Array to)
{
	kernel::write_once(layout.next.heads, to.heads);
	kernel::write_once(layout.next.size, to.size);
	kernel::write_once(layout.next.tag, to.tag);
	kernel::write_once(layout.done, u64(0));
	kernel::write_once(layout.moving, u64(0));
}

void finish(const AllBuckets &all)
{
	Change change(all);
	set_now(layout.next);
	set_next({});
}

} // namespace

// No reader is under way: at load and unload, or from finish().
void set_now(Array array)
{
	kernel::write_once(layout.now.heads, array.heads);
	kernel::write_once(layout.now.size, array.size);
	kernel::write_once(layout.now.tag, array.tag);
	kernel::write_once(nf_conntrack_hash, array.heads);
	kernel::write_once(nf_conntrack_htable_size, array.size);
}

void begin_migration(Array to, const kernel::TableMutexGuard &)
{
	kernel::BhGuard bh;
	AllBuckets all(bh);
	Change change(all);
	position = 0;
	width = abreast;
	set_next(to);
}

bool move_chunk()
{
	kernel::BhGuard bh;
	AllBuckets all(bh);
	if (!migrating())
		return false;
	const u32 first = position, size = layout.now.size;
	for (u32 nodes = 0; position < size && nodes < chunk_nodes && position - first < chunk_buckets;) {
		const u32 stop = size - position > width ? position + width : size;
		draw_lines(start_of(position, size), start_of(stop, size), all);
		const u32 moved = move_chains(position, stop);
		if (moved > many_nodes && width > 1)
			width /= 2;
		else if (moved < few_nodes && width < widest)
			width *= 2;
		nodes += moved;
		position = stop;
	}
	if (position == size) {
		finish(all);
		return false;
	}
	draw_lines(start_of(position, size), start_of(position, size), all);
	return true;
}

} // namespace nfct::table
