"""Random tensors in GGUF's types, of a given spread, the same bytes on every machine.

Only integers are drawn, and only exactly rounded operations follow: no logarithm or exponential whose last bit depends
on the mathematics library.
"""

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

SUPER = 256


def random_tensor(random, tensor_type, shape, spread):
    """The stored bytes, or float32, of a tensor [rows, columns] whose elements have the standard deviation `spread`."""
    if tensor_type in (Type.Q4_K, Type.Q5_K, Type.Q6_K):
        blocks = shape[0] * shape[1] // SUPER
        make = q6_k if tensor_type == Type.Q6_K else q4_or_5_k
        return make(random, tensor_type, blocks, spread).reshape(shape[0], -1)
    values = uniform(random, shape, spread)
    if tensor_type == Type.F32:
        return values
    if tensor_type == Type.F16:
        return values.astype(np.float16)
    return quants.quantize(values, tensor_type)


def uniform(random, shape, spread):
    """Evenly distributed around zero with a standard deviation of `spread`."""
    steps = random.integers(-32768, 32768, size=shape).astype(np.float32)
    return steps * np.float32(spread * 3**0.5 / 32768)


def super_scales(random, blocks, mean):
    """Half-precision scales between 0.75 and 1.25 of the mean."""
    steps = random.integers(192, 321, size=(blocks, 1)).astype(np.float32)
    return (steps * np.float32(mean / 256)).astype(np.float16)


def q4_or_5_k(random, tensor_type, blocks, spread):
    """w = d s q - dmin m. gguf-py has no quantiser for K-quants, so the codes are drawn: q, s and m over all values,
    m near s and dmin = d * middle code, so that weights lie around zero."""
    codes = 16 if tensor_type == Type.Q4_K else 32
    middle = (codes - 1) / 2
    scale_rms, code_spread = 36.7, ((codes**2 - 1) / 12) ** 0.5
    q = random.integers(0, codes, size=(blocks, 8, 32)).astype(np.uint8)
    s = random.integers(1, 64, size=(blocks, 8))
    m = np.clip(s + random.integers(-4, 5, size=(blocks, 8)), 0, 63)
    d = super_scales(random, blocks, spread / (scale_rms * code_spread))
    dmin = (d.astype(np.float32) * np.float32(middle)).astype(np.float16)
    low, high = slice(0, 4), slice(4, 8)
    scales = np.concatenate(
        [
            s[:, low] | (s[:, high] >> 4) << 6,
            m[:, low] | (m[:, high] >> 4) << 6,
            s[:, high] & 15 | (m[:, high] & 15) << 4,
        ],
        axis=1,
    ).astype(np.uint8)
    parts = [d.view(np.uint8), dmin.view(np.uint8), scales]
    if codes == 32:
        shifts = np.arange(8, dtype=np.uint8).reshape(1, 8, 1)
        parts.append(np.bitwise_or.reduce((q >> 4) << shifts, axis=1))
    parts.append((q[:, 0::2] & 15 | (q[:, 1::2] & 15) << 4).reshape(blocks, 128))
    return np.concatenate(parts, axis=1)


def q6_k(random, tensor_type, blocks, spread):
    """w = d s (q - 32), with scales of both signs. The super-scales of narrow matrices become subnormal halves."""
    q = random.integers(0, 64, size=(blocks, 2, 4, 32)).astype(np.uint8)  # half, run, element
    s = random.integers(-127, 128, size=(blocks, 16)).astype(np.int8)
    d = super_scales(random, blocks, spread / (73.3 * 18.5))
    low = (q[:, :, 0:2] & 15) | (q[:, :, 2:4] & 15) << 4
    shifts = np.array([0, 2, 4, 6], dtype=np.uint8).reshape(1, 1, 4, 1)
    high = np.bitwise_or.reduce((q >> 4) << shifts, axis=2)
    parts = [low.reshape(blocks, 128), high.reshape(blocks, 64), s.view(np.uint8), d.view(np.uint8)]
    return np.concatenate(parts, axis=1)
