// SPDX-License-Identifier: GPL-2.0-only
/* One connection as a line of /proc/net/nf_conntrack (kernel: ct_seq_show() of nf_conntrack_standalone.c). */
#include <linux/in.h>
#include <linux/math64.h>
#include <linux/security.h>
#include <linux/seq_file.h>

#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
static const char *l3_name(u16 l3num)
{
	switch (l3num) {
	case NFPROTO_IPV4:
		return "ipv4";
	case NFPROTO_IPV6:
		return "ipv6";
	default:
		return "unknown";
	}
}

static const char *l4_name(u8 protonum)
{
	switch (protonum) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_UDPLITE:
		return "udplite";
	default:
		return "unknown";
	}
}

/* A zone is shown once: beside the tuple it applies to, or, if it applies to both, among the columns at the end. */
static void print_zone(struct seq_file *s, const struct nf_conn *ct, u8 dir, const char *label)
{
#ifdef CONFIG_NF_CONNTRACK_ZONES
	const struct nf_conntrack_zone *zone = nf_ct_zone(ct);

	if (zone->dir == dir)
		seq_printf(s, "%s=%u ", label, zone->id);
#endif
}

static void print_counters(struct seq_file *s, const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	struct nf_conn_acct *acct = nf_conn_acct_find(ct);

	if (acct)
		seq_printf(s, "packets=%llu bytes=%llu ", (u64)atomic64_read(&acct->counter[dir].packets),
			   (u64)atomic64_read(&acct->counter[dir].bytes));
}

/* The strongest of the three, since each implies the next. */
static void print_hold(struct seq_file *s, const struct nf_conn *ct)
{
	if (test_bit(IPS_HW_OFFLOAD_BIT, &ct->status))
		seq_puts(s, "[HW_OFFLOAD] ");
	else if (test_bit(IPS_OFFLOAD_BIT, &ct->status))
		seq_puts(s, "[OFFLOAD] ");
	else if (test_bit(IPS_ASSURED_BIT, &ct->status))
		seq_puts(s, "[ASSURED] ");
}

static void print_marks(struct seq_file *s, const struct nf_conn *ct)
{
#ifdef CONFIG_NF_CONNTRACK_MARK
	seq_printf(s, "mark=%u ", READ_ONCE(ct->mark));
#endif
#ifdef CONFIG_NF_CONNTRACK_SECMARK
	{
		char *context;
		u32 len;

		if (security_secid_to_secctx(ct->secmark, &context, &len))
			return;
		seq_printf(s, "secctx=%s ", context);
		security_release_secctx(context, len);
	}
#endif
}

/* Seconds since the connection began; a clock that was set back in between shows as 0. */
static void print_age(struct seq_file *s, const struct nf_conn *ct, u64 now_ns)
{
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	const struct nf_conn_tstamp *stamp = nf_conn_tstamp_find(ct);

	if (stamp)
		seq_printf(s, "delta-time=%llu ", now_ns > stamp->start ? div_u64(now_ns - stamp->start, NSEC_PER_SEC) : 0);
#endif
}

void nfct_print_conn(struct seq_file *s, struct nf_conn *ct, u64 now_ns)
{
	const struct nf_conntrack_l4proto *l4proto = nf_ct_l4proto_find(nf_ct_protonum(ct));

	seq_printf(s, "%-8s %u %-8s %u ", l3_name(nf_ct_l3num(ct)), nf_ct_l3num(ct), l4_name(l4proto->l4proto), nf_ct_protonum(ct));
	if (!test_bit(IPS_OFFLOAD_BIT, &ct->status))
		seq_printf(s, "%lu ", nf_ct_expires(ct) / HZ);
	if (l4proto->print_conntrack)
		l4proto->print_conntrack(s, ct);

	print_tuple(s, nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL), l4proto);
	print_zone(s, ct, NF_CT_ZONE_DIR_ORIG, "zone-orig");
	print_counters(s, ct, IP_CT_DIR_ORIGINAL);
	if (!test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		seq_puts(s, "[UNREPLIED] ");

	print_tuple(s, nf_ct_tuple(ct, IP_CT_DIR_REPLY), l4proto);
	print_zone(s, ct, NF_CT_ZONE_DIR_REPL, "zone-reply");
	print_counters(s, ct, IP_CT_DIR_REPLY);

	print_hold(s, ct);
	print_marks(s, ct);
	print_zone(s, ct, NF_CT_DEFAULT_ZONE_DIR, "zone");
	print_age(s, ct, now_ns);
	seq_printf(s, "use=%u\n", refcount_read(&ct->ct_general.use));
}
#endif
