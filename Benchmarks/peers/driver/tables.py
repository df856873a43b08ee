"""Results as a table for a terminal and as Markdown for the README."""

import statistics

from .catalogue import form_name
from .ratios import DISTURBED


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def form_title(result):
    """The form of the model; where the two sides read other types, both."""
    theirs, ours = form_name(result.form), form_name(result.ours_form)
    return theirs if theirs == ours else f"{ours} / {theirs}"


def text(results, titles):
    header = ("work", "file", "peer", "spyre", "theirs", "", "ratio", "range", "pairs")
    rows = []
    for result in results:
        low, high = result.spread
        marks = "*" if result.disturbance >= DISTURBED else ""
        rows.append((
            result.work.title, form_title(result), titles[result.peer], number(statistics.median(result.ours)),
            number(statistics.median(result.theirs)), result.work.unit, ratio(result.ratio) + marks,
            f"{ratio(low)} to {ratio(high)}", str(len(result.ours))))
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    right = {3, 4, 6, 8}
    lines = ["  ".join(cell.rjust(width) if index in right else cell.ljust(width)
                       for index, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in [header, *rows]]
    if any(result.disturbance >= DISTURBED for result in results):
        lines.append(f"* others took {DISTURBED:g} cores or more of the machine during a run of this row")
    return "\n".join(lines)


def markdown(results, titles):
    """One table for engines and one for libraries: a line per work and file, a column per peer, `ratio (figure)`."""
    parts = []
    for libraries in (False, True):
        part = [result for result in results if (result.work.kind == "gemm") == libraries]
        if part:
            parts.append(_markdown_table(part, titles, "M×N×K" if libraries else "work",
                                         "type" if libraries else "file"))
    return "\n\n".join(parts)


def caption(description, results):
    """What the figures come from."""
    engines = sorted({result.engine for result in results} - {""})
    pairs = sorted({len(result.ours) for result in results})
    counts = " to ".join(str(count) for count in dict.fromkeys((pairs[0], pairs[-1])))
    counts += " pair" if pairs[-1] == 1 else " pairs"
    return (f"{description['machine']}; {description['threads']} threads; spyre {description['spyre']}; "
            f"{'; '.join(engines)}; medians of {counts}; {description['date']}")


def _markdown_table(results, titles, first, second):
    peers = list(dict.fromkeys(result.peer for result in results))
    cells = {}
    for result in results:
        key = result.work, form_title(result)
        cells.setdefault(key, {})[result.peer] = result
    lines = [f"| {' | '.join([first, second, 'spyre', *(titles[peer] for peer in peers)])} |",
             f"|{'---|' * 2}{'---:|' * (1 + len(peers))}"]
    for (work, form), row in cells.items():
        ours = statistics.median([value for result in row.values() for value in result.ours])
        columns = [_cell(row.get(peer)) for peer in peers]
        lines.append(f"| {' | '.join([work.title, form, f'{number(ours)} {work.unit}', *columns])} |")
    return "\n".join(lines)


def _cell(result):
    if result is None:
        return ""
    mark = "\\*" if result.disturbance >= DISTURBED else ""
    return f"**{ratio(result.ratio)}**{mark} ({number(statistics.median(result.theirs))})"
