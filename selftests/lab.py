# SPDX-License-Identifier: GPL-2.0-only
"""A router between two bare wires: a test puts crafted packets on one wire and sees what conntrack made of them on the other.

    client wire (10.0.1.0/24, fd00:1::/64)  <-->  router, its own namespace  <-->  server wire (10.0.2.0/24, fd00:2::/64)

No host stands behind the wires, so nobody answers by himself. Rules in the router write the conntrack state of each forwarded packet
into its DSCP field; reading the packet on the far side therefore gives the verdict at once: "NEW", "ESTABLISHED", "REPLY" (established,
reply direction), "RELATED", "INVALID", "UNTRACKED", or "DROP" if nothing comes out.
"""

import contextlib
import ctypes
import os
import re
import select
import socket
import subprocess
import sys
import time

import packets
from packets import *  # noqa: F401,F403 tests want the builders by their plain names

IMPL = os.environ.get("NFCT_IMPL", "stock")
# Limits are for hangs; a machine that is busy with other things must not fail a test. The debug kernel is slower still.
SLOW = 10 if os.environ.get("NFCT_DBG") == "1" else 3
NS = "nfct"
ROUTER, WIRES = NS + "-r", NS + "-w"
C, S = "10.0.1.2", "10.0.2.2"            # the imaginary hosts
RC, RS = "10.0.1.1", "10.0.2.1"          # the router's own addresses
C6, S6 = "fd00:1::2", "fd00:2::2"
RC6, RS6 = "fd00:1::1", "fd00:2::1"
MAC = {name: bytes([2, 0, 0, 0, 0, last]) for name, last in (("wc", 0xc1), ("rc", 0xc0), ("ws", 0x51), ("rs", 0x50))}

STATES = {1: "NEW", 2: "ESTABLISHED", 3: "RELATED", 4: "INVALID", 5: "UNTRACKED", 10: "REPLY", 11: "RELATED-REPLY"}
RULES = (("NEW", None, 1), ("ESTABLISHED", "ORIGINAL", 2), ("ESTABLISHED", "REPLY", 10), ("RELATED", "ORIGINAL", 3),
         ("RELATED", "REPLY", 11), ("INVALID", None, 4), ("UNTRACKED", None, 5))

PACKET_OUTGOING = 4
ETH_P_ALL = 3
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


# ---- verdicts of the test itself ---------------------------------------------------------------------------------------------

def fail(text):
    print("FAIL:", text, flush=True)
    raise SystemExit(1)


def skip(reason):
    print("SKIP:", reason, flush=True)
    raise SystemExit(4)


def check(condition, what):
    if not condition:
        fail(what)
    print("ok:", what, flush=True)


def check_equal(what, got, wanted):
    if got != wanted:
        fail(f"{what}: got {got!r}, wanted {wanted!r}")
    print(f"ok: {what} is {wanted!r}", flush=True)


def improvement_of_ours(what):
    if IMPL != "ours":
        skip("improvement over stock: " + what)


def wait_for(condition, what, seconds=5):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + seconds * SLOW
    while True:
        value = condition()
        if value:
            print("ok:", what, flush=True)
            return value
        if time.monotonic() > end:
            fail(f"still not after {seconds} s: {what}")
        time.sleep(0.03)


# ---- namespaces ----------------------------------------------------------------------------------------------------------------

