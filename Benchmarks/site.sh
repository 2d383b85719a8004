#!/bin/bash
# What the chat site costs a visitor and a machine, in a real Chromium. Needs what the tests need (scripts/test.sh).
#
#   Benchmarks/site.sh [--rounds 5] [--soak MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."

exec .venv/bin/python Benchmarks/site.py "$@"
