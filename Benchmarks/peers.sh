#!/bin/bash
# Builds llama.cpp for this machine's processor, from the source package of llama-cpp-python on PyPI, and re-quantises
# SmolLM2 to the type that llama.cpp is fastest with: all matrices Q4_0. About ten minutes on two cores; a second call
# does nothing.
#
#   .build-peers/llama.cpp/bin/{llama-bench,llama-server,llama-quantize}
#   .build-peers/models/SmolLM2-135M-Instruct.Q4_0.gguf
set -euo pipefail
cd "$(dirname "$0")/.."

package=llama-cpp-python version=0.3.36
sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
folder=.build-peers
archive=$folder/llama_cpp_python-$version.tar.gz
source=$folder/llama_cpp_python-$version/vendor/llama.cpp
build=$folder/llama.cpp
model=$folder/models/SmolLM2-135M-Instruct.Q4_0.gguf
shipped=${PRONK_TEST_DATA:-.build/test-data}/downloads/SmolLM2-135M-Instruct.Q4_1.gguf
mkdir -p "$folder/models"

wanted=$(cksum <Benchmarks/requirements.txt)
if [ "$(cat .venv/benchmarks 2>/dev/null)" != "$wanted" ]; then
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off -r Benchmarks/requirements.txt
    echo "$wanted" >.venv/benchmarks
fi
PATH=$PWD/.venv/bin:$PATH

if [ ! -x "$build/bin/llama-server" ]; then
    if [ ! -d "$source" ]; then
        echo "Fetching $package $version"
        pip download --disable-pip-version-check -q --no-deps --no-binary "$package" -d "$folder" "$package==$version"
        echo "$sha256  $archive" | sha256sum --check --quiet
        tar -xzf "$archive" -C "$folder"
    fi
    echo "Building llama.cpp; this takes about ten minutes"
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF \
        -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF >"$folder/configure.log"
    nice -n 10 ninja -C "$build" llama-quantize llama-bench llama-server
fi

if [ ! -e "$model" ]; then
    [ -e "$shipped" ] || Tests/Oracles/prepare.sh
    "$build/bin/llama-quantize" --allow-requantize --pure "$shipped" "$model.partial" Q4_0 >"$folder/quantize.log" 2>&1
    mv "$model.partial" "$model"
fi
