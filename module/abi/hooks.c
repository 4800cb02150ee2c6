// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netfilter hooks, registered per namespace and family for as long as somebody uses them (kernel: nf_conntrack_proto.c).
 * A packet is tied to its connection where it enters (PRE_ROUTING, LOCAL_OUT) and confirms it where it leaves (POST_ROUTING, LOCAL_IN).
 */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_bridge.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <nfct/packet/ct_hook.h>

static unsigned int in_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return nf_conntrack_in(skb, state);
}

/* Raw sockets that asked not to have their fragments touched (IP_NODEFRAG) send what cannot be tracked; a template ends here. */
static unsigned int ipv4_local_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *tmpl;

	if (!ip_is_fragment(ip_hdr(skb)))
		return nf_conntrack_in(skb, state);

	tmpl = nf_ct_get(skb, &ctinfo);
	if (tmpl && nf_ct_is_template(tmpl)) {
		skb->_nfct = 0;
		nf_ct_put(tmpl);
	}
	return NF_ACCEPT;
}

static unsigned int confirm_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return nfct_confirm_packet(skb, state);
}

#define NFCT_HOOK(family, at, function, prio)                                                                                             \
	{                                                                                                                                 \
		.hook = (function), .pf = (family), .hooknum = (at), .priority = (prio)                                                   \
	}

static const struct nf_hook_ops ipv4_hooks[] = {
	NFCT_HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, in_hook, NF_IP_PRI_CONNTRACK),
	NFCT_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_OUT, ipv4_local_hook, NF_IP_PRI_CONNTRACK),
	NFCT_HOOK(NFPROTO_IPV4, NF_INET_POST_ROUTING, confirm_hook, NF_IP_PRI_CONNTRACK_CONFIRM),
	NFCT_HOOK(NFPROTO_IPV4, NF_INET_LOCAL_IN, confirm_hook, NF_IP_PRI_CONNTRACK_CONFIRM),
};

#if IS_ENABLED(CONFIG_IPV6)
static const struct nf_hook_ops ipv6_hooks[] = {
	NFCT_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, in_hook, NF_IP6_PRI_CONNTRACK),
	NFCT_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, in_hook, NF_IP6_PRI_CONNTRACK),
	NFCT_HOOK(NFPROTO_IPV6, NF_INET_POST_ROUTING, confirm_hook, NF_IP6_PRI_LAST),
	NFCT_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, confirm_hook, NF_IP6_PRI_LAST - 1),
};
#endif

/* Protects the user counts of all namespaces and bridge. */
static DEFINE_MUTEX(hooks_mutex);
static struct nf_ct_bridge_info *bridge;

static int ipv4_start(struct net *net)
{
	int err = nf_defrag_ipv4_enable(net);

	if (err)
		return err;
	err = nf_register_net_hooks(net, ipv4_hooks, ARRAY_SIZE(ipv4_hooks));
	if (err)
		nf_defrag_ipv4_disable(net);
	return err;
}

static void ipv4_stop(struct net *net)
{
	nf_unregister_net_hooks(net, ipv4_hooks, ARRAY_SIZE(ipv4_hooks));
	nf_defrag_ipv4_disable(net);
}

#if IS_ENABLED(CONFIG_IPV6)
static int ipv6_start(struct net *net)
{
	int err = nf_defrag_ipv6_enable(net);

	if (err < 0)
		return err;
	err = nf_register_net_hooks(net, ipv6_hooks, ARRAY_SIZE(ipv6_hooks));
	if (err)
		nf_defrag_ipv6_disable(net);
	return err;
}

static void ipv6_stop(struct net *net)
{
	nf_unregister_net_hooks(net, ipv6_hooks, ARRAY_SIZE(ipv6_hooks));
	nf_defrag_ipv6_disable(net);
}
#endif

/* The bridge's hooks live in a module of their own, which is loaded on first use. hooks_mutex is held, and let go while it loads. */
static int bridge_find(void)
{
	if (!bridge) {
		mutex_unlock(&hooks_mutex);
		request_module("nf_conntrack_bridge");
		mutex_lock(&hooks_mutex);
	}
	return bridge && try_module_get(bridge->me) ? 0 : -EPROTO;
}

/*
 * While nobody listened the windows of established connections moved on unseen: let them be learnt anew, or the next packets would all
 * be out of window.
 */
