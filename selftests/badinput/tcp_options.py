#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# TCP options of length 0, 1 and past the end, a window scale above 14 and malformed SACK blocks: what counts is what still makes sense.
# time-limit: 120
from bench import *

GOOD_ANSWER = opt_mss(1460) + opt_wscale(7) + opt_sack_permitted()
WINDOW = 1000
NO_SCALE = 0


def scales():
    """(name, raw options of a SYN, the shift that must be used for that side's windows)."""
    scale5 = b"\x03\x03\x05"
    for shift in (0, 1, 5, 13, 14):
        yield f"window scale {shift}", opt_wscale(shift), shift
    for shift in (15, 16, 31, 32, 64, 128, 255):
        yield f"window scale {shift} counts as 14", opt_wscale(shift), 14
    yield "end of options before the scale", b"\0" + scale5, NO_SCALE
    yield "length 0 before the scale", b"\x02\0" + scale5, NO_SCALE
    yield "length 1 before the scale", b"\x02\x01" + scale5, NO_SCALE
    yield "length past the end before the scale", b"\x02\x28" + scale5 + b"\1\1\1", NO_SCALE
    yield "length 255 before the scale", b"\xfe\xff" + scale5 + b"\1\1\1", NO_SCALE
    yield "scale of length 2", b"\x03\x02\x05\x01", NO_SCALE
    yield "scale of length 4", b"\x03\x04\x05\x05", NO_SCALE
    yield "scale of length 0", b"\x03\x00\x05\x01", NO_SCALE
    yield "scale of length 1", b"\x03\x01\x05\x01", NO_SCALE
    yield "scale cut after its kind", b"\1\1\1\x03", NO_SCALE
    yield "scale cut after its length", b"\1\1\x03\x03", NO_SCALE
    yield "unknown option before the scale", b"\xfd\x05abc" + scale5, 5
    yield "empty unknown option before the scale", b"\xfd\x02" + scale5, 5
    yield "scale at the very end", b"\1" * 37 + scale5, 5
    yield "no operation only", b"\1" * 40, NO_SCALE
    yield "zeros only", b"\0" * 40, NO_SCALE
    yield "length 0 only", b"\x08\0" * 20, NO_SCALE
    yield "two scales, the second counts", b"\x03\x03\x02" + scale5, 5
    yield "maximum segment size of length 3", b"\x02\x03\x05" + scale5, 5
    yield "no options", b"", NO_SCALE



def window_edges(bench, name, options, shift, v6):
    """After a handshake with these options in the SYN, the client's windows are shifted by `shift`, which shows in what the server may send.

    Conntrack lets a sender overshoot the window by as much again, and not a byte more.
    """
    c, s = bench.pair(v6)
    options = options + b"\1" * (-len(options) % 4)      # tcp() would pad with zeros, which end the list
    client = lambda flags, seq, ack, opts=b"": ip(c, s, TCP, tcp(1000, 80, flags, seq, ack, WINDOW, options=opts))
    server = lambda flags, seq, ack, opts=b"": ip(s, c, TCP, tcp(80, 1000, flags, seq, ack, WINDOW, options=opts))
    bench.case(f"{name}: SYN", "NEW", client("S", 100, 0, opts=options))
    bench.case(f"{name}: SYN/ACK", "REPLY", server("SA", 500, 101, opts=GOOD_ANSWER), side="s")
    bench.case(f"{name}: ACK", "ESTABLISHED", client("A", 101, 501))
    edge = 501 + 2 * (WINDOW << shift)
    bench.case(f"{name}: too far past the window", "INVALID", server("A", edge, 101), side="s")
    bench.case(f"{name}: one byte less", "REPLY", server("A", edge - 1, 101), side="s")


def sacks():
    """(name, raw options, whether the block in them counts). The block acknowledges what was never sent."""
    block = struct.pack("!II", 0x10000000, 0x10000100)
    yield "SACK of one block", b"\1\1\x05\x0a" + block, True
    yield "SACK of two blocks", b"\1\1\x05\x12" + block + block, True
    yield "SACK behind a timestamp", opt_timestamp(1, 1) + b"\1\1\x05\x0a" + block, True
    yield "SACK behind an unknown option", b"\xfd\x04ab\1\1\x05\x0a" + block, True
    yield "timestamp alone", opt_timestamp(1, 1), False
    yield "SACK of length 0", b"\1\1\x05\x00" + block, False
    yield "SACK of length 1", b"\1\1\x05\x01" + block, False
    yield "SACK of length 2", b"\1\1\x05\x02" + b"\1" * 8, False
    yield "SACK of length 9", b"\1\1\x05\x09" + block[:7] + b"\1", False
    yield "SACK of length 11", b"\x05\x0b" + block + b"\1\1\1\1\1\1", False
    yield "SACK past the end", b"\1\1\x05\x12" + block, False
    yield "SACK of length 255", b"\1\1\x05\xff" + block, False
    yield "SACK cut after its kind", b"\1\1\1\x05", False
    yield "SACK behind the end of options", b"\0\1\x05\x0a" + block, False
    yield "SACK behind an option of length 0", b"\x08\0\x05\x0a" + block, False
    yield "SACK behind an option of length 1", b"\x08\1\x05\x0a" + block, False


def selective_acks(bench, v6):
    c, s = bench.pair(v6)
    bench.case("SYN", "NEW", ip(c, s, TCP, tcp(1000, 80, "S", 100, 0, WINDOW, options=GOOD_ANSWER)))
    bench.case("SYN/ACK", "REPLY", ip(s, c, TCP, tcp(80, 1000, "SA", 500, 101, WINDOW, options=GOOD_ANSWER)), side="s")
    bench.case("ACK", "ESTABLISHED", ip(c, s, TCP, tcp(1000, 80, "A", 101, 501, WINDOW)))
    for name, options, counts in sacks():
        bench.case(f"v6={v6} {name}", "INVALID" if counts else "ESTABLISHED",
                   ip(c, s, TCP, tcp(1000, 80, "A", 101, 501, WINDOW, options=options)))
    bench.case("ACK afterwards", "ESTABLISHED", ip(c, s, TCP, tcp(1000, 80, "A", 101, 501, WINDOW)))
    bench.verdict_on_all(f"SACK options, v6={v6}")


def test():
    bench = Bench().open()
    for v6 in (False, True):
        for name, options, shift in scales():
            window_edges(bench, f"v6={v6} {name}", options, shift, v6)
        bench.verdict_on_all(f"window scale options, v6={v6}")
        selective_acks(bench, v6)
    # Each option length that fits into no header, in a SYN: never a reason to refuse it.
    for kind in (2, 3, 4, 5, 8, 19, 34, 254):
        for length in (0, 1, 2, 3, 39, 40, 41, 255):
            bench.case(f"option {kind} of length {length}", "NEW", ip(*bench.pair(), TCP, tcp(1, 80, "S", options=bytes([kind, length]) + b"\5" * 38)))
            bench.case(f"option {kind} of length {length}, last", "NEW", ip(*bench.pair(), TCP, tcp(1, 80, "S", options=b"\1\1" + bytes([kind, length]))))
    bench.verdict_on_all("option lengths")


main(test)
