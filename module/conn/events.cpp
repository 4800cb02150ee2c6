// SPDX-License-Identifier: GPL-2.0-only
// Telling the listener (kernel: nf_conntrack_ecache.c without its worker).
#include <nfct/conn/events.hpp>

#include <nfct/conn/conn.hpp>
#include <nfct/kernel/guards.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

// 0, or what the listener said if it could not take them. The listener may be called by several CPUs for one connection; then missed events
// may be told twice, as in stock.
int tell(nf_conntrack_ecache &cache, u32 events, u32 missed, const nf_ct_event &item)
{
	if (!((events | missed) & cache.ctmask))
		return 0;
	kernel::RcuGuard rcu;
	const nf_ct_event_notifier *listener = kernel::read_once(net_of(*item.ct).ct.nf_conntrack_event_cb);
	if (!listener)
		return 0;
	const int ret = listener->ct_event(events | missed, &item);
	if (ret < 0) [[unlikely]]
		__atomic_fetch_or(&cache.missed, events, __ATOMIC_SEQ_CST);
	else if (missed) [[unlikely]]
		__atomic_fetch_and(&cache.missed, ~missed, __ATOMIC_SEQ_CST);
	else
		return 0;
	return ret;
}

} // namespace

extern "C" {

int nf_conntrack_eventmask_report(unsigned int events, nf_conn *ct, u32 portid, int report)
{
	if (!is_confirmed(*ct))
		return 0;
	nf_conntrack_ecache *cache = events_of(*ct);
	if (!cache)
		return 0;

	// A destruction that a process asked for keeps its name until it could be told, and is told alone then.
	const u32 destroyer = cache->portid;
	const nf_ct_event item = {.ct = ct, .portid = destroyer ? destroyer : portid, .report = report};
	const u32 missed = destroyer ? 0 : kernel::read_once(cache->missed);
	const int ret = tell(*cache, events, missed, item);
	if (ret < 0 && events & 1u << IPCT_DESTROY && !destroyer && portid) [[unlikely]]
		cache->portid = portid;
	return ret;
}

void nf_ct_deliver_cached_events(nf_conn *ct)
{
	if ((status_of(*ct) & (IPS_CONFIRMED | IPS_DYING)) != IPS_CONFIRMED)
		return;
	nf_conntrack_ecache *cache = events_of(*ct);
	if (!cache)
		return;
	const u32 events = static_cast<u32>(__atomic_exchange_n(&cache->cache, 0ul, __ATOMIC_SEQ_CST));
	(void)tell(*cache, events, kernel::read_once(cache->missed), {.ct = ct, .portid = 0, .report = 0});
}

void nf_ct_expect_event_report(ip_conntrack_expect_events event, nf_conntrack_expect *exp, u32 portid, int report)
{
	kernel::RcuGuard rcu;
	const nf_ct_event_notifier *listener = kernel::read_once(net_of(*exp->master).ct.nf_conntrack_event_cb);
	if (!listener)
		return;
	const nf_conntrack_ecache *cache = events_of(*exp->master);
	if (!cache || !(cache->expmask & 1u << event))
		return;
	const nf_exp_event item = {.exp = exp, .portid = portid, .report = report};
	listener->exp_event(1u << event, &item);
}

// The namespace's listener; there must be none yet. Any context.
void nf_conntrack_register_notifier(net *n, const nf_ct_event_notifier *listener)
{
	// SAFETY: the field lacks a const, nobody writes through it.
	auto *to = const_cast<nf_ct_event_notifier *>(listener);
	if (__atomic_exchange_n(&n->ct.nf_conntrack_event_cb, to, __ATOMIC_SEQ_CST))
		nfct_shim_warn("a second listener for events");
}

// The listener may still be called until a grace period has passed, which the caller sees to.
void nf_conntrack_unregister_notifier(net *n)
{
	__atomic_store_n(&n->ct.nf_conntrack_event_cb, static_cast<nf_ct_event_notifier *>(nullptr), __ATOMIC_SEQ_CST);
}

bool nf_ct_ecache_ext_add(nf_conn *ct, u16 ctmask, u16 expmask, gfp_t gfp)
{
	const bool masks = ctmask || expmask; // a rule asks for it, whatever the sysctl says
	const net &n = net_of(*ct);
	if (!conn::keeps_events(n) && (!masks || kernel::read_once(n.ct.sysctl_events)))
		return true;
	auto *cache = static_cast<nf_conntrack_ecache *>(nf_ct_ext_add(ct, NF_CT_EXT_ECACHE, gfp));
	if (!cache)
		return false;
	constexpr u16 everything = 0xffff;
	cache->ctmask = masks ? ctmask : everything;
	cache->expmask = masks ? expmask : everything;
	return true;
}

} // extern "C"
