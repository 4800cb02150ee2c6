// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions for BPF programs at XDP and tc (kernel: nf_conntrack_bpf.c): look up, make and change connections. In C, because the verifier
 * knows them by the module's BTF, which describes its C part. A program runs inside rcu_read_lock(), perhaps in softirq; nothing here sleeps.
 */
#include <linux/bpf_verifier.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/err.h>
#include <linux/filter.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_bpf.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/xdp.h>
#include <nfct/abi/module.h>
#include <nfct/shim/bpf.h>

#if IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES)

/*
 * What a program asks for, and what it learns. Its size is the interface: a program built for a smaller one says so.
 * error:  set whenever null is returned: -EINVAL (no tuple, unknown size, reserved bytes set, bad netns_id), -EPROTO (neither TCP nor UDP),
 *         -EAFNOSUPPORT (tuple of unknown size), -ENONET, -ENOENT (no such connection), -ENOMEM.
 * dir:    set by a lookup to the direction in which the tuple was found.
 */
struct bpf_ct_opts {
	s32 netns_id; /* BPF_F_CURRENT_NETNS: where the packet is; else an id as seen from there */
	s32 error;
	u8 l4proto;
	u8 dir;
#ifdef NFCT_BPF_OPTS_HAVE_ZONE
	u16 ct_zone_id;
	u8 ct_zone_dir; /* 0: both */
	u8 reserved[3];
#else
	u8 reserved[2];
#endif
};

/* Without a zone. */
#define SMALL_OPTS 12

/* Seconds that a connection made by a program lives if it says nothing else. */
#define FIRST_TIMEOUT 10

/* What a call is about, checked. */
struct request {
	s32 netns_id;
	u8 l4proto;
	struct nf_conntrack_zone zone;
};

static int read_zone(struct request *r, struct bpf_ct_opts *opts, u32 size)
{
	r->zone = nf_ct_zone_dflt;
#ifdef NFCT_BPF_OPTS_HAVE_ZONE
	if (size == SMALL_OPTS)
		/* The two bytes were reserved once. */
		return READ_ONCE(opts->ct_zone_id) ? -EINVAL : 0;
	if (READ_ONCE(opts->reserved[0]) || READ_ONCE(opts->reserved[1]) || READ_ONCE(opts->reserved[2]))
		return -EINVAL;
	if (!READ_ONCE(opts->ct_zone_dir))
		opts->ct_zone_dir = NF_CT_DEFAULT_ZONE_DIR;
	nf_ct_zone_init(&r->zone, READ_ONCE(opts->ct_zone_id), READ_ONCE(opts->ct_zone_dir), 0);
	return 0;
#else
	return READ_ONCE(opts->reserved[0]) || READ_ONCE(opts->reserved[1]) ? -EINVAL : 0;
#endif
}

/* Another CPU may write into the options meanwhile, if they lie in a map: each value is read once. */
static int read_request(struct request *r, const struct bpf_sock_tuple *tuple, struct bpf_ct_opts *opts, u32 size)
{
	int err;

	if (!opts || !tuple || (size != sizeof(*opts) && size != SMALL_OPTS))
		return -EINVAL;
	err = read_zone(r, opts, size);
	if (err)
		return err;
	r->l4proto = READ_ONCE(opts->l4proto);
	if (r->l4proto != IPPROTO_TCP && r->l4proto != IPPROTO_UDP)
		return -EPROTO;
	r->netns_id = READ_ONCE(opts->netns_id);
	return r->netns_id < BPF_F_CURRENT_NETNS ? -EINVAL : 0;
}

/* The namespace of the request, for give_net(). Null if there is none. */
static struct net *take_net(const struct request *r, struct net *here)
{
	return r->netns_id >= 0 ? get_net_ns_by_id(here, r->netns_id) : here;
}

static void give_net(const struct request *r, struct net *net)
{
	if (r->netns_id >= 0)
		put_net(net);
}

