// SPDX-License-Identifier: GPL-2.0-only
// The connection table: an array of hlist_nulls chains under striped locks. A connection is in it at its original direction, and where the
// hash of its reply direction is another one, as NAT makes it, at that one, too.
//
// Lock order: table mutex > all-buckets lock > bucket locks by ascending stripe > nf_conntrack_expect_lock > nf_conn::lock.
// The array, its size and the stripes are exported: nf_conntrack_netlink walks them with nf_conntrack_lock(), so chains hold nothing
// but nf_conntrack_tuple_hash nodes, and who holds a stripe by it finds the table whole. Our own code asks table/layout.hpp.
#pragma once

#include <nfct/base/types.hpp>
#include <nfct/core/flow_key.hpp>
#include <nfct/kernel/chain.hpp>
#include <nfct/kernel/conn.hpp>
#include <nfct/kernel/guards.hpp>

extern "C" {
// Written with all stripes held (table/migrate); read under the table mutex or a stripe that nf_conntrack_lock() took.
extern struct hlist_nulls_head *nf_conntrack_hash;
extern unsigned int nf_conntrack_htable_size;
extern unsigned int nf_conntrack_max;
extern spinlock_t nf_conntrack_locks[];
// For others: takes a stripe of a table that is not being moved, moving what is left itself. Bottom halves off, no lock held; where the
// caller alone turned them off they run between two chunks.
void nf_conntrack_lock(spinlock_t *lock);
// A zeroed array of *sizep chains, rounded up to whole pages, *sizep becoming the true number; with nulls each chain ends in its own
// index. Null: no memory, or more than INT_MAX bytes. May sleep. Freed with kvfree().
void *nf_ct_alloc_hashtable(unsigned int *sizep, int nulls);
// Asks iter about each connection of iter_data->net and deletes those for which it returns non-zero. Process context.
void nf_ct_iterate_cleanup_net(int (*iter)(struct nf_conn *i, void *data), const struct nf_ct_iter_data *iter_data);
}

namespace nfct::table {

inline constexpr u32 stripes = kconst::conntrack_locks; // bucket i is under nf_conntrack_locks[i % stripes]

// Position of a flow in the 32-bit hash space: keyed, so that nobody outside can aim at a chain. The bucket is the high part, hence
// order in hash space is bucket order at every table size.
u32 flow_hash(const Tuple &tuple, u16 zone_id, const net &n);
inline u32 flow_hash(const nf_conn &ct, Direction d) { return flow_hash(tuple_in(ct, d), zone_of(ct).id_in(d), net_of(ct)); }

// Of a connection's two directions: the same, unless NAT, a zone for one direction only or ICMP's types make a difference. If they are, the
// connection has one place in the table, its original direction's, and is found there in both.
struct Hashes {
	u32 original, reply;

	constexpr bool one_place() const { return original == reply; }
};
inline Hashes flow_hashes(const nf_conn &ct)
{
	const u32 original = flow_hash(ct, Direction::original);
	const bool alike = mirrors(tuple_in(ct, Direction::original), tuple_in(ct, Direction::reply)) && zone_of(ct).same_in_both();
	return {original, alike ? original : flow_hash(ct, Direction::reply)};
}
void init_hash_key();
void init_locks();

inline u32 bucket_of(u32 hash, u32 size) { return static_cast<u32>(u64(hash) * size >> 32); }

// The array in which a hash lives, and how far above it hash space lives there, too (table/layout.hpp). Valid in the RCU section of the
// evidence, which keeps the array.
struct View {
	hlist_nulls_head *heads;
	u32 size, tag;
	u32 generation;
	u64 end;

	// The first bucket that the view does not reach.
	u32 stop() const { return bucket_of(static_cast<u32>(end - 1), size) + 1; }
	unsigned long number(u32 bucket) const { return bucket + tag; } // in which its chain ends
};
View view(u32 hash, const kernel::RcuRead &);

// Where a bucket's hint is (table/hints.hpp). Without a group it has none.
struct Hint {
	struct HintGroup *group;
	u32 bucket; // tells it from the others of its group
};

// Both buckets of a connection, which are mostly one, locked, wherever each is while the table moves.
class [[nodiscard]] BucketPair : public kernel::RcuRead {
    public:
	BucketPair(Hashes hashes, const kernel::BhGuard &);
	~BucketPair();

	hlist_nulls_head &head(Direction d) const { return *head_[index(d)]; }
	const Hashes &hashes() const { return hashes_; }
	Hint hint(Direction d) const { return hint_[index(d)]; }

    private:
	void unlock();

	const Hashes hashes_;
	hlist_nulls_head *head_[2];
	Hint hint_[2];
	u32 stripe_[2];
};

// One bucket of the present array, locked. Its number holds while the table mutex does.
class [[nodiscard]] BucketLock : kernel::Immovable {
    public:
	BucketLock(u32 bucket, const kernel::BhGuard &);
	~BucketLock();

