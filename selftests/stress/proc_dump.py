#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# A dump of 20,000 flows shows each that lives through it once, for any read size, while others come and go; its time is not quadratic.
# time-limit: 150
from traffic import *

FLOWS = scale("NFCT_STRESS_FLOWS", 20000)
SIZES = (1024, 4096, 65536, 1 << 20)
TABLE = "/proc/net/nf_conntrack"
LIVING, COMING = 53, 99


def churn(wires, stop):
    """Flows that come in bursts and, with a timeout of a second, go."""
    enter(wires)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind(("wc", 0))
    burst = Burst(sock, udp_frames(None, range(1, 40000), COMING))
    at = 0
    while not os.path.exists(stop):
        burst.send(at, at + 200)
        at = (at + 200) % 39000
        time.sleep(0.01)


def dump(size):
    """The living flows' source ports in the order in which the dump shows them, all lines, and the seconds that it took."""
    begun = time.monotonic()
    fd, pieces = os.open(TABLE, os.O_RDONLY), []
    while True:
        piece = os.read(fd, size)
        if not piece:
            break
        pieces.append(piece)
    os.close(fd)
    took = time.monotonic() - begun
    table = b"".join(pieces)
    lines = table.split(b"\n")
    if lines.pop() != b"" or not all(line.startswith(b"ipv4     2 udp      17 ") and line.endswith(b"use=2") or b" use=" in line for line in lines):
        fail(f"a dump in reads of {size} has broken lines")
    return [int(port) for port in re.findall(rb" sport=(\d+) dport=%d \[" % LIVING, table)], len(lines), took


def judge(what, ports, wanted):
    missing, repeated = wanted - len(set(ports)), len(ports) - len(set(ports))
    text = f"{what}: {missing} living flows missing, {repeated} repeated"
    if IMPL == "ours" and (missing or repeated):
        fail(text)
    print(("ok: " if not missing and not repeated else "note: ") + text, flush=True)


def fill(burst, amount):
    """The first `amount` flows. A busy machine's receive queue may lose frames; sent again, they make the flows that are missing."""
    burst.send(0, amount)
    for _ in range(50):
        if count() == amount:
            return
        time.sleep(0.1)
        burst.send(0, amount, 128)
    check_equal("flows", count(), amount)


def test():
    lab = Lab()
    sysctl("udp_timeout", 86400)
    with inside(None), open("/proc/sys/net/nf_conntrack_max", "w") as file:
        file.write("100000")
    burst = Burst(lab.wire["wc"], udp_frames(lab, range(1000, 1000 + FLOWS), LIVING))
    begun = time.monotonic()
    times = {}
    for amount in (FLOWS // 4, FLOWS):
        fill(burst, amount)
        for size in SIZES:
            # the best of five counts, for the machine is not ours alone; stock takes quadratic time and gets one try
            runs = [dump(size) for _ in range(5 if IMPL == "ours" else 1)]
            for ports, lines, _ in runs:
                judge(f"{amount} flows at rest in reads of {size}", ports, amount)
            times[amount, size] = min(took for _, _, took in runs)
    print(f"made and dumped at rest in {time.monotonic() - begun:.1f} s")
    for size in SIZES:
        few, many = times[FLOWS // 4, size], times[FLOWS, size]
        print(f"reads of {size}: {few * 1000:.0f} ms for {FLOWS // 4}, {many * 1000:.0f} ms for {FLOWS}, ratio {many / few:.1f}")
        if IMPL == "ours" and many / few > 12:          # 4 is linear, 16 quadratic
            fail("a dump takes more than proportional time")
    under_change()


def under_change():
    stop = os.path.join(os.getcwd(), "stop")
    wires = ns_fd(WIRES)
    sysctl("udp_timeout", 1)
    sender = spawn(churn, wires, stop)
    wait_for(lambda: count() > FLOWS + 1000, "flows come", 20)
    # ours is through in no time: more than once, so that the flows that come and go meet it. Stock takes half a minute for one.
    for size in SIZES * 4 if IMPL == "ours" else SIZES[1::2]:
        ports, lines, took = dump(size)
        judge(f"with {lines - len(ports)} that come and go, in reads of {size}, {took * 1000:.0f} ms", ports, FLOWS)
    open(stop, "w").close()
    check_equal("senders that failed", join([sender]), [])


main(test)