/* The program's tuple as ours, or, with dir reply, as that of the answer. */
static int read_tuple(struct nf_conntrack_tuple *t, const struct bpf_sock_tuple *from, u32 size, u8 l4proto, u8 dir)
{
	union nf_inet_addr a = {}, b = {};
	__be16 a_port, b_port;

	memset(t, 0, sizeof(*t));
	if (size == sizeof(from->ipv4)) {
		t->src.l3num = NFPROTO_IPV4;
		a.ip = from->ipv4.saddr;
		b.ip = from->ipv4.daddr;
		a_port = from->ipv4.sport;
		b_port = from->ipv4.dport;
	} else if (size == sizeof(from->ipv6)) {
		t->src.l3num = NFPROTO_IPV6;
		memcpy(&a, from->ipv6.saddr, sizeof(a));
		memcpy(&b, from->ipv6.daddr, sizeof(b));
		a_port = from->ipv6.sport;
		b_port = from->ipv6.dport;
	} else {
		return -EAFNOSUPPORT;
	}
	t->dst.protonum = l4proto;
	t->dst.dir = dir;
	t->src.u3 = dir == IP_CT_DIR_ORIGINAL ? a : b;
	t->dst.u3 = dir == IP_CT_DIR_ORIGINAL ? b : a;
	t->src.u.all = dir == IP_CT_DIR_ORIGINAL ? a_port : b_port;
	t->dst.u.all = dir == IP_CT_DIR_ORIGINAL ? b_port : a_port;
	return 0;
}

/* The error goes where the program can read it, if there is room; the program sees null. */
static void *answer(void *ct, struct bpf_ct_opts *opts, u32 size)
{
	if (!IS_ERR(ct))
		return ct;
	if (opts && size >= offsetofend(struct bpf_ct_opts, error))
		opts->error = PTR_ERR(ct);
	return NULL;
}

static struct nf_conn *look_up(struct net *here, const struct bpf_sock_tuple *from, u32 tuple_size, struct bpf_ct_opts *opts, u32 size)
{
	struct nf_conntrack_tuple_hash *found;
	struct nf_conntrack_tuple tuple;
	struct request r;
	struct net *net;
	int err;

	err = read_request(&r, from, opts, size) ?: read_tuple(&tuple, from, tuple_size, r.l4proto, IP_CT_DIR_ORIGINAL);
	if (err)
		return ERR_PTR(err);
	net = take_net(&r, here);
	if (!net)
		return ERR_PTR(-ENONET);
	found = nf_conntrack_find_get(net, &r.zone, &tuple);
	give_net(&r, net);
	if (!found)
		return ERR_PTR(-ENOENT);
	opts->dir = NF_CT_DIRECTION(found);
	return nf_ct_tuplehash_to_ctrack(found);
}

static struct nf_conn *make(struct net *here, const struct bpf_sock_tuple *from, u32 tuple_size, struct bpf_ct_opts *opts, u32 size)
{
	struct nf_conntrack_tuple orig, reply;
	struct request r;
	struct nf_conn *ct;
	struct net *net;
	int err;

	err = read_request(&r, from, opts, size) ?: read_tuple(&orig, from, tuple_size, r.l4proto, IP_CT_DIR_ORIGINAL) ?:
	      read_tuple(&reply, from, tuple_size, r.l4proto, IP_CT_DIR_REPLY);
	if (err)
		return ERR_PTR(err);
	net = take_net(&r, here);
	if (!net)
		return ERR_PTR(-ENONET);
	ct = nf_conntrack_alloc(net, &r.zone, &orig, &reply, GFP_ATOMIC);
	give_net(&r, net);
	if (IS_ERR(ct))
		return ct;
	memset(&ct->proto, 0, sizeof(ct->proto));
	__nf_ct_set_timeout(ct, FIRST_TIMEOUT * HZ);
	return ct;
}

