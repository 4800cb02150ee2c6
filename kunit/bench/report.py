# SPDX-License-Identifier: GPL-2.0-only
"""What the benchmark prints and draws."""
from bars import BARS, misses

MARK = {"slower": "!!", "bar": "!", "refuses": "R", "stops": "S"}
LEGEND = ("ours/stock, the median of the rounds' ratios; below 1 ours is faster. spread: the middle half of them is within so much of it, more or less. "
          "! misses its bar, !! is slower than stock, R refuses what it need not, S stops packets for more than 1 ms")


def ratio(value):
    return "-" if value is None else f"{value:.2f}" # no bar


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def case_table(case, table, beside="stock"):
    """One case in full, with bars: # is 5 % of stock, | is where the bar is."""
    lines = [f"{case:32} {beside[-13:]:>13} {'ours':>13} {'ratio':>6} {'spread':>6}"]
    for row, f in table.items():
        length = min(round(20 * f["ratio"]), 40)
        plot = list(f"{'#' * length:41}")
        if beside == "stock" and BARS[row] is not None and not row.endswith("longest stop"):
            plot[round(20 * BARS[row])] = "|"
        refused = "".join(f"  {who} refuses {share:.0%}" for who, share in f["refused"].items() if share)
        why = misses(row, f) if beside == "stock" else None
        lines.append(f"{row:32} {number(f['stock']):>13} {number(f['ours']):>13} {ratio(f['ratio']):>6} {f['spread']:6.0%} "
                     f"{MARK.get(why, ''):2} {''.join(plot)}{refused}".rstrip())
    return "\n".join(lines)


def summary(cases):
    """All cases beside each other."""
    names = list(cases)
    rows = [row for row in BARS if any(row in cases[n] for n in names)]
    lines = [f"{'':32} {'bar':>5}" + "".join(f" {n:>17}" for n in names)]
    for row in rows:
        cells = []
        for n in names:
            f = cases[n].get(row)
            why = MARK.get(misses(row, f), "") if f else ""
            cells.append(f"{ratio(f['ratio'])} {why:2}" if f else "   ")
        lines.append(f"{row:32} {ratio(BARS[row]):>5}" + "".join(f" {c:>17}" for c in cells))
    missed = sum(misses(row, f) is not None for t in cases.values() for row, f in t.items())
    all_rows = sum(len(t) for t in cases.values())
    return "\n".join(lines + ["", LEGEND, f"{all_rows - missed} of {all_rows} figures reach their bar"])


def svg(cases):
    parts, y = [], 20
    for case, table in cases.items():
        parts.append(f'<text x="10" y="{y + 12}" font-weight="bold">{case}</text>')
        y += 20
        for row, f in table.items():
            value = f["ratio"]
            colour = {"slower": "#c33", "refuses": "#c33", "stops": "#c33", "bar": "#c90"}.get(misses(row, f), "#2a7")
            width = 300 * min(value, 1.5)
            bar = BARS[row]
            parts.append(f'<text x="20" y="{y + 11}">{row}</text><rect x="220" y="{y + 2}" width="{width:.0f}" height="11" fill="{colour}"/>'
                         f'<text x="{225 + width:.0f}" y="{y + 11}">{value:.2f}</text>')
            if bar is not None:
                parts.append(f'<line x1="{220 + 300 * bar:.0f}" y1="{y}" x2="{220 + 300 * bar:.0f}" y2="{y + 15}" stroke="#000"/>')
            y += 16
        y += 10
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{y + 10}" font-family="sans-serif" font-size="11">'
            f'<line x1="520" y1="0" x2="520" y2="{y}" stroke="#888" stroke-dasharray="3"/>{"".join(parts)}</svg>\n')
