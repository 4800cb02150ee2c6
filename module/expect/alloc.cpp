// SPDX-License-Identifier: GPL-2.0-only
// Making an expectation, filling it in, and its end (kernel: nf_conntrack_expect.c).
#include <nfct/expect/expect.hpp>

#include <nfct/base/poison.hpp>

using namespace nfct;

namespace {

// len bytes of the address, or none at all: then no bit of it matters. The rest must be zero, for tuples are compared whole.
void set_source(nf_conntrack_expect &exp, const nf_inet_addr *addr, usize len)
{
	__builtin_memset(&exp.tuple.src.u3, 0, sizeof(exp.tuple.src.u3));
	__builtin_memset(&exp.mask.src.u3, 0, sizeof(exp.mask.src.u3));
	if (addr) {
		__builtin_memcpy(&exp.tuple.src.u3, addr, len);
		__builtin_memset(&exp.mask.src.u3, 0xff, len);
	}
}

void set_destination(nf_conntrack_expect &exp, const nf_inet_addr *addr, usize len)
{
	__builtin_memset(&exp.tuple.dst.u3, 0, sizeof(exp.tuple.dst.u3));
	__builtin_memcpy(&exp.tuple.dst.u3, addr, len);
}

template <class Exp> void set_net_and_zone(Exp &exp, const nf_conn &master)
{
	if constexpr (requires { exp.net.net; })
		exp.net.net = &net_of(master);
	set_zone(exp, zone_of(master));
}

// What NAT notes to turn the connection back later.
template <class Exp> void clear_nat(Exp &exp)
{
	if constexpr (requires { exp.saved_addr; }) {
		__builtin_memset(&exp.saved_addr, 0, sizeof(exp.saved_addr));
		__builtin_memset(&exp.saved_proto, 0, sizeof(exp.saved_proto));
		exp.dir = IP_CT_DIR_ORIGINAL;
	}
}

} // namespace

extern "C" {

// A zeroed expectation of this master, one reference, its time beginning now. It holds no reference to the master. Null: no memory.
// Any context.
nf_conntrack_expect *nf_ct_expect_alloc(nf_conn *me)
{
	nf_conntrack_expect *exp = nfct_shim_expect_cache_alloc(kconst::gfp_atomic);
	if (!exp)
		return nullptr;
	exp->timeout = kernel::now32();
	exp->master = me;
	kernel::ref_set(exp->use, 1);
	return exp;
}

// Says what is expected: a connection of this family and protocol from saddr and port *src (null: any) to daddr, port *dst. Namespace,
// zone and helper are the master's. class_: the helper's policy for it. On a packet's way only, where the master's helper is safe: RCU.
void nf_ct_expect_init(nf_conntrack_expect *exp, unsigned int class_, u8 family, const nf_inet_addr *saddr, const nf_inet_addr *daddr,
		       u8 proto, const __be16 *src, const __be16 *dst)
{
	const usize len = family == kconst::af_inet ? 4 : 16;
	const nf_conn &master = *exp->master;
	const nf_conn_help *help = help_of(master);

	exp->flags = 0;
	exp->class_ = class_;
	exp->expectfn = nullptr;
	kernel::write_once(exp->helper, help ? kernel::read_once(help->helper) : nullptr);
	kernel::write_once(exp->assign_helper, static_cast<nf_conntrack_helper *>(nullptr));
	set_net_and_zone(*exp, master);

	Tuple &tuple = tuple_of(exp->tuple);
	tuple.l3num = family;
	tuple.protonum = proto;
	set_source(*exp, saddr, len);
	set_destination(*exp, daddr, len);
	tuple.src_l4.raw = src ? *src : u16(0);
	expect::mask_of(*exp).src_l4.raw = src ? u16(0xffff) : u16(0);
	tuple.dst_l4.raw = *dst;
	clear_nat(*exp);
}

void nf_ct_expect_put(nf_conntrack_expect *exp)
{
	if (kernel::ref_dec_and_test(exp->use))
		nfct_shim_expect_cache_free_rcu(exp);
}

} // extern "C"
