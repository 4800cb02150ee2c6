#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says in words where two replays of a chapter part: explain.py STOCK OURS (what /proc/nfct_diff gave after "show")."""
import re
import sys


def read(name):
    """number -> [flow, packet, bytes, {field: value}]; and the settings"""
    packets, settings, current = {}, "", {}
    with open(name, encoding="ascii", errors="replace") as file:
        for line in file:
            kind, _, rest = line.rstrip("\n").partition(" ")
            if kind == "S":
                settings = rest
            elif kind in "PBR" and kind:
                number, _, rest = rest.partition(" ")
                entry = packets.setdefault(int(number), ["", "", "", {}])
                if kind == "P":
                    entry[0], _, entry[1] = rest.partition(" ")
                elif kind == "B":
                    entry[2] = rest
                else:
                    fields, seen = {}, {}
                    for word in rest.split():
                        key, _, value = word.partition("=")
                        if key in fields:  # both tuples have one name
                            seen[key] = seen.get(key, 1) + 1
                            key += str(seen[key])
                        fields[key] = value
                    entry[3] = fields
            elif kind.startswith("D"):
                current["digest"] = rest
    return packets, settings, current.get("digest")


def outcome(fields):
    state = fields.get("flow.state") or fields.get("flow", "")
    left = fields.get("flow.left")
    return "%s%s, entry %s%s, status %s" % (
        fields.get("ctinfo", "?"),
        "" if fields.get("in") == "1" else " (verdict %s)" % fields.get("in"),
        state, "" if left is None else " for %s jiffies" % left, fields.get("flow.status", "-"))


def main():
    stock, settings, digest = read(sys.argv[1])
    ours, _, our_digest = read(sys.argv[2])
    for number in sorted(stock):
        one, other = stock[number], ours.get(number)
        if other is None or one != other:
            break
    else:
        if digest == our_digest:
            print("no difference")
            return 0
        print("every packet agrees; what is left in the table at the end, the number of entries, or the events of their end do not")
        return 1
    if other is None:
        print("ours has no packet %d" % number)
        return 1
    flow = one[0]
    print("settings: %s" % settings)
    print("flow %s until packet %d:" % (flow, number))
    family = flow.split(".")[0]
    begin = [n for n in sorted(stock) if n <= number and stock[n][0] == flow]
    for n in begin[-12:]:
        fields = stock[n][3]
        print("  %4d t=%s %s" % (n, fields.get("now"), re.sub(r" +", " ", stock[n][1])))
        if n != number:
            print("       %s%s" % (outcome(fields), "" if fields.get("rule") == "pass" else ", rule: " + fields.get("rule", "")))
    print("  bytes: %s" % one[2])
    if one[:3] != other[:3]:
        print("the packets themselves differ: the generator depends on something that it must not depend on")
        print("  ours: %s %s" % (other[1], other[2]))
        return 1
    previous = {key: stock[begin[-2]][3].get(key) for key in one[3]} if len(begin) > 1 else {}
    print("then:")
    for key in list(one[3]) + [key for key in other[3] if key not in one[3]]:
        a, b = one[3].get(key, "nothing"), other[3].get(key, "nothing")
        if a != b:
            was = previous.get(key)
            print("  %-20s stock %s, ours %s%s" % (key, a, b, " (before: %s)" % was if was and key.startswith("flow") else ""))
    print("  rule: %s; stock: %s" % (one[3].get("rule"), outcome(one[3])))
    print("              ours:  %s" % outcome(other[3]))
    return 1


sys.exit(main())
