// SPDX-License-Identifier: GPL-2.0-only
// A connection's fields, read in place in the kernel's struct nf_conn.
//
// Ownership of the fields (who may write, who may read):
//   ct_general.use  atomic
//   lock            protects proto (TCP, SCTP, DCCP)
//   timeout         single-copy; any holder of a reference; relative jiffies until confirmed, then the time of death
//   zone, ct_net    written before the reference count becomes non-zero, constant after
//   tuplehash       tuples: constant once confirmed (NAT alters the reply tuple before), but a lookup may look while the memory becomes
//                   another connection: set_tuple(), Node::is(); links: the bucket locks
//   status          atomic bits
//   master, ext     written before confirmation by the packet's own context, constant after
//   mark, secmark   single-copy, last writer wins
#pragma once

#include <nfct/core/tuple.hpp>
#include <nfct/core/zone.hpp>
#include <nfct/kernel/atomic.hpp>
#include <nfct/kernel/clock.hpp>
#include <nfct/kernel/test_point.h>
#include <nfct/kernel/types.hpp>
#include <nfct/shim/kernel.h>

// Implemented by conn/ under the kernel's names; lower layers reach them by these declarations.
extern "C" {
// Called with the last reference gone. Any context.
void nf_ct_destroy(struct nf_conntrack *nfct);
// Takes the connection out of the table, reports its destruction and drops the table's reference. False if another was first.
// Any context; the caller holds a reference and none of the bucket locks.
bool nf_ct_delete(struct nf_conn *ct, u32 portid, int report);
extern struct net init_net;
// The functions for a transport protocol, those of the generic one if it has none of its own. Any context.
const struct nf_conntrack_l4proto *nf_ct_l4proto_find(u8 l4proto);
// Set while NAT is loaded, else null. RCU.
extern const struct nf_nat_hook *nf_nat_hook;
}

namespace nfct {

// SAFETY: Tuple and Zone are laid out as the kernel's structures; kernel/layout.cpp asserts it.
inline Tuple &tuple_of(nf_conntrack_tuple &t) { return reinterpret_cast<Tuple &>(t); }
inline const Tuple &tuple_of(const nf_conntrack_tuple &t) { return reinterpret_cast<const Tuple &>(t); }
inline Tuple &tuple_in(nf_conn &ct, Direction d) { return tuple_of(ct.tuplehash[index(d)].tuple); }
inline const Tuple &tuple_in(const nf_conn &ct, Direction d) { return tuple_of(ct.tuplehash[index(d)].tuple); }

// Tuples in connections, as words that are read and written whole.
using TupleWord [[gnu::may_alias]] = u64;
static_assert(__builtin_offsetof(nf_conn, tuplehash[0].tuple) % sizeof(TupleWord) == 0 &&
	      __builtin_offsetof(nf_conn, tuplehash[1].tuple) % sizeof(TupleWord) == 0);

// The tuple of a connection that is being made, while a lookup may still compare what was in its memory before.
inline void set_tuple(nf_conn &ct, Direction d, const Tuple &t)
{
	TupleWord *to = reinterpret_cast<TupleWord *>(&ct.tuplehash[index(d)].tuple);
#pragma GCC unroll 5
	for (usize i = 0; i < sizeof(Tuple) / sizeof(TupleWord); i++)
		kernel::write_once(to[i], unsafe::load<TupleWord>(reinterpret_cast<const u8 *>(&t) + i * sizeof(TupleWord)));
}

inline hlist_nulls_node &link_in(nf_conn &ct, Direction d) { return ct.tuplehash[index(d)].hnnode; }

inline u8 protonum(const nf_conn &ct) { return tuple_in(ct, Direction::original).protonum; }
inline L3 l3num(const nf_conn &ct) { return static_cast<L3>(tuple_in(ct, Direction::original).l3num); }

// Whether a connection's memory has all of `proto`, or only its first NFCT_SHORT_STATE bytes, which is as much as UDP and GRE use.
enum class Room : u8 { of_short_state, of_whole_state };

// Bits of the status in its upper half, of which rules and user space do not know: what kind of memory this is. Set when it is allocated.
inline constexpr unsigned long status_whole = 1ul << 32, status_area = 1ul << 33;

constexpr Room room_for(u8 protonum)
{
	const bool whole = protonum == ipproto::tcp || protonum == ipproto::sctp || protonum == ipproto::dccp;
	return whole ? Room::of_whole_state : Room::of_short_state;
}

// A place in a hash chain: one direction of a connection.
struct Node {
	nf_conntrack_tuple_hash *h = nullptr;

	explicit operator bool() const { return h; }
	// SAFETY: hnnode is the first member.
	static Node of(hlist_nulls_node *n) { return {reinterpret_cast<nf_conntrack_tuple_hash *>(n)}; }
	const Tuple &tuple() const { return tuple_of(h->tuple); }
	// Whether its tuple is this one. Without a lock or a reference it may be changing, and the answer is to be asked for again with one.
	bool is(const Tuple &t) const
	{
		const TupleWord *words = reinterpret_cast<const TupleWord *>(&h->tuple);
		return same_flow_by([=](usize i) { return kernel::read_once(words[i]); }, t);
	}
	// From the address alone, so that a walk may fetch all lines of a connection before it has seen one of them. Connections are
	// aligned such that both directions' places in one differ in the low bits.
	Direction dir() const { return is_reply() ? Direction::reply : Direction::original; }
	// That of the connection's reply direction.
	Node reply() const { return {h + !is_reply()}; }
	// SAFETY: a tuple hash lives only inside nf_conn.
	nf_conn &conn() const
	{
		return *reinterpret_cast<nf_conn *>(reinterpret_cast<char *>(h) - __builtin_offsetof(nf_conn, tuplehash) -
						    (is_reply() ? sizeof(nf_conntrack_tuple_hash) : 0));
	}

