#!/usr/bin/env python3
"""Writes a checkpoint of Llama-3-8B-Instruct's exact shapes with random weights, as GPTQ and as GGUF Q4_0.

    Tests/Oracles/prepare.sh
    .venv/bin/python Benchmarks/random_llama3.py --out .build-peers/models

`llama-3-8b-random-gptq/` is what GPTQ's own tools leave behind: 4 bits, groups of 128, symmetric, no act-order, version
1 zeros, embeddings and head in fp16, shards of 5 GB at most. `Llama-3-8B-random.Q4_0.gguf` has llama-quantize's types:
the matrices and the embedding Q4_0, the head Q6_K. Both hold the same numbers, but for the rounding of embedding and
head to fp16: a symmetric group of 128 is four blocks of Q4_0 with one scale.

The bytes depend on the seed alone. Needs 0.7 GB of memory, 10.5 GB of disk and a few minutes. Speed does not depend on
the values of weights as long as activations neither vanish nor overflow fp16, which the gains below see to.
"""

import argparse
import json
import shutil
import zlib
from dataclasses import dataclass
from math import erf
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from safetensors_shards import ShardedWriter
from tokenizer_files import write_json, write_tokenizer

HIDDEN, FEED_FORWARD, VOCABULARY = 4096, 14336, 128256
HEADS, KV_HEADS, HEAD_SIZE = 32, 8, 128
CONTEXT, ROPE_THETA, EPSILON = 8192, 500_000.0, 1e-5
GROUP, BLOCK = 128, 32
# Rows of the embedding and of the head that are made at a time.
ROWS = 4008


@dataclass
class Linear:
    """One matrix [rows, columns] of a layer. Its weights' deviation is gain / √columns."""

    huggingface: str
    gguf: str
    rows: int
    columns: int
    gain: float
    # Heads whose rows GGUF orders for RoPE of adjacent pairs instead of halves; 0 if there are none.
    rotated_heads: int = 0


# Gains: scores of attention with a deviation above 1, and a residual stream that grows from 1 to about 3.
LINEARS = [
    Linear("self_attn.q_proj", "attn_q", HEADS * HEAD_SIZE, HIDDEN, 1.2, HEADS),
    Linear("self_attn.k_proj", "attn_k", KV_HEADS * HEAD_SIZE, HIDDEN, 1.2, KV_HEADS),
    Linear("self_attn.v_proj", "attn_v", KV_HEADS * HEAD_SIZE, HIDDEN, 1),
    Linear("self_attn.o_proj", "attn_output", HIDDEN, HEADS * HEAD_SIZE, 0.5),
    Linear("mlp.gate_proj", "ffn_gate", FEED_FORWARD, HIDDEN, 1),
    Linear("mlp.up_proj", "ffn_up", FEED_FORWARD, HIDDEN, 1),
    Linear("mlp.down_proj", "ffn_down", HIDDEN, FEED_FORWARD, 0.7),
]
EMBEDDING_DEVIATION, HEAD_GAIN = 1.0, 3.0
NORMS = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}


