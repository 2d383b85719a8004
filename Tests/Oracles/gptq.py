"""GPTQ's formulas in numpy: packing of codes into words, and what a stored matrix means.

Written from the description of the format, and independent of the Swift code that it judges.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scheme:
    bits: int = 4
    # Inputs that share a scale; -1: all of them.
    group_size: int = 128
    symmetric: bool = True
    # Version 1 stores zeros less one.
    version: int = 1
    # Inputs quantised by importance: groups are scattered over them.
    act_order: bool = False

    def config(self):
        return {
            "quant_method": "gptq",
            "bits": self.bits,
            "group_size": self.group_size,
            "sym": self.symmetric,
            "desc_act": self.act_order,
            "checkpoint_format": "gptq" if self.version == 1 else "gptq_v2",
            "damp_percent": 0.01,
            "static_groups": False,
            "true_sequential": True,
            "lm_head": False,
        }

    def groups(self, inputs):
        size = inputs if self.group_size == -1 else self.group_size
        return -(-inputs // size), size


def pack(values, bits, axis):
    """Codes side by side in 32-bit words, the first in the lowest bits, along `axis`."""
    per_word = 32 // bits
    values = np.moveaxis(values.astype(np.uint32), axis, 0)
    words = np.zeros((values.shape[0] // per_word, *values.shape[1:]), np.uint32)
    for place in range(per_word):
        words |= values[place::per_word] << np.uint32(place * bits)
    return np.ascontiguousarray(np.moveaxis(words, 0, axis)).view(np.int32)


def unpack(words, bits, axis):
    per_word = 32 // bits
    words = np.moveaxis(words.view(np.uint32), axis, 0)
    parts = [(words >> np.uint32(place * bits)) & np.uint32(2**bits - 1) for place in range(per_word)]
    values = np.stack(parts, axis=1).reshape(words.shape[0] * per_word, *words.shape[1:])
    return np.moveaxis(values, 0, axis)


def random_linear(random, scheme, outputs, inputs, spread, order=None):
    """The tensors of a quantised matrix. `order` lists inputs by importance, for act-order."""
    count, size = scheme.groups(inputs)
    top = 2**scheme.bits
    codes = random.integers(0, top, size=(inputs, outputs))
    # Zeros of 0 and of the largest code are what versions and tools disagree about.
    zeros = random.integers(0, top, size=(count, outputs))
    if scheme.symmetric:
        zeros[:] = top // 2
    group = np.arange(inputs) // size
    if scheme.act_order:
        scattered = np.empty(inputs, np.int64)
        scattered[order] = group
        group = scattered
    # Codes have the standard deviation of a uniform distribution.
    mean = spread / (top / 12**0.5)
    scales = (random.integers(192, 321, size=(count, outputs)) * np.float32(mean / 256)).astype(np.float16)
    stored = (zeros - 1) % top if scheme.version == 1 else zeros
    return {
        "qweight": pack(codes, scheme.bits, axis=0),
        "qzeros": pack(stored, scheme.bits, axis=1),
        "scales": scales,
        "g_idx": group.astype(np.int32),
    }


def dequantize(tensors, scheme):
    """The matrix [outputs, inputs] in float32: scale · (code - zero), by the group of the input."""
    codes = unpack(tensors["qweight"], scheme.bits, axis=0).astype(np.int64)
    zeros = unpack(tensors["qzeros"], scheme.bits, axis=1).astype(np.int64)
    if scheme.version == 1:
        zeros = (zeros + 1) % 2**scheme.bits
    group = tensors["g_idx"]
    scales = tensors["scales"].astype(np.float32)
    return np.ascontiguousarray((scales[group] * (codes - zeros[group]).astype(np.float32)).T)
