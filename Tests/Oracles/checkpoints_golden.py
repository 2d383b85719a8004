#!/usr/bin/env python3
"""Makes the data that CheckpointsTests compare with, by the reference implementation of GGUF.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/Oracles/requirements.txt
    .venv/bin/python Tests/Oracles/checkpoints_golden.py

Writes Tests/Golden/Checkpoints/dequantize.json (random blocks of every type and their values, bit for bit) and
reference-file.json (a file by the reference writer with a value of every type, and what is in it).
"""
import base64
import json
import pathlib
import random
import tempfile

import numpy
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

SEED = 20240418
GOLDEN = pathlib.Path(__file__).parent.parent / "Golden" / "Checkpoints"
# Offsets of the half-precision numbers in a block of each type.
HALVES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}
FLOATS = [Type.F32, Type.F16, Type.BF16]


def random_half(generator: random.Random) -> bytes:
    """Any finite half: both signs, subnormals and zero among them."""
    exponent = generator.choice([0, 0, 1, 5, 10, 12, 14, 15, 16, 20, 30])
    bits = generator.getrandbits(1) << 15 | exponent << 10 | generator.getrandbits(10)
    return bits.to_bytes(2, "little")


def random_row(kind: Type, columns: int, generator: random.Random) -> bytes:
    if kind == Type.F32:
        return numpy.array([generator.gauss(0, 1) for _ in range(columns)], dtype="<f4").tobytes()
    if kind == Type.BF16:
        values = numpy.array([generator.gauss(0, 1) for _ in range(columns)], dtype="<f4")
        return (values.view("<u4") >> 16).astype("<u2").tobytes()
    if kind == Type.F16:
        return b"".join(random_half(generator) for _ in range(columns))
    elements, size = GGML_QUANT_SIZES[kind]
    row = b""
    for _ in range(columns // elements):
        block = bytearray(generator.randbytes(size))
        for offset in HALVES[kind]:
            block[offset : offset + 2] = random_half(generator)
        row += bytes(block)
    return row


def dequantize_golden() -> list:
    generator = random.Random(SEED)
    cases = []
    for kind in FLOATS + list(HALVES):
        columns = 40 if kind in FLOATS else 4 * 32 if GGML_QUANT_SIZES[kind][0] == 32 else 2 * 256
        stored = random_row(kind, columns, generator)
        data = numpy.frombuffer(stored, dtype=numpy.uint8)
        if kind in (Type.F32, Type.F16):
            data = data.view("<f4" if kind == Type.F32 else "<f2")
        values = dequantize(data, kind).astype("<f4").reshape(-1)
        assert values.size == columns, kind
        cases.append({
            "type": int(kind), "columns": columns, "stored": stored.hex(),
            "values": [int(bits) for bits in values.view("<u4")],
        })
    return cases


def reference_file() -> dict:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "reference.gguf"
        writer = GGUFWriter(path, "llama")
        writer.add_uint8("test.uint8", 200)
        writer.add_int8("test.int8", -100)
        writer.add_uint16("test.uint16", 60_000)
        writer.add_int16("test.int16", -30_000)
        writer.add_uint32("test.uint32", 4_000_000_000)
        writer.add_int32("test.int32", -2_000_000_000)
        writer.add_uint64("test.uint64", 2**63 + 5)
        writer.add_int64("test.int64", -(2**62))
        writer.add_float32("test.float32", 0.1)
        writer.add_float64("test.float64", 0.1)
        writer.add_bool("test.bool", True)
        writer.add_string("test.string", "snow ❄ and a nul \0 inside")
        writer.add_array("test.strings", ["", "a", "Ġthe", "雪"])
        writer.add_key_value("test.int8s", [1, -2, 3], GGUFValueType.ARRAY, GGUFValueType.INT8)
        writer.add_key_value("test.uint16s", [1, 60_000], GGUFValueType.ARRAY, GGUFValueType.UINT16)
        writer.add_array("test.int32s", [1, -70_000, 3])
        writer.add_custom_alignment(64)
        matrix = numpy.arange(6 * 32, dtype="<f4").reshape(6, 32)
        writer.add_tensor("matrix", matrix)
        writer.add_tensor("vector", numpy.array([1.5, -2.5, 3.5], dtype="<f4"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return {"file": base64.b64encode(path.read_bytes()).decode()}


def main() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, content in [("dequantize", dequantize_golden()), ("reference-file", reference_file())]:
        (GOLDEN / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
