# SPDX-License-Identifier: GPL-2.0-only
"""Listeners for conntrack's events: the unmodified `conntrack -E`, line by line, and a bare socket that can be deaf for a while."""

import contextlib
import errno
import re
import select
import socket
import struct
import subprocess
import time

from lab import SLOW, check, fail, run

NETLINK_NETFILTER = 12
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NETLINK_BROADCAST_ERROR = 270, 1, 4
GROUP_NEW, GROUP_UPDATE, GROUP_DESTROY = 1, 2, 3
CTNL_NEW, CTNL_DELETE = 0x100, 0x102


# Behind events that a process caused, where the kernel tells its name.
BY_PROCESS = r"( \[USERSPACE\] portid=\d+( progname=\S+)?)?"


def left(seconds):
    """Seconds to live when they were just set: what the clock makes of them on a slow machine."""
    return "(" + "|".join(str(seconds - gone) for gone in range(6)) + ")"


class Conntrack:
    """conntrack -E, in the namespace that the process is in when it is started."""

    def __init__(self, *options):
        conntrack("-C")         # joining a group loads nf_conntrack_netlink, but does not wait for it
        before = self.members()
        self.process = subprocess.Popen(["stdbuf", "-oL", "conntrack", "-E", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.rest = b""
        self.lines = []
        self.wait_until_it_listens(before)

    @staticmethod
    def members():
        """How many sockets of this namespace are in a group of nfnetlink."""
        with open("/proc/net/netlink") as table:
            return sum(line.split()[1] == "12" and int(line.split()[3], 16) != 0 for line in table.readlines()[1:])

    def wait_until_it_listens(self, before):
        end = time.monotonic() + 5 * SLOW
        while self.members() == before:
            if time.monotonic() > end:
                self.stop()
                fail("conntrack -E does not listen")
            time.sleep(0.02)

    def read(self, wanted, seconds=5):
        """All lines so far, waiting until there are as many as wanted, with runs of blanks made one."""
        end = time.monotonic() + seconds * SLOW
        while len(self.lines) < wanted:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                break
            data = self.process.stdout.read1(65536)
            if not data:
                break
            *whole, self.rest = (self.rest + data).split(b"\n")
            self.lines += [" ".join(line.decode().split()) for line in whole]
        return self.lines

    def expect(self, *patterns):
        """The next events match these, one each; then they are forgotten."""
        got = self.read(len(patterns))
        for i, pattern in enumerate(patterns):
            if i >= len(got) or not re.fullmatch(pattern, got[i]):
                fail(f"event {i}: wanted {pattern!r}; all events:\n" + "".join(f"  {line}\n" for line in got))
            print("ok: event", got[i], flush=True)
        self.lines = got[len(patterns):]

    def quiet(self, seconds=0.3):
        """No further event comes."""
        got = self.read(1, seconds / SLOW)
        check(not got, f"no other event{': ' + got[0] if got else ''}")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Deaf:
    """A socket in a group; with `reliable` the kernel is told when it could not take an event (NETLINK_BROADCAST_ERROR)."""

    def __init__(self, *groups, reliable=True, room=4096):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.sock.bind((0, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        if reliable:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_BROADCAST_ERROR, 1)
        for group in groups:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)

    def take(self, seconds=1.0):
        """The messages that are there or come soon, as (type, whole message)."""
        found = []
        while select.select([self.sock], [], [], seconds)[0]:
            try:
                data = self.sock.recv(65536)
            except OSError as error:
                if error.errno == errno.ENOBUFS:
                    continue
                raise
            at = 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                found.append((kind, data[at:at + length]))
                at += length + 3 & ~3
        return found


def conntrack(*arguments, may_fail=False):
    return run("conntrack", *arguments, may_fail=may_fail)


@contextlib.contextmanager
def listening(*options):
    listener = Conntrack(*options)
    try:
        yield listener
    finally:
        listener.stop()
