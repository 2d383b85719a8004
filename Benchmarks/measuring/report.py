"""What the records say: the table of docs/performance.md, and which bars are held."""

import json

from .engines import ROOT
from .rounds import SETTLED, counted, mode, ratios, summary

# Metrics of which less is better, by the end of their names.
LESS_IS_BETTER = ("perplexity", "_seconds", "_bytes", "over_bound", "over_one")
UNITS = {
    "tokens_per_second": "tok/s", "requests_per_second": "req/s", "first_token_p50_seconds": "TTFT p50, s",
    "first_token_p99_seconds": "TTFT p99, s", "first_token_seconds": "to first token, s",
    "healthy_seconds": "to healthy, s", "first_wave_requests_per_second": "first wave, req/s",
    "second_wave_requests_per_second": "second wave, req/s", "resident_bytes": "resident, 10⁹ bytes",
    "share_of_bandwidth": "of a plain loop's bytes/s",
    "perplexity": "perplexity",
    "three_over_one": "three instances / one (PSS)", "over_bound": "over max(direct read, warm prefill)",
}
SHOWN = list(UNITS)
MARKS = (
    "<!-- written by `Benchmarks/compare.py --check --page docs/performance.md` -->",
    "<!-- the end of what is written -->",
)
PEERS = ("llama.cpp", "openvino", "vllm", "transformers")


def read(folder, rows=None):
    """The results of every row, in the table's order."""
    from .rows import ROWS

    results = {}
    for name in ROWS:
        path = folder / f"{name}.json"
        if path.exists() and (rows is None or name in rows):
            results[name] = json.loads(path.read_text())
    return results


def engines(records):
    return list(dict.fromkeys(record["engine"] for record in records))


def modes(records):
    """The modes to show: each that has measurements of ours that count."""
    return [each for each in SETTLED if counted(records, "pronk", each)]


def values(records, engine, metric, wanted=None):
    return [
        record["values"][metric] for record in counted(records, engine, wanted) if metric in record["values"]]


def spread(found, factor=1.0):
    if not found:
        return "–"
    numbers = [found["median"] * factor, found["least"] * factor, found["most"] * factor]
    digits = 0 if numbers[0] >= 100 else 1 if numbers[0] >= 10 else 2 if numbers[0] >= 0.1 else 3
    middle, least, most = (f"{number:,.{digits}f}" for number in numbers)
    return middle if found["count"] == 1 else f"{middle} ({least}–{most})"


def against(records, peer, metric, wanted):
    """Ours over a peer's, or the other way round where less is better: above 1 we are ahead."""
    found = ratios(records, peer, metric, wanted)
    return summary([1 / ratio for ratio in found] if metric.endswith(LESS_IS_BETTER) else found)


def table(results):
    """Markdown: a line for each row, metric and memory mode; a ratio above 1 means that Pronk is ahead."""
    shown = [name for name in PEERS if any(name in engines(result["records"]) for result in results.values())]
    lines = [f"| work | | mode | Pronk | {' | '.join(shown)} |", "| --- " * (4 + len(shown)) + "|"]
    for result in results.values():
        records = result["records"]
        for metric in SHOWN:
            if any(metric in record.get("values", {}) for record in records):
                lines += [line(result["what"], records, metric, each, shown) for each in modes(records)]
    return "\n".join(lines + dropped(results))


def line(what, records, metric, wanted, shown):
    factor = 1e-9 if metric.endswith("_bytes") else 1
    cells = [what, UNITS[metric], "" if wanted == "any" else wanted]
    cells.append(spread(summary(values(records, "pronk", metric, wanted)), factor))
    for peer in shown:
        theirs, ratio = summary(values(records, peer, metric, wanted)), against(records, peer, metric, wanted)
        cell = spread(theirs and theirs | {"count": 1}, factor)
        cells.append(f"{cell}; × {spread(ratio)}" if ratio else cell)
    return "| " + " | ".join(cells) + " |"


