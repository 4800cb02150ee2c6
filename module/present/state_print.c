// SPDX-License-Identifier: GPL-2.0-only
/* The state column of /proc/net/nf_conntrack, for protocols that have one (kernel: print_conntrack of nf_conntrack_proto_*.c). */
#include <linux/seq_file.h>

#include <net/netfilter/nf_conntrack.h>

#include <nfct/present/files.h>

#ifdef CONFIG_NF_CONNTRACK_PROCFS
static void print_name(struct seq_file *s, const char *const names[], size_t count, unsigned int state)
{
	/* ctnetlink can set a state; a number without a name must not reach past the array. */
	if (state < count && names[state])
		seq_printf(s, "%s ", names[state]);
}

void nfct_print_tcp_state(struct seq_file *s, struct nf_conn *ct)
{
	static const char *const names[] = {
		[TCP_CONNTRACK_NONE] = "NONE",
		[TCP_CONNTRACK_SYN_SENT] = "SYN_SENT",
		[TCP_CONNTRACK_SYN_RECV] = "SYN_RECV",
		[TCP_CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[TCP_CONNTRACK_FIN_WAIT] = "FIN_WAIT",
		[TCP_CONNTRACK_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_CONNTRACK_LAST_ACK] = "LAST_ACK",
		[TCP_CONNTRACK_TIME_WAIT] = "TIME_WAIT",
		[TCP_CONNTRACK_CLOSE] = "CLOSE",
		[TCP_CONNTRACK_SYN_SENT2] = "SYN_SENT2",
	};

	/* The flow table forwards without us: the state that we know is old. */
	if (test_bit(IPS_OFFLOAD_BIT, &ct->status))
		return;
	print_name(s, names, ARRAY_SIZE(names), ct->proto.tcp.state);
}

#ifdef CONFIG_NF_CT_PROTO_SCTP
void nfct_print_sctp_state(struct seq_file *s, struct nf_conn *ct)
{
	static const char *const names[] = {
		[SCTP_CONNTRACK_NONE] = "NONE",
		[SCTP_CONNTRACK_CLOSED] = "CLOSED",
		[SCTP_CONNTRACK_COOKIE_WAIT] = "COOKIE_WAIT",
		[SCTP_CONNTRACK_COOKIE_ECHOED] = "COOKIE_ECHOED",
		[SCTP_CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[SCTP_CONNTRACK_SHUTDOWN_SENT] = "SHUTDOWN_SENT",
		[SCTP_CONNTRACK_SHUTDOWN_RECD] = "SHUTDOWN_RECD",
		[SCTP_CONNTRACK_SHUTDOWN_ACK_SENT] = "SHUTDOWN_ACK_SENT",
		[SCTP_CONNTRACK_HEARTBEAT_SENT] = "HEARTBEAT_SENT",
	};

	print_name(s, names, ARRAY_SIZE(names), ct->proto.sctp.state);
}
#endif

#ifdef CONFIG_NF_CT_PROTO_DCCP
void nfct_print_dccp_state(struct seq_file *s, struct nf_conn *ct)
{
	static const char *const names[] = {
		[CT_DCCP_NONE] = "NONE",
		[CT_DCCP_REQUEST] = "REQUEST",
		[CT_DCCP_RESPOND] = "RESPOND",
		[CT_DCCP_PARTOPEN] = "PARTOPEN",
		[CT_DCCP_OPEN] = "OPEN",
		[CT_DCCP_CLOSEREQ] = "CLOSEREQ",
		[CT_DCCP_CLOSING] = "CLOSING",
		[CT_DCCP_TIMEWAIT] = "TIMEWAIT",
		[CT_DCCP_IGNORE] = "IGNORE",
		[CT_DCCP_INVALID] = "INVALID",
	};

	print_name(s, names, ARRAY_SIZE(names), ct->proto.dccp.state);
}
#endif

#ifdef CONFIG_NF_CT_PROTO_GRE
/* GRE has no states; its two timeouts are fixed when the first packet comes, so each connection shows its own. */
void nfct_print_gre_state(struct seq_file *s, struct nf_conn *ct)
{
	seq_printf(s, "timeout=%u, stream_timeout=%u ", ct->proto.gre.timeout / HZ, ct->proto.gre.stream_timeout / HZ);
}
#endif
#endif
