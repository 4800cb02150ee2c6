// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF programs that call conntrack; built and loaded by the tests beside. Each returns what it learned as its verdict, which
 * `bpftool prog run` prints: above 1000 it went well, below it is the error that conntrack gave.
 */
#include <linux/bpf.h>

#define SEC(name) __attribute__((section(name), used))
#define KFUNC extern __attribute__((section(".ksyms")))
#define INET4(a, b, c, d) __builtin_bswap32((a) << 24 | (b) << 16 | (c) << 8 | (d))

/* Only what is used of them; the loader finds the places in the kernel's own types. */
struct nf_conn {
	__u32 mark;
	unsigned long status;
	__u32 timeout;
} __attribute__((preserve_access_index));
/* The loader wants a whole type, whatever is in it. */
struct nf_conn___init {
	int unused;
};

/* The first twelve bytes, which both kernels know. */
struct bpf_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir;
	__u8 reserved[2];
};

KFUNC struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *, struct bpf_sock_tuple *, __u32, struct bpf_ct_opts *, __u32);
KFUNC struct nf_conn *bpf_xdp_ct_lookup(struct xdp_md *, struct bpf_sock_tuple *, __u32, struct bpf_ct_opts *, __u32);
KFUNC struct nf_conn___init *bpf_skb_ct_alloc(struct __sk_buff *, struct bpf_sock_tuple *, __u32, struct bpf_ct_opts *, __u32);
KFUNC struct nf_conn___init *bpf_xdp_ct_alloc(struct xdp_md *, struct bpf_sock_tuple *, __u32, struct bpf_ct_opts *, __u32);
KFUNC struct nf_conn *bpf_ct_insert_entry(struct nf_conn___init *);
KFUNC void bpf_ct_release(struct nf_conn *);
KFUNC void bpf_ct_set_timeout(struct nf_conn___init *, __u32);
KFUNC int bpf_ct_change_timeout(struct nf_conn *, __u32);
KFUNC int bpf_ct_set_status(const struct nf_conn___init *, __u32);
KFUNC int bpf_ct_change_status(struct nf_conn *, __u32);

#define SEEN_REPLY 2
#define ASSURED 4
#define CONFIRMED 8
#define OPTS { .netns_id = -1, .l4proto = 17 }
/* The client's packets to the server, and what the server would send. */
#define THERE(port) { .ipv4 = { INET4(10, 0, 1, 2), INET4(10, 0, 2, 2), __builtin_bswap16(port), __builtin_bswap16(6000) } }
#define BACK(port) { .ipv4 = { INET4(10, 0, 2, 2), INET4(10, 0, 1, 2), __builtin_bswap16(6000), __builtin_bswap16(port) } }
#define MADE 5001

#define LOOKUP(name, kind, context, tuple_init, size, ...)                                                                                \
	SEC(kind) int name(struct context *ctx)                                                                                           \
	{                                                                                                                                 \
		struct bpf_sock_tuple tuple = tuple_init;                                                                                 \
		struct bpf_ct_opts opts = OPTS;                                                                                           \
                                                                                                                                          \
		__VA_ARGS__;                                                                                                              \
		return found(bpf_##context##_ct_lookup(ctx, &tuple, size, &opts, sizeof(opts)), &opts);                                   \
	}
#define bpf___sk_buff_ct_lookup bpf_skb_ct_lookup
#define bpf_xdp_md_ct_lookup bpf_xdp_ct_lookup

#ifndef FORBIDDEN

static inline __attribute__((always_inline)) int found(struct nf_conn *ct, struct bpf_ct_opts *opts)
{
	if (!ct)
		return -opts->error;
	bpf_ct_release(ct);
	return 1000 + opts->dir;
}

LOOKUP(there, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), )
LOOKUP(back, "tc", __sk_buff, BACK(5000), sizeof(tuple.ipv4), )
LOOKUP(xdp_back, "xdp", xdp_md, BACK(5000), sizeof(tuple.ipv4), )
LOOKUP(other_port, "tc", __sk_buff, THERE(5555), sizeof(tuple.ipv4), )
LOOKUP(tcp, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), opts.l4proto = 6)
LOOKUP(icmp, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), opts.l4proto = 1)
LOOKUP(odd_tuple, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4) - 1, )
LOOKUP(no_such_netns, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), opts.netns_id = 12345)
LOOKUP(bad_netns, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), opts.netns_id = -2)
LOOKUP(reserved, "tc", __sk_buff, THERE(5000), sizeof(tuple.ipv4), opts.reserved[0] = 1)

/* Only the error fits. */
SEC("tc") int odd_options(struct __sk_buff *ctx)
{
	struct bpf_sock_tuple tuple = THERE(5000);
	struct bpf_ct_opts opts = OPTS;

	return found(bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, 8), &opts);
}

static inline __attribute__((always_inline)) int insert(struct nf_conn___init *fresh, struct bpf_ct_opts *opts, __u32 timeout)
{
	struct nf_conn *ct;

	if (!fresh)
		return -opts->error;
	if (timeout) {
		bpf_ct_set_timeout(fresh, timeout);
		bpf_ct_set_status(fresh, SEEN_REPLY | ASSURED);
	}
	ct = bpf_ct_insert_entry(fresh);
	if (!ct)
		return 17;
	bpf_ct_release(ct);
	return 1000;
}

SEC("tc") int make(struct __sk_buff *ctx)
{
	struct bpf_sock_tuple tuple = THERE(MADE);
	struct bpf_ct_opts opts = OPTS;

	return insert(bpf_skb_ct_alloc(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts)), &opts, 100 * 1000);
}

SEC("xdp") int xdp_make(struct xdp_md *ctx)
{
	struct bpf_sock_tuple tuple = THERE(MADE + 1);
	struct bpf_ct_opts opts = OPTS;

	return insert(bpf_xdp_ct_alloc(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts)), &opts, 0);
}

SEC("tc") int change(struct __sk_buff *ctx)
{
	struct bpf_sock_tuple tuple = THERE(MADE + 1);
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn *ct = bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	int err, refused;

	if (!ct)
		return -opts.error;
	err = bpf_ct_change_timeout(ct, 500 * 1000);
	if (!err)
		err = bpf_ct_change_status(ct, SEEN_REPLY | ASSURED | CONFIRMED);
	/* A connection in the table stays confirmed. */
	refused = bpf_ct_change_status(ct, SEEN_REPLY | ASSURED);
	bpf_ct_release(ct);
	return err ? -err : 1000 - refused;
}

/* For a real interface: marks the connection, and lets the packet go on. */
SEC("tc") int mark(struct __sk_buff *ctx)
{
	struct bpf_sock_tuple tuple = BACK(5000);
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn *ct = bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));

	if (ct) {
		ct->mark = 77;
		bpf_ct_release(ct);
	}
	return 0;
}

#else

/* The verifier refuses this one. */
SEC("tc") int writes_timeout(struct __sk_buff *ctx)
{
	struct bpf_sock_tuple tuple = THERE(5000);
	struct bpf_ct_opts opts = OPTS;
	struct nf_conn *ct = bpf_skb_ct_lookup(ctx, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));

	if (ct) {
		ct->timeout = 1;
		bpf_ct_release(ct);
	}
	return 0;
}

#endif

SEC("license") char _license[] = "GPL";
