#!/bin/bash
# Compares Pronk with its peers, here and now. Builds and installs what is missing. Ends with status 1 if a bar of
# thresholds.json is not held.
#
#   run.sh [PRONK]                     what `make bench` runs: SmolLM2 beside llama.cpp, a quarter of an hour
#   run.sh PRONK all [OPTION…]         the whole table, hours; options are compare.py's
set -euo pipefail
cd "$(dirname "$0")/.."

pronk=${1:-.build/release/pronk}
what=${2:-short}
shift $(($# < 2 ? $# : 2))
swift build -c release --product engine-benchmark
[ -x "$pronk" ] || swift build -c release --product pronk
programs=(--pronk "$pronk" --engine-benchmark .build/release/engine-benchmark)
case $what in
    short)
        Benchmarks/peers.sh llama.cpp
        exec python3 Benchmarks/compare.py --short "${programs[@]}" "$@"
        ;;
    all)
        Benchmarks/peers.sh
        exec python3 Benchmarks/compare.py "${programs[@]}" "$@"
        ;;
    *)
        echo "run.sh: 'short' or 'all', not '$what'" >&2
        exit 2
        ;;
esac
