#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A namespace goes away while destructions wait for a listener in it: it does not wait for them.
import subprocess

from lab import *
from listener import GROUP_DESTROY, Deaf, conntrack


def test():
    lab = Lab()
    sysctl("events", 1)
    conntrack("-C")
    listener = Deaf(GROUP_DESTROY)
    for port in range(1000, 1200):
        lab.put(ip4(C, S, UDP, udp(port, 53, b"?")))
    wait_for(lambda: count() == 200, "entries")
    conntrack("-F")
    check(count() > 0, "some wait")
    enter(os.open("/proc/1/ns/net", os.O_RDONLY))
    listener.sock.close()
    os.close(lab.router)
    run("ip", "netns", "del", ROUTER)
    wait_for(lambda: subprocess.run(["modprobe", "-r", "nf_conntrack_netlink"], capture_output=True).returncode == 0, "ctnetlink unloads")


main(test)
