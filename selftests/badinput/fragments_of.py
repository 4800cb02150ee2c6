# SPDX-License-Identifier: GPL-2.0-only
"""Packets cut into fragments that may lie."""

from bench import *

BODY = bytes(range(64)) * 2


class Pieces:
    """A UDP packet to be cut up, with one pair of addresses and one identification for it."""

    number = 0

    def __init__(self, bench, v6, segment=None, proto=UDP):
        Pieces.number += 1
        self.v6, self.proto, self.ident = v6, proto, Pieces.number
        self.c, self.s = bench.pair(v6)
        self.body = close_l4(udp(1000, 53, BODY) if segment is None else segment, self.c, self.s, proto)

    def cut(self, start, end, more=None, offset=None, data=None, length=None):
        """Bytes [start, end) of layer 4 as a fragment; offset, data and more can lie."""
        data = self.body[start:end] if data is None else data
        more = end < len(self.body) if more is None else more
        offset = start if offset is None else offset
        if self.v6:
            return fragment6(self.c, self.s, self.proto, data, offset, more, self.ident)
        return ip4(self.c, self.s, self.proto, data, ident=self.ident, frag=offset, more=more, length=length)

    def all(self, size):
        return [self.cut(at, min(at + size, len(self.body))) for at in range(0, len(self.body), size)]
