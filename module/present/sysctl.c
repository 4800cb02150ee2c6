// SPDX-License-Identifier: GPL-2.0-only
/* net.netfilter.nf_conntrack_* of a netns, and net.nf_conntrack_max (kernel: the sysctl tables of nf_conntrack_standalone.c). */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_hooks_lwtunnel.h>

#include <nfct/present/files.h>
#include <nfct/shim/compat.h>
#include <nfct/table/buckets.h>

#ifdef CONFIG_SYSCTL
/* A value that lives in struct net's conntrack part: seconds kept in jiffies, or a byte from 0 to `max`. */
struct knob {
	const char *name;
	size_t offset;
	void *max; /* null: seconds */
};

#define SECONDS(name, member) { name, offsetof(struct netns_ct, member), NULL }
#define UP_TO(max, name, member) { name, offsetof(struct netns_ct, member), max }
#define SWITCH(name, member) UP_TO(SYSCTL_ONE, name, member)
#define ANY_BYTE(name, member) UP_TO((void *)&byte_max, name, member)

static const int byte_max = U8_MAX;

static const struct knob knobs[] = {
	SWITCH("nf_conntrack_checksum", sysctl_checksum),
	SWITCH("nf_conntrack_acct", sysctl_acct),
	ANY_BYTE("nf_conntrack_log_invalid", sysctl_log_invalid),
#ifdef CONFIG_NF_CONNTRACK_EVENTS
	UP_TO(SYSCTL_TWO, "nf_conntrack_events", sysctl_events),
#endif
#ifdef CONFIG_NF_CONNTRACK_TIMESTAMP
	SWITCH("nf_conntrack_timestamp", sysctl_tstamp),
#endif
	SECONDS("nf_conntrack_generic_timeout", nf_ct_proto.generic.timeout),
	SECONDS("nf_conntrack_tcp_timeout_syn_sent", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_SYN_SENT]),
	SECONDS("nf_conntrack_tcp_timeout_syn_recv", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_SYN_RECV]),
	SECONDS("nf_conntrack_tcp_timeout_established", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_ESTABLISHED]),
	SECONDS("nf_conntrack_tcp_timeout_fin_wait", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_FIN_WAIT]),
	SECONDS("nf_conntrack_tcp_timeout_close_wait", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_CLOSE_WAIT]),
	SECONDS("nf_conntrack_tcp_timeout_last_ack", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_LAST_ACK]),
	SECONDS("nf_conntrack_tcp_timeout_time_wait", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_TIME_WAIT]),
	SECONDS("nf_conntrack_tcp_timeout_close", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_CLOSE]),
	SECONDS("nf_conntrack_tcp_timeout_max_retrans", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_RETRANS]),
	SECONDS("nf_conntrack_tcp_timeout_unacknowledged", nf_ct_proto.tcp.timeouts[TCP_CONNTRACK_UNACK]),
	SWITCH("nf_conntrack_tcp_loose", nf_ct_proto.tcp.tcp_loose),
	SWITCH("nf_conntrack_tcp_be_liberal", nf_ct_proto.tcp.tcp_be_liberal),
	SWITCH("nf_conntrack_tcp_ignore_invalid_rst", nf_ct_proto.tcp.tcp_ignore_invalid_rst),
	ANY_BYTE("nf_conntrack_tcp_max_retrans", nf_ct_proto.tcp.tcp_max_retrans),
	SECONDS("nf_conntrack_udp_timeout", nf_ct_proto.udp.timeouts[UDP_CT_UNREPLIED]),
	SECONDS("nf_conntrack_udp_timeout_stream", nf_ct_proto.udp.timeouts[UDP_CT_REPLIED]),
#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
	SECONDS("nf_flowtable_tcp_timeout", nf_ct_proto.tcp.offload_timeout),
	SECONDS("nf_flowtable_udp_timeout", nf_ct_proto.udp.offload_timeout),
#endif
	SECONDS("nf_conntrack_icmp_timeout", nf_ct_proto.icmp.timeout),
	SECONDS("nf_conntrack_icmpv6_timeout", nf_ct_proto.icmpv6.timeout),
#ifdef CONFIG_NF_CT_PROTO_SCTP
	SECONDS("nf_conntrack_sctp_timeout_closed", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_CLOSED]),
	SECONDS("nf_conntrack_sctp_timeout_cookie_wait", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_COOKIE_WAIT]),
	SECONDS("nf_conntrack_sctp_timeout_cookie_echoed", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_COOKIE_ECHOED]),
	SECONDS("nf_conntrack_sctp_timeout_established", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_ESTABLISHED]),
	SECONDS("nf_conntrack_sctp_timeout_shutdown_sent", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_SHUTDOWN_SENT]),
	SECONDS("nf_conntrack_sctp_timeout_shutdown_recd", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_SHUTDOWN_RECD]),
	SECONDS("nf_conntrack_sctp_timeout_shutdown_ack_sent", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_SHUTDOWN_ACK_SENT]),
	SECONDS("nf_conntrack_sctp_timeout_heartbeat_sent", nf_ct_proto.sctp.timeouts[SCTP_CONNTRACK_HEARTBEAT_SENT]),
#endif
#ifdef CONFIG_NF_CT_PROTO_DCCP
	SECONDS("nf_conntrack_dccp_timeout_request", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_REQUEST]),
	SECONDS("nf_conntrack_dccp_timeout_respond", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_RESPOND]),
	SECONDS("nf_conntrack_dccp_timeout_partopen", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_PARTOPEN]),
	SECONDS("nf_conntrack_dccp_timeout_open", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_OPEN]),
	SECONDS("nf_conntrack_dccp_timeout_closereq", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_CLOSEREQ]),
	SECONDS("nf_conntrack_dccp_timeout_closing", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_CLOSING]),
	SECONDS("nf_conntrack_dccp_timeout_timewait", nf_ct_proto.dccp.dccp_timeout[CT_DCCP_TIMEWAIT]),
	SWITCH("nf_conntrack_dccp_loose", nf_ct_proto.dccp.dccp_loose),
