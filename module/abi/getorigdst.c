// SPDX-License-Identifier: GPL-2.0-only
/* getsockopt(SO_ORIGINAL_DST): where a redirected connection wanted to go before NAT; transparent proxies ask (kernel: nf_conntrack_proto.c). */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/sock.h>
#include <nfct/abi/module.h>

/* The destination in the original direction of the connection whose reply the socket's own view is. 0 or -ENOENT. */
static int original_destination(struct sock *sk, const struct nf_conntrack_tuple *seen, struct nf_conntrack_tuple *original)
{
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct;

	h = nf_conntrack_find_get(sock_net(sk), &nf_ct_zone_dflt, seen);
	if (!h)
		return -ENOENT;
	ct = nf_ct_tuplehash_to_ctrack(h);
	*original = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	nf_ct_put(ct);
	return 0;
}

static int getorigdst4(struct sock *sk, int optval, void __user *user, int *len)
{
	struct nf_conntrack_tuple seen = { .src.l3num = NFPROTO_IPV4 }, original;
	struct sockaddr_in address = { .sin_family = AF_INET };
	const struct inet_sock *inet = inet_sk(sk);
	int err;

	lock_sock(sk);
	seen.src.u3.ip = inet->inet_rcv_saddr;
	seen.src.u.tcp.port = inet->inet_sport;
	seen.dst.u3.ip = inet->inet_daddr;
	seen.dst.u.tcp.port = inet->inet_dport;
	seen.dst.protonum = sk->sk_protocol;
	release_sock(sk);

	if (seen.dst.protonum != IPPROTO_TCP && seen.dst.protonum != IPPROTO_SCTP)
		return -ENOPROTOOPT;
	if (*len < 0 || (size_t)*len < sizeof(address))
		return -EINVAL;
	err = original_destination(sk, &seen, &original);
	if (err)
		return err;
	address.sin_port = original.dst.u.tcp.port;
	address.sin_addr.s_addr = original.dst.u3.ip;
	return copy_to_user(user, &address, sizeof(address)) ? -EFAULT : 0;
}

static struct nf_sockopt_ops getorigdst4_ops = {
	.pf = PF_INET,
	.get_optmin = SO_ORIGINAL_DST,
	.get_optmax = SO_ORIGINAL_DST + 1,
	.get = getorigdst4,
	.owner = THIS_MODULE,
};

#if IS_ENABLED(CONFIG_IPV6)
static int getorigdst6(struct sock *sk, int optval, void __user *user, int *len)
{
	struct nf_conntrack_tuple seen = { .src.l3num = NFPROTO_IPV6 }, original;
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
	const struct inet_sock *inet = inet_sk(sk);
	__be32 flow_label;
	int err, device;

	lock_sock(sk);
	seen.src.u3.in6 = sk->sk_v6_rcv_saddr;
	seen.src.u.tcp.port = inet->inet_sport;
	seen.dst.u3.in6 = sk->sk_v6_daddr;
	seen.dst.u.tcp.port = inet->inet_dport;
	seen.dst.protonum = sk->sk_protocol;
	device = sk->sk_bound_dev_if;
	flow_label = inet6_sk(sk)->flow_label;
	release_sock(sk);

	if (seen.dst.protonum != IPPROTO_TCP && seen.dst.protonum != IPPROTO_SCTP)
		return -ENOPROTOOPT;
	if (*len < 0 || (size_t)*len < sizeof(address))
		return -EINVAL;
	err = original_destination(sk, &seen, &original);
	if (err)
		return err;
	address.sin6_port = original.dst.u.tcp.port;
	address.sin6_flowinfo = flow_label & IPV6_FLOWINFO_MASK;
	address.sin6_addr = original.dst.u3.in6;
	address.sin6_scope_id = ipv6_iface_scope_id(&address.sin6_addr, device);
	return copy_to_user(user, &address, sizeof(address)) ? -EFAULT : 0;
}

static struct nf_sockopt_ops getorigdst6_ops = {
	.pf = NFPROTO_IPV6,
	.get_optmin = IP6T_SO_ORIGINAL_DST,
	.get_optmax = IP6T_SO_ORIGINAL_DST + 1,
	.get = getorigdst6,
	.owner = THIS_MODULE,
};
#endif

int nfct_getorigdst_start(void)
{
	int err = nf_register_sockopt(&getorigdst4_ops);

#if IS_ENABLED(CONFIG_IPV6)
	if (err)
		return err;
	err = nf_register_sockopt(&getorigdst6_ops);
	if (err)
		nf_unregister_sockopt(&getorigdst4_ops);
#endif
	return err;
}

void nfct_getorigdst_stop(void)
{
#if IS_ENABLED(CONFIG_IPV6)
	nf_unregister_sockopt(&getorigdst6_ops);
#endif
	nf_unregister_sockopt(&getorigdst4_ops);
}