    private:
	static constexpr unsigned long low_bits = NFCT_CONN_ALIGNMENT - 1;
	bool is_reply() const { return (reinterpret_cast<unsigned long>(h) & low_bits) != (__builtin_offsetof(nf_conn, tuplehash) & low_bits); }
	static_assert((sizeof(nf_conntrack_tuple_hash) & low_bits) != 0);
};
static_assert(__builtin_offsetof(nf_conntrack_tuple_hash, hnnode) == 0);

template <class Ct> Zone zone_of(const Ct &ct)
{
	if constexpr (requires { ct.zone; }) {
		static_assert(__builtin_offsetof(Ct, zone) % sizeof(u32) == 0);
		using Word [[gnu::may_alias]] = u32;
		return __builtin_bit_cast(Zone, kernel::read_once(*reinterpret_cast<const Word *>(&ct.zone)));
	} else {
		return default_zone;
	}
}

template <class Ct> void set_zone(Ct &ct, Zone z)
{
	if constexpr (requires { ct.zone; }) {
		ct.zone.id = z.id;
		ct.zone.flags = z.flags;
		ct.zone.dir = z.dirs;
	}
}

inline Zone zone_of(const nf_conntrack_zone *z) { return {z->id, z->flags, z->dir}; }

template <class Ct> net &net_of(const Ct &ct)
{
	if constexpr (requires { ct.ct_net.net; })
		return *kernel::read_once(ct.ct_net.net);
	else
		return init_net;
}

template <class Ct> void set_net(Ct &ct, net &n)
{
	if constexpr (requires { ct.ct_net.net; })
		ct.ct_net.net = &n;
}

inline unsigned long status_of(const nf_conn &ct) { return kernel::read_once(ct.status); }
inline bool is_confirmed(const nf_conn &ct) { return status_of(ct) & IPS_CONFIRMED; }
inline bool is_dying(const nf_conn &ct) { return status_of(ct) & IPS_DYING; }
inline bool is_template(const nf_conn &ct) { return status_of(ct) & IPS_TEMPLATE; }

// Jiffies until the time of death of a confirmed connection, zero or less if it has passed.
inline s32 expires_in(const nf_conn &ct, u32 now) { return static_cast<s32>(kernel::read_once(ct.timeout) - now); }
inline bool is_expired(const nf_conn &ct, u32 now) { return expires_in(ct, now) <= 0; }

// Its packets go through a flow table and do not prolong it, and on this kernel the flow table does not either.
inline bool is_ours_to_keep(const nf_conn &ct) { return kconst::nfct_collector_keeps_offloaded && status_of(ct) & IPS_OFFLOAD; }

// A reference that is given back at the end of the scope.
class [[nodiscard]] Ref {
    public:
	Ref() = default;
	// Takes over a reference that the caller owns.
	static Ref adopt(nf_conn *ct) { return Ref(ct); }
	// A reference of one's own to an object that another reference or a bucket lock keeps alive.
	static Ref share(nf_conn &ct)
	{
		kernel::ref_inc(ct.ct_general.use);
		return Ref(&ct);
	}
	// A reference to an object found without a lock: empty if it is being destroyed. The slab may have given its memory to another
	// connection meanwhile, so the caller checks its identity again.
	static Ref try_share(nf_conn &ct) { return Ref(kernel::ref_inc_not_zero(ct.ct_general.use) ? &ct : nullptr); }

	Ref(Ref &&o) : ct_(o.release()) {}
	Ref &operator=(Ref &&o)
	{
		nf_conn *mine = ct_;
		ct_ = o.release();
		put(mine);
		return *this;
	}
	~Ref() { put(ct_); }

	explicit operator bool() const { return ct_; }
	nf_conn &operator*() const { return *ct_; }
	nf_conn *operator->() const { return ct_; }
	nf_conn *get() const { return ct_; }
	// Hands the reference to the caller.
	[[nodiscard]] nf_conn *release()
	{
		nf_conn *ct = ct_;
		ct_ = nullptr;
		return ct;
	}

    private:
	explicit Ref(nf_conn *ct) : ct_(ct) {}
	static void put(nf_conn *ct)
	{
		if (ct && kernel::ref_dec_and_test(ct->ct_general.use))
			nf_ct_destroy(&ct->ct_general);
	}

	nf_conn *ct_ = nullptr;
};

// Expired, in the table and not yet being killed: to be asked only with a reference. The acquire after the confirmed bit pairs with
// packet/confirm, which sets the timeout first and the bit last.
inline bool should_reap(const nf_conn &ct, u32 now)
{
	if (!is_confirmed(ct))
		return false;
	kernel::fence_acquire();
	return is_expired(ct, now) && !is_dying(ct);
}

// Removes an expired connection that a lockless walk came upon. RCU, no bucket lock.
inline void reap_if_expired(nf_conn &ct, u32 now)
{
	NFCT_TEST_POINT(BEFORE_REAP);
	if (Ref ref = Ref::try_share(ct); ref && should_reap(*ref, now))
		nf_ct_delete(ref.get(), 0, 0);
}

} // namespace nfct
