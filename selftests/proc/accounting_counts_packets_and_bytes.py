#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# With nf_conntrack_acct, new entries count packets and bytes (IP header included) of each direction exactly.
from lab import *


def test():
    lab = Lab()
    before = ip4(C, S, UDP, udp(999, 53, b"too early"))
    lab.expect("NEW", before)
    sysctl("acct", 1)
    sizes = (0, 1, 100, 1400)
    for size in sizes:
        lab.expect("NEW", ip4(C, S, UDP, udp(1000, 53, b"x" * size)))
    entry = row(sport=1000)
    check_equal("packets there", entry.orig["packets"], "4")
    check_equal("bytes there", entry.orig["bytes"], str(sum(sizes) + 4 * 28))
    check_equal("packets back", entry.reply["packets"], "0")
    check_equal("bytes back", entry.reply["bytes"], "0")
    for size in sizes[:3]:
        lab.expect("REPLY", ip4(S, C, UDP, udp(53, 1000, b"x" * size)), side="s")
    entry = row(sport=1000)
    check_equal("packets back", entry.reply["packets"], "3")
    check_equal("bytes back", entry.reply["bytes"], str(101 + 3 * 28))
    pattern = (rf"ipv4     2 udp      17 [0-9]+ src={C} dst={S} sport=1000 dport=53 packets=4 bytes=1613 "
               rf"src={S} dst={C} sport=53 dport=1000 packets=3 bytes=185 mark=0 zone=0 use=2")
    check(re.fullmatch(pattern, entry.raw), "the row is exactly so")
    lab.expect("NEW", before)
    check("packets" not in row(sport=999).orig, "an entry from before has no counters")
    # Invalid packets of a connection are not counted.
    flow = TcpFlow(lab).open()
    flow.send("c", "A", "INVALID", seq=10**9)
    check_equal("TCP packets there", flow.row().orig["packets"], "2")
    sysctl("acct", 0)
    lab.expect("NEW", ip4(C, S, UDP, udp(1001, 53, b"too late")))
    check("packets" not in row(sport=1001).orig, "an entry from after has no counters")


main(test)
