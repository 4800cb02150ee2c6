/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of reasons why a packet is INVALID: NFCT_REASON(name as in /proc/net/stat/nf_conntrack_invalid, sentence as in the log).
 * Read by C++ (core/reason.hpp) and by C (the /proc file), which must agree on the order. New reasons go to the end of their group.
 */
#ifndef NFCT_CORE_REASON_LIST_H
#define NFCT_CORE_REASON_LIST_H

#define NFCT_REASON_LIST                                                                                                   \
	NFCT_REASON(none, "none")                                                                                          \
	/* layer 3 */                                                                                                      \
	NFCT_REASON(l3_family, "neither IPv4 nor IPv6")									\
	NFCT_REASON(l3_truncated, "IP header is truncated")                                                                \
	NFCT_REASON(l3_fragment, "fragment was not reassembled")                                                           \
	NFCT_REASON(l3_no_next_header, "no next header")                                                                   \
	NFCT_REASON(l3_bad_extension, "IPv6 extension headers are malformed")                                              \
	/* any layer 4 */                                                                                                  \
	NFCT_REASON(l4_truncated, "layer 4 header is truncated")                                                           \
	NFCT_REASON(l4_no_inverse, "no reply is defined for this packet")                                                  \
	/* TCP */                                                                                                          \
	NFCT_REASON(tcp_short, "short packet")                                                                             \
	NFCT_REASON(tcp_bad_length, "truncated packet")                                                                    \
	NFCT_REASON(tcp_bad_checksum, "bad checksum")                                                                      \
	NFCT_REASON(tcp_bad_flags, "invalid tcp flag combination")                                                         \
	NFCT_REASON(tcp_new_invalid, "packet cannot open a connection")                                                    \
	NFCT_REASON(tcp_not_picked_up, "mid-stream packet and loose pick-up is off")                                       \
	NFCT_REASON(tcp_invalid_state, "invalid state")                                                                    \
	NFCT_REASON(tcp_invalid_rst, "invalid rst")                                                                        \
	NFCT_REASON(tcp_invalid_syn, "invalid syn")                                                                        \
	NFCT_REASON(tcp_reopened, "connection is being reopened by another packet")                                         \
	NFCT_REASON(tcp_seq_over, "SEQ is over upper bound (beyond the peer's window)")                                    \
	NFCT_REASON(tcp_seq_under, "SEQ is under lower bound (already ACKed data retransmitted)")                          \
	NFCT_REASON(tcp_ack_over, "ACK is over upper bound (data not seen yet)")                                           \
	NFCT_REASON(tcp_ack_under, "ACK is under lower bound (possibly overly delayed)")                                   \
	NFCT_REASON(tcp_overshot, "more bytes than the peer's window has room for")                                         \
	NFCT_REASON(tcp_ignored, "packet ignored in this state")                                                           \
	NFCT_REASON(tcp_challenge_ack, "challenge-ack ignored")                                                            \
	/* UDP and UDP-Lite */                                                                                             \
	NFCT_REASON(udp_short, "short packet")                                                                             \
	NFCT_REASON(udp_bad_length, "truncated/malformed packet")                                                          \
	NFCT_REASON(udp_bad_checksum, "bad checksum")                                                                      \
	NFCT_REASON(udplite_short, "short packet")                                                                         \
	NFCT_REASON(udplite_bad_coverage, "invalid checksum coverage")                                                     \
	NFCT_REASON(udplite_no_checksum, "checksum missing")                                                               \
	NFCT_REASON(udplite_bad_checksum, "bad checksum")                                                                  \
	/* ICMP and ICMPv6 */                                                                                              \
	NFCT_REASON(icmp_short, "short packet")                                                                            \
	NFCT_REASON(icmp_bad_checksum, "bad hw icmp checksum")                                                             \
	NFCT_REASON(icmp_bad_type, "invalid icmp type")                                                                    \
	NFCT_REASON(icmp_new_invalid, "type cannot start an exchange")                                                     \
	NFCT_REASON(icmp_inner_truncated, "quoted packet is truncated")                                                    \
	NFCT_REASON(icmp_inner_no_inverse, "quoted packet cannot be inverted")                                             \
	NFCT_REASON(icmp_inner_unknown, "quoted packet belongs to no connection")                                          \
	NFCT_REASON(icmp_inner_address, "quoted packet does not match the outer address")                                  \
	NFCT_REASON(icmp_inner_fragment, "quoted packet is a later fragment")                                              \
	NFCT_REASON(icmp_inner_malformed, "quoted packet has no layer 4 that could be found")                              \
	NFCT_REASON(icmp_wrong_family, "ICMP in IPv6 or ICMPv6 in IPv4")                                                   \
	NFCT_REASON(icmpv6_bad_checksum, "ICMPv6 checksum failed")                                                         \
	NFCT_REASON(icmpv6_redirect_short, "short redirect")                                                               \
	NFCT_REASON(icmpv6_redirect_source, "invalid saddr or hoplimit for redirect")                                      \
	NFCT_REASON(icmpv6_redirect_options, "redirect without options")                                                   \
	/* SCTP */                                                                                                         \
	NFCT_REASON(sctp_short, "nf_ct_sctp: short packet")                                                                \
	NFCT_REASON(sctp_bad_checksum, "nf_ct_sctp: bad CRC")                                                              \
	NFCT_REASON(sctp_bad_chunks, "malformed or misplaced chunks")                                                      \
	NFCT_REASON(sctp_new_invalid, "packet cannot open an association")                                                 \
	NFCT_REASON(sctp_bad_tag, "verification tag check failed")                                                         \
	NFCT_REASON(sctp_invalid_state, "Invalid chunk in this state")                                                     \
	/* DCCP */                                                                                                         \
	NFCT_REASON(dccp_short, "truncated packet")                                                                        \
	NFCT_REASON(dccp_bad_length, "nf_ct_dccp: truncated/malformed packet")                                             \
	NFCT_REASON(dccp_bad_coverage, "nf_ct_dccp: bad checksum coverage")                                                \
	NFCT_REASON(dccp_bad_checksum, "nf_ct_dccp: bad checksum")                                                         \
	NFCT_REASON(dccp_bad_type, "nf_ct_dccp: reserved packet type")                                                     \
	NFCT_REASON(dccp_short_sequence, "nf_ct_dccp: type lacks 48bit sequence numbers")                                  \
	NFCT_REASON(dccp_invalid_state, "invalid state transition")                                                        \
	NFCT_REASON(dccp_ignored, "invalid packet")                                                                        \
	/* the table */                                                                                                    \
	NFCT_REASON(conn_out_of_memory, "no memory for a connection")

#endif
