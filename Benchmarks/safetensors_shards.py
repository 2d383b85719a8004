"""Writes tensors into safetensors shards one after the other, without holding more than one of them in memory.

The `safetensors` package wants a whole shard at once, which for 5 GB is too much. The format is a length, a JSON table
of names, types, shapes and offsets, and the bytes: https://huggingface.co/docs/safetensors
"""

import json
from dataclasses import dataclass, field
from math import prod

# As transformers shards by default.
SHARD_BYTES = 5_000_000_000
ITEM_BYTES = {"I32": 4, "F16": 2}
# The table is padded to this, so that every tensor of 8-byte items would be aligned.
ALIGNMENT = 8


@dataclass
class Shard:
    tensors: dict = field(default_factory=dict)
    bytes: int = 0

    def add(self, name, kind, shape):
        size = ITEM_BYTES[kind] * prod(shape)
        self.tensors[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [self.bytes, self.bytes + size]}
        self.bytes += size


class ShardedWriter:
    """Announce every tensor, `begin`, `write` their bytes in the same order, in pieces of any size, and `close`."""

    def __init__(self, folder):
        self.folder = folder
        self.shards = [Shard()]

    def announce(self, name, kind, shape):
        if self.shards[-1].bytes + ITEM_BYTES[kind] * prod(shape) > SHARD_BYTES:
            self.shards.append(Shard())
        self.shards[-1].add(name, kind, shape)

    def name(self, index):
        return f"model-{index + 1:05}-of-{len(self.shards):05}.safetensors"

    def begin(self):
        total = sum(shard.bytes for shard in self.shards)
        places = {name: self.name(index) for index, shard in enumerate(self.shards) for name in shard.tensors}
        table = {"metadata": {"total_size": total}, "weight_map": places}
        (self.folder / "model.safetensors.index.json").write_text(json.dumps(table, indent=2) + "\n")
        self.files = [self.open(index, shard) for index, shard in enumerate(self.shards)]
        self.current, self.left = 0, self.shards[0].bytes

    def open(self, index, shard):
        table = json.dumps({"__metadata__": {"format": "pt"}, **shard.tensors}, separators=(",", ":")).encode()
        table += b" " * (-len(table) % ALIGNMENT)
        file = open(self.folder / self.name(index), "wb")
        file.write(len(table).to_bytes(8, "little") + table)
        return file

    def write(self, data):
        if self.left == 0:
            self.current += 1
            self.left = self.shards[self.current].bytes
        if data.nbytes > self.left:
            raise ValueError("more bytes than were announced for this shard")
        self.files[self.current].write(data.data)
        self.left -= data.nbytes

    def close(self):
        if self.left or self.current != len(self.shards) - 1:
            raise ValueError("fewer bytes than were announced")
        for file in self.files:
            file.close()
