#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# Each allocation of conntrack fails in turn while netlink or a rule makes an entry, an expectation or a template: refused, or done without; nothing is left.
# time-limit: 180
import ctnetlink as ct
from actors import ALL_OF_IT, OFFERED, tuple_of, with_helper
from faults import *
from listener import GROUP_NEW, Deaf

LABELS = ct.attribute(ct.LABELS, b"\x05" + b"\0" * 15)
NAT = ct.nest(ct.NAT_SRC, ct.attribute(ct.NAT_MINIP, socket.inet_aton("10.9.9.9")))


def number(said):
    return 0 if said == "ok" else getattr(errno, said)


def rule_template(*target):
    """`iptables -j CT` in a child of which the nth allocation fails, n = 1, 2, ... until it succeeds: the number of failures."""
    rule = ("-t", "raw", "-A", "PREROUTING", "-p", "udp", "-j", "CT", *target)
    for nth in range(1, 20):
        done = subprocess.run(["iptables-legacy", *rule], preexec_fn=lambda: put("/proc/self/fail-nth", nth), capture_output=True)
        if done.returncode == 0:
            run("iptables-legacy", "-t", "raw", "-F")
            return nth - 1
    fail(f"CT {target} never succeeds")


def test():
    need_fault_injection()
    hold_hooks()
    run("modprobe", "nf_conntrack", "enable_hooks=1")
    run("modprobe", "-a", "nf_conntrack_netlink", "nf_conntrack_ftp", "nf_nat", "nfnetlink_cttimeout")
    for name in ("acct", "timestamp", "events"):
        sysctl(name, 1)
    run("iptables-legacy", "-t", "raw", "-A", "OUTPUT", "-p", "99", "-m", "connlabel", "--label", "1", "--set")    # somebody uses labels
    run("nfct", "add", "timeout", "slow", "inet", "udp", "unreplied", "777")
    ears = Deaf(GROUP_NEW)
    talk = ct.Talk()
    only_from(*module_text())

    def entry(body):
        def work():
            return number(talk.create(body))

        def judge(nth, error, failed):
            if error and (error != errno.ENOMEM or not failed):
                fail(f"allocation {nth}: {os.strerror(error)}")
            if count() != (not error):
                fail(f"allocation {nth}: {os.strerror(error)}, but {count()} entries")
            ears.take(0)
            talk.flush()
        return work, judge

    left = ct.u32(ct.TIMEOUT_LEFT, 600)
    for what, body in (("plain", ct.both(UDP) + left), ("with labels", ct.both(TCP) + left + LABELS),
                       ("with a helper", with_helper(TCP, 1000, 21, b"ftp")), ("with NAT", ct.both(UDP) + left + NAT)):
        sweep(*entry(body), f"an entry {what}")

    check_equal("master", talk.create(with_helper(TCP, 1000, 21, b"ftp")), "ok")
    wish = tuple_of(ct.EXPECT_MASTER, TCP, 1000, 21) + tuple_of(ct.EXPECT_TUPLE, UDP, 100, OFFERED) + ALL_OF_IT + ct.u32(ct.EXPECT_TIMEOUT, 60)

    def judge_expectation(nth, error, failed):
        if error and (error != errno.ENOMEM or not failed):
            fail(f"allocation {nth}: {os.strerror(error)}")
        with open("/proc/net/nf_conntrack_expect") as table:
            if len(table.readlines()) != (not error):
                fail(f"allocation {nth}: expectations are left")
        talk.ask(ct.DELETE, b"", subsystem=ct.EXP)
    sweep(lambda: number(talk.ask(ct.NEW, wish, ct.CREATE, subsystem=ct.EXP)[0]), judge_expectation, "an expectation")
    talk.flush()

    for target in (("--zone", "3"), ("--timeout", "slow")):
        failures = rule_template(*target)
        check(failures > 0, f"a rule with CT {' '.join(target)}: refused {failures} times, once for each allocation")
    run("iptables-legacy", "-t", "raw", "-F")
    run("nfct", "delete", "timeout", "slow")
    check_equal("entries", count(), 0)
    ears.sock.close()
    all_objects_gone(60)


main(test)
