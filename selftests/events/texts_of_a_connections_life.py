#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# conntrack -E tells NEW, UPDATE and DESTROY of TCP, UDP and ICMP, each once, with the entry as it is then.
from lab import *
from listener import BY_PROCESS, conntrack, left, listening

TCP_O = "src=10.0.1.2 dst=10.0.2.2 sport=40000 dport=80"
TCP_R = "src=10.0.2.2 dst=10.0.1.2 sport=80 dport=40000"
UDP_O = "src=10.0.1.2 dst=10.0.2.2 sport=1000 dport=53"
UDP_R = "src=10.0.2.2 dst=10.0.1.2 sport=53 dport=1000"
PING_O = "src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=7"
PING_R = "src=10.0.2.2 dst=10.0.1.2 type=0 code=0 id=7"


def life_of_tcp(lab, events):
    flow = TcpFlow(lab).open()
    events.expect(rf"\[NEW\] tcp 6 {left(120)} SYN_SENT {TCP_O} \[UNREPLIED\] {TCP_R}",
                  rf"\[UPDATE\] tcp 6 {left(60)} SYN_RECV {TCP_O} {TCP_R}",
                  rf"\[UPDATE\] tcp 6 {left(432000)} ESTABLISHED {TCP_O} {TCP_R} \[ASSURED\]")
    flow.send("c", "A", "ESTABLISHED", payload=b"data")
    events.quiet()
    flow.send("c", "FA", "ESTABLISHED")
    flow.send("s", "FA", "REPLY")
    flow.send("c", "A", "ESTABLISHED")
    events.expect(rf"\[UPDATE\] tcp 6 {left(120)} FIN_WAIT {TCP_O} {TCP_R} \[ASSURED\]",
                  rf"\[UPDATE\] tcp 6 {left(30)} LAST_ACK {TCP_O} {TCP_R} \[ASSURED\]",
                  rf"\[UPDATE\] tcp 6 {left(120)} TIME_WAIT {TCP_O} {TCP_R} \[ASSURED\]")
    conntrack("-D", "-p", "tcp")
    events.expect(rf"\[DESTROY\] tcp 6( \d+)?( TIME_WAIT)? {TCP_O} {TCP_R} \[ASSURED\]{BY_PROCESS}")


def life_of_udp(lab, events):
    question, answer = ip4(C, S, UDP, udp(1000, 53, b"?")), ip4(S, C, UDP, udp(53, 1000, b"!"))
    lab.expect("NEW", question)
    lab.expect("NEW", question)
    lab.expect("REPLY", answer, side="s")
    lab.expect("REPLY", answer, side="s")
    events.expect(rf"\[NEW\] udp 17 {left(30)} {UDP_O} \[UNREPLIED\] {UDP_R}",
                  rf"\[UPDATE\] udp 17 {left(30)} {UDP_O} {UDP_R}")
    conntrack("-D", "-p", "udp")
    events.expect(rf"\[DESTROY\] udp 17( \d+)? {UDP_O} {UDP_R}{BY_PROCESS}")


def life_of_ping(lab, events):
    lab.expect("NEW", ip4(C, S, ICMP, echo(7)))
    lab.expect("REPLY", ip4(S, C, ICMP, echo(7, reply=True)), side="s")
    events.expect(rf"\[NEW\] icmp 1 {left(30)} {PING_O} \[UNREPLIED\] {PING_R}",
                  rf"\[UPDATE\] icmp 1 {left(30)} {PING_O} {PING_R}")
    conntrack("-F")
    events.expect(rf"\[DESTROY\] icmp 1( \d+)? {PING_O} {PING_R}{BY_PROCESS}")


def test():
    lab = Lab()
    with listening() as events:
        life_of_tcp(lab, events)
        life_of_udp(lab, events)
        life_of_ping(lab, events)
        events.quiet()


main(test)
