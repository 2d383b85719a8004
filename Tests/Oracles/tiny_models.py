#!/usr/bin/env python3
"""Makes tiny random GGUF models that cover every tensor type, both RoPE layouts and the other turns of a checkpoint.

    tiny_models.py --out DIR            makes the models; needs numpy and gguf
    tiny_models.py --out DIR --golden FILE
                                        also runs them in transformers, and writes what came out; needs torch

The bytes depend on the seeds alone: the golden file has each model's SHA-256, so a test can tell a different model from
a wrong forward pass.
"""

import argparse
import hashlib
import json
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from random_blocks import random_tensor, uniform
from tiny_tokenizer import CHATML, LLAMA3, ChatSpecials, TinyTokenizer


@dataclass
class TinyModel:
    name: str
    matrices: Type
    architecture: str = "llama"
    hidden: int = 256
    feed_forward: int = 512
    layers: int = 2
    heads: int = 8
    kv_heads: int = 2
    head_size: int = 32
    rope_theta: float = 10_000.0
    # Llama 3.1's scaling of slow frequencies, with an original context so short that the test's positions feel it.
    scales_rope: bool = False
    tied: bool = False
    # A token sees so many tokens, itself included.
    sliding_window: int | None = None
    # What quantisers give more bits than the rest.
    embedding: Type | None = None
    values_and_down: Type | None = None
    specials: ChatSpecials = CHATML
    pre_tokenizer: str = "smollm"


QWEN2 = dict(architecture="qwen2", rope_theta=1_000_000.0, pre_tokenizer="qwen2")
WIDE = dict(hidden=512, feed_forward=768, head_size=64)
META = dict(specials=LLAMA3, pre_tokenizer="llama-bpe", rope_theta=500_000.0)

MODELS = [
    TinyModel("llama-f32", Type.F32, feed_forward=256, tied=True),
    TinyModel("llama-f16", Type.F16, feed_forward=256, pre_tokenizer="gpt-2"),
    TinyModel("llama-bf16", Type.BF16, layers=3, **META),
    TinyModel("llama-q4_0", Type.Q4_0, layers=3, embedding=Type.Q8_0),
    # Heads that are wider together than the residual stream, and one key-value head for each of them.
    TinyModel("llama-q4_1", Type.Q4_1, head_size=64, kv_heads=8),
    TinyModel("qwen2-q5_0", Type.Q5_0, **QWEN2),
    TinyModel("qwen2-q5_1", Type.Q5_1, tied=True, **QWEN2),
    TinyModel("qwen2-q8_0", Type.Q8_0, layers=3, tied=True, **QWEN2),
    TinyModel(
        "llama3-q4_k", Type.Q4_K, scales_rope=True, embedding=Type.Q6_K, values_and_down=Type.Q6_K, **WIDE, **META),
    TinyModel("qwen2-q5_k", Type.Q5_K, embedding=Type.Q4_K, **WIDE, **QWEN2),
    TinyModel("llama-q6_k", Type.Q6_K, tied=True, **WIDE),
    # Shorter than the prompt: Mistral is Llama with a window.
    TinyModel("llama-sliding", Type.F16, feed_forward=256, tied=True, sliding_window=16),
]

CONTEXT = 512
EPSILON = 1e-5
ROPE_SCALING = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)


