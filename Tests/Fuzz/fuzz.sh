#!/bin/sh
# Fuzzes readers of foreign files, coverage-guided and under AddressSanitizer: Tests/Fuzz/fuzz.sh TARGET SECONDS
#
#     gguf            GGUF files
#     safetensors     safetensors files, and the parts of a GPTQ matrix in them
#     configuration   config.json and quantize_config.json
#     text            tokenizer.json and its neighbours
#     all             one after the other, SECONDS each
#
# Needs nothing but the Swift toolchain. Builds apart from the package, so that normal builds carry no instrumentation.
# Corpora are kept in .build/fuzz/TARGET/corpus; findings land beside them and make the exit status non-zero.
set -eu
target=${1:-all}
seconds=${2:-60}
root=$(cd "$(dirname "$0")/../.." && pwd)
fuzz=$root/Tests/Fuzz

if [ "$target" = all ]; then
    for target in gguf safetensors configuration text; do "$0" $target "$seconds"; done
    exit
fi

work=$root/.build/fuzz/$target
mkdir -p "$work/corpus" "$work/seeds" "$work/findings"
cd "$work"

plain="-O -swift-version 6 -package-name pronk -wmo -parse-as-library -I ."
instrumented="$plain -sanitize=fuzzer,address"
checkpoints="$root/Sources/Formats/Checkpoints"
support="$root/Tests/TestSupport"

# A module each, as in the package.
compile() {
    flags=$1 module=$2
    shift 2
    swiftc $flags -module-name "$module" -emit-module -c "$@" -o "$module.o"
}

echo "Building the fuzzer for $target ..."
# What reads and checks foreign files, without what needs libraries: images and the store.
readers="$checkpoints/CheckpointError.swift $checkpoints/Limits.swift $checkpoints/MappedFile.swift
    $checkpoints/ModelConfiguration.swift $checkpoints/RopeScaling.swift $checkpoints/TensorPlan.swift"
folders="$checkpoints/Image/PartialFile.swift $checkpoints/HuggingFace/ConfigurationFile.swift
    $checkpoints/HuggingFace/HuggingFaceConfiguration.swift $checkpoints/HuggingFace/HuggingFaceRope.swift
    $checkpoints/HuggingFace/HuggingFaceShape.swift $checkpoints/HuggingFace/JSONScanner.swift
    $checkpoints/HuggingFace/SafetensorsFile.swift $checkpoints/HuggingFace/SafetensorsTensor.swift
    $checkpoints/HuggingFace/SafetensorsType.swift $checkpoints/GPTQ/ColumnGrouping.swift
    $checkpoints/GPTQ/GPTQTensor.swift $checkpoints/GPTQ/QuantizationConfiguration.swift"
case $target in
gguf)
    compile "$instrumented" Tokenization $(find "$root/Sources/Formats/Tokenization" -name '*.swift' | sort)
    compile "$instrumented" Checkpoints "$checkpoints"/GGUF/*.swift $readers
    swiftc $instrumented "$fuzz/GGUFFuzzer.swift" Tokenization.o Checkpoints.o -o fuzzer
    compile "$plain" TestSupport "$support/SeededGenerator.swift" "$support/GGUFBuilder.swift" \
        "$support/RandomBlocks.swift" "$support/TinyModel.swift"
    swiftc $plain "$fuzz/FuzzSeeds.swift" TestSupport.o -o seeder
    ;;
safetensors | configuration)
    # The fuzzer is part of the module, because what it calls is no affair of others.
    if [ $target = safetensors ]; then fuzzer=SafetensorsFuzzer; else fuzzer=ConfigurationFuzzer; fi
    swiftc $instrumented -module-name Checkpoints $readers $folders "$fuzz/$fuzzer.swift" -o fuzzer
    compile "$plain" TestSupport "$support/SeededGenerator.swift" "$support/GGUFBuilder.swift" \
        "$support/RandomBlocks.swift" "$support/TinyModel.swift" "$support/SafetensorsBuilder.swift" \
        "$support/TinyFolder.swift"
    swiftc $plain "$fuzz/FolderSeeds.swift" TestSupport.o -o seeder
    ;;
text)
    compile "$instrumented" Tokenization $(find "$root/Sources/Formats/Tokenization" -name '*.swift' | sort)
    swiftc $instrumented "$fuzz/TextFuzzer.swift" Tokenization.o -o fuzzer
    swiftc $plain "$fuzz/TextSeeds.swift" -o seeder
    ;;
*)
    echo "there is no target $target" >&2
    exit 2
    ;;
esac
./seeder seeds $target

echo "Fuzzing $target for $seconds seconds ..."
# A file of some kilobytes must never take a second, or a gigabyte.
exec ./fuzzer corpus seeds -max_total_time="$seconds" -max_len=65536 -timeout=5 -rss_limit_mb=1024 \
    -malloc_limit_mb=64 -dict="$fuzz/$target.dict" -artifact_prefix=findings/ -print_final_stats=1
