#!/usr/bin/env python3
"""Makes tiny random checkpoints in Hugging Face's layout: every type of floats, one file and several, and GPTQ in all
its variants.

    tiny_folders.py --out DIR           makes the folders; needs numpy, safetensors, tokenizers and transformers
    tiny_folders.py --out DIR --golden FILE
                                        also runs them in transformers, and writes what came out; needs torch

The weights depend on the seeds alone: the golden file has their SHA-256, so a test can tell a different model from a
wrong forward pass.
"""

import argparse
import hashlib
import itertools
import json
import sys
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize_file

from gptq import Scheme, dequantize, random_linear
from random_blocks import uniform
from tiny_tokenizer import CHATML, LLAMA3, ChatSpecials, TinyTokenizer
from tokenizer_golden import huggingface

CONTEXT = 512
EPSILON = 1e-5
LLAMA3_SCALING = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)


@dataclass
class TinyFolder:
    name: str
    architecture: str = "LlamaForCausalLM"
    dtype: str = "float16"
    layers: int = 2
    hidden: int = 256
    feed_forward: int = 512
    heads: int = 8
    kv_heads: int = 2
    # Written to config.json if it is not hidden / heads.
    head_size: int = 32
    tied: bool = False
    files: int = 1
    # Llama's biases of q, k, v and o; Qwen2 has the first three in any case.
    attention_bias: bool = False
    rope_theta: float = 10_000.0
    rope_scaling: dict | None = None
    # As transformers 5 writes it; else as the makers of Llama 3 did.
    new_style: bool = True
    gptq: Scheme | None = None
    # Which quantiser's habits: where it says how, and whether k has an order of its own.
    separate_config: bool = False
    own_order_of_k: bool = False
    specials: ChatSpecials = CHATML
    pre_tokenizer: str = "smollm"
    generated: int = 12
    weights: dict = field(default_factory=dict)

    @property
    def is_qwen2(self):
        return self.architecture == "Qwen2ForCausalLM"


META = dict(specials=LLAMA3, pre_tokenizer="llama-bpe", rope_theta=500_000.0)
QWEN2 = dict(architecture="Qwen2ForCausalLM", rope_theta=1_000_000.0, pre_tokenizer="qwen2")

FLOATS = [
    TinyFolder("hf-llama-f32", dtype="float32", tied=True),
    TinyFolder("hf-llama-f16", dtype="float16", files=3, head_size=64, kv_heads=8),
    TinyFolder("hf-llama-bf16", dtype="bfloat16", files=2, layers=3, new_style=False, **META),
    TinyFolder("hf-llama3.1-bf16", dtype="bfloat16", rope_scaling=LLAMA3_SCALING, **META),
    TinyFolder("hf-llama-bias", dtype="float32", attention_bias=True, kv_heads=8),
    TinyFolder("hf-qwen2-f32", dtype="float32", files=2, new_style=False, **QWEN2),
    TinyFolder("hf-qwen2-f16", dtype="float16", tied=True, **QWEN2),
    TinyFolder("hf-qwen2-bf16", dtype="bfloat16", files=4, kv_heads=4, **QWEN2),
]


def gptq_folders():
    """All combinations, in turns as Llama and as Qwen2."""
    combinations = itertools.product([4, 8], [32, 64, 128, -1], [True, False], [1, 2], [False, True])
    for number, (bits, group, symmetric, version, act_order) in enumerate(combinations):
        scheme = Scheme(bits, group, symmetric, version, act_order)
        size = "all" if group == -1 else group
        name = f"gptq-{bits}bit-{size}{'-sym' if symmetric else ''}-v{version}{'-act' if act_order else ''}"
        style = QWEN2 if number % 3 == 2 else META if number % 3 == 1 else {}
        yield TinyFolder(
            name, layers=1, gptq=scheme, tied=number % 5 == 4, separate_config=number % 2 == 1, generated=4, **style)
    scheme = Scheme(act_order=True, group_size=32)
    yield TinyFolder("gptq-own-order-of-k", gptq=scheme, own_order_of_k=True, files=2, generated=4)


FOLDERS = [*FLOATS, *gptq_folders()]


