#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads KTAP on stdin, passes it through, and counts it: one result line, one test.

usage: ktap.py [--counts FILE] [--flatten [--prefix TEXT]] [--kernel-log] [--no-plan] [--status N]

A line that sums up a nested block of results counts only if it says "not ok" while the block says otherwise.
These are failures too, each with a line of its own: no plan, fewer or more results than the plan says, "Bail out!",
no result at all, and a status other than 0 (--status) where no result explains it.

  --counts FILE   write "PASSED FAILED SKIPPED" there
  --flatten       print one flat document instead, numbered anew, with the names of the enclosing blocks in front
  --kernel-log    the input is a kernel log: only its KTAP lines matter, and time stamps are removed
  --no-plan       the outermost level may lack a plan (KUnit modules on 6.1 print none)
"""
import argparse
import re
import sys

RESULT = re.compile(r"^( *)(ok|not ok)\b *(\d+)\b(?: *-)? *(.*)$")
PLAN = re.compile(r"^( *)1\.\.(\d+)\b")
NAME = re.compile(r"^( *)# Subtest: (.*)$")
BAIL = re.compile(r"^ *Bail out!")
SKIP = re.compile(r"# *skip\b", re.IGNORECASE)
STAMP = re.compile(r"^(?:<\d+>)?\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?")
KTAP_LINE = re.compile(r"^ *(K?TAP version|1\.\.\d+|ok |not ok |# |Bail out!)")


class Level:
    """The results seen at one indentation since the last result line that sums it up."""

    def __init__(self):
        self.plan = None
        self.seen = 0
        self.failed = 0
        self.name = ""


class Counter:
    def __init__(self, flatten, prefix):
        self.levels = {}
        self.passed = self.failed = self.skipped = 0
        self.flatten = flatten
        self.prefix = prefix
        self.between = []    # what was said since the last result: shown if the next one is bad
        self.number = 0

    def emit(self, ok, path, note):
        if self.flatten:
            if not ok:
                for line in self.between[-40:]:
                    print(f"# {line}", flush=True)
            self.between = []
            self.number += 1
            name = ": ".join(p for p in [self.prefix] + path if p)
            print(f"{'ok' if ok else 'not ok'} {self.number} {name}{note}", flush=True)

    def level(self, indent):
        return self.levels.setdefault(indent, Level())

    def result(self, indent, ok, text):
        name, _, directive = text.partition(" #")
        name = name.strip()
        skipped = bool(SKIP.search("#" + directive)) and ok
        inner = [i for i in self.levels if i > indent and self.levels[i].seen]
        block_failed = False
        for i in sorted(inner, reverse=True):
            block_failed |= self.close(i, name)
        for i in [i for i in self.levels if i > indent]:
            del self.levels[i]
        here = self.level(indent)
        here.seen += 1
        path = [self.levels[i].name for i in sorted(self.levels) if i < indent] + [here.name, name]
        if inner:
            if ok or block_failed:
                here.failed += 0 if ok and not block_failed else 1
                return
        if skipped:
            self.skipped += 1
        elif ok:
            self.passed += 1
        else:
            self.failed += 1
            here.failed += 1
        note = " # SKIP" + re.sub(r"(?i)^ *skip", "", directive) if skipped else ""
        self.emit(ok, path, note)

    def close(self, indent, name):
        """Ends a block: its plan must have been kept. True if anything in it failed."""
        level = self.levels[indent]
        if level.plan is not None and level.plan != level.seen:
            self.complain(f"{name}: {level.seen} results, the plan said {level.plan}")
            return True
        return level.failed > 0

    def complain(self, what):
        self.failed += 1
        if self.flatten:
            self.emit(False, [what], "")
        else:
            print(f"# not counted as passed: {what}", flush=True)

    def line(self, line):
        if match := RESULT.match(line):
            self.result(len(match[1]), match[2] == "ok", match[4])
        elif match := PLAN.match(line):
            level = self.level(len(match[1]))
            # Several documents may follow one another: their plans add up.
            before = 0 if match[1] else level.plan or 0
            level.plan = before + int(match[2])
        elif match := NAME.match(line):
            self.between = []
            self.level(len(match[1])).name = match[2].strip()
        elif BAIL.match(line):
            self.complain(line.strip())

    def finish(self, need_plan, status):
        top = self.levels.get(0)
        if any(level.seen for indent, level in self.levels.items() if indent):
            self.complain("the output ends inside a block")
        elif top is None or not top.seen:
            self.complain("no results")
        elif top.plan is None and need_plan:
            self.complain("no plan")
        elif top.plan is not None and top.plan != top.seen:
            self.complain(f"{top.seen} results, the plan said {top.plan}")
        if status and not self.failed:
            self.complain(f"exit status {status}")
        if self.flatten:
            print(f"1..{self.number}", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--counts")
    parser.add_argument("--flatten", action="store_true")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--kernel-log", action="store_true")
    parser.add_argument("--no-plan", action="store_true")
    parser.add_argument("--status", type=int, default=0)
    options = parser.parse_args()
    counter = Counter(options.flatten, options.prefix)
    for raw in sys.stdin.buffer:
        line = raw.decode(errors="replace").rstrip("\r\n")
        if options.kernel_log:
            line = STAMP.sub("", line)
            if not KTAP_LINE.match(line):
                counter.between.append(line)
                continue
        if options.flatten:
            counter.between.append(line)
        else:
            print(line, flush=True)
        counter.line(line)
    counter.finish(not options.no_plan, options.status)
    if options.counts:
        with open(options.counts, "w") as out:
            print(counter.passed, counter.failed, counter.skipped, file=out)
    return 1 if counter.failed else 0


sys.exit(main())
