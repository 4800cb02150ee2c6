// SPDX-License-Identifier: GPL-2.0-only
// ICMP tracker (kernel: nf_conntrack_proto_icmp.c).

#include <nfct/proto/icmp.hpp>

#include <nfct/core/icmp_types.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::icmp {

namespace {

constexpr u32 header_len = 8;

constexpr bool is_error(u8 type)
{
	switch (type) {
	case icmp_type::unreachable:
	case icmp_type::source_quench:
	case icmp_type::redirect:
	case icmp_type::time_exceeded:
	case icmp_type::parameter_problem:
		return true;
	}
	return false;
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

IcmpMessage classify(const PacketView &packet)
{
	using Kind = IcmpMessage::Kind;
	NFCT_SCRATCH u8 buf[1];
	const u8 *type = packet.l4(0, 1, buf);

	if (!type)
		return {Kind::invalid, Reason::icmp_short, 0};
	// RFC 1122 section 3.2.2: messages of unknown type are to be discarded.
	if (*type > icmp_type::highest)
		return {Kind::invalid, Reason::icmp_bad_type, 0};
	if (is_error(*type))
		return {Kind::error, Reason::none, header_len};
	return {Kind::exchange, Reason::none, 0};
}

bool can_open(u8 type)
{
	switch (type) {
	case icmp_type::echo:
	case icmp_type::timestamp:
	case icmp_type::info:
	case icmp_type::address_mask:
		return true;
	}
	return false;
}

Outcome track(const PacketView &packet, u8 opened_by, u32 timeout)
{
	if (packet.l3 != L3::ipv4)
		return Outcome::invalid(Reason::icmp_wrong_family);
	// Not only for the first packet: a connection made by other means, such as netlink, may have been opened with any type.
	if (!can_open(opened_by))
		return Outcome::invalid(Reason::icmp_new_invalid);
	return Outcome::refreshed(timeout);
}

} // namespace nfct::icmp
