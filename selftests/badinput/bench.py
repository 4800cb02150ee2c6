# SPDX-License-Identifier: GPL-2.0-only
"""A bench for bad packets: send one, and see its verdict, the counters that moved and the entries that it made.

A test names each case with what it expects. Cases do not stop at the first surprise: a test that feeds a few hundred packets reports
all that differ, at its end.
"""

import os
import sys

sys.path.insert(0, os.environ.get("SELFTESTS", os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

import lab  # noqa: E402
from lab import *  # noqa: E402,F401,F403

SCTP, DCCP, NOBODY = 132, 33, 253       # NOBODY: reserved for experiments, no tracker knows it
HOPOPTS, ROUTING, ESP, AH, NO_NEXT, DSTOPTS = 0, 43, 50, 51, 59, 60
KERNEL = tuple(int(part) for part in os.uname().release.split(".")[:2])

COUNTERS = ("invalid", "icmp_error", "drop", "insert_failed", "clashres", "found")


def by_kernel(since, now, before):
    """What conntrack does from a kernel version on, and what it did before."""
    return [now if KERNEL >= since else before]


# A DCCP packet shorter than its generic header: refused, but once it was also dropped.
SHORT_DCCP = by_kernel((6, 12), ("INVALID", {"invalid": 1}), ("DROP", {"invalid": 1, "drop": 1}))
# Multicast router discovery is left alone like neighbour discovery, but was not always.
ROUTER_DISCOVERY = by_kernel((6, 12), ("UNTRACKED", {}), ("INVALID", {"invalid": 1}))


class Bench(lab.Lab):
    """A Lab with as many imaginary hosts as there are cases, so that no case meets another one's entry."""

    def __init__(self, **options):
        super().__init__(v4=True, v6=True, **options)
        run("ip", "-batch", "-", stdin=f"""route add 10.1.0.0/16 via {C} dev rc
            route add 10.2.0.0/16 via {S} dev rs
            route add fd01::/64 via {C6} dev rc
            route add fd02::/64 via {S6} dev rs
            """)
        self.hosts, self.cases, self.surprises = 0, 0, []
        self.sentinel = {side: ip4(*((C, S) if side == "c" else (S, C)), UDP, udp(1, 1)) for side in "cs"}
        for wire in self.wire.values():
            wire.settimeout(5 * lab.SLOW)
        # An entry that ran out between two looks at the count would be taken for the work of the packet between them.
        for name in ("udp", "icmp", "icmpv6", "generic", "gre"):
            if os.path.exists(f"/proc/sys/net/netfilter/nf_conntrack_{name}_timeout"):
                sysctl(f"{name}_timeout", 3600)

    def pair(self, v6=False):
        """Addresses of a client and a server that nobody has used before."""
        self.hosts += 1
        high, low = divmod(self.hosts, 250)
        return (f"fd01::{self.hosts:x}", f"fd02::{self.hosts:x}") if v6 else (f"10.1.{high}.{low + 1}", f"10.2.{high}.{low + 1}")

    def through(self, sent, side="c"):
        """Sends packets and returns the states of what comes out for them on the other side, in order, without repeats."""
        for packet in sent:
            self.put(packet, side)
        self.put(self.sentinel[side], side)
        wire, states = self.wire["ws" if side == "c" else "wc"], []
        while True:                         # the sentinel follows the same path, so that silence before it means a drop
            frame, origin = wire.recvfrom(65536)
            if origin[2] == lab.PACKET_OUTGOING or frame[12:14] not in (b"\x08\x00", b"\x86\xdd"):
                continue
            packet = frame[14:]
            v4 = packet[0] >> 4 == 4
            if not v4 and packet[24] == 0xff:
                continue                    # the router's own multicast chatter
            if v4 and packet[9] == UDP and packet[20:24] == b"\0\1\0\1":
                return states or ["DROP"]
            dscp = packet[1] >> 2 if v4 else (packet[0] << 4 | packet[1] >> 4) >> 2 & 63
            state = lab.STATES.get(dscp, f"unmarked({dscp})")
            if states[-1:] != [state]:
                states.append(state)

    @staticmethod
    def tally():
        """The counters that a bad packet may move, and the number of entries."""
        with open("/proc/net/stat/nf_conntrack") as table:
            names = table.readline().split()
            values = [[int(word, 16) for word in line.split()] for line in table]
        moved = {name: sum(line[names.index(name)] for line in values) for name in COUNTERS}
        moved["entries"] = lab.count()
        return moved

    def case(self, name, wanted, sent, side="c", **moved):
        """One case: packets (or a single one), the verdict wanted for what comes out, and by how much which counters move.

        `moved` names counters and entries; INVALID implies invalid=1, and NEW entries=1. What is not named must not move.
        `wanted` may also be a list of (verdict, moved): any of them will do.
        """
        sent = [sent] if isinstance(sent, bytes) else sent
        if isinstance(wanted, str):
            wanted = [(wanted, moved or {"INVALID": {"invalid": 1}, "NEW": {"entries": 1}}.get(wanted, {}))]
        before = self.tally()
        got = self.through(sent, side)
        after = self.tally()
        change = {key: after[key] - before[key] for key in after if after[key] != before[key] and key != "found"}
        self.cases += 1
        if not any(got == [verdict] and change == moved for verdict, moved in wanted):
            self.surprises.append(f"{name}: got {'+'.join(got)} {change}, wanted " + " or ".join(f"{verdict} {moved}" for verdict, moved in wanted))

    def open(self):
        """Forwards one good packet each way round, so that the sentinels' entry is there before counting starts."""
        self.through([])
        self.through([], "s")
        return self

    def need_trackers(self):
        """Skips if this module tracks SCTP and DCCP like protocols that it does not know: their rows then show no state. Stock must know."""
        for proto, segment in ((SCTP, sctp(9, 80, sctp_init())), (DCCP, dccp_request(9, 80))):
            c, s = self.pair()
            self.through([close_ip(c, s, proto, segment)])
            if row(src=c).state is None:
                if lab.IMPL == "stock":
                    fail(f"no state in {row(src=c)}")
                skip(f"no tracker for protocol {proto} yet")

    def verdict_on_all(self, what):
        """The end of a group of cases."""
        if self.surprises:
            for line in self.surprises[:60]:
                print("  " + line)
            fail(f"{what}: {len(self.surprises)} of {self.cases} cases differ")
        print(f"ok: {what}: {self.cases} cases", flush=True)
        self.cases = 0


def close_l4(segment, c, s, proto):
    """Layer 4 bytes with a sum that conntrack takes for good.

    Stock verifies UDP-Lite's with UDP's number in the pseudo header, so that it refuses what the protocol's own senders send. Ours goes
    by the book (RFC 3828, 3.1).
    """
    return close_segment(segment, addr(c), addr(s), UDP if proto == UDPLITE and lab.IMPL == "stock" else proto)


def close_ip(c, s, proto, segment, **fields):
    """ip() on top of close_l4()."""
    return ip(c, s, proto, close_l4(segment, c, s, proto), **fields)


CRC32C = None


def crc32c(data):
    """The checksum of SCTP."""
    global CRC32C
    if CRC32C is None:
        CRC32C = []
        for byte in range(256):
            for _ in range(8):
                byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
            CRC32C.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def sctp(sport, dport, chunks, vtag=0, csum=None):
    """An SCTP packet of raw chunks."""
    head = struct.pack("!HHI", sport, dport, vtag)
    if csum is None:
        csum = crc32c(head + b"\0\0\0\0" + chunks)
    return head + struct.pack("<I", csum) + chunks


def sctp_chunk(kind, value=b"", flags=0, length=None):
    length = 4 + len(value) if length is None else length
    return struct.pack("!BBH", kind, flags, length) + value + b"\0" * (-len(value) % 4)


def sctp_init(vtag=1):
    return sctp_chunk(1, struct.pack("!IIHHI", vtag, 65535, 1, 1, 1))


def dccp(sport, dport, kind, rest=b"", *, doff=None, cscov=0, csum=None, extended=1):
    """A DCCP packet with a 48-bit sequence number; `rest` are the bytes after the 16 of the generic header."""
    doff = (16 + len(rest)) // 4 if doff is None else doff
    data = struct.pack("!HHBBHBBHI", sport, dport, doff, cscov, csum or 0, kind << 1 | extended, 0, 0, 1) + rest
    return Segment(data, at=6 if csum is None else None, proto=DCCP)


def dccp_request(sport, dport, **fields):
    return dccp(sport, dport, 0, struct.pack("!I", 1), **fields)
