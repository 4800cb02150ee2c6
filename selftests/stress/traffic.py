# SPDX-License-Identifier: GPL-2.0-only
"""Traffic in bulk and in the background, namespaces and module loads without a process for each: what the stress tests are made of."""

import contextlib
import ctypes
import errno
import fcntl
import os
import random
import signal
import socket
import struct
import time

from lab import *

CLONE_NEWNET = 0x40000000


# ---- many packets with one system call -----------------------------------------------------------------------------------------

class iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class msghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint), ("iov", ctypes.POINTER(iovec)), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t), ("flags", ctypes.c_int)]


class mmsghdr(ctypes.Structure):
    _fields_ = [("header", msghdr), ("sent", ctypes.c_uint)]


class Burst:
    """Frames laid out once and sent as often as one likes, hundreds per system call."""

    def __init__(self, sock, frames):
        self.sock, self.frames = sock, frames
        self.buffer = ctypes.create_string_buffer(b"".join(frames))
        self.vectors = (iovec * len(frames))()
        self.messages = (mmsghdr * len(frames))()
        at = ctypes.addressof(self.buffer)
        for vector, message, frame in zip(self.vectors, self.messages, frames):
            vector.base, vector.length = at, len(frame)
            message.header.iov, message.header.iovlen = ctypes.pointer(vector), 1
            at += len(frame)

    def send(self, first=0, last=None, step=512):
        """Frames [first, last); a full queue is waited out."""
        last = len(self.frames) if last is None else last
        while first < last:
            amount = min(step, last - first)
            sent = libc.sendmmsg(self.sock.fileno(), ctypes.byref(self.messages, first * ctypes.sizeof(mmsghdr)), amount, 0)
            if sent < 0:
                error = ctypes.get_errno()
                if error not in (11, 105):      # EAGAIN, ENOBUFS
                    raise OSError(error, os.strerror(error))
                time.sleep(0.001)
                continue
            first += sent


def udp_frames(lab, sports, dport=53, source=C, side="c"):
    """Frames of one UDP packet each on a lab's wire, which differ in the source port alone."""
    head = ethernet(MAC["r" + side], MAC["w" + side], ip4(source, S, UDP, udp(0, dport, csum=0)))
    return [head[:34] + struct.pack("!H", port) + head[36:] for port in sports]


def fill(burst, amount):
    """The first `amount` flows. A busy machine's receive queue may lose frames; sent again, they make the flows that are missing."""
    burst.send(0, amount)
    for _ in range(50):
        if count() == amount:
            return
        time.sleep(0.1)
        burst.send(0, amount, 128)
    check_equal("flows", count(), amount)


# ---- namespaces of one's own -----------------------------------------------------------------------------------------------------

def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, 0x8914, struct.pack("16sh", b"lo", 0x41))       # SIOCSIFFLAGS: up and running


def spawn(work, *arguments):
    """Runs work(...) in a child, whose exit status says whether it went well."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        work(*arguments)
        status = 0
    except SystemExit as stop:
        status = stop.code or 0
    except BaseException:
        import traceback
        traceback.print_exc(file=sys.stdout)
    finally:
        sys.stdout.flush()
        os._exit(status)


def own_namespace():
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    loopback_up()


def join(children, seconds=60):
    """Waits for children and says which of them failed."""
    failed = []
    for child in children:
        end = time.monotonic() + seconds * SLOW
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                status = 9
                break
            time.sleep(0.01)
        if status:
            failed.append(f"{child}: status {status}")
    return failed


class Loopback:
    """Real sockets that talk to each other over lo: what is sent must arrive, whatever becomes of conntrack meanwhile."""

    def __init__(self, family=socket.AF_INET):
        self.family = family
        self.host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self.left, self.right = (self.bound(socket.SOCK_DGRAM) for _ in range(2))
        self.listener = self.bound(socket.SOCK_STREAM)
        self.listener.listen(16)
        self.lasting = self.connect()
        self.rounds = 0

    def bound(self, kind):
        sock = socket.socket(self.family, kind)
        sock.settimeout(10 * SLOW)
        sock.bind((self.host, 0))
        return sock

    def connect(self):
        near = socket.socket(self.family, socket.SOCK_STREAM)
        near.settimeout(10 * SLOW)
        near.connect(self.listener.getsockname())
        far = self.listener.accept()[0]
        far.settimeout(10 * SLOW)
        return near, far

    @staticmethod
    def ask(near, far, text):
        near.sendall(text)
        if far.recv(100) != text:
            raise AssertionError("wrong question")
        far.sendall(text[::-1])
        if near.recv(100) != text[::-1]:
            raise AssertionError("wrong answer")

    def first(self, sock, text):
        """A datagram that may open a connection. 6.1, as stock, drops it if a helper's module goes while it is on its way, and counts it."""
        try:
            sock.sendto(text, self.right.getsockname())
        except PermissionError:
            if KERNEL >= (6, 12) or not stat("insert_failed"):
                raise
            sock.sendto(text, self.right.getsockname())

    def round(self, connections=True):
        """One datagram each way, one question and answer on a connection that lasts, one new connection, one datagram from a new port."""
        text = b"round %d" % self.rounds
        self.first(self.left, text)
        got, origin = self.right.recvfrom(100)
        self.right.sendto(got, origin)
        if self.left.recv(100) != text:
            raise AssertionError("wrong datagram")
        self.ask(*self.lasting, text)
        if connections:
            pair = self.connect()
            self.ask(*pair, text)
            for sock in pair:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))      # no port stays in TIME_WAIT
                sock.close()
            with self.bound(socket.SOCK_DGRAM) as once:
                self.first(once, text)
                if self.right.recv(100) != text:
                    raise AssertionError("wrong single datagram")
        self.rounds += 1


