#!/usr/bin/env python3
"""Compares our formulas of GPTQ with those of the library that writes such checkpoints.

    pip download --no-deps --no-binary :all: gptqmodel==7.7.0 && tar xf gptqmodel-7.7.0.tar.gz
    gptq_cross_check.py gptqmodel-7.7.0 .build/test-data/tiny

The library's own de-quantisation is cut out of its source, because importing all of it needs a dozen packages. Run by
hand; needs torch. What it cannot be asked: it adds one to whole words of version 1's zeros, where a stored zero of all
ones carries into its neighbours. Outputs in such words are left out.
"""

import ast
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from safetensors.numpy import load_file

from gptq import Scheme, dequantize


def library(source):
    """The functions `dequantize_weight` and `_dequantize_from_codes` of gptqmodel's layers."""
    text = (source / "gptqmodel/nn_modules/qlinear/__init__.py").read_text()
    wanted = {"dequantize_weight", "_dequantize_from_codes", "_torch_right_shift"}
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and node.name in wanted]
    scope = {"t": torch}
    for node in found:
        node.decorator_list = []
        exec(compile(ast.Module([node], type_ignores=[]), node.name, "exec"), scope)
    return scope


def by_library(functions, tensors, scheme):
    bits = scheme.bits
    zeros = torch.from_numpy(tensors["qzeros"].copy())
    if scheme.version == 1:
        zeros += 0x11111111 if bits == 4 else 0x01010101
    shifts = torch.arange(0, 32, bits, dtype=torch.int32)
    layer = SimpleNamespace(
        planar=False, bits=bits, pack_factor=32 // bits, maxq=2**bits - 1, dequant_dtype=torch.int16, qzeros=zeros,
        qweight=torch.from_numpy(tensors["qweight"]), scales=torch.from_numpy(tensors["scales"]).float(),
        g_idx=torch.from_numpy(tensors["g_idx"]), in_features=tensors["g_idx"].shape[0],
        wf_unsqueeze_zero=shifts.reshape(1, 1, -1), wf_unsqueeze_neg_one=shifts.reshape(1, -1, 1),
        _init_wf_unsqueeze_buffers=lambda: None)
    layer._dequantize_from_codes = lambda *values, **named: functions["_dequantize_from_codes"](
        layer, *values, **named)
    return functions["dequantize_weight"](layer).numpy().T


def comparable(tensors, scheme):
    """Outputs whose word of zeros can take one more in every field."""
    top = 2**scheme.bits - 1
    fields = [(tensors["qzeros"].view(np.uint32) >> shift) & top for shift in range(0, 32, scheme.bits)]
    whole = np.all([np.all(field != top, axis=0) for field in fields], axis=0)
    return np.repeat(whole, 32 // scheme.bits) if scheme.version == 1 else np.ones(tensors["scales"].shape[1], bool)


def main():
    functions = library(Path(sys.argv[1]))
    matrices = outputs = 0
    for folder in sorted(Path(sys.argv[2]).glob("gptq-*")):
        separate = folder / "quantize_config.json"
        config = json.loads(separate.read_text()) if separate.exists() else json.loads(
            (folder / "config.json").read_text())["quantization_config"]
        scheme = Scheme(
            config["bits"], config["group_size"], config["sym"], 2 if config["checkpoint_format"] == "gptq_v2" else 1,
            config["desc_act"])
        tensors = {}
        for file in folder.glob("*.safetensors"):
            tensors |= load_file(file)
        for name in [name[:-8] for name in tensors if name.endswith(".qweight")]:
            parts = {part: tensors[f"{name}.{part}"] for part in ("qweight", "qzeros", "scales", "g_idx")}
            rows = comparable(parts, scheme)
            if not np.array_equal(dequantize(parts, scheme)[rows], by_library(functions, parts, scheme)[rows]):
                raise SystemExit(f"{folder.name}: {name} differs")
            matrices += 1
            outputs += int(rows.sum())
    print(f"{matrices} matrices agree, in all bits of {outputs} outputs")


if __name__ == "__main__":
    main()
