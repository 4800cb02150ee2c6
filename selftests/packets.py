# SPDX-License-Identifier: GPL-2.0-only
"""Packets built byte by byte, every field free to be wrong, and read back; no dependency but Python itself.

Each layer is a function that returns bytes. A length or checksum that is None is computed; any other value goes out as it is:

    ip4(src, dst, UDP, udp(1000, 53, b"hi"))                     a good packet
    ip4(src, dst, UDP, udp(1000, 53, b"hi", length=4))           a lie about the length

Layer 4 checksums need the addresses, so ip4()/ip6() fill them in: udp(), tcp()... return a Segment that knows where its checksum goes.
"""

import ipaddress
import struct

ICMP, TCP, UDP, DCCP, GRE, ICMP6, SCTP, UDPLITE = 1, 6, 17, 33, 47, 58, 132, 136
FRAGMENT6 = 44

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
FLAG_LETTERS = {"F": FIN, "S": SYN, "R": RST, "P": PSH, "A": ACK, "U": URG, "E": ECE, "C": CWR}


def addr(text):
    """Address text to bytes; bytes pass through."""
    return text if isinstance(text, bytes) else ipaddress.ip_address(text).packed


def ones_sum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum(data):
    return ~ones_sum(data) & 0xffff


class Segment(bytes):
    """Layer 4 bytes with a hole for the checksum: `at` is its offset, `covers` how many bytes it covers (None: all)."""

    def __new__(cls, data, at=None, covers=None, proto=None, pseudo=True):
        self = bytes.__new__(cls, data)
        self.at, self.covers, self.proto, self.pseudo = at, covers, proto, pseudo
        return self


def close_segment(payload, src, dst, proto):
    """Fills in the checksum of a Segment, now that the addresses are known."""
    at = getattr(payload, "at", None)
    if at is None:
        return bytes(payload)
    covered = bytes(payload) if payload.covers is None else bytes(payload)[:payload.covers]
    head = b""
    if payload.pseudo or len(src) == 16:
        head = src + dst + (struct.pack("!BBH", 0, proto, len(payload)) if len(src) == 4 else struct.pack("!I3xB", len(payload), proto))
    value = checksum(head + covered)
    if value == 0 and proto in (UDP, UDPLITE):
        value = 0xffff
    return payload[:at] + struct.pack("!H", value) + payload[at + 2:]


# ---- layer 3 ---------------------------------------------------------------------------------------------------------------

def ip4(src, dst, proto, payload=b"", *, ttl=64, tos=0, ident=0, frag=0, more=False, dont=False, options=b"", version=4,
        ihl=None, length=None, csum=None):
    """An IPv4 packet; frag is the fragment offset in bytes."""
    src, dst = addr(src), addr(dst)
    payload = close_segment(payload, src, dst, proto)
    options += b"\0" * (-len(options) % 4)
    header_length = 20 + len(options)
    ihl = header_length // 4 if ihl is None else ihl
    length = header_length + len(payload) if length is None else length
    flags = (0x4000 if dont else 0) | (0x2000 if more else 0) | (frag // 8)
    head = struct.pack("!BBHHHBBH", version << 4 | ihl, tos, length, ident, flags, ttl, proto, 0) + src + dst + options
    csum = checksum(head) if csum is None else csum
    return head[:10] + struct.pack("!H", csum) + head[12:] + payload


def ip6(src, dst, proto, payload=b"", *, hops=64, tclass=0, flow=0, extensions=(), version=6, length=None):
    """An IPv6 packet; extensions is a list of (number, bytes without their next-header byte)."""
    src, dst = addr(src), addr(dst)
    payload = close_segment(payload, src, dst, proto)
    chain = [number for number, _ in extensions] + [proto]
    body = b"".join(bytes([following]) + data for (_, data), following in zip(extensions, chain[1:])) + payload
    length = len(body) if length is None else length
    return struct.pack("!IHBB", version << 28 | tclass << 20 | flow, length, chain[0], hops) + src + dst + body


def ip(src, dst, proto, payload=b"", **fields):
    """ip4() or ip6(), as the addresses say."""
    return (ip4 if len(addr(src)) == 4 else ip6)(src, dst, proto, payload, **fields)


def fragments4(packet, size, ident=1):
    """Cuts a whole IPv4 packet (no options) into fragments of `size` payload bytes (a multiple of 8)."""
    head, body = packet[:20], packet[20:]
    src, dst, proto = head[12:16], head[16:20], head[9]
    return [ip4(src, dst, proto, body[at:at + size], ident=ident, frag=at, more=at + size < len(body), ttl=head[8])
            for at in range(0, len(body), size)]


def fragments6(packet, size, ident=1):
    """Cuts a whole IPv6 packet (no extension headers) into fragments of `size` payload bytes (a multiple of 8)."""
    proto, src, dst, body = packet[6], packet[8:24], packet[24:40], packet[40:]
    return [fragment6(src, dst, proto, body[at:at + size], at, at + size < len(body), ident) for at in range(0, len(body), size)]


def fragment6(src, dst, proto, piece, offset, more, ident=1, **fields):
    """One IPv6 fragment: `piece` of the upper layer's bytes at `offset`."""
    return ip6(src, dst, proto, bytes(piece), extensions=[(FRAGMENT6, struct.pack("!BHI", 0, offset | (1 if more else 0), ident))], **fields)


# ---- layer 4 ---------------------------------------------------------------------------------------------------------------

def flag_bits(flags):
    """Flags as letters, "SA", or as a number."""
    if isinstance(flags, int):
        return flags
    bits = 0
    for letter in flags:
        bits |= FLAG_LETTERS[letter]
    return bits


def tcp(sport, dport, flags, seq=0, ack=0, window=65535, payload=b"", *, options=b"", doff=None, csum=None, urgent=0, reserved=0):
    options += b"\0" * (-len(options) % 4)
    doff = 5 + len(options) // 4 if doff is None else doff
    data = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff, doff << 4 | reserved, flag_bits(flags), window,
                       csum or 0, urgent) + options + payload
    return Segment(data, at=16 if csum is None else None, proto=TCP)


