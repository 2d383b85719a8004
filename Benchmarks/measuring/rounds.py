"""Rounds in which several engines are measured in turns, and what may be concluded from them.

A measurement counts if memory was read in the same mode before and after it. A ratio is of two measurements of one
round that were made in one mode. Nothing else is compared: a shared machine's speed changes by the hour, and its
memory's by the minute.
"""

import statistics
import sys
import time

from .machine import probe

# What is counted in bytes or in nats holds in any mode.
ANY = {"mode": "any"}
SETTLED = ("slow", "fast", "any")


def measure_rounds(row, measures, rounds, extra=0, first=0):
    """Yields a record of each measurement of `rounds` rounds, and of up to `extra` more while a pair has too few.

    `measures` maps an engine to a function that gives its metrics; the engine that begins changes with each round.
    `first` is the number of the first round, so that records of several runs can stand together."""
    names, records = list(measures), []
    for number in range(first, first + rounds + extra):
        if number >= first + rounds and all(len(ratios(records, name)) >= rounds for name in names[1:]):
            break
        turn = number % len(names)
        before = probe()
        for name in names[turn:] + names[:turn]:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            record = {"row": row, "engine": name, "round": number, "at": now}
            try:
                record["values"] = measures[name]()
            except Exception as error:
                record["error"] = f"{type(error).__name__}: {error}"
            after = probe()
            record |= {"before": before, "after": after}
            add_share_of_bandwidth(record)
            records.append(record)
            report(record)
            yield record
            before = after


def add_share_of_bandwidth(record):
    """What part of a plain loop's bytes a second it read, where the bytes of a step are known."""
    read = record.get("values", {}).get("gigabytes_per_second")
    if read:
        loop = (record["before"]["two_threads"] + record["after"]["two_threads"]) / 2
        record["values"]["share_of_bandwidth"] = read / loop


def report(record):
    shown = record.get("error") or ", ".join(
        f"{name} {value:.4g}" for name, value in record["values"].items() if isinstance(value, (int, float)))
    memory = f"{record['before']['mode']} → {record['after']['mode']}"
    print(f"  {record['row']}, round {record['round'] + 1}: {record['engine']}: {shown} ({memory})", file=sys.stderr)


def mode(record):
    """The mode in which a measurement was made; None if it changed, or if somebody else computed."""
    before, after = record["before"]["mode"], record["after"]["mode"]
    return before if before == after and before in SETTLED and "values" in record else None


def counted(records, engine, wanted=None):
    """An engine's measurements that count, of one mode or of both."""
    return [
        record for record in records
        if record["engine"] == engine and mode(record) and wanted in (None, mode(record))
    ]


def ratios(records, peer, metric=None, wanted=None, ours="pronk"):
    """Ours / theirs of every round in which both count in one mode; 1 each if no metric is given."""
    theirs = {record["round"]: record for record in counted(records, peer, wanted)}
    result = []
    for record in counted(records, ours, wanted):
        other = theirs.get(record["round"])
        if other and mode(other) == mode(record) and (metric is None or metric in other["values"]):
            result.append(record["values"][metric] / other["values"][metric] if metric else 1)
    return result


def summary(values):
    return {
        "median": statistics.median(values), "least": min(values), "most": max(values), "count": len(values),
    } if values else None
