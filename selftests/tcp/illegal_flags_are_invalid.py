#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Flag combinations that no TCP sends are INVALID, with and without a connection.
from lab import *


def test():
    lab = Lab()
    flow = TcpFlow(lab).open()
    for flags in ("", "F", "SF", "SR", "FR", "SFR", "FPU", "U", "P", "SFA", "SRA", "FRA", "SFRAPU", "RU", "SAU"):
        lab.expect("INVALID", ip4(C, S, TCP, tcp(43000, 80, flags, 100, 200)), what=f"first packet '{flags}'")
        flow.send("c", flags, "INVALID", seq=flow.next["c"], what=f"established, packet '{flags}'")
    check_equal("state", flow.state(), "ESTABLISHED")
    check_equal("rows", len(rows(proto="tcp")), 1)
    flow.send("c", "PA", "ESTABLISHED", payload=b"still fine")


main(test)
