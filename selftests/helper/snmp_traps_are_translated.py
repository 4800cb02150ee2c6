#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# SNMP: the agent's address inside traps from behind NAT is translated and the checksum fits; what the module cannot read is dropped.
from dialogue import *

OUTSIDE = "10.0.2.111"


def ber(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack("!H", len(body))
    return bytes([tag]) + size + body


def number(value, tag=2):
    return ber(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def address(host):
    return ber(0x40, addr(host))


OID = ber(6, b"\x2b\6\1\4\1\x82\x37")
UPTIME = number(4711, tag=0x43)


def trap(*values, version=1, kind=0xa7, community=b"public"):
    return ber(0x30, number(version), ber(4, community),
               ber(kind, number(77), number(0), number(0), ber(0x30, *[ber(0x30, OID, value) for value in values])))


def trap1(agent):
    """The form of SNMPv1."""
    return ber(0x30, number(0), ber(4, b"public"), ber(0xa4, OID, address(agent), number(6), number(1), UPTIME, ber(0x30, ber(0x30, OID, UPTIME))))


def test():
    if not run("modinfo", "-n", "nf_nat_snmp_basic", may_fail=True):
        skip("this kernel is built without nf_nat_snmp_basic")
    lab = Lab()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_snmp_basic")
    rule("raw", "-A PREROUTING -p udp --dport 162 -j CT --helper snmp_trap")
    rule("nat", f"-A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}")

    def sent(sport, payload, seconds=2.0, **fields):
        return through(lab, ip(C, S, UDP, udp(sport, 162, payload, **fields)), "c", UDP, seconds)

    def translated(what, sport, before, after):
        out = sent(sport, before)
        check_equal(what, out and (out.payload, out.src, out.sport), (after, OUTSIDE, sport))

    # An address at an even and at an odd offset: the checksum is mended differently.
    for community in (b"public", b"publics"):
        translated("a trap", 3000, trap(UPTIME, address(C), community=community), trap(UPTIME, address(OUTSIDE), community=community))
    big = [ber(4, bytes(100)), address(C), ber(4, bytes(151)), address(C), number(5)]
    there = [ber(4, bytes(100)), address(OUTSIDE), ber(4, bytes(151)), address(OUTSIDE), number(5)]
    translated("several addresses", 3001, trap(*big), trap(*there))
    others = trap(address(S), address("10.0.1.3"), ber(4, addr(C)))
    translated("others are left alone", 3001, others, others)
    translated("an inform request of v1", 3002, trap(address(C), version=0, kind=0xa6), trap(address(OUTSIDE), version=0, kind=0xa6))
    out = sent(3002, trap(address(C)), csum=0)
    check_equal("without a checksum", out and out.payload, trap(address(OUTSIDE)))

    check_equal("v3", sent(3003, trap(address(C), version=3), SILENCE), None)
    check_equal("v1's trap, which the module's grammar leaves out", sent(3003, trap1(C), SILENCE), None)
    whole = trap(*big)
    passed = [size for size in (*range(60), *range(60, len(whole), 9), len(whole) - 1) if sent(3004, whole[:size], 0.02)]
    check_equal("sizes of a trap cut short that pass", passed, [])
    check_equal("a lie about the length", sent(3005, trap(address(C)), SILENCE, length=8), None)
    translated("and the next good one", 3004, trap(address(C)), trap(address(OUTSIDE)))
    check_equal("expectations", expectations(), [])


main(test)