def dropped(results):
    """How many measurements did not count, and why: a table that hides them would promise too much."""
    records = [record for result in results.values() for record in result["records"]]
    failed = [record for record in records if "error" in record]
    unsettled = [record for record in records if "values" in record and not mode(record)]
    return [
        "",
        f"{len(records)} measurements; {len(unsettled)} dropped because the memory's mode changed or somebody else "
        f"computed; {len(failed)} failed.",
        *sorted({f"* {record['engine']}, {record['row']}: {in_a_line(record['error'])}" for record in failed}),
    ]


def in_a_line(error):
    """The beginning of a message, without line ends, and without where this checkout is."""
    return " ".join(error.replace(f"{ROOT}/", "").split())[:200]


def bar_value(bar, records):
    """What a bar is about, and of whom: the least ratio to any of its peers, or our own figure."""
    metric, wanted = bar["metric"], bar.get("mode")
    if bar.get("of") == "pronk":
        found = summary(values(records, "pronk", metric, wanted))
        return (found["median"], "Pronk itself") if found else (None, "")
    peers = bar.get("peers") or [name for name in engines(records) if name != "pronk"]
    found = {peer: against(records, peer, metric, wanted) for peer in peers}
    without = [peer for peer, each in found.items() if not each]
    if without or not found:
        # The best peer may be one of those that are missing.
        return None, f"(no pair counts beside {', '.join(without)})" if without else ""
    found = {peer: each["median"] for peer, each in found.items()}
    peer = min(found, key=found.get)
    return found[peer], f"against {peer}, the best of {', '.join(found)}"


def check(results, path, only_measured):
    """Prints every bar with what was measured; the number of bars that are not held. No measurement holds no bar, but
    a bar for one mode of memory says nothing of a row that was measured in the other alone."""
    missed = 0
    for bar, value, whose, good in verdicts(results, path):
        records = results[bar["row"]]["records"] if bar["row"] in results else []
        if not counted(records, "pronk", bar.get("mode")) and (only_measured or counted(records, "pronk")):
            continue
        missed += not good
        print(f"{'held  ' if good else 'none  ' if value is None else 'MISSED'} {name(bar)}: {shown(bar, value)} "
              f"(wanted {bound(bar)}) {whose}")
    return missed


def verdicts(results, path):
    """Every bar, what was measured, of whom, and whether it is held."""
    for bar in json.loads(path.read_text())["bars"]:
        value, whose = bar_value(bar, results[bar["row"]]["records"]) if bar["row"] in results else (None, "")
        limit = bar.get("at_least", bar.get("at_most"))
        yield bar, value, whose, value is not None and (value >= limit if "at_least" in bar else value <= limit)


def name(bar):
    ours = "" if bar.get("of") == "pronk" else " beside " + ", ".join(bar.get("peers", ["the best peer"]))
    return f"{bar['row']}, {UNITS[bar['metric']]}{ours}" + (f", {bar['mode']} mode" if "mode" in bar else "")


def unit(bar):
    """What a bar's figures are multiplied by, so that they are in the units of its name; ratios have none."""
    return 1e-9 if bar.get("of") == "pronk" and bar["metric"].endswith("_bytes") else 1


def bound(bar):
    return f"≥ {bar['at_least'] * unit(bar):g}" if "at_least" in bar else f"≤ {bar['at_most'] * unit(bar):g}"


def shown(bar, value):
    return "not measured" if value is None else f"{value * unit(bar):.3g}"


def bars(results, path):
    """Markdown: every bar and whether it is held."""
    lines = ["| bar | wanted | measured | |", "| --- | --- | --- | --- |"]
    for bar, value, whose, good in verdicts(results, path):
        verdict = "held" if good else "" if value is None else "**missed**"
        lines.append(f"| {name(bar)} | {bound(bar)} | {shown(bar, value)} {whose} | {verdict} |")
    return "\n".join(lines)


def write_page(page, results, thresholds):
    """Puts table and bars between the two marks of a page."""
    before, rest = page.read_text().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    written = f"{MARKS[0]}\n{table(results)}\n\n{bars(results, thresholds)}\n{MARKS[1]}"
    page.write_text(before + written + after)
