#!/bin/bash
# Compares Pronk with llama.cpp on the same file, on this machine, now: `run.sh [PRONK]`. Further arguments go to
# compare.py. Builds what is missing. Ends with status 1 if a threshold of thresholds.json is missed.
set -euo pipefail
cd "$(dirname "$0")/.."

pronk=${1:-.build/release/pronk}
shift || true
Benchmarks/peers.sh
swift build -c release --product engine-benchmark
[ -x "$pronk" ] || swift build -c release --product pronk
exec python3 Benchmarks/compare.py --pronk "$pronk" --engine-benchmark .build/release/engine-benchmark "$@"
