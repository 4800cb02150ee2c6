#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Readers of the table that take single bytes, seek, stop, die or stay while the world changes: all see whole rows, none holds an entry.
# time-limit: 90
import os
import signal
import time

from lab import *

TABLE = "/proc/net/nf_conntrack"
FLOWS = 400
DAYS = 30                   # so long a timeout that its number of digits does not change within the test
ROW = re.compile(rb"^ipv4     2 udp      17 \d+ src=\S+ dst=\S+ sport=\d+ dport=\d+ \[UNREPLIED\] src=\S+ dst=\S+ sport=\d+ dport=\d+ mark=0 zone=0 use=\d+$")


def send(lab, ports, target=53):
    """New flows. They are in the table when the last one's packet comes out: on a busy machine it may be queued for a while."""
    lab.flush()
    for port in ports:
        lab.put(ip4(C, S, UDP, udp(port, target)))
    last = struct.pack("!HH", ports[-1], target)
    check(lab.get("s", 10, lambda seen: seen.body[:4] == last), f"{len(ports)} flows to port {target} came through")


def read_all(size, fd=None):
    """The rest of the table, in reads of `size` bytes."""
    own = fd is None
    fd = os.open(TABLE, os.O_RDONLY) if own else fd
    pieces = []
    while True:
        piece = os.read(fd, size)
        if not piece:
            break
        pieces.append(piece)
    if own:
        os.close(fd)
    return b"".join(pieces)


def plain(table):
    """Rows with the timeout made equal, so that two dumps of a resting table compare."""
    return [re.sub(rb"^(\S+ +\S+ +\S+ +\S+) \d+", rb"\1 T", line) for line in table.splitlines()]


def well_formed(what, table):
    odd = [line for line in table.splitlines() if not ROW.match(line)]
    if odd or table[-1:] not in (b"\n", b""):
        fail(f"{what}: {len(odd)} rows are not well formed, the first: {odd[:1]}")


def ports_in(table, target=53):
    return [int(p) for p in re.findall(rb"sport=(\d+) dport=%d \[UNREPLIED\]" % target, table)]


def living_rows(what, table, ports):
    """Every flow that lived through the dump, once. Stock's iterator may repeat or skip when the table changes in between."""
    well_formed(what, table)
    seen = ports_in(table)
    missing, repeated = set(ports) - set(seen), len(seen) - len(set(seen))
    text = f"{what}: {len(missing)} living flows missing, {repeated} repeated"
    if IMPL == "ours":
        check(not missing and not repeated, text)
    else:
        print("note:", text)