def enter(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def run(*command, stdin=None, may_fail=False):
    done = subprocess.run(command, input=stdin, text=True, capture_output=True)
    if done.returncode and not may_fail:
        fail(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def ns_fd(name):
    return os.open("/run/netns/" + name, os.O_RDONLY)


@contextlib.contextmanager
def inside(name):
    """Runs the block in a named namespace, or in the initial one for None."""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open("/proc/1/ns/net", os.O_RDONLY) if name is None else ns_fd(name)
    enter(there)
    try:
        yield
    finally:
        enter(here)
        os.close(here)
        os.close(there)


# ---- the table -------------------------------------------------------------------------------------------------------------------

class Row:
    """One line of /proc/net/nf_conntrack, taken apart."""

    def __init__(self, line):
        self.raw = line.rstrip("\n")
        words = self.raw.split()
        self.l3, self.l3num, self.proto, self.num = words[0], int(words[1]), words[2], int(words[3])
        rest = words[4:]
        self.timeout = int(rest.pop(0)) if rest[0].isdigit() else None      # an offloaded flow has none
        self.state = rest.pop(0) if "=" not in rest[0] and not rest[0].startswith("[") else None
        self.orig, self.reply, self.flags, self.more = {}, {}, set(), {}
        side = self.orig
        for word in rest:
            if word.startswith("["):
                self.flags.add(word.strip("[]"))
                continue
            key, _, value = word.partition("=")
            if key == "src" and "src" in side:
                side = self.reply
            if key in ("src", "dst", "sport", "dport", "type", "code", "id", "packets", "bytes", "srckey", "dstkey"):
                side[key] = value
            else:
                self.more[key] = value

    unreplied = property(lambda self: "UNREPLIED" in self.flags)
    assured = property(lambda self: "ASSURED" in self.flags)

    def __repr__(self):
        return self.raw


def rows(**fields):
    """The rows of this namespace; fields restrict them: proto="tcp", or any original-direction key such as sport=1000."""
    with open("/proc/net/nf_conntrack") as table:
        found = [Row(line) for line in table]
    for key, value in fields.items():
        found = [r for r in found if (getattr(r, key) if key in ("proto", "num", "l3", "state") else r.orig.get(key)) ==
                 (value if key in ("num",) else str(value))]
    return found


def row(**fields):
    """The only such row."""
    found = rows(**fields)
    if len(found) != 1:
        fail(f"{len(found)} rows with {fields}, wanted 1; the table:\n" + "".join(f"  {r}\n" for r in rows()))
    return found[0]


def stat(field):
    """Field of /proc/net/stat/nf_conntrack, summed over the CPUs ("entries" is no sum: each row repeats it)."""
    with open("/proc/net/stat/nf_conntrack") as table:
        names = table.readline().split()
        values = [int(line.split()[names.index(field)], 16) for line in table]
    return values[0] if field == "entries" else sum(values)


def reasons():
    """/proc/net/stat/nf_conntrack_invalid as a dictionary."""
    with open("/proc/net/stat/nf_conntrack_invalid") as table:
        return {line.split()[0]: int(line.split()[1]) for line in table if line.split()[1:2] and line.split()[1].isdigit()}


def exports(*names):
    """Whether the module has these exports: one of ours may not yet have all, and trying would fill the kernel log."""
    if IMPL != "ours":
        return True
    with open(run("modinfo", "-n", "nf_conntrack").strip(), "rb") as file:
        image = file.read()
    return all(b"\0__ksymtab_" + name.encode() + b"\0" in image for name in names)


def sysctl(name, value=None):
    """Reads or writes net.netfilter.nf_conntrack_NAME in this namespace."""
    path = "/proc/sys/net/netfilter/nf_conntrack_" + name
    if value is None:
        with open(path) as file:
            return int(file.read())
    with open(path, "w") as file:
        file.write(str(value))
    return value


def parameter(name, value=None):
    """Reads (as text) or writes the module's parameter in /sys."""
    with inside(None), open("/sys/module/nf_conntrack/parameters/" + name, "r" if value is None else "w") as file:
        return file.read().strip() if value is None else file.write(value)


def count():
    return sysctl("count")


def check_timeout(what, row_, wanted):
    """The timeout column is what the sysctl said, give or take the seconds since (so values to be told apart must differ by more)."""
    if row_.timeout is None or not wanted - 8 <= row_.timeout <= wanted:
        fail(f"{what}: timeout {row_.timeout}, wanted {wanted}: {row_}")
    print(f"ok: {what}: timeout {wanted}", flush=True)


def kernel_at_least(major, minor):
    return tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (major, minor)


def log_lines(since):
    """Kernel log lines after the marker that log_mark() returned."""
    return run("dmesg").partition(since)[2].splitlines()[1:]


def log_mark():
    marker = f"nfct-mark {os.getpid()} {time.monotonic_ns()}"
    with open("/dev/kmsg", "w") as log:
        log.write(marker)
    return marker


# ---- the lab ---------------------------------------------------------------------------------------------------------------------

class Lab:
    """Builds the namespaces, the rules that mark, and one socket per wire; then lives in the router's namespace."""

    def __init__(self, v4=True, v6=False, rules=True):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})     # one CPU: packets cannot overtake each other
        run("ip", "-batch", "-", stdin=f"netns add {ROUTER}\nnetns add {WIRES}\n")
        with inside(WIRES):
            self.write("net/ipv6/conf/all/disable_ipv6", 1)
            self.write("net/ipv6/conf/default/disable_ipv6", 1)
        with inside(ROUTER):
            for key in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
                self.write(key, 1)
            self.write("net/ipv6/conf/default/accept_dad", 0)
            self.write("net/ipv6/conf/default/addr_gen_mode", 1)     # no link-local address: no chatter of the router's own
            self.write("net/ipv4/icmp_ratelimit", 0)
            self.write("net/ipv6/icmp/ratelimit", 0)
        mac = {name: ":".join("%02x" % byte for byte in value) for name, value in MAC.items()}
        lines = [f"link add {r} address {mac[r]} netns {ROUTER} type veth peer name {w} address {mac[w]} netns {WIRES}"
                 for r, w in (("rc", "wc"), ("rs", "ws"))]
        run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")
        run("ip", "-n", WIRES, "-batch", "-", stdin="link set wc arp off up\nlink set ws arp off up\n")
        run("ip", "-n", ROUTER, "-batch", "-", stdin=f"""link set lo up
            link set rc up
            link set rs up
            addr add {RC}/24 dev rc
            addr add {RS}/24 dev rs
            addr add {RC6}/64 dev rc nodad
            addr add {RS6}/64 dev rs nodad
            neigh add {C} lladdr {mac["wc"]} dev rc nud permanent
            neigh add {S} lladdr {mac["ws"]} dev rs nud permanent
            neigh add {C6} lladdr {mac["wc"]} dev rc nud permanent
            neigh add {S6} lladdr {mac["ws"]} dev rs nud permanent
            """)
        self.wire = {}
        with inside(WIRES):
            for name in ("wc", "ws"):
                self.wire[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
                self.wire[name].bind((name, ETH_P_ALL))
                self.wire[name].setsockopt(socket.SOL_SOCKET, 33, 8 << 20)      # SO_RCVBUFFORCE
        self.router = ns_fd(ROUTER)
        enter(self.router)
        if rules and v4:
            self.mark_states("iptables-legacy-restore")
        if rules and v6:
            self.mark_states("ip6tables-legacy-restore")

    @staticmethod
    def write(key, value):
        with open("/proc/sys/" + key, "w") as file:
            file.write(str(value))

    @staticmethod
    def mark_states(tool):
        lines = ["*mangle"] + [f"-A PREROUTING -m conntrack --ctstate {state}" for state in ("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED")]
        for chain in ("FORWARD", "INPUT"):
            for state, direction, dscp in RULES:
                where = f" --ctdir {direction}" if direction else ""
                lines.append(f"-A {chain} -m conntrack --ctstate {state}{where} -j DSCP --set-dscp {dscp}")
        run(tool, stdin="\n".join(lines + ["COMMIT", ""]))

    @staticmethod
    def seen(state, v6=False):
        """How many packets entered the router in that state (for those that are not forwarded)."""
        saved = run("ip6tables-legacy-save" if v6 else "iptables-legacy-save", "-c", "-t", "mangle")
        return int(re.search(rf"\[(\d+):\d+\] -A PREROUTING -m conntrack --ctstate {state}$", saved, re.M).group(1))

    # ---- sending

    def put(self, packet, side="c"):
        """Puts a packet on a wire, towards the router, and looks no further."""
        name = "w" + side
        self.wire[name].send(ethernet(MAC["r" + side], MAC[name], bytes(packet)))

    def put_frame(self, frame, side="c"):
        self.wire["w" + side].send(frame)

    def flush(self):
        for wire in self.wire.values():
            wire.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    wire.recv(65536)
            wire.setblocking(True)

    def get(self, side, seconds=2.0, wanted=lambda seen: True):
        """The next IP packet that the router puts on a wire, or None."""
        wire = self.wire["w" + side]
        end = time.monotonic() + seconds * SLOW
        while True:
            left = end - time.monotonic()
            if left <= 0 or not select.select([wire], [], [], left)[0]:
                return None
            frame, origin = wire.recvfrom(65536)
            if origin[2] == PACKET_OUTGOING or frame[12:14] not in (b"\x08\x00", b"\x86\xdd"):
                continue
            seen = packets.Seen(frame[14:])
            if wanted(seen):
                return seen

    def verdict(self, packet, side="c", seconds=2.0):
        """Sends a packet through the router and says what conntrack called it."""
        self.flush()
        self.put(packet, side)
        # The router may speak for itself meanwhile (multicast listener reports): only this packet's addresses count.
        at = slice(12, 20) if packet[0] >> 4 == 4 else slice(8, 40)
        seen = self.get("s" if side == "c" else "c", seconds, lambda seen: seen.version == packet[0] >> 4 and seen.raw[at] == packet[at])
        return "DROP" if seen is None else STATES.get(seen.dscp, f"unmarked({seen.dscp})")

    def expect(self, wanted, packet, side="c", what=""):
        """verdict(), checked. DROP is believed after a short silence: forwarding happens within the send call itself."""
        got = self.verdict(packet, side, 0.3 if wanted == "DROP" else 2.0)
        if got != wanted:
            fail(f"{what or 'packet'} from {'client' if side == 'c' else 'server'} is {got}, wanted {wanted}; the table:\n" +
                 "".join(f"  {r}\n" for r in rows()))
        print(f"ok: {what or 'packet'} from {'client' if side == 'c' else 'server'} is {wanted}", flush=True)


class TcpFlow:
    """A TCP connection played by hand, both ends: it keeps the sequence numbers, the test chooses what happens."""

    def __init__(self, lab, sport=40000, dport=80, cseq=1000, sseq=5000, v6=False, window=65535):
        self.lab, self.sport, self.dport, self.window = lab, sport, dport, window
        self.next = {"c": cseq, "s": sseq}
        self.host = {"c": C6 if v6 else C, "s": S6 if v6 else S}

    def packet(self, side, flags, *, seq=None, ack=None, payload=b"", window=None, options=b"", **fields):
        """A packet of this flow; seq and ack default to the next expected ones. Does not advance anything."""
        far = "s" if side == "c" else "c"
        ports = (self.sport, self.dport) if side == "c" else (self.dport, self.sport)
        seq = self.next[side] if seq is None else seq
        if ack is None:
            ack = self.next[far] if flag_bits(flags) & ACK else 0
        return ip(self.host[side], self.host[far], TCP,
                  tcp(*ports, flags, seq, ack, self.window if window is None else window, payload, options=options, **fields))

    def send(self, side, flags, wanted=None, what=None, **fields):
        """Sends the next packet of the flow, checks the verdict if one is given, and advances the sequence number."""
        packet = self.packet(side, flags, **fields)
        what = what or f"{flags or 'no-flag'} packet"
        got = self.lab.expect(wanted, packet, side, what) if wanted else self.lab.verdict(packet, side)
        if fields.get("seq") is None:
            bits = flag_bits(flags)
            self.next[side] = (self.next[side] + len(fields.get("payload", b"")) + bool(bits & SYN) + bool(bits & FIN)) & 0xffffffff
        return got

    def open(self, options=b"", server_options=None):
        """The three-way handshake."""
        self.send("c", "S", "NEW", options=options)
        self.send("s", "SA", "REPLY", options=options if server_options is None else server_options)
        self.send("c", "A", "ESTABLISHED")
        return self

    def row(self):
        return row(proto="tcp", sport=self.sport, dport=self.dport)

    def state(self):
        return self.row().state


def main(test):
    """Runs a test function; leaves no namespace behind, whatever happens."""
    status = 0
    try:
        test()
    except SystemExit as stop:
        status = stop.code or 0
    except BaseException:
        import traceback
        traceback.print_exc(file=sys.stdout)
        status = 1
    sys.stdout.flush()
    names = [name for name in (os.listdir("/run/netns") if os.path.isdir("/run/netns") else ()) if name.startswith(NS + "-")]
    if names:
        subprocess.run(["ip", "-batch", "-"], input="".join(f"netns del {name}\n" for name in names), text=True, capture_output=True)
    sys.exit(status)
