#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SCTP and DCCP packets that are cut, lie about lengths, carry wrong sums or types, come in pieces or inside ICMP errors.
# time-limit: 120
from bench import *
from lab import IMPL
from fragments_of import Pieces


def good_ones():
    """(name, protocol, layer 4 bytes, from which length on it is no longer short)."""
    yield "sctp", SCTP, sctp(1000, 80, sctp_init()), 32
    yield "dccp", DCCP, dccp_request(1000, 80), 20


def cut_short(bench, v6):
    for name, proto, segment, enough in good_ones():
        for chain in ((), [(DSTOPTS, b"\0\1\4\0\0\0\0")] * 3) if v6 else ((),):
            fields = {"extensions": chain} if chain else {}
            for length in range(enough + 1):
                c, s = bench.pair(v6)
                good = close_l4(segment, c, s, proto)
                wanted = "NEW" if length == enough else SHORT_DCCP if proto == DCCP and 4 <= length < 12 else "INVALID"
                bench.case(f"v6={v6} {name}, {length} bytes, behind {len(chain)} headers", wanted, ip(c, s, proto, good[:length], **fields))
        if proto == DCCP:
            for length in range(enough):
                cut = Segment(segment[:length], at=6 if length >= 8 else None, proto=proto)
                bench.case(f"v6={v6} {name}, {length} bytes, sum right", SHORT_DCCP if 4 <= length < 12 else "INVALID",
                           close_ip(*bench.pair(v6), proto, cut))
    bench.verdict_on_all(f"cut short, v6={v6}")


def lies(bench, v6):
    case = lambda name, verdict, proto, segment: bench.case(f"v6={v6} {name}", verdict, close_ip(*bench.pair(v6), proto, segment))
    for doff in (0, 1, 2, 6, 255):
        case(f"dccp data offset {doff} of 20 bytes", "INVALID", DCCP, dccp_request(1, 80, doff=doff))
    for coverage in range(16):
        # A coverage that goes past the end is wrong. Stock starts to count at the header and not behind it, against RFC 4340 section 9.2; so
        # coverages of 1 and 2 leave out the sum itself there and are never right.
        wrong = coverage > 6 or IMPL == "stock" and coverage in (1, 2)
        case(f"dccp checksum coverage {coverage} of 20 bytes", "INVALID" if wrong else "NEW", DCCP, dccp_covering(coverage))
    for kind in range(16):
        # only a request opens a connection; an answer, data or a reset to nothing, and types that do not exist, are refused
        case(f"dccp type {kind} first", "INVALID" if kind else "NEW", DCCP, dccp(1, 80, kind, b"\0" * 12))
    for kind, needed in ((0, 20), (1, 28), (2, 16), (3, 24), (7, 28), (8, 24)):
        if needed > 16:
            case(f"dccp type {kind} of {needed - 4} bytes", SHORT_DCCP, DCCP, dccp(1, 80, kind, b"\0" * (needed - 20)))
    case("dccp request with a short sequence number", "INVALID", DCCP, dccp_request(1, 80, extended=0))
    for length in range(4):
        case(f"sctp chunk length {length}", "INVALID", SCTP, sctp(1, 80, sctp_chunk(1, b"\0" * 16, length=length)))
    for kind in (1, 2, 14, 63, 255):
        case(f"sctp chunk {kind} shorter than its header", "INVALID", SCTP, sctp(1, 80, struct.pack("!B", kind)))
    case("sctp without chunks", "INVALID", SCTP, sctp(1, 80, b""))
    case("sctp init with a verification tag", "INVALID", SCTP, sctp(1, 80, sctp_init(), vtag=7))
    case("sctp init cut within", "INVALID", SCTP, sctp(1, 80, sctp_init()[:16]))
    case("sctp init and data", "INVALID", SCTP, sctp(1, 80, sctp_init() + sctp_chunk(0, b"\0" * 12)))
    case("sctp abort first", "INVALID", SCTP, sctp(1, 80, sctp_chunk(6)))
    case("sctp unknown chunk first", "INVALID", SCTP, sctp(1, 80, sctp_chunk(77, b"abcd")))
    case("sctp 50 empty unknown chunks", "INVALID", SCTP, sctp(1, 80, sctp_chunk(77) * 50))
    bench.verdict_on_all(f"fields that lie, v6={v6}")


def dccp_covering(coverage):
    """A request, all header, whose sum is as the module would have it: stock's covers (coverage - 1) words from the header's start."""
    segment = dccp_request(1, 80, cscov=coverage)
    segment.covers = (coverage - 1) * 4 if coverage and IMPL == "stock" else None
    return segment


def sums(bench, v6):
    for checked in (1, 0):
        sysctl("checksum", checked)
        for name, proto, segment, at in (("sctp", SCTP, sctp(1, 80, sctp_init()), 8), ("dccp", DCCP, dccp_request(1, 80), 6)):
            for flip in (b"\x55\x55", b"\0\1", b"\x80\0"):
                c, s = bench.pair(v6)
                good = close_l4(segment, c, s, proto)
                bad = good[:at] + bytes(x ^ y for x, y in zip(good[at:], flip)) + good[at + 2:]
                bench.case(f"v6={v6} {name}, wrong sum, checked={checked}", "INVALID" if checked else "NEW", ip(c, s, proto, bad))
    sysctl("checksum", 1)
    bench.verdict_on_all(f"wrong sums, v6={v6}")


def pieces_and_errors(bench, v6):
    for name, proto, segment, _ in good_ones():
        bench.case(f"v6={v6} {name} in pieces of 8", "NEW", Pieces(bench, v6, segment, proto).all(8))
        c, s = bench.pair(v6)
        packet = close_ip(c, s, proto, segment)
        bench.case(f"v6={v6} {name}", "NEW", packet)
        header = 40 if v6 else 20
        for length in range(header, header + 12):
            error = icmp6(1, 0, b"\0" * 4, packet[:length]) if v6 else icmp(3, 0, b"\0" * 4, packet[:length])
            wanted = [("RELATED-REPLY", {})] if length >= header + 4 else [("INVALID", {"icmp_error": 1})]
            bench.case(f"v6={v6} error quoting {length - header} bytes of {name}", wanted, ip(s, c, ICMP6 if v6 else ICMP, error), side="s")
    bench.case(f"v6={v6} sctp, wrong sum, in pieces", "INVALID", Pieces(bench, v6, sctp(1, 80, sctp_init(), csum=7), SCTP).all(8))
    bench.verdict_on_all(f"in pieces and in errors, v6={v6}")


def test():
    bench = Bench().open()
    bench.need_trackers()
    for v6 in (False, True):
        cut_short(bench, v6)
        lies(bench, v6)
        sums(bench, v6)
        pieces_and_errors(bench, v6)


main(test)