/* ---- which fields of a connection a program may write ---------------------------------------------------------------------------------- */

BTF_ID_LIST(conn_types)
BTF_ID(struct, nf_conn)
BTF_ID(struct, nf_conn___init)

static int check_write(struct bpf_verifier_log *log, const struct btf *btf, const struct btf_type *t, int off, int size)
{
	size_t end;

	if (t != btf_type_by_id(btf, conn_types[0]) && t != btf_type_by_id(btf, conn_types[1])) {
		bpf_log(log, "only read is supported\n");
		return -EACCES;
	}
	/* Both types are laid out alike. */
	switch (off) {
#ifdef CONFIG_NF_CONNTRACK_MARK
	case offsetof(struct nf_conn, mark):
		end = offsetofend(struct nf_conn, mark);
		break;
#endif
	default:
		bpf_log(log, "no write support to nf_conn at off %d\n", off);
		return -EACCES;
	}
	if (off + size > end) {
		bpf_log(log, "write access at off %d with size %d beyond the member of nf_conn ended at %zu\n", off, size, end);
		return -EACCES;
	}
	return 0;
}

#ifdef NFCT_BPF_ACCESS_TAKES_REGISTER
static int struct_access(struct bpf_verifier_log *log, const struct bpf_reg_state *reg, int off, int size)
{
	return check_write(log, reg->btf, btf_type_by_id(reg->btf, reg->btf_id), off, size);
}
#else
static int struct_access(struct bpf_verifier_log *log, const struct btf *btf, const struct btf_type *t, int off, int size,
			 enum bpf_access_type type, u32 *next_btf_id, enum bpf_type_flag *flag)
{
	return check_write(log, btf, t, off, size);
}
#endif

/* ---- the functions, under the kernel's names -------------------------------------------------------------------------------------------- */

NFCT_BPF_FUNCTIONS_BEGIN

static struct net *net_of_xdp(const struct xdp_md *ctx)
{
	/* SAFETY: what a program sees as xdp_md is the kernel's xdp_buff; likewise __sk_buff and sk_buff. */
	return dev_net(((const struct xdp_buff *)ctx)->rxq->dev);
}

static struct net *net_of_skb(const struct __sk_buff *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx;

	return skb->dev ? dev_net(skb->dev) : sock_net(skb->sk);
}

/* A connection that is nobody's yet: to be set up with bpf_ct_set_*() and given to bpf_ct_insert_entry(). Null: see opts->error. */
__bpf_kfunc struct nf_conn___init *bpf_xdp_ct_alloc(struct xdp_md *xdp_ctx, struct bpf_sock_tuple *bpf_tuple, u32 tuple__sz,
						    struct bpf_ct_opts *opts, u32 opts__sz)
{
	return answer(make(net_of_xdp(xdp_ctx), bpf_tuple, tuple__sz, opts, opts__sz), opts, opts__sz);
}

__bpf_kfunc struct nf_conn___init *bpf_skb_ct_alloc(struct __sk_buff *skb_ctx, struct bpf_sock_tuple *bpf_tuple, u32 tuple__sz,
						    struct bpf_ct_opts *opts, u32 opts__sz)
{
	return answer(make(net_of_skb(skb_ctx), bpf_tuple, tuple__sz, opts, opts__sz), opts, opts__sz);
}

/* The connection of the tuple, with a reference for bpf_ct_release(). Null: see opts->error. */
__bpf_kfunc struct nf_conn *bpf_xdp_ct_lookup(struct xdp_md *xdp_ctx, struct bpf_sock_tuple *bpf_tuple, u32 tuple__sz,
					      struct bpf_ct_opts *opts, u32 opts__sz)
{
	return answer(look_up(net_of_xdp(xdp_ctx), bpf_tuple, tuple__sz, opts, opts__sz), opts, opts__sz);
}

