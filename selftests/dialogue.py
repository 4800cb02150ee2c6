# SPDX-License-Identifier: GPL-2.0-only
"""Conversations that NAT and a helper rewrite on their way: each end numbers and addresses as it sees the world, and sees what comes out.

No host stands behind the lab's wires, so a test plays both ends; a retransmission or a SACK block is just another packet.
"""

import struct

from lab import *
from packets import checksum, ones_sum


class Out:
    """A TCP or UDP packet that came out of the router, its checksum verified."""

    def __init__(self, seen):
        self.state, self.src, self.dst, self.proto = STATES.get(seen.dscp, "?"), seen.src, seen.dst, seen.proto
        body = seen.body
        self.sport, self.dport = struct.unpack_from("!HH", body)
        if seen.proto == TCP:
            self.seq, self.ack = struct.unpack_from("!II", body, 4)
            self.flags = body[13]
            size = (body[12] >> 4) * 4
            self.options, self.payload = body[20:size], body[size:]
        else:
            self.options, self.payload = b"", body[8:]
        pseudo = addr(seen.src) + addr(seen.dst) + struct.pack("!HH", seen.proto, len(body))
        there = struct.unpack_from("!H", body, 16 if seen.proto == TCP else 6)[0]
        # A device may be left to finish it, as a wire of this lab never does; then only the sum of the pseudo header is there.
        if there != ones_sum(pseudo) and (there or seen.proto == TCP) and checksum(pseudo + body):
            fail(f"a packet came out with a wrong checksum: {seen}")

    def sack(self):
        """The blocks of its first SACK option."""
        at = 0
        while at < len(self.options):
            kind = self.options[at]
            if kind == 0:
                break
            if kind == 1:
                at += 1
                continue
            size = self.options[at + 1]
            if kind == 5:
                edges = struct.unpack_from("!%dI" % ((size - 2) // 4), self.options, at + 2)
                return list(zip(edges[::2], edges[1::2]))
            at += size
        return []


def through(lab, packet, side, proto, seconds=2.0):
    """Sends a packet through the router: what comes out on the other wire, or None."""
    lab.flush()
    lab.put(packet, side)
    seen = lab.get("s" if side == "c" else "c", seconds, lambda seen: seen.version == 4 and seen.proto == proto)
    return seen and Out(seen)


SILENCE = 0.1       # forwarding happens within the send call itself, so what has not come out by then was dropped


class Dialogue:
    """A TCP connection between two ends with NAT in the middle. `server`: where the client thinks that the server is."""

    def __init__(self, lab, sport, dport, server=S, cseq=1000, sseq=5000):
        self.lab = lab
        self.host, self.port = {"c": C, "s": S}, {"c": sport, "s": dport}
        self.far = {"c": (server, dport), "s": None}        # as each end sees the other
        self.seq = {"c": cseq, "s": sseq}                   # what each end sends next, in its own numbers
        self.ack = {"c": 0, "s": 0}                         # what each end has received up to, in the numbers that it saw

    def packet(self, side, flags, payload=b"", seq=None, ack=None, options=b""):
        host, port = self.far[side]
        return ip(self.host[side], host, TCP,
                  tcp(self.port[side], port, flags, self.seq[side] if seq is None else seq,
                      (self.ack[side] if flag_bits(flags) & ACK else 0) if ack is None else ack, 65535, payload, options=options))

    def send(self, side, flags, payload=b"", seq=None, seconds=2.0, **fields):
        """What comes out at the other end, or None. Without seq it is new data, and both ends take note of it."""
        out = through(self.lab, self.packet(side, flags, payload, seq=seq, **fields), side, TCP, seconds)
        if seq is None:
            used = bool(flag_bits(flags) & SYN) + bool(flag_bits(flags) & FIN)
            self.seq[side] = (self.seq[side] + len(payload) + used) & 0xffffffff
            if out:
                far = "s" if side == "c" else "c"
                self.ack[far] = (out.seq + len(out.payload) + used) & 0xffffffff
                self.far[far] = (out.src, out.sport)
        return out

    def must(self, side, flags, what, payload=b"", **fields):
        out = self.send(side, flags, payload, **fields)
        if not out:
            fail(f"{what} did not come out; the table:\n" + "".join(f"  {r}\n" for r in rows()))
        return out

    def open(self, options=b""):
        self.must("c", "S", "SYN", options=options)
        self.must("s", "SA", "SYN-ACK", options=options)
        self.must("c", "A", "ACK")
        return self


def rule(table, text):
    run("iptables-legacy", "-w", "-t", table, *text.split())


def expectations():
    with open("/proc/net/nf_conntrack_expect") as file:
        return file.read().splitlines()


def timeless_expectations():
    """Without the seconds that they have left."""
    return [re.sub(r"^\d+ ", "", line) for line in expectations()]
