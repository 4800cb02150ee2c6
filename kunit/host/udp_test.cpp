// SPDX-License-Identifier: GPL-2.0-only
// UDP and UDP-Lite: header checks, timeouts, when a flow is a stream.

#include <climits>

#include <gtest/gtest.h>

#include <nfct/proto/udp.hpp>
#include <nfct/proto/udplite.hpp>

#include "packet.hpp"

using namespace nfct;
using namespace nfct::test;

namespace {

constexpr u32 hz = 250;
constexpr u32 timeouts[udp::timeout_count] = {30 * hz, 120 * hz};
constexpr u32 untouched = 0xdeadbeef;

Context context(bool confirmed, unsigned long status, unsigned long now) { return {Direction::original, confirmed, status, now, hz}; }

struct Checked {
	Reason reason;
	u32 covered;
};
template <Reason (*check)(const PacketView &, u32 &)>
Checked checked(const Octets &l4)
{
	const Parsed p{L3::ipv4, Ipv4{}() + l4};
	EXPECT_EQ(p.reason, Reason::none);
	Checked c{Reason::none, untouched};
	c.reason = check(p.view, c.covered);
	return c;
}
constexpr auto udp_checked = checked<udp::check_header>;
constexpr auto udplite_checked = checked<udplite::check_header>;

// ---- UDP header ----

TEST(UdpHeader, good)
{
	const Checked c = udp_checked(udp_header(1, 2, 12) + zeros(4));
	EXPECT_EQ(c.reason, Reason::none);
	EXPECT_EQ(c.covered, 12u);
}

TEST(UdpHeader, no_checksum)
{
	const Checked c = udp_checked(udp_header(1, 2, 8, 0));
	EXPECT_EQ(c.reason, Reason::none);
	EXPECT_EQ(c.covered, 0u);
}

// Half of a checksum is one.
TEST(UdpHeader, checksum_with_one_zero_byte)
{
	EXPECT_EQ(udp_checked(udp_header(1, 2, 8, 0x0100)).covered, 8u);
	EXPECT_EQ(udp_checked(udp_header(1, 2, 8, 0x0001)).covered, 8u);
}

TEST(UdpHeader, length_field)
{
	for (unsigned len : {0u, 1u, 7u, 13u, 14u, 0x800u, 0xffffu})
		EXPECT_EQ(udp_checked(udp_header(1, 2, u16(len)) + zeros(4)).reason, Reason::udp_bad_length) << len;
	// Shorter than the packet is allowed: the rest is padding. The checksum is still taken over all of it.
	for (unsigned len : {8u, 9u, 12u}) {
		EXPECT_EQ(udp_checked(udp_header(1, 2, u16(len)) + zeros(4)).reason, Reason::none) << len;
		EXPECT_EQ(udp_checked(udp_header(1, 2, u16(len)) + zeros(4)).covered, 12u);
	}
}

TEST(UdpHeader, truncated_anywhere)
{
	for (bool with_checksum : {true, false})
		for_each_truncation(Ipv4{}() + udp_header(1, 2, 16, with_checksum) + zeros(8), [&](const Bytes &bytes, usize len) {
			PacketView view;
			if (parse_l3(bytes, L3::ipv4, 0, view) != Reason::none) {
				EXPECT_LT(len, 20u);
				return;
			}
			u32 covered = untouched;
			const Reason r = udp::check_header(view, covered);
			EXPECT_EQ(r, len < 28 ? Reason::udp_short : len < 36 ? Reason::udp_bad_length : Reason::none) << len;
			if (r == Reason::none)
				EXPECT_EQ(covered, with_checksum ? 16u : 0u);
		});
}

// ---- UDP timeouts ----

TEST(UdpTrack, first_packet_starts_the_clock)
{
	udp::UdpConn conn{12345};
	const Outcome o = udp::track(conn, context(false, 0, 1000), timeouts);
	EXPECT_EQ(o.verdict(), Verdict::accept);
	EXPECT_TRUE(o.has(todo::refresh));
	EXPECT_EQ(o.timeout, timeouts[udp::unreplied]);
	EXPECT_FALSE(o.has(todo::assure));
	EXPECT_FALSE(o.has(todo::kill));
	EXPECT_EQ(o.events(), 0u);
	EXPECT_EQ(conn.stream_ts, 1000ul + 2 * hz);
}

TEST(UdpTrack, unanswered_stays_short_for_ever)
{
	udp::UdpConn conn{1000};
	for (unsigned long now : {1000ul, 1000ul + 2 * hz, 1000ul + 1000 * hz}) {
		const Outcome o = udp::track(conn, context(true, ips::confirmed, now), timeouts);
		EXPECT_EQ(o.timeout, timeouts[udp::unreplied]);
		EXPECT_FALSE(o.has(todo::assure));
		EXPECT_EQ(conn.stream_ts, 1000ul);
	}
}

TEST(UdpTrack, stream_after_two_seconds)
{
	udp::UdpConn conn{};
	(void)udp::track(conn, context(false, 0, 5000), timeouts);
	for (unsigned long after = 0; after <= 4 * hz; after++) {
		const Outcome o = udp::track(conn, context(true, ips::confirmed | ips::seen_reply, 5000 + after), timeouts);
		const bool stream = after > 2 * hz; // exactly two seconds are not enough
		EXPECT_EQ(o.timeout, timeouts[stream ? udp::replied : udp::unreplied]) << after;
		EXPECT_EQ(o.has(todo::assure), stream) << after;
		EXPECT_TRUE(o.has(todo::refresh));
	}
}

TEST(UdpTrack, jiffies_wrap)
{
	for (unsigned long start : {ULONG_MAX, ULONG_MAX - hz, ULONG_MAX - 2 * hz, ULONG_MAX / 2}) {
		udp::UdpConn conn{};
		(void)udp::track(conn, context(false, 0, start), timeouts);
		const unsigned long status = ips::confirmed | ips::seen_reply;
		EXPECT_FALSE(udp::track(conn, context(true, status, start + 2 * hz), timeouts).has(todo::assure));
		EXPECT_TRUE(udp::track(conn, context(true, status, start + 2 * hz + 1), timeouts).has(todo::assure));
	}
}

TEST(UdpTrack, a_stream_is_assured_once)
{
	udp::UdpConn conn{0};
	const Outcome o = udp::track(conn, context(true, ips::confirmed | ips::seen_reply | ips::assured, 100000), timeouts);
	EXPECT_EQ(o.timeout, timeouts[udp::replied]);
	EXPECT_TRUE(o.is_usual());
}

TEST(UdpTrack, a_clash_is_never_assured)
{
	udp::UdpConn conn{0};
	const Outcome o = udp::track(conn, context(true, ips::confirmed | ips::seen_reply | ips::nat_clash, 100000), timeouts);
	EXPECT_EQ(o.timeout, timeouts[udp::replied]);
	EXPECT_FALSE(o.has(todo::assure));
}

// ---- UDP-Lite ----

TEST(UdpLiteHeader, coverage)
{
	constexpr usize payload = 12;
	for (unsigned coverage = 0; coverage < 64; coverage++) {
		const Checked c = udplite_checked(udp_header(1, 2, u16(coverage)) + zeros(payload));
		const bool good = coverage == 0 || (coverage >= 8 && coverage <= 8 + payload);
		EXPECT_EQ(c.reason, good ? Reason::none : Reason::udplite_bad_coverage) << coverage;
		if (good)
			EXPECT_EQ(c.covered, coverage ? coverage : 8 + payload) << coverage;
	}
	EXPECT_EQ(udplite_checked(udp_header(1, 2, 0xffff)).reason, Reason::udplite_bad_coverage);
}

TEST(UdpLiteHeader, checksum_is_mandatory)
{
	EXPECT_EQ(udplite_checked(udp_header(1, 2, 0, 0)).reason, Reason::udplite_no_checksum);
	EXPECT_EQ(udplite_checked(udp_header(1, 2, 8, 0)).reason, Reason::udplite_no_checksum);
	// The coverage is judged first.
	EXPECT_EQ(udplite_checked(udp_header(1, 2, 7, 0)).reason, Reason::udplite_bad_coverage);
}

TEST(UdpLiteHeader, truncated_anywhere)
{
	for_each_truncation(Ipv6{.next = ipproto::udplite}() + udp_header(1, 2, 12) + zeros(8), [](const Bytes &bytes, usize len) {
		PacketView view;
		if (parse_l3(bytes, L3::ipv6, 0, view) != Reason::none) {
			EXPECT_LT(len, 40u);
			return;
		}
		u32 covered = untouched;
		const Reason r = udplite::check_header(view, covered);
		EXPECT_EQ(r, len < 48 ? Reason::udplite_short : len < 52 ? Reason::udplite_bad_coverage : Reason::none) << len;
		if (r == Reason::none)
			EXPECT_EQ(covered, 12u);
	});
}

TEST(UdpLiteTrack, answered_is_assured_at_once)
{
	EXPECT_EQ(udplite::track(context(false, 0, 0), timeouts).timeout, timeouts[udp::unreplied]);
	EXPECT_FALSE(udplite::track(context(true, ips::confirmed, 0), timeouts).has(todo::assure));
	const Outcome o = udplite::track(context(true, ips::confirmed | ips::seen_reply, 0), timeouts);
	EXPECT_EQ(o.timeout, timeouts[udp::replied]);
	EXPECT_TRUE(o.has(todo::assure));
	EXPECT_TRUE(o.has(todo::refresh));
	EXPECT_TRUE(udplite::track(context(true, ips::confirmed | ips::seen_reply | ips::assured, 0), timeouts).is_usual());
	const Outcome clash = udplite::track(context(true, ips::confirmed | ips::seen_reply | ips::nat_clash, 0), timeouts);
	EXPECT_EQ(clash.timeout, timeouts[udp::replied]);
	EXPECT_FALSE(clash.has(todo::assure));
}

} // namespace
