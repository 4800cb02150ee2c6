#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# nf_conntrack_log_invalid writes a line for each INVALID packet of the chosen protocol, 255 for any, and says why.
from lab import *


def test():
    lab = Lab()
    run("modprobe", "nf_log_syslog")
    Lab.write("net/netfilter/nf_log/2", "nf_log_ipv4")
    with inside(None):
        Lab.write("net/netfilter/nf_log_all_netns", 1)
    bad_tcp = ip4(C, S, TCP, tcp(1000, 80, "SF"))
    bad_udp = ip4(C, S, UDP, udp(1000, 53, b"x", csum=0x1234))

    def said(packet):
        mark = log_mark()
        lab.expect("INVALID", packet)
        return "\n".join(log_lines(mark))

    check("nf_ct_proto" not in said(bad_tcp), "silent by default")
    sysctl("log_invalid", 6)
    text = said(bad_tcp)
    check("nf_ct_proto_6: invalid tcp flag combination IN=rc OUT= " in text, f"flags: {text!r}")
    check(f"SRC={C} DST={S} " in text, "and the packet")
    check("nf_ct_proto_6: bad checksum " in said(ip4(C, S, TCP, tcp(1000, 80, "S", csum=0x1234))), "checksum")
    check("nf_ct_proto_6: truncated packet " in said(ip4(C, S, TCP, tcp(1000, 80, "S", doff=15))), "length")
    check("nf_ct_proto" not in said(bad_udp), "silent about other protocols")
    sysctl("log_invalid", 255)
    check("nf_ct_proto_17: bad checksum " in said(bad_udp), "255 means any")
    check("nf_ct_proto_17: truncated/malformed packet " in said(ip4(C, S, UDP, udp(1000, 53, b"x", length=100))), "UDP length")
    check("nf_ct_proto_1: invalid icmp type " in said(ip4(C, S, ICMP, icmp(40))), "ICMP type")
    flow = TcpFlow(lab, window=1000).open()
    mark = log_mark()
    flow.send("c", "A", "INVALID", seq=flow.next["c"] + 200000)
    check(any("nf_ct_proto_6: SEQ is over upper bound" in line for line in log_lines(mark)), "window")


main(test)