def sizes_and_seeks(reference):
    for size in (1, 7, 100, 255, 4095, 4096, 4097, 65536, 1 << 20):
        got = read_all(size)
        check(plain(got) == reference, f"reads of {size} bytes give the same rows")
    length = len(read_all(1 << 20))
    fd = os.open(TABLE, os.O_RDONLY)
    for back_and_forth in range(3):
        os.read(fd, 1000 + 777 * back_and_forth)
        os.lseek(fd, 0, os.SEEK_SET)
        check(plain(read_all(333, fd)) == reference, "the whole table again after a seek to the start")
    for at in (1, 99, 4095, 4097, length // 2, length - 1):
        whole = os.lseek(fd, 0, os.SEEK_SET) or read_all(1 << 20, fd)
        for got in (os.lseek(fd, at, os.SEEK_SET) and read_all(1 << 20, fd), b"".join(pread_all(fd, at, 501))):
            check(len(got) == length - at and plain(got)[1:] == plain(whole[at:])[1:], f"seek to {at} and pread from {at} give the rest")
    for back in (4000, 3000, 2000, 1, 0):       # backwards
        check(plain(os.pread(fd, 600, back))[1:-1] == plain(whole[back:back + 600])[1:-1], f"pread at {back}")
    for beyond in (length, length + 1, 1 << 40, 1 << 62):
        os.lseek(fd, beyond, os.SEEK_SET)
        check_equal(f"read at {beyond}", os.read(fd, 100), b"")
    for bad, whence in ((-1, os.SEEK_SET), (0, os.SEEK_END), (0, 9)):
        try:
            os.lseek(fd, bad, whence)
            fail(f"seek to {bad} from {whence} was accepted")
        except OSError as error:
            check_equal(f"seek to {bad} from {whence}", error.errno, 22)
    os.close(fd)
    for flags in (os.O_WRONLY, os.O_RDWR):
        try:
            os.write(os.open(TABLE, flags), b"x")
            fail("the table can be written")
        except OSError as error:
            check(error.errno in (5, 13, 22), f"writing the table fails ({error})")


def pread_all(fd, at, size):
    while True:
        piece = os.pread(fd, size, at)
        if not piece:
            return
        at += len(piece)
        yield piece


def quitters(reference):
    """Readers that stop early or are killed take no reference with them: the "use" column stays what it was."""
    for turn in range(200):
        fd = os.open(TABLE, os.O_RDONLY)
        os.read(fd, 100 + turn)
        os.close(fd)
    for turn in range(20):
        child = os.fork()
        if not child:
            while True:
                read_all(1 + 97 * turn)
        time.sleep(0.01 + 0.003 * turn)
        os.kill(child, signal.SIGKILL)
        check_equal("killed reader's signal", os.waitpid(child, 0)[1], signal.SIGKILL)
    check(plain(read_all(1 << 20)) == reference, "after 200 quitters and 20 killed readers every row, with its use count, is as before")


def changing_table(lab):
    """A dump begins; entries die and are born; the dump goes on."""
    living = range(1000, 1000 + FLOWS)
    sysctl("udp_timeout", 1)
    send(lab, range(20000, 20000 + FLOWS), 99)
    sysctl("udp_timeout", DAYS * 86400)
    fds = []
    for first in (1, 100, 5000, 40000):
        fds.append((first, os.open(TABLE, os.O_RDONLY)))
    heads = [os.read(fd, first) for first, fd in fds]
    time.sleep(1.2)
    send(lab, range(30000, 30000 + FLOWS), 98)
    for (first, fd), head in zip(fds, heads):
        living_rows(f"dump paused after {first} bytes while entries came and went", head + read_all(2048, fd), living)
        os.close(fd)
    wait_for(lambda: not ports_in(read_all(1 << 20), 99), "the short-lived entries are gone from the table")
    for size in ("700", "100000", "512", "16384"):
        fd = os.open(TABLE, os.O_RDONLY)
        head = os.read(fd, 9999)
        with inside(None), open("/sys/module/nf_conntrack/parameters/hashsize", "w") as file:
            file.write(size)
        living_rows(f"dump with {size} buckets since half-way", head + read_all(2048, fd), living)
        os.close(fd)


def statistics():
    """The neighbours of the table in /proc, read by the byte."""
    paths = ["/proc/net/stat/nf_conntrack", "/proc/net/nf_conntrack_expect"]
    if IMPL == "ours" and not os.path.exists(paths[1]):
        print("note: no", paths.pop(), "yet")
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        whole = os.read(fd, 1 << 20)
        os.lseek(fd, 0, os.SEEK_SET)
        single = b""
        while True:
            byte = os.read(fd, 1)
            if not byte:
                break
            single += byte
        check_equal(f"{path} by the byte", len(single), len(whole))
        check_equal(f"{path} from the middle", os.pread(fd, 1 << 20, len(whole) // 2)[:18], whole[len(whole) // 2:][:18])
        os.close(fd)


def outlive_namespace():
    """A reader that keeps the table of a namespace open when all else of it is gone reads on, and lets it go when it closes."""
    fd = os.open(TABLE, os.O_RDONLY)
    head = os.read(fd, 777)
    old = [os.open("/proc/sys/net/netfilter/nf_conntrack_" + name, os.O_RDONLY) for name in ("count", "udp_timeout")]
    old.append(os.open("/proc/net/stat/nf_conntrack", os.O_RDONLY))
    with open("/proc/1/ns/net") as initial:
        enter(initial.fileno())
    for name in (ROUTER, WIRES):
        run("ip", "netns", "del", name)
    time.sleep(0.2)
    table = head + read_all(4096, fd)
    well_formed("the table of a namespace that is gone", table)
    check(len(table.splitlines()) >= FLOWS, "it still has its rows")
    for other in old:
        try:
            os.read(other, 100)
        except OSError as error:
            print("note: reading another old file gives", error)
        os.close(other)
    os.close(fd)


def unloaded_under_reader():
    """A reader in the initial namespace does not keep the module; afterwards it gets an error or nothing, not a crash."""
    fd = os.open(TABLE, os.O_RDONLY)
    os.read(fd, 10)
    wait_for(lambda: run("modprobe", "-r", "nf_conntrack", may_fail=True) == "" and not os.path.exists("/sys/module/nf_conntrack"),
             "the module goes with a reader on its file", 20)
    try:
        check_equal("read after the unload", os.read(fd, 100), b"")
    except OSError as error:
        print("ok: read after the unload:", error)
    os.close(fd)


def test():
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    lab = Lab(rules=False)
    sysctl("udp_timeout", DAYS * 86400)
    send(lab, range(1000, 1000 + FLOWS))
    whole = read_all(1 << 20)
    well_formed("the table", whole)
    reference = plain(whole)
    sizes_and_seeks(reference)
    quitters(reference)
    changing_table(lab)
    statistics()
    for wire in lab.wire.values():
        wire.close()
    os.close(lab.router)
    outlive_namespace()
    unloaded_under_reader()


main(test)
