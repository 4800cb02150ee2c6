// SPDX-License-Identifier: GPL-2.0-only
// A packet comes in (kernel: nf_conntrack_in): view it, find or make its connection, let the tracker decide, apply what it decided.
// The rest of its way is packet/confirm.cpp.
#include <nfct/packet/arrival.hpp>

#include <nfct/conn/conn.hpp>
#include <nfct/packet/gre_keymap.hpp>
#include <nfct/table/table.hpp>

#include <nfct/base/poison.hpp>

extern "C" void nfct_log_invalid(const sk_buff *skb, const nf_conn *ct, const nf_hook_state *state, u8 protonum, const char *text);

namespace nfct::packet {

Zone zone_for(const sk_buff &skb, const nf_conn *tmpl)
{
	if (!tmpl) [[likely]]
		return default_zone;
	Zone zone = zone_of(*tmpl);
	if (zone.flags & kconst::nf_ct_flag_mark)
		return {static_cast<u16>(skb.mark), 0, zone.dirs};
	return zone;
}

[[gnu::noinline, gnu::cold]] static void log(const Arrival &a, Reason why, const nf_conn *ct)
{
	if (a.n.ct.sysctl_log_invalid) [[unlikely]]
		nfct_log_invalid(&a.skb, ct, &a.state, a.view.protonum, reason_text(why));
}

[[gnu::noinline, gnu::cold]] HookVerdict invalid(const Arrival &a, Reason why, const nf_conn *ct)
{
	count_reason(a.n, why);
	NFCT_STAT_INC(a.n, invalid);
	log(a, why, ct);
	// Of one without ports not even this kernel's tracker would have heard.
	constexpr u32 ports_len = 4;
	if (kconst::nfct_short_dccp_is_dropped && why == Reason::dccp_short && a.view.l4_len() >= ports_len) {
		NFCT_STAT_INC(a.n, drop);
		return HookVerdict::drop;
	}
	return HookVerdict::accept;
}

// A packet's part in its connection: once both sides have spoken it is ESTABLISHED, before that NEW, or RELATED if it was expected.
static ip_conntrack_info part_of(Direction dir, unsigned long status)
{
	if (dir == Direction::reply)
		return IP_CT_ESTABLISHED_REPLY;
	if (status & IPS_SEEN_REPLY) [[likely]]
		return IP_CT_ESTABLISHED;
	return status & IPS_EXPECTED ? IP_CT_RELATED : IP_CT_NEW;
}

static void refresh(const Arrival &a, nf_conn &ct, const Context &ctx, u32 timeout)
{
	conn::refresh(ct, timeout, static_cast<u32>(ctx.now));
	conn::account(ct, ctx.dir, 1, a.skb.len);
}

static void note_reply(nf_conn &ct, const Context &ctx)
{
	if (ctx.dir == Direction::reply && !(ctx.status & IPS_SEEN_REPLY) && !kernel::test_and_set(ct.status, IPS_SEEN_REPLY))
		conn::note_event(ct, IPCT_REPLY);
}

// Does to the connection what its tracker decided. False if it was to be killed and somebody else was faster.
[[nodiscard]] static bool apply(const Arrival &a, nf_conn &ct, const Context &ctx, const Outcome &o)
{
	if (o.has(todo::refresh))
		refresh(a, ct, ctx, o.timeout);
	if (o.has(todo::retime))
		conn::refresh(ct, o.timeout, static_cast<u32>(ctx.now));
	if (o.has(todo::assure) && !(ctx.status & IPS_ASSURED) && !kernel::test_and_set(ct.status, IPS_ASSURED) && !o.has(todo::assure_untold))
		conn::note_event(ct, IPCT_ASSURED);
	if (o.events() & bit(Event::protoinfo))
		conn::note_event(ct, IPCT_PROTOINFO);
	bool killed = true;
	if (o.has(todo::kill) && ctx.confirmed) {
		if (o.verdict() == Verdict::accept)
			conn::account(ct, ctx.dir, 1, a.skb.len);
		killed = conn::kill(ct);
	}
	if (o.verdict() == Verdict::accept)
		note_reply(ct, ctx);
	return killed;
}

// How a packet goes on after what its tracker decided was done.
enum class Way : u8 { attach, look_again, pass_unattached, drop };

// Of what is not usual. It makes a Context of its own: one whose address it had would be in memory for all packets.
[[gnu::noinline]] static Way carry_out(const Arrival &a, nf_conn &ct, Direction dir, unsigned long status, Outcome o)
{
	const Context ctx = context_of(a, dir, status);
	if (!apply(a, ct, ctx, o) && o.verdict() == Verdict::retry) {
		// Another packet is reopening the connection this moment; the sender will try again.
		o.decide(Verdict::drop, Reason::tcp_reopened);
	}
	switch (o.verdict()) {
	case Verdict::accept:
		if (o.reason() != Reason::none)
			log(a, o.reason(), &ct); // let through although it does not fit
		return Way::attach;
	case Verdict::retry:
		return Way::look_again;
	case Verdict::drop:
		NFCT_STAT_INC(a.n, drop);
		(void)invalid(a, o.reason(), &ct);
		return Way::drop;
	case Verdict::invalid:
		break;
	}
	return invalid(a, o.reason(), &ct) == HookVerdict::drop ? Way::drop : Way::pass_unattached;
}

// The packet's layer 4 is sound; tie it to its connection.
static HookVerdict follow(const Arrival &a)
{
	NFCT_SCRATCH Tuple tuple;
	if (!tuple_of(a.view, tuple))
		return invalid(a, Reason::l4_truncated);
	if (a.view.protonum == ipproto::gre) [[unlikely]]
		add_source_call(a.n, a.view, tuple, a.rcu());
	const u32 hash = table::flow_hash(tuple, a.zone.id_in(Direction::original), a.n);

	for (;;) {
		table::Found found = table::find_either_direction(a.n, a.zone, tuple, hash, a.rcu());
		if (!found.ref) {
			Created made = create(a, tuple, hash);
			if (made.out_of_room) {
				count_reason(a.n, Reason::conn_out_of_memory);
				NFCT_STAT_INC(a.n, drop);
				return HookVerdict::drop;
			}
			if (!made.ref)
				return invalid(a, made.invalid);
			found = {static_cast<Ref &&>(made.ref), Direction::original};
		}

		nf_conn &ct = *found.ref;
		const unsigned long status = status_of(ct);
		const Context ctx = context_of(a, found.dir, status);
		const Outcome o = track(a, ct, ctx);
		if (o.is_usual()) [[likely]] {
			refresh(a, ct, ctx, o.timeout);
			note_reply(ct, ctx);
		} else if (const Way way = carry_out(a, ct, ctx.dir, status, o); way != Way::attach) {
			if (way == Way::look_again)
				continue;
			return way == Way::drop ? HookVerdict::drop : HookVerdict::accept;
		}
		attach(a.skb, found.ref.release(), part_of(ctx.dir, status));
		return HookVerdict::accept;
	}
}

static HookVerdict arrive(Arrival &a)
{
	if (a.state.pf != static_cast<u8>(L3::ipv4) && a.state.pf != static_cast<u8>(L3::ipv6))
		return invalid(a, Reason::l3_family);
	if (Reason r = parse_l3(a.view); r != Reason::none)
		return invalid(a, r);

	if (a.view.protonum == ipproto::icmp || a.view.protonum == ipproto::icmpv6) [[unlikely]] {
		IcmpResult icmp = settle_icmp(a);
		switch (icmp.fate) {
		case IcmpFate::settled:
			return HookVerdict::accept;
		case IcmpFate::invalid:
			// Stock counts these under icmp_error, not under invalid.
			count_reason(a.n, icmp.reason);
			NFCT_STAT_INC(a.n, error);
			log(a, icmp.reason, nullptr);
			return HookVerdict::accept;
		case IcmpFate::track:
			break;
		}
	} else if (Reason r = check(a); r != Reason::none) {
		return invalid(a, r);
	}
	return follow(a);
}

} // namespace nfct::packet

using namespace nfct;

// Ties a packet to its connection: skb->_nfct is set unless the packet is INVALID. Called by the hooks in PRE_ROUTING and LOCAL_OUT and
// by bridges, flow classifiers and Open vSwitch, inside rcu_read_lock(). NF_ACCEPT or NF_DROP.
extern "C" [[gnu::flatten]] unsigned int nf_conntrack_in(sk_buff *skb, const nf_hook_state *state)
{
	const Attached before = attached(*skb);
	// Seen already, as on its second way through loopback, or not to be tracked.
	if (before.info == IP_CT_UNTRACKED || (before.ct && !is_template(*before.ct)))
		return static_cast<unsigned>(packet::HookVerdict::accept);

	skb->_nfct = 0;
	Ref tmpl = Ref::adopt(before.ct);
	NFCT_SCRATCH packet::Arrival a(*skb, *state, before.ct, packet::zone_for(*skb, before.ct));
	return static_cast<unsigned>(packet::arrive(a));
}