class RandomWeights:
    """Numbers that depend on the seed and on a tensor's name, so that their order does not matter."""

    def __init__(self, seed):
        self.seed = seed
        # The 16 bits of a random word become two codes from 1 to 15 around 8, nearly of a normal distribution.
        deviation = 2.6
        edges = [0.5 * (1 + erf((code + 0.5) / (deviation * 2**0.5))) for code in range(-7, 7)]
        codes = 1 + np.searchsorted(np.array(edges) * 256, np.arange(256) + 0.5).astype(np.uint8)
        self.code_deviation = float(np.std(codes.astype(float)))
        pairs = np.arange(65536, dtype=np.uint32)
        self.pairs = codes[pairs & 255] | codes[pairs >> 8] << 4

    def generator(self, name):
        return np.random.Generator(np.random.SFC64([self.seed, zlib.crc32(name.encode())]))

    def packed_codes(self, random, rows, columns):
        """[rows, columns / 2] bytes, each with the codes of two neighbouring columns, the first one low."""
        words = random.integers(0, 65536, rows * columns // 2, dtype=np.uint16)
        return self.pairs[words].reshape(rows, columns // 2)

    def scales(self, random, rows, columns, group, deviation):
        """[rows, columns / group] scales that give weights that deviation, and differ by half around it."""
        spread = random.uniform(0.75, 1.25, (rows, columns // group))
        return (spread * deviation / self.code_deviation).astype(np.float16)

    def norm(self, name):
        return self.generator(name).uniform(0.9, 1.1, HIDDEN).astype(np.float16)


def q4_0(packed, scales):
    """Rows of Q4_0 blocks: a scale, then 16 bytes whose byte j has the codes of columns j (low) and j + 16."""
    rows, columns = packed.shape[0], packed.shape[1] * 2
    # The first half of a block has its codes in 8 bytes, the second in 8 more: low and high nibbles change places.
    halves = packed.reshape(rows, columns // BLOCK, 2, 8)
    first, second = halves[:, :, 0], halves[:, :, 1]
    blocks = np.empty((rows, columns // BLOCK, 18), np.uint8)
    repeated = np.repeat(scales, columns // BLOCK // scales.shape[1], axis=1)
    blocks[:, :, :2] = repeated.view(np.uint8).reshape(rows, columns // BLOCK, 2)
    blocks[:, :, 2::2] = first & 15 | second << 4
    blocks[:, :, 3::2] = first >> 4 | second & 0xF0
    return blocks.reshape(rows, -1)


def half_to_adjacent(rows, heads):
    """The order in which GGUF has the rows of a rotated matrix."""
    return np.arange(rows).reshape(heads, 2, HEAD_SIZE // 2).swapaxes(1, 2).reshape(-1)


def gptq(packed, scales):
    """GPTQ's tensors of one matrix, symmetric, in version 1, which stores a zero less one."""
    rows, columns = packed.shape[0], packed.shape[1] * 2
    groups = columns // GROUP
    return {
        "qweight": np.ascontiguousarray(packed.view("<i4").T),
        "qzeros": np.full((groups, rows // 8), 0x77777777, np.int32),
        "scales": np.ascontiguousarray(scales.T),
        "g_idx": (np.arange(columns) // GROUP).astype(np.int32),
    }


def gptq_shapes(linear):
    groups = linear.columns // GROUP
    return {
        "qweight": ("I32", (linear.columns // 8, linear.rows)),
        "qzeros": ("I32", (groups, linear.rows // 8)),
        "scales": ("F16", (groups, linear.rows)),
        "g_idx": ("I32", (linear.columns,)),
    }


def head_rows(weights, random, rows):
    """Rows of Q6_K blocks, and what they stand for in fp16."""
    blocks = rows * HIDDEN // 256
    raw = np.empty((blocks, 210), np.uint8)
    # 6-bit codes of all values: the low four bits of 256 codes, the high two bits of them, then 16 scales and d.
    raw[:, :192] = random.integers(0, 256, (blocks, 192), dtype=np.uint8)
    raw[:, 192:208] = random.integers(24, 40, (blocks, 16), dtype=np.uint8)
    uniform_deviation = 64 / 12**0.5
    d = HEAD_GAIN / HIDDEN**0.5 / uniform_deviation / 32
    raw[:, 208:] = np.full(blocks, d, np.float16).view(np.uint8).reshape(blocks, 2)
    raw = raw.reshape(rows, -1)
    return raw, gguf.dequantize(raw, Type.Q6_K).astype(np.float16)


def embedding_rows(weights, random, rows):
    packed = weights.packed_codes(random, rows, HIDDEN)
    raw = q4_0(packed, weights.scales(random, rows, HIDDEN, BLOCK, EMBEDDING_DEVIATION))
    return raw, gguf.dequantize(raw, Type.Q4_0).astype(np.float16)


class GGUFFile:
    """A GGUF file whose tensors are announced first and written later, in the same order."""

    def __init__(self, path, vocabulary, layers):
        self.writer = writer = gguf.GGUFWriter(path, "llama")
        writer.add_name("Llama-3-8B-Instruct's shapes, random weights")
        writer.add_vocab_size(VOCABULARY)
        writer.add_context_length(CONTEXT)
        writer.add_embedding_length(HIDDEN)
        writer.add_block_count(layers)
        writer.add_feed_forward_length(FEED_FORWARD)
        writer.add_head_count(HEADS)
        writer.add_head_count_kv(KV_HEADS)
        writer.add_rope_dimension_count(HEAD_SIZE)
        writer.add_rope_freq_base(ROPE_THETA)
        writer.add_layer_norm_rms_eps(EPSILON)
        writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(vocabulary["pre"])
        writer.add_token_list(vocabulary["tokens"])
        writer.add_token_types(vocabulary["kinds"])
        writer.add_token_merges(vocabulary["merges"])
        writer.add_bos_token_id(vocabulary["bos"])
        writer.add_eos_token_id(vocabulary["eos"])
        writer.add_add_bos_token(True)
        writer.add_chat_template(vocabulary["template"])

    def announce(self, name, shape, kind):
        if kind == Type.F32:
            self.writer.add_tensor_info(name, shape, np.dtype(np.float32), int(np.prod(shape)) * 4)
            return
        block, size = gguf.GGML_QUANT_SIZES[kind]
        stored = (*shape[:-1], shape[-1] // block * size)
        self.writer.add_tensor_info(name, stored, np.dtype(np.uint8), int(np.prod(stored)), raw_dtype=kind)

    def begin(self):
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_ti_data_to_file()

    def write(self, data):
        self.writer.write_tensor_data(data)

    def close(self):
        self.writer.close()


def announce(layers, table, folder):
    """Names and shapes of all tensors, in the order in which they will be written."""
    wide = (VOCABULARY, HIDDEN)
    folder.announce("model.embed_tokens.weight", "F16", wide)
    table.announce("token_embd.weight", wide, Type.Q4_0)
    for layer in range(layers):
        for linear in LINEARS:
            for part, (kind, shape) in gptq_shapes(linear).items():
                folder.announce(f"model.layers.{layer}.{linear.huggingface}.{part}", kind, shape)
            table.announce(f"blk.{layer}.{linear.gguf}.weight", (linear.rows, linear.columns), Type.Q4_0)
        for theirs, ours in NORMS.items():
            folder.announce(f"model.layers.{layer}.{theirs}.weight", "F16", (HIDDEN,))
            table.announce(f"blk.{layer}.{ours}.weight", (HIDDEN,), Type.F32)
    folder.announce("model.norm.weight", "F16", (HIDDEN,))
    table.announce("output_norm.weight", (HIDDEN,), Type.F32)
    folder.announce("lm_head.weight", "F16", wide)
    table.announce("output.weight", wide, Type.Q6_K)


def write_wide(name, make, weights, table, folder):
    """Embedding or head: its fp16 values chunk by chunk, its quantised blocks at once."""
    random = weights.generator(name)
    stored = []
    for _ in range(VOCABULARY // ROWS):
        raw, values = make(weights, random, ROWS)
        stored.append(raw)
        folder.write(values)
    table.write(np.concatenate(stored))


def write_weights(layers, weights, table, folder):
    write_wide("embedding", embedding_rows, weights, table, folder)
    for layer in range(layers):
        for linear in LINEARS:
            random = weights.generator(f"{layer} {linear.gguf}")
            packed = weights.packed_codes(random, linear.rows, linear.columns)
            scales = weights.scales(random, linear.rows, linear.columns, GROUP, linear.gain / linear.columns**0.5)
            for part in gptq(packed, scales).values():
                folder.write(part)
            if linear.rotated_heads:
                order = half_to_adjacent(linear.rows, linear.rotated_heads)
                packed, scales = packed[order], scales[order]
            table.write(q4_0(packed, scales))
        for name in NORMS:
            norm = weights.norm(f"{layer} {name}")
            folder.write(norm)
            table.write(norm.astype(np.float32))
        print(f"layer {layer + 1} of {layers}", flush=True)
    norm = weights.norm("norm")
    folder.write(norm)
    table.write(norm.astype(np.float32))
    write_wide("head", head_rows, weights, table, folder)


def write_texts(folder, vocabulary, tokenizer_model, layers):
    """Everything of a Hugging Face folder that is no weight."""
    quantization = {
        "bits": 4, "group_size": GROUP, "damp_percent": 0.01, "desc_act": False, "static_groups": False, "sym": True,
        "true_sequential": True, "checkpoint_format": "gptq", "quant_method": "gptq",
    }
    stops = [vocabulary["tokens"].index("<|end_of_text|>"), vocabulary["eos"]]
    texts = {
        "config.json": {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": HIDDEN,
            "intermediate_size": FEED_FORWARD, "num_hidden_layers": layers, "num_attention_heads": HEADS,
            "num_key_value_heads": KV_HEADS, "vocab_size": VOCABULARY, "max_position_embeddings": CONTEXT,
            "rope_theta": ROPE_THETA, "rope_scaling": None, "rms_norm_eps": EPSILON, "hidden_act": "silu",
            "initializer_range": 0.02, "attention_bias": False, "attention_dropout": 0.0, "mlp_bias": False,
            "pretraining_tp": 1, "tie_word_embeddings": False, "torch_dtype": "float16", "use_cache": True,
            "bos_token_id": vocabulary["bos"], "eos_token_id": vocabulary["eos"], "quantization_config": quantization,
        },
        "generation_config.json": {
            "bos_token_id": vocabulary["bos"], "eos_token_id": stops, "do_sample": True, "max_length": 4096,
            "temperature": 0.6, "top_p": 0.9,
        },
        "quantize_config.json": quantization,
    }
    for name, value in texts.items():
        write_json(folder / name, value)
    write_tokenizer(folder, vocabulary, CONTEXT, adds_beginning=True)
    shutil.copy(tokenizer_model, folder / "tokenizer.model")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--test-data", type=Path, default=Path(".build/test-data"), help="prepare.sh's folder")
    arguments.add_argument("--seed", type=int, default=20240418)
    arguments.add_argument("--layers", type=int, default=32, help="fewer make a smaller model of the same widths")
    options = arguments.parse_args()
    suffix = "" if options.layers == 32 else f"-{options.layers}-layers"
    table_path = options.out / f"Llama-3-8B-random{suffix}.Q4_0.gguf"
    folder_path = options.out / f"llama-3-8b-random{suffix}-gptq"
    if table_path.exists() and folder_path.exists():
        return
    vocabulary = json.loads((options.test_data / "tokenizer/llama3.vocabulary.json").read_text())
    partial_table, partial_folder = table_path.with_suffix(".partial"), folder_path.with_suffix(".partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    partial_folder.mkdir(parents=True)
    write_texts(partial_folder, vocabulary, options.test_data / "downloads/tokenizer.model", options.layers)
    table, folder = GGUFFile(partial_table, vocabulary, options.layers), ShardedWriter(partial_folder)
    announce(options.layers, table, folder)
    table.begin()
    folder.begin()
    write_weights(options.layers, RandomWeights(options.seed), table, folder)
    table.close()
    folder.close()
    shutil.rmtree(folder_path, ignore_errors=True)
    partial_folder.rename(folder_path)
    partial_table.rename(table_path)


if __name__ == "__main__":
    main()
