# SPDX-License-Identifier: GPL-2.0-only
"""Processes that each do one thing to conntrack over and over, against each other, until told to park or to end.

The conductor and its actors share one page: what is to be done, and for each actor how often it did its thing and whether it rests.
"""

import mmap

import ctnetlink as ct
from listener import GROUP_DESTROY, GROUP_NEW, GROUP_UPDATE, Deaf
from traffic import *

RUN, PARK, END = 0, 1, 2
FLOWS = 256                 # flows that the two senders, the deleter and the creator fight over; ports from BASE
BASE = 20000
ONCE = range(1000, 20000)   # source ports of flows with a single packet
OFFERED = 7000              # the port that expectations are for
PARAMETER = "/sys/module/nf_conntrack/parameters/hashsize"
SIZES = (512, 16384, 1024, 65536, 3000, 8192)


class Stage:
    def __init__(self):
        self.page = mmap.mmap(-1, 4096)
        self.names, self.children = [], []

    order = property(lambda self: self.page[0], lambda self, value: self.page.__setitem__(0, value))

    def start(self, name, act, *arguments):
        """act(...) is a generator: each step that it yields is one action done, unless it yields False: an attempt that came to nothing.
        It must yield after failures too, since it rests and ends only there."""
        number = len(self.names)
        self.names.append(name)
        self.children.append(spawn(self.play, number, act, *arguments))

    def play(self, number, act, *arguments):
        at, done = 16 + 16 * number, 0
        for acted in act(*arguments):
            done += acted is not False
            struct.pack_into("=Q", self.page, at, done)
            if self.order == PARK:
                self.page[at + 8] = 1
                while self.order == PARK:
                    time.sleep(0.01)
                self.page[at + 8] = 0
            if self.order == END:
                return

    def done(self, number):
        return struct.unpack_from("=Q", self.page, 16 + 16 * number)[0]

    def alive(self):
        """The names of those that still play."""
        return [name for name, child in zip(self.names, self.children) if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None]

    def park(self):
        """Waits until everybody rests."""
        self.order = PARK
        end = time.monotonic() + 60 * SLOW
        while restless := [name for number, name in enumerate(self.names) if not self.page[16 + 16 * number + 8]]:
            if time.monotonic() > end:
                fail(f"do not come to rest: {', '.join(restless)}")
            if len(self.alive()) < len(self.names):
                break
            time.sleep(0.1)
        gone = set(self.names) - set(self.alive())
        if gone:
            fail(f"ended before its time: {', '.join(sorted(gone))}")

    def go_on(self):
        """Returns when everybody has done something."""
        before = [self.done(number) for number in range(len(self.names))]
        self.order = RUN
        end = time.monotonic() + 120 * SLOW
        while idle := [name for number, name in enumerate(self.names) if self.done(number) == before[number]]:
            if time.monotonic() > end or len(self.alive()) < len(self.names):
                fail(f"not one action done: {', '.join(idle)}; not alive: {set(self.names) - set(self.alive())}")
            time.sleep(0.05)

    def end(self):
        self.order = END
        return join(self.children, 60)


# ---- packets -------------------------------------------------------------------------------------------------------------------------

def wire(name):
    """A socket that only sends, on one of the lab's wires."""
    with inside(WIRES):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        sock.bind((name, 0))
    return sock


def from_client(packet):
    return ethernet(MAC["rc"], MAC["wc"], packet)


def from_server(packet):
    return ethernet(MAC["rs"], MAC["ws"], packet)


def conversation(port):
    """One flow's packets, (client side?, frame) in their order: TCP from SYN to RST, UDP or an echo, in both families."""
    kind = port % 4
    if kind == 0:
        c, s, pair = C, S, (ip4, TCP)
    else:
        c, s, pair = ((C, S, (ip4, UDP)), (C6, S6, (ip6, UDP)), (C, S, (ip4, ICMP)))[kind - 1]
    make, proto = pair
    if proto == UDP:
        return [(True, make(c, s, proto, udp(port, 53, b"question"))), (False, make(s, c, proto, udp(53, port, b"answer")))] * 2
    if proto == ICMP:
        return [(True, make(c, s, proto, echo(port))), (False, make(s, c, proto, echo(port, reply=True)))]
    ends = [(True, tcp(port, 80, "S", 100)), (False, tcp(80, port, "SA", 500, 101)), (True, tcp(port, 80, "A", 101, 501)),
            (True, tcp(port, 80, "PA", 101, 501, payload=b"question")), (False, tcp(80, port, "PA", 501, 109, payload=b"answer")),
            (True, tcp(port, 80, "FA", 109, 507)), (False, tcp(80, port, "FA", 507, 110)), (True, tcp(port, 80, "A", 110, 508))]
    return [(client, make(*((c, s) if client else (s, c)), proto, segment)) for client, segment in ends]


