#!/usr/bin/env python3
"""Measures Pronk and its peers in turns, row by row of the table in docs/performance.md.

    compare.py [ROW…]        measures these rows (default: all) into .build/benchmarks/ROW.json
    compare.py --short       what `make bench` runs: SmolLM2 beside llama.cpp, in a quarter of an hour
    compare.py --check       measures nothing; says which bars of thresholds.json are held

Ends with status 1 if a bar is missed. Uses the standard library alone; peers run in environments of their own, which
Benchmarks/peers.sh makes.
"""

import argparse
import json
import re
import signal
import sys
from pathlib import Path

from measuring import machine, report
from measuring.engines import PEERS, Settings, run
from measuring.rows import ROWS

HERE = Path(__file__).parent
RESULTS = HERE.parent / ".build/benchmarks"
SHORT = ["smollm2-prefill-512", "smollm2-decode-128", "served-1", "served-16", "smollm2-start-warm"]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--pronk", type=Path, default=HERE.parent / ".build/release/pronk")
    parser.add_argument("--engine-benchmark", type=Path, default=HERE.parent / ".build/release/engine-benchmark")
    parser.add_argument("--peers", nargs="*", help="only these of a row's peers")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--extra", type=int, help="rounds beyond these, for pairs that were dropped (default: as many)")
    parser.add_argument("--append", action="store_true", help="add rounds to those of earlier runs")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--page", type=Path, help="write the table and the bars into this page")
    parser.add_argument("--only-measured", action="store_true", help="a bar of a row that was not measured is no miss")
    return parser.parse_args()


def measure(name, settings, choice):
    row, path = ROWS[name], choice.results / f"{name}.json"
    earlier = json.loads(path.read_text())["records"] if choice.append and path.exists() else []
    first = 1 + max((record["round"] for record in earlier), default=-1)
    peers = [peer for peer in row.peers if choice.peers is None or peer in choice.peers]
    extra = choice.rounds if choice.extra is None else choice.extra
    print(f"{row.what}: pronk, {', '.join(peers)}", file=sys.stderr)
    result = {
        "row": name, "what": row.what, "machine": machine.description(), "versions": versions(settings),
        "command": " ".join(sys.argv), "records": earlier,
    }
    for record in row.run(name, settings, peers, choice.rounds, extra, first):
        result["records"].append(record)
        path.write_text(json.dumps(result, indent=1) + "\n")


def measure_all(names, choice):
    """Measures rows one after the other; the names of those that could not be set up, which ends no other."""
    # An end by `timeout` is an end like any other: what was started is ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before all was measured"))
    settings, failed = Settings(choice.pronk.resolve(), choice.engine_benchmark.resolve()), []
    try:
        for name in names:
            try:
                measure(name, settings, choice)
            except RuntimeError as error:
                print(f"{name}: {error}", file=sys.stderr)
                failed.append(name)
    finally:
        settings.pool.close()
    return failed


def versions(settings):
    lock = {
        path.stem.removeprefix("requirements-"): re.findall(r"^[^#\s]+", path.read_text(), re.M)
        for path in HERE.glob("peers/*.txt")}
    commit = run("git", "-C", HERE, "rev-parse", "--short", "HEAD").strip()
    package, version = re.search(r"^package=(\S+) version=(\S+)$", (HERE / "peers.sh").read_text(), re.M).groups()
    return {
        "pronk": f"{run(settings.pronk, '--version').strip()} ({commit})", "peers": lock,
        "llama.cpp": f"{package} {version}",
    }


def main():
    choice = options()
    choice.results.mkdir(parents=True, exist_ok=True)
    (PEERS / "logs").mkdir(parents=True, exist_ok=True)
    rows = choice.rows or (SHORT if choice.short else list(ROWS))
    unknown = [name for name in rows if name not in ROWS]
    if unknown:
        sys.exit(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if choice.short and choice.peers is None:
        choice.peers = ["llama.cpp"]
    failed = [] if choice.check else measure_all(rows, choice)
    results = report.read(choice.results, rows if choice.short or choice.rows else None)
    print(report.table(results))
    print()
    if choice.page:
        report.write_page(choice.page, results, HERE / "thresholds.json")
    missed = report.check(results, HERE / "thresholds.json", choice.short or choice.rows or choice.only_measured)
    sys.exit(1 if missed or failed else 0)


if __name__ == "__main__":
    main()
