// SPDX-License-Identifier: GPL-2.0-only
// ICMPv6 tracker (kernel: nf_conntrack_proto_icmpv6.c).

#include <nfct/proto/icmpv6.hpp>

#include <nfct/core/icmp_types.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::icmpv6 {

namespace {

using Kind = IcmpMessage::Kind;

constexpr u32 header_len = 8;

// Neighbour and router discovery and multicast membership: sent to groups, answered by anybody, never routed.
constexpr bool is_link_local_business(u8 type, bool mrd_is_untracked)
{
	switch (type) {
	case icmpv6_type::mld_query:
	case icmpv6_type::mld_report:
	case icmpv6_type::mld_done:
	case icmpv6_type::mld2_report:
	case icmpv6_type::router_solicitation:
	case icmpv6_type::router_advertisement:
	case icmpv6_type::neighbour_solicitation:
	case icmpv6_type::neighbour_advertisement:
		return true;
	case icmpv6_type::mrd_advertisement:
	case icmpv6_type::mrd_solicitation:
		return mrd_is_untracked;
	}
	return false;
}

// A redirect (RFC 4861 section 4.5): 8 bytes of header, target address, destination address, then options of which one may quote
// the packet that was better sent elsewhere. Only a router on the link may send it.
IcmpMessage classify_redirect(const PacketView &packet)
{
	constexpr u32 fixed_len = 8 + 16 + 16, quote_option_header = 8;
	constexpr u8 quote_option = 4;
	constexpr u32 hop_limit_and_source = 7; // in the IPv6 header; the source follows the hop limit
	NFCT_SCRATCH u8 buf[fixed_len];

	const u8 *head = packet.l4(0, fixed_len, buf);
	if (!head)
		return {Kind::invalid, Reason::icmpv6_redirect_short, 0};
	if (head[1] != 0) // code
		return {Kind::exchange, Reason::none, 0};

	const u8 *ip = packet.bytes.at(packet.l3_offset + hop_limit_and_source, 3, buf);
	const bool from_link = ip && ip[0] == 255 && (ip[1] == 0xfe && (ip[2] & 0xc0) == 0x80);
	if (!from_link)
		return {Kind::invalid, Reason::icmpv6_redirect_source, 0};

	const u8 *option = packet.l4(fixed_len, 2, buf);
	if (!option || option[1] == 0)
		return {Kind::invalid, Reason::icmpv6_redirect_options, 0};
	if (option[0] != quote_option)
		return {Kind::exchange, Reason::none, 0};
	return {Kind::error, Reason::none, fixed_len + quote_option_header};
}

} // namespace

Reason check_header(const PacketView &packet, u32 &covered)
{
	NFCT_SCRATCH u8 buf[header_len];
	if (!packet.l4(0, header_len, buf))
		return Reason::icmp_short;
	covered = packet.l4_len();
	return Reason::none;
}

IcmpMessage classify(const PacketView &packet, bool mrd_is_untracked)
{
	NFCT_SCRATCH u8 buf[1];
	const u8 *type = packet.l4(0, 1, buf);

	if (!type)
		return {Kind::invalid, Reason::icmp_short, 0};
	if (is_link_local_business(*type, mrd_is_untracked))
		return {Kind::untracked, Reason::none, 0};
	if (*type == icmpv6_type::redirect)
		return classify_redirect(packet);
	if (*type <= icmpv6_type::highest_error)
		return {Kind::error, Reason::none, header_len};
	return {Kind::exchange, Reason::none, 0};
}

bool can_open(u8 type) { return type == icmpv6_type::echo || type == icmpv6_type::node_info_query; }

Outcome track(const PacketView &packet, const Context &ctx, u8 opened_by, u32 timeout)
{
	if (packet.l3 != L3::ipv6)
		return Outcome::invalid(Reason::icmp_wrong_family);
	if (!ctx.confirmed && !can_open(opened_by))
		return Outcome::invalid(Reason::icmp_new_invalid);
	return Outcome::refreshed(timeout);
}

} // namespace nfct::icmpv6