def stored(values, dtype):
    """(bytes, float32 of what they mean) of values in a type of floats."""
    if dtype == "bfloat16":
        bits = values.astype(np.float32).view(np.uint32)
        # To the nearest, ties to even.
        rounded = ((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16))
        return rounded.astype(np.uint16).tobytes(), (rounded << np.uint32(16)).view(np.float32)
    cast = values.astype(dtype)
    return cast.tobytes(), cast.astype(np.float32)


def make_weights(model, vocabulary):
    """The tensors of the files: name → (dtype, shape, bytes); their meaning goes to model.weights."""
    random = np.random.Generator(np.random.PCG64(zlib.crc32(model.name.encode())))
    tensors = {}

    def put(name, values):
        data, model.weights[name] = stored(values, model.dtype)
        tensors[name] = (model.dtype, list(values.shape), data)

    def vector(name, size, mean, spread):
        put(name, np.float32(mean) + uniform(random, (size,), spread))

    def linear(name, rows, columns, gain=1.0, order=None):
        spread = gain / columns**0.5
        if model.gptq is None:
            return put(f"{name}.weight", uniform(random, (rows, columns), spread))
        parts = random_linear(random, model.gptq, rows, columns, spread, order)
        model.weights[f"{name}.weight"] = dequantize(parts, model.gptq)
        for part, values in parts.items():
            tensors[f"{name}.{part}"] = (str(values.dtype), list(values.shape), values.tobytes())

    hidden, query, kv = model.hidden, model.heads * model.head_size, model.kv_heads * model.head_size
    put("model.embed_tokens.weight", uniform(random, (vocabulary, hidden), 3 / hidden**0.5))
    for layer in range(model.layers):
        block = f"model.layers.{layer}"
        vector(f"{block}.input_layernorm.weight", hidden, 1, 0.1)
        order = random.permutation(hidden)
        linear(f"{block}.self_attn.q_proj", query, hidden, 1.5, order)
        linear(
            f"{block}.self_attn.k_proj", kv, hidden, 1.5,
            random.permutation(hidden) if model.own_order_of_k else order)
        linear(f"{block}.self_attn.v_proj", kv, hidden, order=order)
        for part, size in [("q", query), ("k", kv), ("v", kv), ("o", hidden)]:
            if model.attention_bias or (model.is_qwen2 and part != "o"):
                vector(f"{block}.self_attn.{part}_proj.bias", size, 0, 0.5)
        linear(f"{block}.self_attn.o_proj", hidden, query, 1.5, random.permutation(query))
        vector(f"{block}.post_attention_layernorm.weight", hidden, 1, 0.1)
        order = random.permutation(hidden)
        linear(f"{block}.mlp.gate_proj", model.feed_forward, hidden, order=order)
        linear(f"{block}.mlp.up_proj", model.feed_forward, hidden, order=order)
        linear(f"{block}.mlp.down_proj", hidden, model.feed_forward, 1.5, random.permutation(model.feed_forward))
    vector("model.norm.weight", hidden, 1, 0.1)
    if not model.tied:
        put("lm_head.weight", uniform(random, (vocabulary, hidden), 3 / hidden**0.5))
    return tensors


def config(model, vocabulary):
    """config.json, by transformers or in the older form."""
    shape = dict(
        vocab_size=vocabulary, hidden_size=model.hidden, intermediate_size=model.feed_forward,
        num_hidden_layers=model.layers, num_attention_heads=model.heads, num_key_value_heads=model.kv_heads,
        max_position_embeddings=CONTEXT, rms_norm_eps=EPSILON, tie_word_embeddings=model.tied)
    if model.heads * model.head_size != model.hidden:
        shape["head_dim"] = model.head_size
    if model.attention_bias:
        shape["attention_bias"] = True
    if model.new_style:
        from transformers import LlamaConfig, Qwen2Config

        rope = {"rope_type": "default", "rope_theta": model.rope_theta, **(model.rope_scaling or {})}
        made = (Qwen2Config if model.is_qwen2 else LlamaConfig)(rope_parameters=rope, **shape)
        document = json.loads(made.to_json_string(use_diff=False)) | {"dtype": model.dtype}
    else:
        document = {"hidden_act": "silu", "model_type": "qwen2" if model.is_qwen2 else "llama",
                    "rope_theta": model.rope_theta, "rope_scaling": model.rope_scaling, "torch_dtype": model.dtype,
                    **shape}
    document["architectures"] = [model.architecture]
    if model.gptq and not model.separate_config:
        document["quantization_config"] = model.gptq.config()
    return document