def opt_mss(value):
    return struct.pack("!BBH", 2, 4, value)


def opt_wscale(shift):
    return b"\x01" + struct.pack("!BBB", 3, 3, shift)


def opt_sack_permitted():
    return b"\x01\x01\x04\x02"


def opt_sack(*blocks):
    return b"\x01\x01" + struct.pack("!BB", 5, 2 + 8 * len(blocks)) + b"".join(struct.pack("!II", left & 0xffffffff, right & 0xffffffff)
                                                                                for left, right in blocks)


def opt_timestamp(value, echo):
    return b"\x01\x01" + struct.pack("!BBII", 8, 10, value, echo)


def udp(sport, dport, payload=b"", *, length=None, csum=None):
    length = 8 + len(payload) if length is None else length
    return Segment(struct.pack("!HHHH", sport, dport, length, csum or 0) + payload, at=6 if csum is None else None, proto=UDP)


def udplite(sport, dport, payload=b"", *, coverage=0, csum=None):
    """coverage 0 means the whole packet."""
    data = struct.pack("!HHHH", sport, dport, coverage, csum or 0) + payload
    return Segment(data, at=6 if csum is None else None, covers=coverage or None, proto=UDPLITE)


def icmp(kind, code=0, rest=b"\0\0\0\0", payload=b"", *, csum=None):
    """ICMP; `rest` are the four bytes after the checksum: identifier and sequence number, MTU, pointer..."""
    data = struct.pack("!BBH", kind, code, csum or 0) + rest + payload
    return Segment(data, at=2 if csum is None else None, proto=ICMP, pseudo=False)


def icmp6(kind, code=0, rest=b"\0\0\0\0", payload=b"", *, csum=None):
    """ICMPv6; close_segment() adds the pseudo header because the addresses are IPv6."""
    return icmp(kind, code, rest, payload, csum=csum)


def echo(ident, seq=1, reply=False, payload=b"ping"):
    return icmp(0 if reply else 8, 0, struct.pack("!HH", ident, seq), payload)


def echo6(ident, seq=1, reply=False, payload=b"ping"):
    return icmp6(129 if reply else 128, 0, struct.pack("!HH", ident, seq), payload)


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def sctp(sport, dport, tag, *chunks, csum=None):
    head = struct.pack("!HHI", sport, dport, tag)
    body = b"".join(chunk + b"\0" * (-len(chunk) % 4) for chunk in chunks)
    csum = crc32c(head + b"\0\0\0\0" + body) if csum is None else csum
    return head + struct.pack("<I", csum) + body


def sctp_chunk(kind, payload=b"", flags=0):
    return struct.pack("!BBH", kind, flags, 4 + len(payload)) + payload


def sctp_init(tag, reply=False):
    """INIT or INIT ACK; `tag` is what the other side must put into its packets from now on."""
    return sctp_chunk(2 if reply else 1, struct.pack("!IIHHI", tag, 65536, 1, 1, 1))


def dccp(sport, dport, kind, seq, ack=None, *, service=None, reset=None, csum=None):
    """DCCP with 48-bit sequence numbers."""
    rest = struct.pack("!HHI", ack >> 48, ack >> 32 & 0xffff, ack & 0xffffffff) if ack is not None else b""
    rest += b"".join(struct.pack("!I", value) for value in (service, reset) if value is not None)
    data = struct.pack("!HHBBHBBHI", sport, dport, 4 + len(rest) // 4, 0, csum or 0, kind << 1 | 1, 0, seq >> 32, seq & 0xffffffff) + rest
    return Segment(data, at=6 if csum is None else None, proto=DCCP)


def ethernet(dst, src, packet, kind=None):
    if kind is None:
        kind = 0x86dd if packet and packet[0] >> 4 == 6 else 0x0800
    return dst + src + struct.pack("!H", kind) + packet


# ---- reading back ------------------------------------------------------------------------------------------------------------

class Seen:
    """A packet that came out: just what tests ask about."""

    def __init__(self, packet):
        self.raw = packet
        self.version = packet[0] >> 4
        if self.version == 4:
            self.ihl = (packet[0] & 15) * 4
            self.dscp = packet[1] >> 2
            self.total = struct.unpack_from("!H", packet, 2)[0]
            flags = struct.unpack_from("!H", packet, 6)[0]
            self.more, self.offset = bool(flags & 0x2000), (flags & 0x1fff) * 8
            self.proto = packet[9]
            self.src, self.dst = (str(ipaddress.ip_address(packet[at:at + 4])) for at in (12, 16))
            self.body = packet[self.ihl:self.total]
        else:
            self.dscp = (struct.unpack_from("!H", packet)[0] >> 4 & 0xff) >> 2
            self.total = 40 + struct.unpack_from("!H", packet, 4)[0]
            self.proto = packet[6]
            self.src, self.dst = (str(ipaddress.ip_address(packet[at:at + 16])) for at in (8, 24))
            self.body = packet[40:self.total]
            self.more, self.offset = False, 0
            if self.proto == FRAGMENT6:
                self.proto = self.body[0]
                field = struct.unpack_from("!H", self.body, 2)[0]
                self.more, self.offset = bool(field & 1), field & ~7
                self.body = self.body[8:]

    def __repr__(self):
        return f"<{self.src} > {self.dst} proto {self.proto} dscp {self.dscp} {len(self.body)} bytes>"