__bpf_kfunc struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb_ctx, struct bpf_sock_tuple *bpf_tuple, u32 tuple__sz,
					      struct bpf_ct_opts *opts, u32 opts__sz)
{
	return answer(look_up(net_of_skb(skb_ctx), bpf_tuple, tuple__sz, opts, opts__sz), opts, opts__sz);
}

/* Puts it into the table; the same connection, with a reference. Null if there is one of that tuple already; then it is freed. */
__bpf_kfunc struct nf_conn *bpf_ct_insert_entry(struct nf_conn___init *nfct_i)
{
	struct nf_conn *ct = &nfct_i->ct;

	/* Until now it was relative. */
	if (!nf_ct_is_confirmed(ct))
		ct->timeout += nfct_time_stamp;
	ct->status |= IPS_CONFIRMED;
	if (nf_conntrack_hash_check_insert(ct) < 0) {
		nf_conntrack_free(ct);
		return NULL;
	}
	return ct;
}

__bpf_kfunc void bpf_ct_release(struct nf_conn *nfct)
{
	nf_ct_put(nfct);
}

/* Timeouts in milliseconds. set: before it is inserted; change: after. */
__bpf_kfunc void bpf_ct_set_timeout(struct nf_conn___init *nfct, u32 timeout)
{
	__nf_ct_set_timeout(&nfct->ct, msecs_to_jiffies(timeout));
}

/* 0, or -EPERM for a connection whose timeout is fixed. */
__bpf_kfunc int bpf_ct_change_timeout(struct nf_conn *nfct, u32 timeout)
{
	return __nf_ct_change_timeout(nfct, msecs_to_jiffies(timeout));
}

/* 0, or -EBUSY for bits that cannot be set or cleared from outside. */
__bpf_kfunc int bpf_ct_set_status(const struct nf_conn___init *nfct, u32 status)
{
	return nf_ct_change_status_common((struct nf_conn *)nfct, status);
}

__bpf_kfunc int bpf_ct_change_status(struct nf_conn *nfct, u32 status)
{
	return nf_ct_change_status_common(nfct, status);
}

NFCT_BPF_FUNCTIONS_END

BTF_KFUNCS_START(functions)
BTF_ID_FLAGS(func, bpf_xdp_ct_alloc, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_xdp_ct_lookup, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_skb_ct_alloc, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_skb_ct_lookup, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_ct_insert_entry, KF_ACQUIRE | KF_RET_NULL | KF_RELEASE)
BTF_ID_FLAGS(func, bpf_ct_release, KF_RELEASE)
BTF_ID_FLAGS(func, bpf_ct_set_timeout, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_ct_change_timeout, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_ct_set_status, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_ct_change_status, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(functions)

static const struct btf_kfunc_id_set function_set = {
	.owner = THIS_MODULE,
	.set = &functions,
};

/*
 * Lets programs call the functions and write what check_write() allows. 0 or an error of the BPF core. Process context.
 * The module may have been built where the kernel's BTF was not to be had (module/BUILD.md): then it has none either, and programs do
 * without; so does a kernel that did not take the module's BTF.
 */
int register_nf_conntrack_bpf(void)
{
	int err;

	if (!THIS_MODULE->btf_data_size) {
		pr_info("nf_conntrack: built without BTF, so BPF programs cannot call it\n");
		return 0;
	}
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &function_set) ?:
	      register_btf_kfunc_id_set(BPF_PROG_TYPE_SCHED_CLS, &function_set);
	if (err)
		return err;
	mutex_lock(&nf_conn_btf_access_lock);
	nfct_btf_struct_access = struct_access;
	mutex_unlock(&nf_conn_btf_access_lock);
	return 0;
}

/* Programs hold a reference to the module, so none is left that calls the functions; others may be being verified. */
void cleanup_nf_conntrack_bpf(void)
{
	mutex_lock(&nf_conn_btf_access_lock);
	nfct_btf_struct_access = NULL;
	mutex_unlock(&nf_conn_btf_access_lock);
}

#endif
