// SPDX-License-Identifier: GPL-2.0-only
// A new connection for a packet that belongs to none (kernel: init_conntrack). It stays unconfirmed, known to its packet alone, until
// the packet has passed the rules.
#include <nfct/packet/arrival.hpp>

#include <nfct/conn/conn.hpp>
#include <nfct/conn/events.hpp>
#include <nfct/conn/labels.hpp>
#include <nfct/conn/synproxy.hpp>
#include <nfct/conn/template.hpp>
#include <nfct/conn/timeout_policy.hpp>
#include <nfct/expect/expect.hpp>
#include <nfct/expect/helper.hpp>

#include <nfct/base/poison.hpp>

namespace nfct::packet {

namespace {

// The parts that the template asks for, or that the namespace gives to all. False: no memory for one that must not be missing.
bool add_parts(const Arrival &a, nf_conn &ct)
{
	constexpr gfp_t gfp = kconst::gfp_atomic;
	const nf_conntrack_ecache *masks = nullptr;
	if (a.tmpl) [[unlikely]] {
		if (!conn::inherit_synproxy(ct, *a.tmpl, gfp))
			return false;
		conn::inherit_timeout_policy(ct, *a.tmpl, a.rcu());
		masks = events_of(*a.tmpl);
	}
	// As in stock, a connection without counters, timestamp or labels is better than none.
	if (a.n.ct.sysctl_acct)
		(void)nf_ct_ext_add(&ct, NF_CT_EXT_ACCT, gfp);
	if (a.n.ct.sysctl_tstamp)
		(void)nf_ct_ext_add(&ct, NF_CT_EXT_TSTAMP, gfp);
	if (conn::keeps_labels(a.n)) [[unlikely]]
		(void)nf_ct_ext_add(&ct, NF_CT_EXT_LABELS, gfp);
	if (masks) [[unlikely]]
		return nf_ct_ecache_ext_add(&ct, masks->ctmask, masks->expmask, gfp);
	return !conn::keeps_events(a.n) || nf_ct_ecache_ext_add(&ct, 0, 0, gfp);
}

template <class Ct> void inherit_marks(Ct &ct, const Ct &master)
{
	if constexpr (requires { ct.mark; })
		ct.mark = kernel::read_once(master.mark);
	if constexpr (requires { ct.secmark; })
		ct.secmark = kernel::read_once(master.secmark);
}

// A reference to the expectation that a new connection fulfils, or empty.
class Expected : kernel::Immovable {
    public:
	Expected(const Arrival &a, const nfct_netns &own, nf_conn &ct)
	{
		if (!kernel::read_once(own.kernel.expect_count)) [[likely]]
			return;
		expect::Lock lock;
		const nf_conntrack_zone zone = {.id = a.zone.id, .flags = a.zone.flags, .dir = a.zone.dirs};
		// Open vSwitch and act_ct ask about packets that they do not mean to commit: those must not use an expectation up.
		const bool consume = !a.tmpl || is_confirmed(*a.tmpl);
		exp_ = nf_ct_find_expectation(&a.n, &zone, &ct.tuplehash[index(Direction::original)].tuple, consume);
		if (exp_)
			adopt(ct, *exp_);
	}
	~Expected()
	{
		if (exp_)
			nf_ct_expect_put(exp_);
	}
	explicit operator bool() const { return exp_; }

	// The helper may want to prepare it, as NAT for FTP does. The connection is published.
	void prepare(nf_conn &ct) const
	{
		if (exp_ && exp_->expectfn)
			exp_->expectfn(&ct, exp_);
	}

    private:
	// The connection becomes its master's child. The master's reference was taken with the expectation's.
	static void adopt(nf_conn &ct, nf_conntrack_expect &exp)
	{
		ct.status |= IPS_EXPECTED;
		ct.master = exp.master;
		if (nf_conntrack_helper *helper = kernel::read_once(exp.assign_helper)) {
			if (nf_conn_help *help = nf_ct_helper_ext_add(&ct, kconst::gfp_atomic))
				kernel::store_release(help->helper, helper);
		}
		inherit_marks(ct, *exp.master);
		NFCT_STAT_INC(net_of(ct), expect_new);
	}

	nf_conntrack_expect *exp_ = nullptr;
};

} // namespace

// Not within an established packet's way, whose instructions stay together.
[[gnu::noinline, gnu::flatten]] Created create(const Arrival &a, const Tuple &tuple, u32 hash)
{
	NFCT_SCRATCH Tuple reply = mirror_of(tuple);
	if (!answers_mirror(tuple.protonum) && !invert(tuple, reply)) [[unlikely]]
		return {{}, Reason::l4_no_inverse, false};
	// Asked before anything is allocated, so that garbage evicts nobody from a full table.
	if (Reason r = can_open(a, tuple); r != Reason::none)
		return {{}, r, false};

	const Room room = room_for(a.view.protonum);
	table::Hashes hashes = {hash, hash};
	if (!answers_mirror(tuple.protonum) || !a.zone.same_in_both()) [[unlikely]]
		hashes.reply = table::flow_hash(reply, a.zone.id_in(Direction::reply), a.n);
	nfct_netns &own = pernet(a.n, a.rcu());
	conn::Allocated made = conn::allocate(a.n, own, a.zone, {tuple, reply, hashes}, kconst::gfp_atomic, room);
	if (!made.ct)
		return {{}, Reason::none, true};
	nf_conn &ct = *made.ct;
	open(a, room, ct.proto);
	if (!add_parts(a, ct)) {
		nf_conntrack_free(&ct);
		return {{}, Reason::none, true};
	}
	const Expected expected(a, own, ct);
	// As in stock, without memory for a helper it goes without.
	if (!expected && a.tmpl)
		(void)__nf_ct_try_assign_helper(&ct, a.tmpl, kconst::gfp_atomic);
	conn::publish(ct);
	expected.prepare(ct);
	return {Ref::adopt(&ct), Reason::none, false};
}

} // namespace nfct::packet
