// SPDX-License-Identifier: GPL-2.0-only
// Cases on the table's hash: what it depends on, and how evenly it spreads.
#include <nfct/core/flow_key.hpp>
#include <nfct/kunit/cases.h>
#include <nfct/kunit/expect.hpp>
#include <nfct/table/hashes.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

constexpr u16 some_zone = 7;
constexpr L3 families[] = {L3::ipv4, L3::ipv6};

Tuple sample(L3 l3)
{
	Tuple t = {};
	t.l3num = static_cast<u16>(l3);
	t.protonum = ipproto::tcp;
	for (u32 i = 0; i < (l3 == L3::ipv4 ? 1 : 4); i++) {
		t.src.word[i] = Be32::from_host(0x0a000001 + i);
		t.dst.word[i] = Be32::from_host(0xc0a80101 + i);
	}
	t.src_l4 = Be16::from_host(40000);
	t.dst_l4 = Be16::from_host(443);
	return t;
}

u32 hash(const Tuple &t, u16 z = some_zone) { return table::flow_hash(t, z, init_net); }

// Flips each bit of a field in turn; the number of flips that the hash did not notice.
template <class Field> unsigned unnoticed(Tuple &t, Field &field)
{
	const u32 before = hash(t);
	unsigned missed = 0;
	auto *bytes = reinterpret_cast<u8 *>(&field);
	for (usize bit = 0; bit < sizeof(field) * 8; bit++) {
		bytes[bit / 8] ^= static_cast<u8>(1u << bit % 8);
		missed += hash(t) == before;
		bytes[bit / 8] ^= static_cast<u8>(1u << bit % 8);
	}
	return missed;
}

} // namespace

void hash_is_a_function(kunit *test)
{
	for (L3 l3 : families) {
		Tuple a = sample(l3), b = a;
		NFCT_EXPECT_EQ(test, hash(a), hash(b));
		// The direction is not part of the flow: a connection is found by its reply tuple as well.
		b.dir = 1;
		NFCT_EXPECT_EQ(test, hash(a), hash(b));
	}
}

// 2^-31 a bit is the chance that this fails for a good hash.
void hash_depends_on_every_bit(kunit *test)
{
	for (L3 l3 : families) {
		Tuple t = sample(l3);
		for (u32 i = 0; i < (l3 == L3::ipv4 ? 1 : 4); i++) {
			NFCT_EXPECT_EQ(test, unnoticed(t, t.src.word[i]), 0);
			NFCT_EXPECT_EQ(test, unnoticed(t, t.dst.word[i]), 0);
		}
		NFCT_EXPECT_EQ(test, unnoticed(t, t.src_l4), 0);
		NFCT_EXPECT_EQ(test, unnoticed(t, t.dst_l4), 0);
		NFCT_EXPECT_EQ(test, unnoticed(t, t.protonum), 0);
	}
	// An IPv4 flow and an IPv6 flow of the same numbers.
	Tuple four = sample(L3::ipv4), six = four;
	six.l3num = static_cast<u16>(L3::ipv6);
	NFCT_EXPECT(test, hash(four) != hash(six));
}

void hash_depends_on_zone(kunit *test)
{
	const Tuple t = sample(L3::ipv4);
	for (unsigned bit = 0; bit < 16; bit++)
		NFCT_EXPECT(test, hash(t, some_zone) != hash(t, static_cast<u16>(some_zone ^ 1u << bit)));
}

void hash_depends_on_netns(kunit *test)
{
	net *other = nfct_kunit_other_net(test);
	for (L3 l3 : families) {
		const Tuple t = sample(l3);
		other->hash_mix = init_net.hash_mix ^ 1;
		NFCT_EXPECT(test, table::flow_hash(t, some_zone, init_net) != table::flow_hash(t, some_zone, *other));
		other->hash_mix = init_net.hash_mix;
		NFCT_EXPECT_EQ(test, table::flow_hash(t, some_zone, init_net), table::flow_hash(t, some_zone, *other));
	}
}

void hash_is_keyed(kunit *test)
{
	const Tuple t = sample(L3::ipv4);
	const u32 with_zero_key = nfct::flow_hash(t, some_zone, init_net.hash_mix, SipKey{0, 0});
	NFCT_EXPECT(test, with_zero_key != nfct::flow_hash(t, some_zone, init_net.hash_mix, SipKey{1, 0}));
	NFCT_EXPECT(test, with_zero_key != nfct::flow_hash(t, some_zone, init_net.hash_mix, SipKey{0, 1}));
	// The module's key was drawn: it is not the one that forgotten initialisation would leave.
	NFCT_EXPECT(test, hash(t) != with_zero_key);
}

// Flows that differ only in what a client counts up, as traffic and attackers do, over n buckets: chi squared has mean n - 1 and standard
// deviation sqrt(2n); six of them either way.
void hash_spreads(kunit *test)
{
	constexpr u32 buckets = 1024, flows = 16 * buckets, deviation = 45;
	auto *count = static_cast<u16 *>(nfct_shim_kvcalloc(buckets, sizeof(u16)));
	if (!NFCT_EXPECT(test, count))
		return;
	constexpr u32 strides[] = {0, 1, 256}; // by port, by last byte of the address, by the third byte
	for (u32 stride : strides) {
		for (u32 i = 0; i < buckets; i++)
			count[i] = 0;
		for (u32 i = 0; i < flows; i++) {
			Tuple t = sample(L3::ipv4);
			if (stride)
				t.src.word[0] = Be32::from_host(t.src.word[0].host() + i * stride);
			else
				t.src_l4 = Be16::from_host(static_cast<u16>(i));
			count[table::bucket_of(hash(t), buckets)]++;
		}
		u32 squares = 0, longest = 0;
		for (u32 i = 0; i < buckets; i++) {
			squares += u32(count[i]) * count[i];
			longest = count[i] > longest ? count[i] : longest;
		}
		const u32 chi = squares / (flows / buckets) - flows;
		NFCT_EXPECT(test, chi > buckets - 1 - 6 * deviation && chi < buckets - 1 + 6 * deviation);
		NFCT_EXPECT(test, longest < 50);
	}
	nfct_shim_kvfree(count);
}

// At every size the buckets cut hash space into pieces in ascending order: what the dump's cursor relies on.
void buckets_are_pieces_of_hash_space(kunit *test)
{
	constexpr u32 sizes[] = {1, 3, 512, 1000, 65536, 262144, 0x10000000};
	for (u32 size : sizes) {
		u32 last = 0;
		NFCT_EXPECT_EQ(test, table::bucket_of(0, size), 0);
		NFCT_EXPECT_EQ(test, table::bucket_of(~0u, size), size - 1);
		for (u64 h = 0; h < u64(1) << 32; h += 0xfffff) {
			const u32 bucket = table::bucket_of(static_cast<u32>(h), size);
			if (bucket < last || bucket >= size) {
				NFCT_EXPECT(test, bucket >= last && bucket < size);
				break;
			}
			last = bucket;
		}
	}
}

enum nfct_hashes nfct_kunit_hashes(const nf_conn *ct)
{
	if (!table::kept_in(*ct))
		return NFCT_HASHES_COMPUTED;
	const table::Hashes kept = table::kept_in(*ct).hashes(), right = table::flow_hashes(*ct);
	return kept.original == right.original && kept.reply == right.reply ? NFCT_HASHES_KEPT : NFCT_HASHES_WRONG;
}
