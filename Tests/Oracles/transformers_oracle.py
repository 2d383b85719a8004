"""A checkpoint's weights in transformers, de-quantised to float32: the judge of our forward pass."""

from dataclasses import dataclass

import gguf
import numpy as np
import torch
from gguf import quants
from safetensors import safe_open
from transformers import (
    AutoConfig, AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config,
    Qwen2ForCausalLM)

TOP = 5
DIGITS = 6


@dataclass
class Forced:
    """What the model thinks of a given text."""

    # Of tokens 1, 2, … of the text, each after those before it.
    log_probabilities: list[float]
    # The most probable token at the same places.
    best: list[int]


@dataclass
class Generated:
    """A greedy continuation that runs past end-of-text tokens."""

    tokens: list[int]
    log_probabilities: list[float]
    # Of every step, the most probable tokens and their log-probabilities.
    top: list[list[list[float]]]
    # The least distance in log-probability between the best and the second token: below 0.0001 two correct programs
    # may choose differently.
    smallest_margin: float

    def json(self):
        return {
            "generated": self.tokens,
            "log_probabilities": self.log_probabilities,
            "top": self.top,
            "smallest_margin": self.smallest_margin,
        }


class Judge:
    """A model in transformers, in float32."""

    model: torch.nn.Module
    vocabulary: int

    def forced(self, tokens):
        logits = self.model(torch.tensor([tokens[:-1]])).logits[0].double()
        log_probabilities = torch.log_softmax(logits, dim=-1)
        picked = log_probabilities.gather(1, torch.tensor(tokens[1:]).unsqueeze(1)).squeeze(1)
        return Forced([round(value, DIGITS) for value in picked.tolist()], log_probabilities.argmax(dim=-1).tolist())

    def generate(self, prompt, count):
        tokens, picked, top, margins = [], [], [], []
        result = self.model(torch.tensor([prompt]), use_cache=True)
        for _ in range(count):
            best = torch.log_softmax(result.logits[0, -1].double(), dim=-1).topk(TOP)
            values = [round(value, DIGITS) for value in best.values.tolist()]
            ids = best.indices.tolist()
            tokens.append(ids[0])
            picked.append(values[0])
            top.append([list(pair) for pair in zip(ids, values)])
            margins.append(values[0] - values[1])
            result = self.model(torch.tensor([ids[:1]]), past_key_values=result.past_key_values, use_cache=True)
        return Generated(tokens, picked, top, round(min(margins), DIGITS))


class Oracle(Judge):
    """The model of a GGUF file, whose weights `gguf` de-quantises."""

    def __init__(self, path, rope_scaling=None, context=None):
        torch.set_grad_enabled(False)
        reader = gguf.GGUFReader(path)
        tensors = {tensor.name: tensor for tensor in reader.tensors}
        architecture = reader.get_field("general.architecture").contents()

        def number(key):
            field = reader.get_field(f"{architecture}.{key}")
            return None if field is None else field.contents()

        heads = number("attention.head_count")
        head_size = number("attention.key_length") or number("embedding_length") // heads
        rope = {"rope_type": "default", "rope_theta": number("rope.freq_base")}
        if rope_scaling:
            rope |= {"rope_type": "llama3", **rope_scaling}
        self.vocabulary = int(tensors["token_embd.weight"].shape[1])
        shape = dict(
            vocab_size=self.vocabulary,
            hidden_size=number("embedding_length"),
            intermediate_size=number("feed_forward_length"),
            num_hidden_layers=number("block_count"),
            num_attention_heads=heads,
            num_key_value_heads=number("attention.head_count_kv"),
            max_position_embeddings=context or number("context_length"),
            rms_norm_eps=number("attention.layer_norm_rms_epsilon"),
            rope_parameters=rope,
            tie_word_embeddings="output.weight" not in tensors,
            attn_implementation="eager",
            dtype=torch.float32,
        )
        if architecture == "qwen2":
            self.model = Qwen2ForCausalLM(Qwen2Config(use_sliding_window=False, **shape))
        elif window := number("attention.sliding_window"):
            self.model = MistralForCausalLM(MistralConfig(head_dim=head_size, sliding_window=window, **shape))
        else:
            self.model = LlamaForCausalLM(LlamaConfig(head_dim=head_size, **shape))
        # Adjacent-pair RoPE (row 2i with 2i + 1 of a head) is stored by `llama` files; transformers wants i with i +
        # half.
        adjacent_pairs = architecture == "llama"
        weights = {}
        for tensor in reader.tensors:
            name = transformers_name(tensor.name)
            if name is None:
                continue
            data = quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
            if adjacent_pairs and (".attn_q." in tensor.name or ".attn_k." in tensor.name):
                pairs = data.reshape(-1, head_size // 2, 2, *data.shape[1:])
                data = pairs.swapaxes(1, 2).reshape(data.shape)
            weights[name] = torch.from_numpy(np.ascontiguousarray(data))
        absent, unknown = self.model.load_state_dict(weights, strict=False)
        absent = [name for name in absent if name != "lm_head.weight" or not shape["tie_word_embeddings"]]
        if absent or unknown:
            raise SystemExit(f"{path}: weights absent {absent}, unknown {unknown}")
        self.model.tie_weights()
        self.model.eval()


class FolderOracle(Judge):
    """The model of a checkpoint's folder: transformers reads its config.json, and its weights unless they are given."""

    def __init__(self, folder, weights):
        torch.set_grad_enabled(False)
        config = AutoConfig.from_pretrained(folder)
        quantised = hasattr(config, "quantization_config") or any("qweight" in name for name in tensor_names(folder))
        if quantised:
            # Without its quantised layers, which the caller has made matrices of.
            if hasattr(config, "quantization_config"):
                del config.quantization_config
            self.model = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager")
            state = {name: torch.from_numpy(values) for name, values in weights.items()}
            absent, unknown = self.model.load_state_dict(state, strict=False)
            absent = [name for name in absent if name != "lm_head.weight" or not config.tie_word_embeddings]
            if absent or unknown:
                raise SystemExit(f"{folder}: weights absent {absent}, unknown {unknown}")
            self.model.tie_weights()
        else:
            self.model = AutoModelForCausalLM.from_pretrained(
                folder, dtype=torch.float32, attn_implementation="eager")
        self.vocabulary = config.vocab_size
        self.model.eval()


def tensor_names(folder):
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "np") as opened:
            yield from opened.keys()


def transformers_name(name):
    """The name in transformers' state of a GGUF tensor; None for what is no weight there."""
    fixed = {
        "token_embd.weight": "model.embed_tokens.weight",
        "output_norm.weight": "model.norm.weight",
        "output.weight": "lm_head.weight",
        "rope_freqs.weight": None,
    }
    if name in fixed:
        return fixed[name]
    _, layer, module, kind = name.split(".")
    modules = {
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    return f"model.layers.{layer}.{modules[module]}.{kind}"
