#!/usr/bin/env python3
"""Writes what transformers makes of every kind of RoPE scaling: frequencies, and tiny models' log-probabilities.

    rope_golden.py --models DIR --out Tests/Golden/Models

DIR holds the models of tiny_models.py. Needs torch and transformers (requirements-golden.txt).
"""

import argparse
import json
import zlib
from pathlib import Path

import numpy as np

CONFIGURATIONS = [
    dict(name="Llama-3, YaRN 2", theta=500_000.0, dimension=128, context=8192, rope=dict(rope_type="yarn", factor=2.0)),
    dict(name="Llama-3, linear 2", theta=500_000.0, dimension=128, context=8192,
         rope=dict(rope_type="linear", factor=2.0)),
    dict(name="Llama-3, dynamic 2 at 16k", theta=500_000.0, dimension=128, context=8192, length=16384,
         rope=dict(type="dynamic", factor=2.0)),
    dict(name="Llama-3, dynamic 4 within 8k", theta=500_000.0, dimension=128, context=8192, length=4096,
         rope=dict(rope_type="dynamic", factor=4.0)),
    dict(name="Llama-3.1", theta=500_000.0, dimension=128, context=131072,
         rope=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=8192)),
    dict(name="Llama-3.2", theta=500_000.0, dimension=64, context=131072,
         rope=dict(rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0,
                   original_max_position_embeddings=8192)),
    dict(name="Qwen2.5, YaRN 4", theta=1_000_000.0, dimension=128, context=32768,
         rope=dict(type="yarn", factor=4.0, original_max_position_embeddings=32768)),
    dict(name="YaRN with its own parameters", theta=10_000.0, dimension=64, context=4096,
         rope=dict(rope_type="yarn", factor=3.5, original_max_position_embeddings=1024, beta_fast=16.0, beta_slow=2.0,
                   mscale=0.8, mscale_all_dim=0.3)),
    dict(name="YaRN with a given attention factor", theta=10_000.0, dimension=96, context=4096,
         rope=dict(rope_type="yarn", factor=2.0, attention_factor=1.25, truncate=False)),
    dict(name="none", theta=1_000_000.0, dimension=128, context=4096, rope=dict(rope_type="default")),
]
# Original contexts so short that the prompts feel them.
MODELS = ["llama-f32", "qwen2-q8_0"]
LENGTH = 96
SCALINGS = [
    dict(rope_type="linear", factor=4.0),
    dict(rope_type="dynamic", factor=2.0),
    dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32),
    dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
         original_max_position_embeddings=32),
]


def frequencies(configuration):
    from transformers import LlamaConfig
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    rope = {"rope_theta": configuration["theta"], **configuration["rope"]}
    config = LlamaConfig(
        hidden_size=configuration["dimension"] * 2, num_attention_heads=2, head_dim=configuration["dimension"],
        max_position_embeddings=configuration["context"], rope_parameters=dict(rope))
    kind = rope.get("rope_type") or rope["type"]
    if kind == "default":
        exponents = np.arange(0, configuration["dimension"], 2) / configuration["dimension"]
        return {**configuration, "frequencies": (configuration["theta"] ** -exponents).tolist(), "attention": 1.0}
    inverse, attention = ROPE_INIT_FUNCTIONS[kind](config, "cpu", seq_len=configuration.get("length"))
    return {**configuration, "frequencies": [float(f"{value:.9g}") for value in inverse.tolist()],
            "attention": attention}


def models(folder):
    from tiny_models import digest
    from transformers_oracle import Oracle

    for name in MODELS:
        path = folder / f"{name}.gguf"
        for scaling in SCALINGS:
            random = np.random.Generator(np.random.PCG64(zlib.crc32(f"{name} {scaling['rope_type']}".encode())))
            oracle = Oracle(path, rope_scaling=scaling, context=32)
            # The last token is never an input, so dynamic scaling is for one position fewer.
            prompt = random.integers(0, oracle.vocabulary, size=LENGTH + 1).tolist()
            yield {"model": path.name, "sha256": digest(path), "context": 32, "length": LENGTH, "rope": scaling,
                   "prompt": prompt, "log_probabilities": oracle.forced(prompt).log_probabilities}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--models", type=Path, required=True, help="folder of the tiny models")
    arguments.add_argument("--out", type=Path, required=True, help="folder to write to")
    options = arguments.parse_args()
    for name, values in [("rope_frequencies", map(frequencies, CONFIGURATIONS)),
                         ("rope_models", models(options.models))]:
        text = json.dumps(list(values), separators=(",", ":")).replace('},{"name"', '},\n{"name"')
        (options.out / f"{name}.json").write_text(text.replace('},{"model"', '},\n{"model"') + "\n")


if __name__ == "__main__":
    main()
