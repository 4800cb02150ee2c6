#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# IPv6 extension headers that are cut, too long, endless or lead nowhere; well-formed ones are skipped on the way to the transport header.
# time-limit: 120
from bench import *

PAD = b"\0" + b"\1\4" + b"\0" * 4           # the rest of an 8-byte options header: one PadN


def options(length8):
    """The rest of an options header of (length8 + 1) * 8 bytes, filled with PadN."""
    body = b""
    left = (length8 + 1) * 8 - 2
    while left:
        pad = min(left, 250)
        if left - pad == 1:
            pad -= 1
        body += b"\1" + bytes([pad - 2]) + b"\0" * (pad - 2)
        left -= pad
    return bytes([length8]) + body


def chains():
    """(name, extensions, verdict) in front of a good UDP packet."""
    yield "hop-by-hop options", [(HOPOPTS, PAD)], "NEW"
    yield "destination options", [(DSTOPTS, PAD)], "NEW"
    yield "destination options of 256 bytes", [(DSTOPTS, options(31))], "NEW"
    yield "hop-by-hop, destination, routing, destination", [(HOPOPTS, PAD), (DSTOPTS, PAD), (ROUTING, b"\0\2\0" + b"\0" * 4), (DSTOPTS, PAD)], "NEW"
    yield "100 destination options", [(DSTOPTS, PAD)] * 100, "NEW"
    yield "hop-by-hop options in second place", [(DSTOPTS, PAD), (HOPOPTS, PAD)], "NEW"
    yield "routing header type 0 with segments left", [(ROUTING, b"\2\0\1" + b"\0" * 20)], "NEW"
    yield "routing header of unknown type", [(ROUTING, b"\0\xfe\xff" + b"\0" * 4)], "NEW"
    yield "authentication header", [(AH, b"\1" + b"\0" * 10)], "NEW"
    yield "authentication header of the least length", [(AH, b"\0" + b"\0" * 6)], "NEW"
    yield "destination options that ask for the packet's end", [(DSTOPTS, b"\0\xc3\4" + b"\0" * 4)], "NEW"
    # the walk arrives outside of the packet, where no ports are
    yield "length to just behind the end", [(DSTOPTS, b"\3" + PAD[1:])], "INVALID"
    yield "length far past the end", [(DSTOPTS, b"\xff" + PAD[1:])], "INVALID"
    yield "authentication header past the end", [(AH, b"\xff" + b"\0" * 6)], "INVALID"


def last_words():
    """(name, packet's next header, bytes behind the IPv6 header, verdict): the chain itself is cut or leads nowhere."""
    for kind, name in ((DSTOPTS, "destination options"), (ROUTING, "routing"), (AH, "authentication")):
        for length in range(2):
            yield f"{name} of {length} bytes", kind, bytes([UDP, 0])[:length], "INVALID"
        yield f"{name} of 2 bytes", kind, bytes([UDP, 0]), "INVALID"
        yield f"{name} and nothing behind", kind, bytes([UDP, 0]) + b"\1\4\0\0\0\0", "INVALID"
        yield f"{name}, then two bytes of udp", kind, bytes([UDP, 0]) + b"\1\4\0\0\0\0" + b"\0\1", "INVALID"
        yield f"{name}, then {name} cut", kind, bytes([kind, 0]) + b"\1\4\0\0\0\0" + bytes([UDP]), "INVALID"
        yield f"{name}, then no next header", kind, bytes([NO_NEXT, 0]) + b"\1\4\0\0\0\0", "INVALID"
        yield f"{name}, then a protocol without a tracker", kind, bytes([NOBODY, 0]) + b"\1\4\0\0\0\0" + b"data", "NEW"
    yield "no next header", NO_NEXT, b"", "INVALID"
    yield "no next header, but data", NO_NEXT, b"datadata", "INVALID"
    yield "encrypted payload", ESP, b"\0\0\0\1\0\0\0\1" + b"\x55" * 32, "NEW"
    yield "encrypted payload of 3 bytes", ESP, b"\0\0\0", "NEW"
    yield "mobility header", 135, b"\x3b\0\5\0\0\0\0\0", "NEW"
    yield "IPv6 in IPv6", 41, b"\x60" + b"\0" * 39, "NEW"
    yield "IPv4 in IPv6", 4, b"\x45" + b"\0" * 19, "NEW"
    yield "protocol 255", 255, b"x", "NEW"


def fragment_headers(bench):
    """A fragment header that is cut, in odd places or twice."""
    c, s = bench.pair(True)
    for length in range(8):
        # the defragmenter swallows or passes them on; conntrack, where it sees one, finds no transport header
        wanted = "DROP" if 1 <= length <= 3 else "INVALID"
        bench.case(f"fragment header of {length} bytes", wanted, ip6(c, s, FRAGMENT6, struct.pack("!BBHI", UDP, 0, 0, 1)[:length]))
    whole = FRAGMENT6, struct.pack("!BHI", 0, 0, 0x77)
    for name, extensions, verdict in (("behind destination options", [(DSTOPTS, PAD), whole], "NEW"),
                                      ("before destination options", [whole, (DSTOPTS, PAD)], "NEW"),
                                      ("twice", [whole, (FRAGMENT6, struct.pack("!BHI", 0, 0, 0x78))], "NEW"),
                                      ("reserved bits set", [(FRAGMENT6, struct.pack("!BHI", 0xff, 6, 0x79))], "NEW")):
        bench.case(f"whole packet with a fragment header {name}", verdict, ip6(*bench.pair(True), UDP, udp(1, 53, b"hi"), extensions=extensions))
    bench.verdict_on_all("fragment headers")


def test():
    bench = Bench().open()
    for name, extensions, verdict in chains():
        bench.case(name, verdict, ip6(*bench.pair(True), UDP, udp(1, 53, b"12"), extensions=extensions))
    bench.verdict_on_all("chains of extension headers")
    for name, kind, body, verdict in last_words():
        bench.case(name, verdict, ip6(*bench.pair(True), kind, body))
    bench.verdict_on_all("chains that end early")
    # Behind a chain, every tracker still finds its header, and still sees that it is cut.
    chain = [(DSTOPTS, PAD)] * 3
    for name, proto, segment, least in (("tcp", TCP, tcp(1, 80, "S"), 20), ("udp", UDP, udp(1, 53), 8), ("icmpv6", ICMP6, echo6(1), 8)):
        for length in range(least + 1):
            c, s = bench.pair(True)
            good = close_l4(segment, c, s, proto)
            cut = good if length == least else good[:length]
            wanted = "NEW" if length == least else "INVALID"
            if length < least and proto == ICMP6:
                wanted = [("INVALID", {"icmp_error": 1})]
            bench.case(f"{length} bytes of {name} behind a chain", wanted, ip6(c, s, proto, cut, extensions=chain))
    bench.verdict_on_all("transport headers behind a chain")
    fragment_headers(bench)
    # Hop-by-hop options are looked at by the router itself, before conntrack; its own complaint is about a packet that has no entry.
    for name, extension, moved in (("past the end", b"\xff" + PAD[1:], {}), ("an option past the end", b"\0\1\x20" + b"\0" * 4, {}),
                                   ("must be understood", b"\0\xc3\4" + b"\0" * 4, {"icmp_error": 1})):
        bench.case(f"hop-by-hop, {name}", "DROP", ip6(*bench.pair(True), UDP, udp(1, 53), extensions=[(HOPOPTS, extension)]), **moved)
    bench.verdict_on_all("bad hop-by-hop options")


main(test)
