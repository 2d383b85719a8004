#!/bin/sh
# Fuzzes the GGUF reader, coverage-guided and under AddressSanitizer: Tests/Fuzz/fuzz-gguf.sh SECONDS
#
# Needs nothing but the Swift toolchain. Builds apart from the package, so that normal builds carry no instrumentation.
# The corpus is kept in .build/fuzz/corpus; findings land in .build/fuzz/findings and make the exit status non-zero.
set -eu
seconds=${1:-60}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/.build/fuzz
mkdir -p "$work/corpus" "$work/seeds" "$work/findings"
cd "$work"

plain="-O -swift-version 6 -package-name pronk -wmo -parse-as-library -I ."
instrumented="$plain -sanitize=fuzzer,address"
checkpoints="$root/Sources/Formats/Checkpoints"

echo "Building the fuzzer ..."
# A module each, as in the package. The image's side of Checkpoints needs libraries and reads no foreign files.
compile() {
    flags=$1 module=$2
    shift 2
    swiftc $flags -module-name "$module" -emit-module -c "$@" -o "$module.o"
}
compile "$instrumented" Tokenization "$root"/Sources/Formats/Tokenization/*.swift
compile "$instrumented" Checkpoints "$checkpoints"/GGUF/*.swift \
    "$checkpoints/CheckpointError.swift" "$checkpoints/Limits.swift" "$checkpoints/MappedFile.swift" \
    "$checkpoints/ModelConfiguration.swift"
swiftc $instrumented "$root/Tests/Fuzz/GGUFFuzzer.swift" Tokenization.o Checkpoints.o -o gguf-fuzzer

echo "Writing seeds ..."
support="$root/Tests/TestSupport"
compile "$plain" TestSupport "$support/SeededGenerator.swift" "$support/GGUFBuilder.swift" \
    "$support/RandomBlocks.swift" "$support/TinyModel.swift"
swiftc $plain "$root/Tests/Fuzz/FuzzSeeds.swift" TestSupport.o -o fuzz-seeds
./fuzz-seeds seeds

echo "Fuzzing for $seconds seconds ..."
# A file of some kilobytes must never take a second, or a gigabyte.
exec ./gguf-fuzzer corpus seeds -max_total_time="$seconds" -max_len=65536 -timeout=5 -rss_limit_mb=1024 \
    -malloc_limit_mb=64 -dict="$root/Tests/Fuzz/gguf.dict" -artifact_prefix=findings/ -print_final_stats=1
