# SPDX-License-Identifier: GPL-2.0-only
"""An FTP control connection played by hand, watched by the kernel's FTP helper, and the expectations that come of it."""

import re

from lab import *

EVERY_LINE = re.compile(r"(\d+) l3proto = (\d+) proto=(\d+) src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) (.*)")
LIFE = 300      # seconds, the FTP helper's policy


def assign_helper():
    """Connections to port 21 of this namespace have the helper from now on."""
    run("iptables-legacy", "-t", "raw", "-A", "PREROUTING", "-p", "tcp", "--dport", "21", "-j", "CT", "--helper", "ftp")


def withdraw_helper():
    run("iptables-legacy", "-t", "raw", "-F")


class Expectation:
    """One line of /proc/net/nf_conntrack_expect, which must look as it always did."""

    def __init__(self, line):
        found = EVERY_LINE.fullmatch(line.rstrip("\n"))
        if not found:
            fail(f"not a line of nf_conntrack_expect: {line!r}")
        self.raw = line.rstrip("\n")
        self.timeout, self.l3, self.proto = (int(n) for n in found.groups()[:3])
        self.src, self.dst = found.group(4), found.group(5)
        self.sport, self.dport = int(found.group(6)), int(found.group(7))
        self.helper = found.group(8)

    def __repr__(self):
        return self.raw


def expectations():
    with open("/proc/net/nf_conntrack_expect") as table:
        return [Expectation(line) for line in table]


def check_expected(what, *ports):
    """Exactly these destination ports are expected."""
    check_equal(f"{what}: expected ports", sorted(e.dport for e in expectations()), sorted(ports))


class Control(TcpFlow):
    """A client at the router's one side, a server at the other. The helper reads whole lines, from each side's second one on."""

    def __init__(self, lab, **fields):
        super().__init__(lab, dport=21, **fields)

    def say(self, side, line, wanted=None):
        self.send(side, "PA", wanted or ("ESTABLISHED" if side == "c" else "REPLY"), what=repr(line), payload=line.encode() + b"\r\n")

    def login(self):
        self.open()
        self.say("s", "220 ready")
        self.say("c", "USER x")
        self.say("s", "331 go on")
        return self

    def port(self, port, wanted=None):
        """The client listens there."""
        self.say("c", f"PORT {C.replace('.', ',')},{port >> 8},{port & 255}", wanted)

    def passive(self, port):
        """The server does."""
        self.say("c", "PASV")
        self.say("s", f"227 Entering Passive Mode ({S.replace('.', ',')},{port >> 8},{port & 255}).")
