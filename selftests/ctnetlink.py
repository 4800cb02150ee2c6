# SPDX-License-Identifier: GPL-2.0-only
"""The conntrack subsystem of nfnetlink without a library: every attribute and length may be wrong on purpose."""

import errno
import ipaddress
import socket
import struct

NETLINK_NETFILTER = 12
CT, EXP, TIMEOUT = 1, 2, 8                              # subsystems
NEW, GET, DELETE = 0, 1, 2
REQUEST, ACK, EXCL, CREATE, DUMP = 1, 4, 0x200, 0x400, 0x300
NESTED = 0x8000

(TUPLE_ORIG, TUPLE_REPLY, STATUS, PROTOINFO, HELP, NAT_SRC, TIMEOUT_LEFT, MARK, COUNTERS_ORIG, COUNTERS_REPLY, USE, ID, NAT_DST, TUPLE_MASTER,
 SEQ_ADJ_ORIG, SEQ_ADJ_REPLY, SECMARK, ZONE, SECCTX, TIMESTAMP, MARK_MASK, LABELS, LABELS_MASK, SYNPROXY, FILTER, STATUS_MASK) = range(1, 27)
TUPLE_IP, TUPLE_PROTO, TUPLE_ZONE = 1, 2, 3
V4_SRC, V4_DST, V6_SRC, V6_DST = 1, 2, 3, 4
PROTO_NUM, SRC_PORT, DST_PORT, ICMP_ID, ICMP_TYPE, ICMP_CODE = 1, 2, 3, 4, 5, 6
PROTOINFO_TCP, PROTOINFO_DCCP, PROTOINFO_SCTP = 1, 2, 3
TCP_STATE, TCP_WSCALE_ORIG, TCP_WSCALE_REPLY, TCP_FLAGS_ORIG, TCP_FLAGS_REPLY = 1, 2, 3, 4, 5
NAT_MINIP, NAT_MAXIP, NAT_PROTO = 1, 2, 3
PORT_MIN, PORT_MAX = 1, 2
EXPECT_MASTER, EXPECT_TUPLE, EXPECT_MASK, EXPECT_TIMEOUT, EXPECT_ID, EXPECT_HELP_NAME, EXPECT_ZONE = 1, 2, 3, 4, 5, 6, 7
IPS_SEEN_REPLY, IPS_ASSURED, IPS_CONFIRMED, IPS_SRC_NAT, IPS_DYING = 2, 4, 8, 0x10, 0x200

NAMES = {**errno.errorcode, errno.EOPNOTSUPP: "EOPNOTSUPP"}         # it has two names


def attribute(kind, data, length=None):
    """One attribute; a length that is given goes out as it is."""
    return struct.pack("=HH", 4 + len(data) if length is None else length, kind) + data + b"\0" * (-len(data) % 4)


def nest(kind, *parts):
    return attribute(kind | NESTED, b"".join(parts))


def u8(kind, value):
    return attribute(kind, bytes([value]))


def u16(kind, value):
    return attribute(kind, struct.pack("!H", value))


def u32(kind, value):
    return attribute(kind, struct.pack("!I", value))


def u64(kind, value):
    return attribute(kind, struct.pack("!Q", value))


def ip_part(src, dst):
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    kinds = (V4_SRC, V4_DST) if src.version == 4 else (V6_SRC, V6_DST)
    return nest(TUPLE_IP, attribute(kinds[0], src.packed), attribute(kinds[1], dst.packed))


def ports(proto, sport, dport):
    return nest(TUPLE_PROTO, u8(PROTO_NUM, proto), u16(SRC_PORT, sport), u16(DST_PORT, dport))


def echo_part(kind, ident=7, code=0, proto=1):
    return nest(TUPLE_PROTO, u8(PROTO_NUM, proto), u8(ICMP_TYPE, kind), u8(ICMP_CODE, code), u16(ICMP_ID, ident))


