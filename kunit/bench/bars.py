# SPDX-License-Identifier: GPL-2.0-only
"""The rows of each of the feeder's commands, and the bar of each: ours may be at most this part of stock."""

# Beyond this a row is slower than stock; below, the two are the same.
NOISE = 0.05
# A packet that waits longer than this is stopped, on whatever module.
STOP_NS = 1_000_000

FIRST, HOT, COLD, FULL, MEMORY, WHOLE, NO_SLOWER = 0.65, 0.70, 0.60, 0.50, 0.80, 0.50, 1.0
ACCOUNTED = ", accounted"

COMMANDS = {
    "packets": {
        "udp first": FIRST, "udp first, with its background": NO_SLOWER, "udp first reply": NO_SLOWER,
        "udp established hot": HOT, "udp established cold": COLD, "icmp error": NO_SLOWER,
        "tcp session of ten": NO_SLOWER, "delete by tuple": NO_SLOWER, "flush": WHOLE,
        "tcp first": FIRST, "tcp first reply": NO_SLOWER, "tcp established hot": HOT, "tcp established cold": COLD,
        "invalid by flags": NO_SLOWER, "invalid by window": NO_SLOWER,
        "udp first" + ACCOUNTED: FIRST, "udp established hot" + ACCOUNTED: HOT, "udp established cold" + ACCOUNTED: COLD,
        "tcp established hot" + ACCOUNTED: HOT, "tcp established cold" + ACCOUNTED: COLD},
    "special": {"udp first, no expectation": FIRST, "udp first, 1,000 expectations": FIRST, "udp first, source NAT": FIRST},
    "full": {f"full, {who}, {buckets} buckets": bar for buckets in ("1x", "4x")
             for who, bar in (("unassured", FULL), ("1% unassured", NO_SLOWER), ("assured", FULL))},
    "memory": {"bytes a connection": MEMORY, "bytes, helper": MEMORY, "bytes, accounting and events": MEMORY},
    "table": {"resize": WHOLE, "resize, longest stop": NO_SLOWER, "nothing, longest stop": None},
    "dump": {"/proc dump": WHOLE, "netlink dump": WHOLE},
    "elsewhere": {"netns exit": WHOLE},
    "collect": {"gc, processor time": NO_SLOWER, "gc, lateness of the last": NO_SLOWER, "gc, longest stop": NO_SLOWER},
    "cpus": {"new, all processors": FIRST, "established, all processors": COLD},
}
# Where stock refuses most new flows and ours none, a packet of ours does what one of stock's does not: the bar is for what a flow that got in took,
# all packets' time over those of them that did. {row: the row that it is reckoned from}
GOT_IN = {f"full, 1% unassured, {buckets}, got in": f"full, 1% unassured, {buckets} buckets" for buckets in ("1x", "4x")}
BARS = {row: bar for rows in COMMANDS.values() for row, bar in rows.items()} | dict.fromkeys(GOT_IN, FULL)


def may_refuse(row):
    """Rows in which something is refused or cut short by design; a figure for what was not done would be a lie elsewhere."""
    return row.startswith("full") or row == "/proc dump"


def misses(row, figures):
    """Why a row does not reach its bar, None if it does: one word for the table."""
    bar, ratio = BARS[row], figures["ratio"]
    if row.startswith("full") and "unassured" in row and figures["refused"]["ours"]:
        return "refuses"
    if row == "nothing, longest stop":
        return None
    if row.endswith("longest stop"):
        return "stops" if figures["ours"] > STOP_NS else None
    if ratio > 1 + NOISE:
        return "slower"
    return "bar" if ratio > bar + (NOISE if bar == NO_SLOWER else 0) else None