def conversations():
    """The packets of all flows: frames for each wire, and batches (wire, first, last) of them in the order in which they make sense."""
    both = {"wc": [], "ws": []}
    batches = []
    for first in range(BASE, BASE + FLOWS, 16):
        steps = [conversation(port) for port in range(first, first + 16)]
        for turn in range(max(map(len, steps))):
            for client, frame_of, name in ((True, from_client, "wc"), (False, from_server, "ws")):
                frames = [frame_of(talk[turn][1]) for talk in steps if turn < len(talk) and talk[turn][0] == client]
                if frames:
                    batches.append((name, len(both[name]), len(both[name]) + len(frames)))
                    both[name] += frames
    return both, batches


def send(cpu, seed, frames, batches):
    """On one processor the packets of all flows, which another sends at the same time: lookups, confirmations, clashes, states."""
    os.sched_setaffinity(0, {cpu})
    os.nice(-5)
    chance = random.Random(seed)
    bursts = {name: Burst(wire(name), of_wire) for name, of_wire in frames.items()}
    single = Burst(wire("wc"), udp_frames(None, ONCE))
    offered = Burst(wire("wc"), [from_client(ip4(C, S, UDP, udp(port, OFFERED))) for port in range(100, 164)])
    while True:
        for name, first, last in batches:
            bursts[name].send(first, last)
            if chance.random() < 0.02:
                offered.send()
            if (now := time.time()) % 1 > 0.85:      # at each full second, both senders the same new flows
                second = int(now) + 1
                while time.time() < second:
                    pass
                at = second * 128 % (len(ONCE) - 128)
                single.send(at, at + 128)
            yield


# ---- what others do to the table --------------------------------------------------------------------------------------------------

def resize():
    with inside(None):
        for number in range(1 << 60):
            put(PARAMETER, SIZES[number % len(SIZES)])
            yield
            time.sleep(0.05)


def put(path, value):
    with open(path, "w") as file:
        file.write(str(value))


def asker():
    talk = ct.Talk()
    talk.sock.settimeout(60 * SLOW)
    return talk


def dump():
    """Each of the ways to read the tables."""
    talk = asker()
    while True:
        for path in ("nf_conntrack", "nf_conntrack_expect", "stat/nf_conntrack"):
            with open("/proc/net/" + path, "rb") as file:
                while file.read(5000):
                    pass
            yield
        for subsystem in (ct.CT, ct.EXP):
            talk.ask(ct.GET, b"", ct.DUMP, subsystem=subsystem)
            yield