#endif
#ifdef CONFIG_NF_CT_PROTO_GRE
	SECONDS("nf_conntrack_gre_timeout", nf_ct_proto.gre.timeouts[GRE_CT_UNREPLIED]),
	SECONDS("nf_conntrack_gre_timeout_stream", nf_ct_proto.gre.timeouts[GRE_CT_REPLIED]),
#endif
};

/* The number of buckets is the module's, and changing it is work that can fail: the number shown is the last one that was asked for and got. */
static int buckets_handler(nfct_ctl_table *entry, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	unsigned int buckets = READ_ONCE(nfct_buckets_wanted);
	struct ctl_table local = *entry;
	int ret;

	local.data = &buckets;
	ret = proc_dointvec(&local, write, buffer, lenp, ppos);
	if (ret || !write)
		return ret;
	return nf_conntrack_hash_resize(buckets);
}

/* extra1 is the netns. */
static int count_handler(nfct_ctl_table *entry, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	unsigned int count = nf_conntrack_count(entry->extra1);
	struct ctl_table local = *entry;

	local.data = &count;
	return proc_dointvec(&local, write, buffer, lenp, ppos);
}

/* Values of the whole module; each netns shows them, only the first may change them. */
static void global_entry(struct net *net, struct ctl_table *entry, const char *name, unsigned int *value, void *min)
{
	entry->procname = name;
	entry->data = value;
	entry->maxlen = sizeof(*value);
	entry->mode = net_eq(net, &init_net) ? 0644 : 0444;
	entry->proc_handler = proc_dointvec_minmax;
	entry->extra1 = min;
	entry->extra2 = SYSCTL_INT_MAX;
}

static void knob_entry(struct net *net, struct ctl_table *entry, const struct knob *knob)
{
	entry->procname = knob->name;
	entry->data = (char *)&net->ct + knob->offset;
	entry->mode = 0644;
	if (knob->max) {
		entry->maxlen = sizeof(u8);
		entry->proc_handler = proc_dou8vec_minmax;
		entry->extra1 = SYSCTL_ZERO;
		entry->extra2 = knob->max;
	} else {
		entry->maxlen = sizeof(unsigned int);
		entry->proc_handler = proc_dointvec_jiffies;
	}
}

/* Fills `table`, and returns the number of entries. */
static size_t fill_table(struct net *net, struct ctl_table *table)
{
	struct ctl_table *entry = table;
	int i;

	global_entry(net, entry++, "nf_conntrack_max", &nf_conntrack_max, SYSCTL_ZERO);
	global_entry(net, entry++, "nf_conntrack_expect_max", &nf_ct_expect_max, SYSCTL_ONE);

	/* No data of its own, see its handler. */
	global_entry(net, entry, "nf_conntrack_buckets", NULL, NULL);
	entry++->proc_handler = buckets_handler;

	entry->procname = "nf_conntrack_count";
	entry->maxlen = sizeof(int);
	entry->mode = 0444;
	entry->proc_handler = count_handler;
	entry++->extra1 = net;

#ifdef NFCT_HAS_LWTUNNEL_SYSCTL
	entry->procname = "nf_hooks_lwtunnel";
	entry->maxlen = sizeof(int);
	entry->mode = 0644;
	entry++->proc_handler = nf_hooks_lwtunnel_sysctl_handler;
#endif
	for (i = 0; i < ARRAY_SIZE(knobs); i++)
		knob_entry(net, entry++, &knobs[i]);
	return entry - table;
}

/* fill_table() has at most 5 entries besides the knobs; one more stays zero, see nfct_register_net_sysctl(). */
#define TABLE_SIZE (ARRAY_SIZE(knobs) + 5 + 1)

int nfct_sysctl_netns_init(struct net *net)
{
	struct ctl_table *table = kcalloc(TABLE_SIZE, sizeof(*table), GFP_KERNEL);
	struct ctl_table_header *header;

	if (!table)
		return -ENOMEM;
	header = nfct_register_net_sysctl(net, "net/netfilter", table, fill_table(net, table));
	if (!header) {
		kfree(table);
		return -ENOMEM;
	}
	nf_ct_pernet(net)->sysctl_header = header;
	return 0;
}

void nfct_sysctl_netns_exit(struct net *net)
{
	struct ctl_table_header *header = nf_ct_pernet(net)->sysctl_header;
	const struct ctl_table *table = header->ctl_table_arg;

	unregister_net_sysctl_table(header);
	kfree(table);
}

/* net.nf_conntrack_max: the maximum's older name. */
static struct ctl_table alias_table[2];
static struct ctl_table_header *alias_header;

int nfct_sysctl_init(void)
{
	global_entry(&init_net, alias_table, "nf_conntrack_max", &nf_conntrack_max, SYSCTL_ZERO);
	alias_header = nfct_register_net_sysctl(&init_net, "net", alias_table, 1);
	return alias_header ? 0 : -ENOMEM;
}

void nfct_sysctl_exit(void)
{
	unregister_net_sysctl_table(alias_header);
}
#else
int nfct_sysctl_netns_init(struct net *net)
{
	return 0;
}

void nfct_sysctl_netns_exit(struct net *net)
{
}

int nfct_sysctl_init(void)
{
	return 0;
}

void nfct_sysctl_exit(void)
{
}
#endif
