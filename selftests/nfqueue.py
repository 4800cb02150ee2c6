# SPDX-License-Identifier: GPL-2.0-only
"""The least of NFQUEUE: hold packets on their way through the router, and release them one by one.

It lets a test stop a packet between the two halves of conntrack (tracked, not yet confirmed), so that races happen on command.
"""

import socket
import struct

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE = 3
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = 0, 1, 2
CFG_CMD, CFG_PARAMS = 1, 2
CFG_MASK, CFG_FLAGS, FLAG_CONNTRACK = 4, 5, 2
PACKET_HDR, VERDICT_HDR, PAYLOAD, CT, CT_INFO = 1, 2, 10, 11, 12
NF_DROP, NF_ACCEPT = 0, 1
AF_INET = 2


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


class Queue:
    """One queue, in the namespace that the process is in when it is made."""

    def __init__(self, number=0, conntrack=False):
        self.number = number
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.sock.bind((0, 0))
        self.sock.settimeout(10)
        self.send(MSG_CONFIG, attribute(CFG_CMD, struct.pack("!BBH", 1, 0, AF_INET)), ack=True)         # bind
        self.send(MSG_CONFIG, attribute(CFG_PARAMS, struct.pack("!IB", 0xffff, 2)), ack=True)             # copy packets
        if conntrack:                                                                                     # send the entry along
            self.send(MSG_CONFIG, attribute(CFG_FLAGS, struct.pack("!I", FLAG_CONNTRACK)) +
                      attribute(CFG_MASK, struct.pack("!I", FLAG_CONNTRACK)), ack=True)

    def send(self, kind, attributes, ack=False):
        body = struct.pack("!BBH", AF_INET, 0, self.number) + attributes
        self.sock.send(struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_QUEUE << 8 | kind, 5 if ack else 1, 0, 0) + body)
        if ack:
            code = struct.unpack_from("=i", self.sock.recv(65536), 16)[0]
            if code:
                raise OSError(-code, "nfqueue")

    def take_whole(self):
        """Waits for the next packet and returns its attributes by number; also .number and .payload."""
        return Held(self.sock.recv(1 << 17))

    def take(self):
        """Waits for the next packet and returns its number."""
        return self.take_whole().number

    def release(self, number, verdict=NF_ACCEPT, payload=None, attributes=b""):
        """payload takes the packet's place; attributes may change its entry (CT)."""
        if payload is not None:
            attributes = attribute(PAYLOAD, payload) + attributes
        self.send(MSG_VERDICT, attribute(VERDICT_HDR, struct.pack("!II", verdict, number)) + attributes)

    def close(self):
        """The kernel drops what is still held."""
        self.sock.close()


class Held(dict):
    """A packet in a queue."""

    def __init__(self, message):
        at = 20
        while at + 4 <= len(message):
            length, kind = struct.unpack_from("=HH", message, at)
            self[kind & 0x3fff] = message[at + 4:at + length]
            at += length + 3 & ~3
        self.number = struct.unpack_from("!I", self[PACKET_HDR])[0]
        self.payload = self.get(PAYLOAD, b"")