def some_flow(chance):
    return ct.both(UDP, BASE + 4 * chance.randrange(FLOWS // 4) + 1, 53)


def delete(seed):
    """Single flows, and now and then all of them."""
    talk, chance = asker(), random.Random(seed)
    while True:
        gone = [talk.delete(some_flow(chance)) for _ in range(50)].count("ok")
        if chance.random() < 0.2:
            gone += talk.flush() == "ok"
        yield gone > 0
        time.sleep(0.02)


def create(seed):
    """The senders' flows made and changed through netlink: marks, timeouts, labels, status."""
    talk, chance = asker(), random.Random(seed)
    changes = (ct.u32(ct.MARK, 7), ct.u32(ct.TIMEOUT_LEFT, 2), ct.u32(ct.STATUS, ct.IPS_CONFIRMED | ct.IPS_SEEN_REPLY | ct.IPS_ASSURED),
               ct.attribute(ct.LABELS, b"\x05" + b"\0" * 15))
    while True:
        flow = some_flow(chance)
        if chance.random() < 0.3:
            said = talk.create(flow + ct.u32(ct.TIMEOUT_LEFT, 3) + ct.u32(ct.MARK, 1))
        else:
            said = talk.update(flow + chance.choice(changes))
        yield said == "ok"
        time.sleep(0.001)


def tuple_of(kind, proto, sport, dport, src=C, dst=S):
    return ct.nest(kind, ct.ip_part(src, dst), ct.ports(proto, sport, dport))


def with_helper(proto, sport, dport, name):
    """A connection that is served by a helper."""
    return ct.both(proto, sport, dport) + ct.u32(ct.TIMEOUT_LEFT, 5) + ct.nest(ct.HELP, ct.attribute(1, name + b"\0"))


ALL_OF_IT = tuple_of(ct.EXPECT_MASK, UDP, 0xffff, 0xffff, "255.255.255.255", "255.255.255.255")


def expect(seed):
    """Expectations for packets that the senders send: made, deleted, fulfilled, run out, gone with their master."""
    talk, chance = asker(), random.Random(seed)
    while True:
        master, port = chance.randrange(3200, 3216), chance.randrange(100, 164)
        expected = tuple_of(ct.EXPECT_TUPLE, UDP, port, OFFERED)
        wish = tuple_of(ct.EXPECT_MASTER, TCP, master, 21) + expected + ALL_OF_IT + ct.u32(ct.EXPECT_TIMEOUT, 2)
        said = talk.ask(ct.NEW, wish, ct.CREATE, subsystem=ct.EXP)[0]
        if said == "ENOENT":
            talk.create(with_helper(TCP, master, 21, b"ftp"))
        if chance.random() < 0.3:
            talk.ask(ct.DELETE, expected, subsystem=ct.EXP)
        if chance.random() < 0.02:
            talk.ask(ct.DELETE, b"", subsystem=ct.EXP)
        yield said == "ok"
        time.sleep(0.002)


def helper():
    """A helper comes, gets connections, expects something for them, and goes."""
    talk = asker()
    requests = Burst(wire("wc"), [from_client(ip4(C, S, UDP, udp(port, 69, b"\0\1file\0octet\0"))) for port in range(3000, 3032)])
    while True:
        run("modprobe", "nf_conntrack_tftp")
        made = [talk.create(with_helper(UDP, port, 69, b"tftp")) for port in range(3000, 3032)].count("ok")
        for _ in range(3):
            requests.send()
        run("modprobe", "-r", "nf_conntrack_tftp")
        yield made > 0


def listen():
    """A listener for events that is deaf now and then: what it could not take must wait."""
    while True:
        ears = Deaf(GROUP_NEW, GROUP_UPDATE, GROUP_DESTROY)
        ears.take(0.1)
        time.sleep(0.3)
        ears.take(0.05)
        ears.sock.close()           # nobody rests with it: what waits for a listener is counted, but in no table
        yield


RULESETS = ["""*nat
:PREROUTING ACCEPT
-A POSTROUTING -o rs -p udp --sport 1000:10000 -j MASQUERADE
COMMIT
*raw
-A PREROUTING -p udp --dport 9 -j CT --zone 1
COMMIT
*filter
-A FORWARD -m conntrack --ctstate INVALID -j DROP
-A FORWARD -m connmark --mark 7 -j ACCEPT
COMMIT
""", """*nat
:PREROUTING ACCEPT
-A POSTROUTING -o rs -p udp --sport 10001:15000 -j MASQUERADE --random
COMMIT
*raw
-A PREROUTING -p icmp -j CT --notrack
COMMIT
*filter
-A FORWARD -m conntrack --ctstate NEW,ESTABLISHED,RELATED -j ACCEPT
COMMIT
"""]


def rules():
    for number in range(1 << 60):
        run("iptables-legacy-restore", stdin=RULESETS[number % 2])
        yield
        time.sleep(0.2)


def switches(seed):
    """Settings that packets read."""
    chance = random.Random(seed)
    while True:
        for name in ("acct", "timestamp", "events", "tcp_be_liberal", "tcp_loose", "checksum"):
            sysctl(name, chance.randrange(2))
        sysctl("udp_timeout", chance.choice((1, 3, 20)))
        yield
        time.sleep(0.1)


# ---- namespaces that come and go ----------------------------------------------------------------------------------------------------

def short_life(number):
    """One namespace: some traffic, entries left behind in every state, gone with its process."""
    own_namespace()
    four = Loopback()
    for _ in range(1 + number % 3):
        four.round()
    if number % 2:
        Loopback(socket.AF_INET6).round()
    if number % 5 == 0:                     # torn down while a lot is in the table
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for port in range(1, 300):
                sock.sendto(b"x", ("127.0.0.1", port))
    with open("/proc/sys/net/netfilter/nf_conntrack_count") as file:
        if int(file.read()) < 3:
            raise AssertionError("nothing was tracked")


def namespaces():
    number = 0
    while True:
        failed = join([spawn(short_life, number)])
        if failed:
            raise AssertionError(f"a namespace: {failed}")
        number += 1
        yield


def witness(family):
    """Real sockets in a namespace that nobody meddles with: not a byte is lost, whatever happens beside it."""
    own_namespace()
    talk = Loopback(family)
    while True:
        try:
            talk.round(talk.rounds % 20 == 0)
        except TimeoutError as lost:
            raise AssertionError(f"{lost}; conntrack here: {where_packets_go()}") from lost
        yield
        time.sleep(0.01)


def where_packets_go():
    """Whose work a lost packet may be: conntrack's columns and reasons of this namespace, and packets that found a processor's queue full."""
    columns = {field: stat(field) for field in ("invalid", "insert_failed", "drop", "early_drop", "icmp_error", "clashres", "chaintoolong")}
    with open("/proc/net/softnet_stat") as table:
        full = sum(int(line.split()[1], 16) for line in table)
    return f"{columns}, {reasons() if os.path.exists('/proc/net/stat/nf_conntrack_invalid') else ''}, dropped by full queues: {full}"