# ---- the module without modprobe ---------------------------------------------------------------------------------------------------

class Module:
    """nf_conntrack loaded and unloaded by system call: what modprobe does, less the search, so that a hundred rounds are quick."""

    def __init__(self):
        run("modprobe", "nf_conntrack")          # what it depends on is there from now on
        path = run("modinfo", "-n", "nf_conntrack").strip()
        with open(path, "rb") as file:
            self.image = file.read()
        if self.image[:6] == b"\xfd7zXZ\0":
            import lzma
            self.image = lzma.decompress(self.image)
        self.unload()

    def load(self, parameters="enable_hooks=1"):
        """The error number, or 0."""
        if libc.syscall(175, self.image, ctypes.c_ulong(len(self.image)), parameters.encode()):      # init_module
            return ctypes.get_errno()
        return 0

    @staticmethod
    def unload(seconds=20):
        end = time.monotonic() + seconds * SLOW
        while libc.syscall(176, b"nf_conntrack", os.O_NONBLOCK):                                   # delete_module
            error = ctypes.get_errno()
            if error not in (11, 16) or time.monotonic() > end:
                fail(f"delete_module: {os.strerror(error)}")
            time.sleep(0.01)


def hold_hooks():
    """Keeps another user on every hook point of the initial namespace.

    With the first and the last user of a hook point the kernel patches its own code. That is no business of conntrack's, and an emulated
    machine with several processors can trip over it (a breakpoint that is seen after it was taken away).
    """
    for tool in ("iptables-legacy", "ip6tables-legacy"):
        run(tool, "-t", "mangle", "-nL")


# ---- accounts ----------------------------------------------------------------------------------------------------------------------

# Stock has the first one only. Of ours each processor keeps the last one that died of each kind, for the next.
CACHES = ("nf_conntrack", "nf_conntrack_short", "nf_conntrack_area", "nf_conntrack_short_area")


def objects():
    """Connections that exist, in the table or not, by the slab cache of each; empty pages are given back for that. Empty without a cache."""
    names = [name for name in os.listdir("/sys/kernel/slab") if name in CACHES]
    with contextlib.suppress(FileNotFoundError):
        for name in names:
            with open(f"/sys/kernel/slab/{name}/shrink", "w") as file:
                file.write("1")
    with open("/proc/slabinfo") as file:
        lines = [line.split() for line in file]
    return {line[0]: int(line[1]) for line in lines if line[0] in CACHES}


def all_objects_gone(seconds=20):
    """created == destroyed: not one connection is left in the machine. They are freed after a grace period, so this polls."""
    def gone():
        left = objects()
        return all(alive <= (os.cpu_count() if len(left) > 1 else 0) for alive in left.values())
    wait_for(gone, "every connection that was created is destroyed", seconds)


def wait_quietly(condition, complaint, seconds=5):
    """Polls like wait_for(), but speaks only of failure."""
    end = time.monotonic() + seconds * SLOW
    while not condition():
        if time.monotonic() > end:
            fail(complaint)
        time.sleep(0.01)


def scale(name, default):
    """A count that only a quick run by hand makes smaller, through the environment."""
    return int(os.environ.get(name, default))
