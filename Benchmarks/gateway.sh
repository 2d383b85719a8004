#!/bin/bash
# What the gateway adds: wrk → nginx against wrk → gateway → nginx, all on this machine, in turns; keys are checked.
# Needs nginx and wrk. Ends with status 1 if a threshold of gateway-thresholds.json is missed.
#
#   Benchmarks/gateway.sh [GATEWAY-BENCHMARK] [SECONDS] [EVENT-LOOPS]
set -euo pipefail
cd "$(dirname "$0")/.."

benchmark=${1:-.build/release/gateway-benchmark}
seconds=${2:-5}
loops=${3:-2}
[ -x "$benchmark" ] || swift build -c release --product gateway-benchmark
for program in nginx wrk; do
    command -v $program >/dev/null || { echo "$program is missing: install it first." >&2; exit 2; }
done
exec python3 Benchmarks/gateway.py --benchmark "$benchmark" --seconds "$seconds" --event-loops "$loops"