static int forget_window(struct nf_conn *ct, void *family)
{
	if (nf_ct_l3num(ct) == (unsigned long)family && nf_ct_protonum(ct) == IPPROTO_TCP) {
		spin_lock_bh(&ct->lock);
		if (ct->proto.tcp.state == TCP_CONNTRACK_ESTABLISHED) {
			ct->proto.tcp.seen[0].td_maxwin = 0;
			ct->proto.tcp.seen[1].td_maxwin = 0;
		}
		spin_unlock_bh(&ct->lock);
	}
	return 0;
}

/* Counts a user; the first one's call starts the family. hooks_mutex is held. 1: started. */
static int first_use(struct net *net, unsigned int *users, int (*start)(struct net *net))
{
	int err;

	if ((*users)++)
		return 0;
	err = start(net);
	if (err < 0) {
		*users = 0;
		return err;
	}
	return 1;
}

static int bridge_start(struct net *net)
{
	return nf_register_net_hooks(net, bridge->ops, bridge->ops_size);
}

static int get_family(struct net *net, u8 family)
{
	struct nf_conntrack_net *cnet = nf_ct_pernet(net);
	struct nf_ct_iter_data iter = { .net = net, .data = (void *)(unsigned long)family };
	int err;

	mutex_lock(&hooks_mutex);
	switch (family) {
	case NFPROTO_IPV4:
		err = first_use(net, &cnet->users4, ipv4_start);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case NFPROTO_IPV6:
		err = first_use(net, &cnet->users6, ipv6_start);
		break;
#endif
	case NFPROTO_BRIDGE:
		err = bridge_find();
		if (err)
			break;
		err = first_use(net, &cnet->users_bridge, bridge_start);
		if (err < 0)
			module_put(bridge->me);
		break;
	default:
		err = -EPROTO;
	}
	mutex_unlock(&hooks_mutex);

	if (err > 0)
		nf_ct_iterate_cleanup_net(forget_window, &iter);
	return min(err, 0);
}

static void put_family(struct net *net, u8 family)
{
	struct nf_conntrack_net *cnet = nf_ct_pernet(net);

	mutex_lock(&hooks_mutex);
	switch (family) {
	case NFPROTO_IPV4:
		if (cnet->users4 && --cnet->users4 == 0)
			ipv4_stop(net);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case NFPROTO_IPV6:
		if (cnet->users6 && --cnet->users6 == 0)
			ipv6_stop(net);
		break;
#endif
	case NFPROTO_BRIDGE:
		if (!bridge)
			break;
		if (cnet->users_bridge && --cnet->users_bridge == 0)
			nf_unregister_net_hooks(net, bridge->ops, bridge->ops_size);
		module_put(bridge->me);
		break;
	}
	mutex_unlock(&hooks_mutex);
}

static int get_inet(struct net *net)
{
	int err = get_family(net, NFPROTO_IPV4);

#if IS_ENABLED(CONFIG_IPV6)
	if (err < 0)
		return err;
	err = get_family(net, NFPROTO_IPV6);
	if (err < 0)
		put_family(net, NFPROTO_IPV4);
#endif
	return err;
}

/* Tracks a family in a namespace from now on; each call needs its nf_ct_netns_put(). May sleep. 0 or a negative errno. */
int nf_ct_netns_get(struct net *net, u8 nfproto)
{
	int err;

	switch (nfproto) {
	case NFPROTO_INET:
		return get_inet(net);
	case NFPROTO_BRIDGE:
		err = get_family(net, NFPROTO_BRIDGE);
		if (err < 0)
			return err;
		err = get_inet(net);
		if (err < 0)
			put_family(net, NFPROTO_BRIDGE);
		return err;
	default:
		return get_family(net, nfproto);
	}
}

/* The other half of nf_ct_netns_get(). May sleep. */
void nf_ct_netns_put(struct net *net, u8 nfproto)
{
	switch (nfproto) {
	case NFPROTO_BRIDGE:
		put_family(net, NFPROTO_BRIDGE);
		fallthrough;
	case NFPROTO_INET:
		put_family(net, NFPROTO_IPV4);
		put_family(net, NFPROTO_IPV6);
		break;
	default:
		put_family(net, nfproto);
	}
}

/* nf_conntrack_bridge comes and goes with its hooks. */
void nf_ct_bridge_register(struct nf_ct_bridge_info *info)
{
	mutex_lock(&hooks_mutex);
	WARN_ON(bridge);
	bridge = info;
	mutex_unlock(&hooks_mutex);
}

void nf_ct_bridge_unregister(struct nf_ct_bridge_info *info)
{
	mutex_lock(&hooks_mutex);
	WARN_ON(!bridge);
	bridge = NULL;
	mutex_unlock(&hooks_mutex);
}
