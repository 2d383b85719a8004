"""Replays the traces through `pronk simulate` and prints the Markdown tables of docs/autoscaling.md."""

import argparse
import json
import pathlib
import subprocess

TRACES = [
    ("Azure conversation", "azure-llm-2023-conversation.csv"),
    ("Azure code", "azure-llm-2023-code.csv"),
    ("Mooncake conversation", "mooncake-conversation.jsonl"),
    ("Mooncake synthetic", "mooncake-synthetic.jsonl"),
]
STRETCHES = [1, 10, 60]
START_SECONDS = [5, 30]
# Nothing may be worse by more than this, and something must be better by that.
WORSE, BETTER = 1.01, 0.8
# A millisecond is no wait.
NOTHING = 1e-3


def replay(pronk, source, *options):
    output = subprocess.run(
        [pronk, "simulate", *source, *options, "--json"], check=True, capture_output=True, text=True
    ).stdout
    return {result["policy"]: result for result in json.loads(output)}


def verdict(pronk, kpa):
    """What is worse than Knative's by more than a hundredth, or "yes" if nothing is and something is a fifth better."""
    figures = [
        ("starts", pronk["starts"], kpa["starts"]),
        ("starts from zero", pronk["coldStarts"], kpa["coldStarts"]),
        ("p99 wait", pronk["waitP99"], kpa["waitP99"]),
        ("hours", pronk["instanceHours"], kpa["instanceHours"]),
    ]
    worse = [
        f"{name} +{100 * (ours / theirs - 1):.1f} %" if theirs else f"{name} above 0"
        for name, ours, theirs in figures
        if ours > WORSE * theirs + NOTHING
    ]
    if worse:
        return "no: " + ", ".join(worse)
    better = any(ours <= BETTER * theirs - NOTHING for _, ours, theirs in figures)
    return "yes" if better else "no: nothing better by a fifth"


def row(name, results):
    pronk, kpa, oracle = results["pronk"], results["kpa"], results["oracle"]
    change = 100 * (pronk["instanceHours"] / kpa["instanceHours"] - 1)
    cells = [
        name,
        f"{pronk['starts']} / {kpa['starts']}",
        f"{pronk['coldStarts']} / {kpa['coldStarts']}",
        f"{pronk['requestsThatWaitedForAStart']} / {kpa['requestsThatWaitedForAStart']}",
        f"{pronk['waitP99']:.2f} / {kpa['waitP99']:.2f}",
        f"{pronk['firstTokenP99']:.1f} / {kpa['firstTokenP99']:.1f}",
        f"{pronk['instanceHours']:.2f} / {kpa['instanceHours']:.2f} ({change:+.0f} %)",
        f"{oracle['instanceHours']:.2f}",
        f"{pronk['flaps']} / {kpa['flaps']}",
        verdict(pronk, kpa),
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=pathlib.Path, required=True)
    parser.add_argument("--pronk", required=True)
    arguments, options = parser.parse_known_args()
    for seconds in START_SECONDS:
        print(f"### Starts of {seconds} s\n")
        print("| trace | starts | from zero | waited for a start | p99 wait, s | p99 first token, s "
              "| instance hours | oracle's hours | flaps | bar held |")
        print("| --- " * 10 + "|")
        starts = ["--time-to-ready", str(seconds), *options]
        for name, file in TRACES:
            for stretch in STRETCHES:
                source = ["--trace", str(arguments.traces / file), "--stretch", str(stretch)]
                print(row(f"{name} {stretch}×", replay(arguments.pronk, source, *starts)))
        print(row("generated workday", replay(arguments.pronk, ["--workday"], *starts)))
        print()


if __name__ == "__main__":
    main()
