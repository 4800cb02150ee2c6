#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A reader that goes slowly sees each entry that lives through the reading once, although others come and go meanwhile.
from lab import *

STEADY, CHURN = 600, 30


def test():
    improvement_of_ours("stock counts rows from the start at each read, so that entries that vanish or appear shift the rest")
    lab = Lab()
    sysctl("udp_timeout", 100000)
    for port in range(1000, 1000 + STEADY):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"x")))
    for size in (300, 4096):
        table = os.open("/proc/net/nf_conntrack", os.O_RDONLY)
        data, step = b"", 0
        while piece := os.read(table, size):
            data += piece
            step += 1
            if step <= 40:
                # Short-lived flows: a SYN makes an entry, the RST that answers it takes it away.
                for port in range(5000 + step * CHURN, 5000 + step * CHURN + CHURN):
                    lab.put(ip4(C, S, TCP, tcp(port, 80, "S", 1)))
                    if step > 1:
                        lab.put(ip4(S, C, TCP, tcp(80, port - CHURN, "RA", 0, 2)), "s")
        os.close(table)
        ports = [Row(line).orig["sport"] for line in data.decode().splitlines() if " udp " in line]
        check_equal(f"steady rows in pieces of {size}", len(ports), STEADY)
        check_equal(f"different steady rows in pieces of {size}", len(set(ports)), STEADY)


main(test)
