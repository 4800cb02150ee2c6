// SPDX-License-Identifier: GPL-2.0-only
// The call ids of PPTP (kernel: the key map of nf_conntrack_proto_gre.c). A GRE packet of PPTP has the call id of its receiver only; the
// helper, which reads the control connection, tells here which call of the sender belongs to it, one entry a direction.
//
// A namespace's list and nf_ct_pptp_master::keymap are written under nfct_gre_keymap_lock; packets walk the list under RCU. An entry
// does not change once it is in the list, and is freed after a grace period.
#include <nfct/packet/gre_keymap.hpp>

#include <nfct/kernel/extension.hpp>
#include <nfct/kernel/list.hpp>
#include <nfct/kernel/netns.hpp>
#include <nfct/kernel/skb.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

// A kernel that was configured without GRE has no list.
template <class Settings> list_head *keymaps_of(Settings &settings)
{
	if constexpr (requires { settings.gre; })
		return &settings.gre.keymap_list;
	return nullptr;
}

// SAFETY: list is the first member.
nf_ct_gre_keymap &entry_of(list_head *p) { return *reinterpret_cast<nf_ct_gre_keymap *>(p); }
static_assert(__builtin_offsetof(nf_ct_gre_keymap, list) == 0);

// What a packet says of its call: everything but the sender's id.
bool same_call(const Tuple &a, const Tuple &b)
{
	return a.src == b.src && a.l3num == b.l3num && a.dst == b.dst && a.dst_l4 == b.dst_l4 && a.protonum == b.protonum;
}

// Lock held. A reader that stands on the entry still finds the way on.
void drop(nf_ct_gre_keymap &entry)
{
	kernel::unlink(entry.list);
	nfct_shim_kfree_rcu_gre_keymap(&entry);
}

// What the PPTP helper keeps in its connection, or null if that has no helper.
// SAFETY: the caller is the PPTP helper, so its data is what lies there.
nf_ct_pptp_master *pptp_of(const nf_conn &ct)
{
	nf_conn_help *help = help_of(ct);
	return help ? reinterpret_cast<nf_ct_pptp_master *>(help->data) : nullptr;
}

} // namespace

namespace nfct::packet {

void add_source_call(net &n, const PacketView &packet, Tuple &tuple, const kernel::RcuRead &)
{
	if (!is_pptp_data(packet)) [[likely]]
		return;
	list_head *list = keymaps_of(n.ct.nf_ct_proto);
	if (!list)
		return;
	for (list_head *p = kernel::next(*list); p != list; p = kernel::next(*p)) {
		const Tuple &known = tuple_of(entry_of(p).tuple);
		if (same_call(known, tuple)) {
			tuple.src_l4 = known.src_l4;
			return;
		}
	}
}

} // namespace nfct::packet

extern "C" {

// From now on GRE packets of t's addresses and receiver's call id get t's source key as the sender's. ct is the control connection; it
// holds one entry a direction until nf_ct_gre_keymap_destroy(). Told again the same (a retransmission): 0. -EEXIST if the direction has
// another call, -ENOMEM, -ENOENT for a connection without a helper or a kernel without GRE. Any context but hard interrupts.
int nf_ct_gre_keymap_add(nf_conn *ct, ip_conntrack_dir dir, nf_conntrack_tuple *t)
{
	nf_ct_pptp_master *pptp = pptp_of(*ct);
	list_head *list = keymaps_of(net_of(*ct).ct.nf_ct_proto);
	if (!pptp || !list)
		return -kconst::enoent;

	// Allocated beforehand: nothing is to be done under the lock but the links.
	auto *fresh = static_cast<nf_ct_gre_keymap *>(nfct_shim_kzalloc(sizeof(nf_ct_gre_keymap), kconst::gfp_atomic));
	if (fresh)
		fresh->tuple = *t;
	int err = 0;
	{
		kernel::SpinBhGuard lock(nfct_gre_keymap_lock);
		nf_ct_gre_keymap *&mine = pptp->keymap[dir];
		if (mine) {
			err = same_call(tuple_of(mine->tuple), tuple_of(*t)) ? 0 : -kconst::eexist;
		} else if (!fresh) {
			err = -kconst::enomem;
		} else {
			mine = fresh;
			kernel::add_tail(fresh->list, *list);
			fresh = nullptr;
		}
	}
	nfct_shim_kfree(fresh);
	return err;
}

// Forgets the calls of this control connection. Does nothing if there are none. Any context but hard interrupts.
void nf_ct_gre_keymap_destroy(nf_conn *ct)
{
	nf_ct_pptp_master *pptp = pptp_of(*ct);
	if (!pptp)
		return;
	kernel::SpinBhGuard lock(nfct_gre_keymap_lock);
	for (nf_ct_gre_keymap *&mine : pptp->keymap) {
		if (mine)
			drop(*mine);
		mine = nullptr;
	}
}

// The namespace has no connection any more, so nobody would come to destroy the entries that a helper left when it was unloaded.
void nfct_gre_keymap_flush(net *n)
{
	list_head *list = keymaps_of(n->ct.nf_ct_proto);
	if (!list)
		return;
	kernel::SpinBhGuard lock(nfct_gre_keymap_lock);
	while (list->next != list)
		drop(entry_of(list->next));
}

} // extern "C"
