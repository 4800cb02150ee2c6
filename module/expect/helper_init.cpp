// SPDX-License-Identifier: GPL-2.0-only
// Filling in a helper's description, as most helper modules do it (kernel: nf_ct_helper_init).
#include <nfct/expect/helper.hpp>

#include <nfct/base/poison.hpp>

extern "C" {

[[gnu::format(__printf__, 3, 4)]] int snprintf(char *to, size_t size, const char *format, ...);

// The name is the protocol's, with "-id" behind it if this one stands on another than the protocol's default port. Longer names are cut.
void nf_ct_helper_init(nf_conntrack_helper *helper, u16 l3num, u16 protonum, const char *name, u16 default_port, u16 spec_port, u32 id,
		       const nf_conntrack_expect_policy *exp_pol, u32 expect_class_max,
		       int (*help)(sk_buff *skb, unsigned int protoff, nf_conn *ct, ip_conntrack_info ctinfo),
		       int (*from_nlattr)(nlattr *attr, nf_conn *ct), module *owner)
{
	nfct::Tuple &tuple = nfct::tuple_of(helper->tuple);
	tuple.l3num = l3num;
	tuple.protonum = static_cast<u8>(protonum);
	tuple.src_l4 = nfct::Be16::from_host(spec_port);
	helper->expect_policy = exp_pol;
	helper->expect_class_max = expect_class_max;
	helper->help = help;
	helper->from_nlattr = from_nlattr;
	helper->me = owner;
	snprintf(helper->nat_mod_name, sizeof(helper->nat_mod_name), "ip_nat_%s", name);
	if (spec_port == default_port)
		snprintf(helper->name, sizeof(helper->name), "%s", name);
	else
		snprintf(helper->name, sizeof(helper->name), "%s-%u", name, id);
}

} // extern "C"
