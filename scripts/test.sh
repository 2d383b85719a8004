#!/bin/bash
# Runs the tests: the site's pure parts, Swift's, then those in Python that drive the built program and
# its site from outside.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s (%d s)\n' "$*" $SECONDS; }

step "Preparing what tests compare with"
Tests/Oracles/prepare.sh

# Python packages go into a folder of the clone's own. Installed again only when the list changes.
requirements=Tests/Python/requirements.txt
wanted=$(cksum <"$requirements")
if [ "$(cat .venv/tests 2>/dev/null)" != "$wanted" ]; then
    step "Installing what the Python tests need into .venv"
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off -r "$requirements"
    echo "$wanted" >.venv/tests
fi

step "Web tests"
scripts/web.sh --test

step "Building product and tests"
swift build -c release --build-tests

step "Building the chat site"
scripts/web.sh "$(readlink -f .build/release)/../share/pronk/web"

results=$(mktemp)
trap 'rm -f "$results"' EXIT
status=0

# Tests that compute occupy every thread for seconds, tests of servers have deadlines, and those of instances start
# processes by the dozen, and look how soon they are gone: one after the other.
servers='ChatServerTests|EngineServerTests|GatewayTests|ModelSourcesTests|RuntimeTests|TerminalTests'
instances='InstancesTests'
swift_tests() {
    swift test -c release --skip-build --disable-xctest "$@" 2>&1 | tee "$results" || status=1
    swift_lines+=("$(grep -a 'Test run with' "$results" | tail -n 1 || echo 'no test ran')")
}
swift_lines=()
step "Swift tests that compute"
swift_tests --skip "$servers|$instances"
step "Swift tests of servers"
swift_tests --filter "$servers"
step "Swift tests of instances"
swift_tests --no-parallel --filter "$instances"

step "Python tests"
.venv/bin/python -m pytest Tests/Python -q --color=no -p no:cacheprovider 2>&1 | tee "$results" || status=1
python_line=$(tail -n 1 "$results")

step "Results"
for line in "${swift_lines[@]}" "Python: $python_line"; do
    echo "$line"
    [ "$line" != 'no test ran' ] || status=1
done
exit $status
