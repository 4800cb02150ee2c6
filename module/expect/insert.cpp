// SPDX-License-Identifier: GPL-2.0-only
// Putting an expectation into the table, if there is room and no other stands in its way (kernel: nf_ct_expect_related_report).
#include <nfct/expect/expect.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace nfct::expect {

namespace {

// Masters of listed expectations are there: they take their expectations with them under the lock that the caller holds.
bool masters_share_space(const nf_conntrack_expect &a, const nf_conntrack_expect &b)
{
	return &net_of(*a.master) == &net_of(*b.master) && zone_of(*a.master).id == zone_of(*b.master).id;
}

bool same_expectation(const nf_conntrack_expect &a, const nf_conntrack_expect &b)
{
	return same_flow(tuple_of(a.tuple), tuple_of(b.tuple)) && mask_of(a) == mask_of(b) && masters_share_space(a, b);
}

// Some packet would fall under both.
bool clash(const nf_conntrack_expect &a, const nf_conntrack_expect &b)
{
	return same_under(tuple_of(a.tuple), tuple_of(b.tuple), mask_of(a) & mask_of(b)) && masters_share_space(a, b);
}

// What bounds a master's expectations of a class; null if no helper does.
const nf_conntrack_expect_policy *policy_of(const nf_conn_help &help, unsigned class_)
{
	const nf_conntrack_helper *helper = kernel::read_once(help.helper);
	return helper ? &helper->expect_policy[class_] : nullptr;
}

// The newest is first in the list, so the last of its class is the oldest.
void evict_oldest(nf_conn_help &help, unsigned class_, unsigned max, const Locked &lock)
{
	nf_conntrack_expect *oldest = nullptr;
	const u32 now = kernel::now32();
	for (hlist_node *p = help.expectations.first, *after; p; p = after) {
		after = p->next;
		nf_conntrack_expect &exp = of_list_node(p);
		if (is_expired(exp, now))
			unlink(exp, lock);
		else if (exp.class_ == class_)
			oldest = &exp;
	}
	// Those that had run out may have been enough.
	if (oldest && help.expecting[class_] >= max)
		unlink(*oldest, lock);
}

// Removes what the newcomer replaces. 0, -EALREADY (another master's, or of another class, waits for the same) or -EBUSY.
int settle_with_others(nf_conntrack_expect &exp, unsigned flags, const Locked &lock)
{
	const u32 now = kernel::now32();
	for (hlist_node *p = chain_of(net_of_expectation(exp), tuple_of(exp.tuple)).first, *after; p; p = after) {
		after = p->next;
		nf_conntrack_expect &other = of_hash_node(p);
		if (is_expired(other, now)) {
			unlink(other, lock);
			continue;
		}
		const bool comparable = flags & kconst::nf_ct_exp_f_skip_master || other.master == exp.master;
		if (comparable && same_expectation(other, exp)) {
			if (other.class_ != exp.class_ || other.master != exp.master)
				return -kconst::ealready;
			unlink(other, lock);
			return 0;
		}
		if (clash(other, exp))
			return -kconst::ebusy;
	}
	return 0;
}

// Whether the expectation may go in; makes room for it. 0 or a negative error, see nf_ct_expect_related_report().
int admit(nf_conntrack_expect &exp, unsigned flags, const Locked &lock)
{
	nf_conn_help *help = help_of(*exp.master);
	if (!help)
		return -kconst::eshutdown;
	if (int err = settle_with_others(exp, flags, lock))
		return err;
	const nf_conntrack_expect_policy *policy = policy_of(*help, exp.class_);
	if (policy && policy->max_expected && help->expecting[exp.class_] >= policy->max_expected)
		evict_oldest(*help, exp.class_, policy->max_expected, lock);
	if (static_cast<unsigned>(pernet(net_of_expectation(exp)).kernel.expect_count) >= kernel::read_once(nf_ct_expect_max)) {
		nfct_shim_warn_expect_table_full();
		return -kconst::emfile;
	}
	return 0;
}

} // namespace

void insert(nf_conntrack_expect &exp, nf_conn_help &help, const Locked &)
{
	net &n = net_of_expectation(exp);
	kernel::ref_inc(exp.use);
	if (const nf_conntrack_expect_policy *policy = policy_of(help, exp.class_))
		kernel::write_once(exp.timeout, exp.timeout + policy->timeout * kconst::hz);
	kernel::add_head(exp.lnode, help.expectations);
	kernel::add_head(exp.hnode, chain_of(n, tuple_of(exp.tuple)));
	kernel::write_once(pernet(n).kernel.expect_count, pernet(n).kernel.expect_count + 1);
	NFCT_STAT_INC(n, expect_create);
}

} // namespace nfct::expect

extern "C" {

// Inserts an expectation; the table takes a reference of its own. flags: NF_CT_EXP_F_SKIP_MASTER compares with those of other masters,
// too. portid and report: whom listeners are told about. 0; -ESHUTDOWN (its master has no helper part), -EALREADY, -EBUSY (clash),
// -EMFILE (table full). Any context; a reference to the master is held by the caller.
int nf_ct_expect_related_report(nf_conntrack_expect *exp, u32 portid, int report, unsigned int flags)
{
	expect::Lock lock;
	if (int err = expect::admit(*exp, flags, lock))
		return err;
	nf_conn_help &help = *help_of(*exp->master);
	help.expecting[exp->class_]++;
	expect::insert(*exp, help, lock);
	expect::report(IPEXP_NEW, *exp, portid, report);
	return 0;
}

// The same for two of one master (RTP and RTCP, say): both go in or none. -EINVAL: two masters, or no helper part. (6.12)
int nf_ct_expect_related_pair(nf_conntrack_expect *pair[], unsigned int flags)
{
	expect::Lock lock;
	nf_conn_help *help = help_of(*pair[0]->master);
	if (!help || help != help_of(*pair[1]->master))
		return -kconst::einval;

	if (int err = expect::admit(*pair[0], flags, lock))
		return err;
	// Counted before the second is looked at, so that both have room.
	help->expecting[pair[0]->class_]++;
	if (int err = expect::admit(*pair[1], flags, lock)) {
		help->expecting[pair[0]->class_]--;
		return err;
	}
	help->expecting[pair[1]->class_]++;
	for (unsigned i = 0; i < 2; i++) {
		expect::insert(*pair[i], *help, lock);
		expect::report(IPEXP_NEW, *pair[i], 0, 0);
	}
	return 0;
}

} // extern "C"