def write_model(model, path):
    random = np.random.Generator(np.random.PCG64(zlib.crc32(model.name.encode())))
    tokenizer = TinyTokenizer(model.specials)
    vocabulary = len(tokenizer.tokens)
    writer = gguf.GGUFWriter(path, model.architecture)
    writer.add_name(model.name)
    writer.add_vocab_size(vocabulary)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(model.hidden)
    writer.add_block_count(model.layers)
    writer.add_feed_forward_length(model.feed_forward)
    writer.add_head_count(model.heads)
    writer.add_head_count_kv(model.kv_heads)
    if model.heads * model.head_size != model.hidden:
        writer.add_key_length(model.head_size)
        writer.add_value_length(model.head_size)
    writer.add_rope_dimension_count(model.head_size)
    writer.add_rope_freq_base(model.rope_theta)
    writer.add_layer_norm_rms_eps(EPSILON)
    if model.sliding_window:
        writer.add_sliding_window(model.sliding_window)
    tokenizer.write(writer, model.pre_tokenizer)

    def matrix(name, rows, columns, gain=1.0, tensor_type=None):
        tensor_type = tensor_type or model.matrices
        data = random_tensor(random, tensor_type, (rows, columns), gain / columns**0.5)
        stored = tensor_type not in (Type.F32, Type.F16)
        writer.add_tensor(name, data, raw_dtype=tensor_type if stored else None)

    def vector(name, size, mean, spread):
        writer.add_tensor(name, np.float32(mean) + uniform(random, (size,), spread))

    # Gains: logits with a spread of about 3, attention that prefers some positions to others, and a residual stream to
    # which the layers add more than the embedding gave.
    query, kv = model.heads * model.head_size, model.kv_heads * model.head_size
    wide = model.embedding or model.matrices
    matrix("token_embd.weight", vocabulary, model.hidden, gain=3, tensor_type=wide)
    if model.scales_rope:
        writer.add_tensor("rope_freqs.weight", rope_factors(model))
    for layer in range(model.layers):
        block = f"blk.{layer}"
        vector(f"{block}.attn_norm.weight", model.hidden, 1, 0.1)
        matrix(f"{block}.attn_q.weight", query, model.hidden, gain=1.5)
        matrix(f"{block}.attn_k.weight", kv, model.hidden, gain=1.5)
        matrix(f"{block}.attn_v.weight", kv, model.hidden, tensor_type=model.values_and_down)
        if model.architecture == "qwen2":
            vector(f"{block}.attn_q.bias", query, 0, 0.5)
            vector(f"{block}.attn_k.bias", kv, 0, 0.5)
            vector(f"{block}.attn_v.bias", kv, 0, 0.5)
        matrix(f"{block}.attn_output.weight", model.hidden, query, gain=1.5)
        vector(f"{block}.ffn_norm.weight", model.hidden, 1, 0.1)
        matrix(f"{block}.ffn_gate.weight", model.feed_forward, model.hidden)
        matrix(f"{block}.ffn_up.weight", model.feed_forward, model.hidden)
        matrix(f"{block}.ffn_down.weight", model.hidden, model.feed_forward, 1.5, model.values_and_down)
    vector("output_norm.weight", model.hidden, 1, 0.1)
    if not model.tied:
        matrix("output.weight", vocabulary, model.hidden, gain=3, tensor_type=wide)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def rope_factors(model):
    """What a frequency is divided by, as llama.cpp's converter writes it for Llama 3.1, in the order of frequencies."""
    scaling = ROPE_SCALING
    original = scaling["original_max_position_embeddings"]
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    factors = []
    for pair in range(model.head_size // 2):
        wavelength = 2 * np.pi * model.rope_theta ** (2 * pair / model.head_size)
        if wavelength < original / high:
            factors.append(1.0)
        elif wavelength > original / low:
            factors.append(scaling["factor"])
        else:
            smooth = (original / wavelength - low) / (high - low)
            factors.append(1 / ((1 - smooth) / scaling["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def golden(model, path):
    from transformers_oracle import Oracle

    oracle = Oracle(path, rope_scaling=ROPE_SCALING if model.scales_rope else None)
    random = np.random.Generator(np.random.PCG64(zlib.crc32(f"{model.name} prompt".encode())))
    prompt = random.integers(0, oracle.vocabulary, size=40).tolist()
    generated = oracle.generate(prompt, count=24)
    forced = oracle.forced(prompt)
    return {
        "model": f"{model.name}.gguf",
        "sha256": digest(path),
        "prompt": prompt,
        "prompt_log_probabilities": forced.log_probabilities,
        **generated.json(),
    }


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, required=True, help="folder for the models")
    arguments.add_argument("--golden", type=Path, help="JSON file to write what transformers makes of the models")
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results = []
    for model in MODELS:
        path = options.out / f"{model.name}.gguf"
        partial = path.with_suffix(".partial")
        write_model(model, partial)
        partial.replace(path)
        if options.golden:
            results.append(golden(model, path))
            print(f"{path.name}: closest greedy choice by {results[-1]['smallest_margin']}", file=sys.stderr)
    if options.golden:
        options.golden.write_text(json.dumps(results, separators=(",", ":")).replace("},{", "},\n{") + "\n")
    print(f"{len(MODELS)} tiny models in {options.out}")


if __name__ == "__main__":
    main()
