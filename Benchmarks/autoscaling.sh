#!/bin/bash
# Prints the tables of docs/autoscaling.md: `autoscaling.sh FOLDER_OF_TRACES [PRONK]`. Replays every published trace,
# stretched 1, 10 and 60 times, and the generated workday, through Pronk's decider and Knative's. Takes seconds.
set -euo pipefail
cd "$(dirname "$0")/.."

traces=${1:?give the folder of traces that docs/autoscaling.md names}
pronk=${2:-.build/release/pronk}

exec python3 Benchmarks/autoscaling.py --traces "$traces" --pronk "$pronk"