def write_weights(tensors, count, folder):
    """One file, or `count` of about equal numbers of tensors with their index."""
    def write(name, part):
        # numpy has no bfloat16, so the library gets addresses of bytes.
        buffers = {key: np.frombuffer(data, np.uint8) for key, (_, _, data) in part.items()}
        specs = {
            key: TensorSpec(
                dtype=dtype, shape=shape, data_ptr=buffers[key].ctypes.data, data_len=len(data))
            for key, (dtype, shape, data) in part.items()}
        serialize_file(specs, str(folder / name), {"format": "pt"})

    if count == 1:
        return write("model.safetensors", tensors)
    names = list(tensors)
    where = {}
    for number in range(count):
        part = names[number * len(names) // count:(number + 1) * len(names) // count]
        file = f"model-{number + 1:05}-of-{count:05}.safetensors"
        write(file, {name: tensors[name] for name in part})
        where |= {name: file for name in part}
    size = sum(len(data) for _, _, data in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def write_folder(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = TinyTokenizer(model.specials)
    vocabulary = len(tokenizer.tokens)
    write_weights(make_weights(model, vocabulary), model.files, folder)
    (folder / "config.json").write_text(json.dumps(config(model, vocabulary), indent=2))
    if model.gptq and model.separate_config:
        (folder / "quantize_config.json").write_text(json.dumps(model.gptq.config()))
    parts = {"tokens": tokenizer.tokens, "kinds": tokenizer.kinds, "merges": tokenizer.merges}
    huggingface(parts, model.pre_tokenizer).save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "bos_token": model.specials.bos, "eos_token": model.specials.eos, "add_bos_token": model.specials.adds_bos,
        "chat_template": model.specials.template}))
    (folder / "generation_config.json").write_text(json.dumps({
        "bos_token_id": tokenizer.tokens.index(model.specials.bos),
        "eos_token_id": tokenizer.tokens.index(model.specials.eos)}))


def golden(model, folder):
    from transformers_oracle import FolderOracle

    oracle = FolderOracle(folder, model.weights)
    random = np.random.Generator(np.random.PCG64(zlib.crc32(f"{model.name} prompt".encode())))
    prompt = random.integers(0, oracle.vocabulary, size=40 if model.gptq is None else 24).tolist()
    result = {
        "model": model.name,
        "sha256": digest(folder),
        "prompt": prompt,
        "prompt_log_probabilities": oracle.forced(prompt).log_probabilities,
        **oracle.generate(prompt, count=model.generated).json(),
    }
    if model.gptq:
        result["weights"] = {
            name: hashlib.sha256(values.tobytes()).hexdigest()
            for name, values in model.weights.items() if "_proj.weight" in name}
    return result


def digest(folder):
    """Of all files of weights, one after the other."""
    hash = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        hash.update(file.read_bytes())
    return hash.hexdigest()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, required=True, help="folder for the models")
    arguments.add_argument("--golden", type=Path, help="JSON file to write what transformers makes of the models")
    options = arguments.parse_args()
    stamp = options.out / "folders.stamp"
    sources = [Path(__file__).with_name(name) for name in (
        "tiny_folders.py", "gptq.py", "random_blocks.py", "tiny_tokenizer.py", "tokenizer_golden.py",
        "requirements.txt")]
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    if not options.golden and stamp.exists() and stamp.read_text() == wanted:
        return
    results = []
    for model in FOLDERS:
        folder = options.out / model.name
        write_folder(model, folder)
        if options.golden:
            results.append(golden(model, folder))
            print(f"{model.name}: closest greedy choice by {results[-1]['smallest_margin']}", file=sys.stderr)
    if options.golden:
        options.golden.write_text(json.dumps(results, separators=(",", ":")).replace('},{"model', '},\n{"model') + "\n")
    stamp.write_text(wanted)
    print(f"{len(FOLDERS)} tiny checkpoints in {options.out}")


if __name__ == "__main__":
    main()
