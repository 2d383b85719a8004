#!/usr/bin/env python3
"""Measures Pronk and llama.cpp in turns and checks their ratios against thresholds.json.

Only ratios within a run mean something: a shared machine's speed changes by the hour. Every round measures both, one
after the other, in alternating order; what counts is the median of the rounds' ratios. Uses the standard library alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from served import EngineUnderTest, serve_clients, start_seconds

HERE = Path(__file__).parent
PEERS = HERE.parent / ".build-peers"
MODEL = PEERS / "models/SmolLM2-135M-Instruct.Q4_0.gguf"
NAME = "benchmark-q4_0"


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def llama_bench(threads):
    """Tokens per second of llama.cpp: prefill of 512, decoding of 128 tokens."""
    program = PEERS / "llama.cpp/bin/llama-bench"
    tests = json.loads(output(program, "-m", MODEL, "-t", threads, "-p", 512, "-n", 128, "-r", 1, "-o", "json"))
    return {"prefill" if test["n_prompt"] else "decode": test["avg_ts"] for test in tests}


def engine_benchmark(binary, image, threads):
    """The same of our engine."""
    result = json.loads(
        output(binary, image, "--prompt", 512, "--decode", 128, "--rounds", 1, "--threads", threads)
    )
    return {"prefill": result["prefill_tokens_per_second"], "decode": result["decode_tokens_per_second"]}


def interleaved(rounds, ours, theirs):
    """Runs both in every round, and gives each one's results; who begins alternates."""
    results = {"ours": [], "theirs": []}
    for number in range(rounds):
        pair = [("ours", ours), ("theirs", theirs)]
        for who, measure in pair if number % 2 == 0 else reversed(pair):
            results[who].append(measure())
        print(f"  round {number + 1} of {rounds}: {results['ours'][-1]} | {results['theirs'][-1]}", file=sys.stderr)
    return results


def column(results, who, key):
    return [result[key] for result in results[who]]


def ratios(results, key):
    return [ours / theirs for ours, theirs in zip(column(results, "ours", key), column(results, "theirs", key))]


def spread(values):
    digits = 3 if max(values) < 20 else 0
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} – {max(values):.{digits}f})"


def check(measured):
    """Prints every threshold with what was measured; the number that were missed."""
    missed = 0
    for name, threshold in json.loads((HERE / "thresholds.json").read_text()).items():
        value = measured[name]
        bound = threshold.get("at_least", threshold.get("at_most"))
        good = value >= bound if "at_least" in threshold else value <= bound
        missed += not good
        sign = "≥" if "at_least" in threshold else "≤"
        print(f"{'ok    ' if good else 'MISSED'} {name} = {value:.3f} (wanted {sign} {bound}): {threshold['what']}")
    return missed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pronk", type=Path, required=True)
    arguments.add_argument("--engine-benchmark", type=Path, required=True)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--results", type=Path, default=HERE.parent / ".build/benchmarks/results.json")
    options = arguments.parse_args()
    data = options.results.parent / "data"
    data.mkdir(parents=True, exist_ok=True)
    pronk = options.pronk.resolve()
    print("Packing the model", file=sys.stderr)
    output(pronk, "model", "add", MODEL, "--name", NAME, "--data", data)
    image = data / "models" / f"{NAME}.pronk"
    ours = EngineUnderTest(
        NAME, ["engine", "--model", NAME, "--data", data, "--threads", options.threads], "/healthz", pronk,
        listen=lambda port: ["--listen", f"127.0.0.1:{port}"])
    theirs = EngineUnderTest(
        NAME, ["-m", MODEL, "-t", options.threads, "-np", 16, "-c", 16 * 512], "/health",
        PEERS / "llama.cpp/bin/llama-server", listen=lambda port: ["--host", "127.0.0.1", "--port", port])

    print("One sequence, no HTTP (tokens per second)", file=sys.stderr)
    alone = interleaved(
        options.rounds,
        lambda: engine_benchmark(options.engine_benchmark, image, options.threads),
        lambda: llama_bench(options.threads))
    print("Served over HTTP to 1 and 16 clients (new tokens per second)", file=sys.stderr)
    served = interleaved(options.rounds, lambda: serve_clients(ours), lambda: serve_clients(theirs))
    print("From exec to healthy (seconds)", file=sys.stderr)
    starts = interleaved(
        options.rounds, lambda: {"start": start_seconds(ours)}, lambda: {"start": start_seconds(theirs)})

    print(f"\n{'median (least – most)':28}{'Pronk':>24}{'llama.cpp':>24}{'ratio':>24}")
    for results, key, label in [
        (alone, "prefill", "prefill 512, tok/s"),
        (alone, "decode", "decode 128, tok/s"),
        (served, "chat 1", "chat, 1 client, tok/s"),
        (served, "chat 16", "chat, 16 clients, tok/s"),
        (served, "context 1", "context, 1 client, tok/s"),
        (served, "context 16", "context, 16 clients, tok/s"),
        (starts, "start", "exec to healthy, s"),
    ]:
        cells = [column(results, "ours", key), column(results, "theirs", key), ratios(results, key)]
        print(f"{label:28}" + "".join(f"{spread(cell):>24}" for cell in cells))
    print()
    measured = {
        "prefill_ratio": statistics.median(ratios(alone, "prefill")),
        "decode_ratio": statistics.median(ratios(alone, "decode")),
        "sixteen_clients_ratio": statistics.median(
            result["chat 16"] / result["chat 1"] for result in served["ours"]),
        "start_seconds": statistics.median(column(starts, "ours", "start")),
    }
    missed = check(measured)
    options.results.write_text(
        json.dumps({"measured": measured, "alone": alone, "served": served, "starts": starts}, indent=1) + "\n")
    print(f"All figures: {options.results}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