    private:
	spinlock_t &lock_;
};

// The bucket in which a hash lives, locked, in whichever array.
class [[nodiscard]] HashLock : kernel::Immovable {
    public:
	HashLock(u32 hash, const kernel::BhGuard &);
	~HashLock();

	const hlist_nulls_head &head() const { return view_.heads[bucket_]; }
	// Least hash behind what it holds.
	u64 end() const;

    private:
	View view_;
	u32 bucket_;
};

// Every bucket. Bottom halves off.
class [[nodiscard]] AllBuckets : kernel::Immovable {
    public:
	explicit AllBuckets(const kernel::BhGuard &);
	~AllBuckets();
};

// The connection that tuple, zone and netns name, in the direction of the result's node; empty if there is none.
// Expired entries on the way are removed. hash is flow_hash() of the three.
struct Found {
	Ref ref;
	Direction dir;
};
Found find(const net &n, const Zone &zone, const Tuple &tuple, u32 hash, const kernel::RcuRead &);
// The same for a zone that may apply to one direction only: tries the hash of either.
Found find_either_direction(const net &n, const Zone &zone, const Tuple &tuple, u32 hash_original, const kernel::RcuRead &);

// Whether the node is what tuple, zone and netns name, and confirmed. Needs a bucket lock or a reference to be stable.
bool is_flow(const Node &node, const Tuple &tuple, const Zone &zone, const net &n);

// Whether the reply direction of the connection that was met at this node is met here, too, and has the tuple.
inline bool is_by_reply(const Node &met, const Tuple &tuple)
{
	return met.dir() == Direction::original && !kernel::is_linked(met.reply().h->hnnode) && met.reply().is(tuple);
}

// The node that has the tuple, of the connection that was met at this one. Empty if none has.
inline Node matching(const Node &met, const Tuple &tuple)
{
	if (!met.is(tuple))
		return is_by_reply(met, tuple) ? met.reply() : Node{};
	// Who talks to himself is found in the reply direction, as in stock, where that comes into the chain last and so is met first.
	return tuple.has_same_ends() && is_by_reply(met, tuple) ? met.reply() : met;
}
// The same, if it is_flow().
Node flow_at(const Node &met, const Tuple &tuple, const Zone &zone, const net &n);

// Whether a connection is to be looked at where a walk over the table meets this node: each has one such place, the original direction's but
// for those that lost a clash and are in the table at their reply direction only.
inline bool is_its_place(const Node &node)
{
	return node.dir() == Direction::original || !kernel::is_linked(link_in(node.conn(), Direction::original));
}

// A chain that grew over so many nodes is an attack or a bug: nothing more goes in. Drawn for each connection between 50 and 80, once a
// chain is long enough for it to matter.
class ChainLimit {
    public:
	ChainLimit() = default;
	explicit ChainLimit(u32 fixed) : drawn_(fixed) {}
	bool exceeded_by(u32 length) { return length > least && length > (drawn_ ? drawn_ : draw()); }

    private:
	static constexpr u32 least = 50, most = 80;
	u32 draw();

	u32 drawn_ = 0;
};

// Looks for an entry that has a tuple of a new connection, of which these are the buckets: the original one, or else the reply's.
struct Clash {
	enum Kind : u8 { none, taken, chain_too_long } kind;
	Node node; // with taken
};
Clash look_for_clash(const nf_conn &ct, const BucketPair &, ChainLimit &limit);
// For the reply's only.
Clash look_for_reply_clash(const nf_conn &ct, const BucketPair &, ChainLimit &limit);

// So that it is found in both directions. The caller has set everything that a reader may look at, and sets IPS_CONFIRMED afterwards.
void link(nf_conn &ct, const BucketPair &);
// Only by its replies.
void link_reply(nf_conn &ct, const BucketPair &);
void unlink(nf_conn &ct, const BucketPair &);

// Makes room by killing unassured connections of this netns near the hash. True if there is room.
bool early_drop(net &n, u32 hash, const kernel::RcuRead &);

// Allocates the table at module load; 0 or -ENOMEM. Sets nf_conntrack_max from the size.
int init();
void fini();
// 0 or -ENOMEM, and then nothing has changed. Process context; returns when all entries have moved. least, if not 0, is what the
// administrator asks for.
int resize(u32 buckets, u32 least);

// Calls iter for each connection (of one netns, if given) under its bucket lock; deletes those for which it says non-zero. Process
// context. Connections that come in behind the walk are not seen.
void sweep(net *only, int (*iter)(nf_conn *ct, void *data), void *data, u32 portid, int report);

} // namespace nfct::table