def both(proto, sport=1000, dport=2000, src="10.0.1.2", dst="10.0.2.2"):
    """Both tuples of an untranslated connection."""
    return (nest(TUPLE_ORIG, ip_part(src, dst), ports(proto, sport, dport)) +
            nest(TUPLE_REPLY, ip_part(dst, src), ports(proto, dport, sport)))


class Talk:
    """A conversation with the kernel, in the namespace that the process is in when it begins."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.sock.bind((0, 0))
        self.sock.settimeout(20)
        self.seq = 0

    def ask(self, kind, body, flags=0, family=socket.AF_INET, subsystem=CT, length=None, version=0):
        """Sends one request; returns its error's name ("ok" for none) and the messages that came before."""
        self.seq += 1
        message = struct.pack("!BBH", family, version, 0) + body
        length = 16 + len(message) if length is None else length
        self.sock.send(struct.pack("=IHHII", length, subsystem << 8 | kind, REQUEST | ACK | flags, self.seq, 0) + message)
        answers = []
        while True:
            data = self.sock.recv(1 << 18)
            while len(data) >= 16:
                size, what, _, seq, _ = struct.unpack_from("=IHHII", data)
                if seq == self.seq and what == 2:           # NLMSG_ERROR, 0 for an acknowledgement
                    code = -struct.unpack_from("=i", data, 16)[0]
                    return (NAMES.get(code, str(code)) if code else "ok"), answers
                if seq == self.seq and what == 3:           # NLMSG_DONE
                    return "ok", answers
                if seq == self.seq:
                    answers.append(data[20:size])
                data = data[size + 3 & ~3:]

    def create(self, body, flags=CREATE | EXCL, **more):
        return self.ask(NEW, body, flags, **more)[0]

    def create_flows(self, sports):
        """UDP flows of these source ports that live long; those that could not be made."""
        return [sport for sport in sports if self.create(both(17, sport, 53) + u32(TIMEOUT_LEFT, 3000)) != "ok"]

    def update(self, body, **more):
        return self.ask(NEW, body, 0, **more)[0]

    def delete(self, body, **more):
        return self.ask(DELETE, body, **more)[0]

    def flush(self):
        return self.ask(DELETE, b"")[0]


def attributes(data):
    """The attributes of a message or nest, by number (the last one of each)."""
    found, at = {}, 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        found[kind & 0x3fff] = data[at + 4:at + length]
        at += length + 3 & ~3
    return found


def refuse(talk, requests):
    """Requests (what, wanted error, body) to make an entry: each must end as wanted. Whatever was made goes again; returns the differences."""
    wrong = []
    for what, wanted, body in requests:
        got = talk.create(body)
        print(f"{what}: {got}", flush=True)
        if got != wanted:
            wrong.append(f"{what}: {got}, wanted {wanted}")
        talk.flush()
    return "; ".join(wrong)


class Dump:
    """Asked for a little at a time: the kernel's next round begins when the last one was read."""

    def __init__(self, family=socket.AF_INET):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)        # the least that there is: no round before it is asked for
        self.sock.bind((0, 0))
        self.sock.settimeout(20)
        self.ports, self.rounds, self.over = [], 0, False
        self.sock.send(struct.pack("=IHHII", 20, CT << 8 | GET, REQUEST | DUMP, 1, 0) + struct.pack("!BBH", family, 0, 0))

    def round(self):
        data = self.sock.recv(1 << 16)
        self.rounds += 1
        while len(data) >= 16 and not self.over:
            size, kind = struct.unpack_from("=IH", data)
            if kind == 3:                                                   # NLMSG_DONE
                self.over = True
                return
            parts = attributes(data[20:size])
            proto = attributes(attributes(parts[TUPLE_ORIG])[TUPLE_PROTO])
            self.ports.append(struct.unpack("!H", proto[SRC_PORT])[0])
            data = data[size + 3 & ~3:]

    def rest(self):
        while not self.over:
            self.round()
        self.sock.close()
        return self.ports
