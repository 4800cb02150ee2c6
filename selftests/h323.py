# SPDX-License-Identifier: GPL-2.0-only
"""Messages of H.323, as a phone and its gatekeeper send them: RAS (H.225.0), Q.931 with H.225.0 in it, and H.245.

They are aligned PER, as short as the standards allow: what is optional and of no interest here is left out. Hosts are IPv4 addresses.
"""
import struct

import packets

PROTOCOL = b"\6\0\x08\x91\x4a\0\4"              # H.225.0 version 4
CONFERENCE = bytes(range(16))
RAS_PORT, DISCOVERY_PORT, CALL_PORT = 1719, 1718, 1720


def place(host, port):
    """A TransportAddress of kind ipAddress."""
    return b"\0" + packets.addr(host) + struct.pack("!H", port)


# ---- RAS: sequence number 0

def gatekeeper_request(host, port):
    """GRQ: where RAS goes; an endpoint of no kind."""
    return b"\0\0" + b"\0\0" + PROTOCOL + place(host, port) + b"\0\0"


def gatekeeper_confirm(host, port):
    """GCF: where the gatekeeper wants RAS."""
    return b"\4\0" + b"\0\0" + PROTOCOL + place(host, port)


def registration_request(host):
    """RRQ: not yet discovered; where calls go; where RAS goes; a terminal of no kind; vendor."""
    return b"\x0c\0" + b"\0\0" + PROTOCOL + b"\0" + b"\1" + place(host, CALL_PORT) + b"\1" + place(host, RAS_PORT) + b"\0\0" + b"\xb5\0\0\1"


def registration_confirm(gatekeeper):
    return b"\x10\0" + b"\0\0" + PROTOCOL + b"\1" + place(gatekeeper, CALL_PORT) + b"\0\0\x31"


# ---- Q.931, over TCP

def tpkt(payload):
    return struct.pack("!BBH", 3, 0, 4 + len(payload)) + payload


def q931(kind, body):
    """A Q.931 message of call 1 with nothing but its user-user element."""
    return tpkt(b"\x08\2\0\1" + bytes([kind]) + b"\x7e" + struct.pack("!H", 1 + len(body)) + b"\5" + body)


def setup(host, port):
    """h245Address; an endpoint of no kind; no MC; conference; create; point to point."""
    return q931(5, b"\0\x40" + PROTOCOL + place(host, port) + b"\0\0" + CONFERENCE + b"\0")


def connect(host, port):
    return q931(7, b"\2\x40" + PROTOCOL + place(host, port) + b"\0\0" + CONFERENCE)


def facility_forwarded(host, port):
    """FACILITY: alternativeAddress; reason callForwarded."""
    return q931(0x62, b"\6\x40" + PROTOCOL + place(host, port) + b"\x20")


# ---- H.245, over TCP

def open_channel(host, port):
    """openLogicalChannel 1, null data, session 1, with a mediaControlChannel."""
    parameters = b"\4\0" + b"\1" + place(host, port)
    return tpkt(b"\3" + b"\0" + b"\0\0" + b"\6\0" + bytes([len(parameters)]) + parameters)
