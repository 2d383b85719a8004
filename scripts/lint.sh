#!/bin/bash
# Checks the format of the Swift sources and the syntax of scripts. What a formatter cannot know is in Tests/TidyTests.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift

git ls-files -z '*.sh' .ci/run | xargs -0 -n 1 bash -n

if command -v python3 >/dev/null; then
    git ls-files -z '*.py' | xargs -0 -r python3 -c '
import ast, sys
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        ast.parse(file.read(), path)
'
fi
echo "lint: no findings"
