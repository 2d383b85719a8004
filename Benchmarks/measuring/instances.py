"""Starts of instances, and the memory that they hold."""

import contextlib
import itertools
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .engines import FILES, UNNEEDED_BYTES, Pronk, image, server
from .machine import direct_read_seconds, drop_page_cache
from .rounds import ANY, measure_rounds
from .serving import Request, running, serve, wait_until_healthy, words

START_PROMPT = 16
INSTANCES = 3


@dataclass
class Start:
    """Seconds from exec to healthy and to the first streamed token of a 16-token prompt."""

    what: str
    model: str
    drops_cache: bool
    peers: tuple = ("llama.cpp",)

    def run(self, name, settings, peers, rounds, extra, first):
        settings.pool.close()
        place = image(settings, self.model)
        engines = {engine: server(engine, settings, self.model, clients=1, context=8_192) for engine in peers}
        engines = {"pronk": server("pronk", settings, self.model), **engines}
        files = {engine: FILES[self.model] for engine in peers} | {"pronk": place}
        salts = itertools.count(1)

        def start(engine):
            result = {}
            if self.drops_cache:
                needed = 1 - UNNEEDED_BYTES[self.model] / os.path.getsize(files[engine])
                result["direct_read_seconds"] = needed * direct_read_seconds(files[engine])
                drop_page_cache()
            else:
                touch(files[engine])
            each = engines[engine]
            with running(each) as (process, port, began):
                wait_until_healthy(each, process, port, began)
                request = Request(port, each.model, words(START_PROMPT, f"{first} {next(salts)}"), 4)
                result["healthy_seconds"] = request.began - began
                while not request.receive():
                    pass
                request.usage()
            result["first_token_seconds"] = request.first - began
            if engine == "pronk" and self.drops_cache:
                rate = Pronk(settings, self.model).prefill(START_PROMPT)["tokens_per_second"]
                result["bound_seconds"] = max(result["direct_read_seconds"], START_PROMPT / rate)
                result["over_bound"] = result["first_token_seconds"] / result["bound_seconds"]
            return result

        measures = {engine: partial(start, engine) for engine in engines}
        yield from measure_rounds(name, measures, rounds, extra, first)


def touch(path):
    """Brings a file into the page cache."""
    buffer = bytearray(8 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def memory(process):
    """Bytes of a process: resident, its share of what it shares with others, and what it has alone."""
    fields = {}
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split(":")
        fields[key] = int(value.split()[0]) * 1024
    return {
        "resident_bytes": fields["Rss"], "shared_fairly_bytes": fields["Pss"],
        "private_bytes": fields["Private_Clean"] + fields["Private_Dirty"],
    }


@dataclass
class Memory:
    """One instance, and three of them, each with so many tokens of keys and values filled."""

    what: str
    model: str
    tokens: int
    peers: tuple = ("llama.cpp",)

    def run(self, name, settings, peers, rounds, extra, first):
        settings.pool.close()
        engines = {engine: server(engine, settings, self.model, 1, self.tokens) for engine in peers}
        engines = {"pronk": server("pronk", settings, self.model, options=("--context", self.tokens)), **engines}

        def fill(each, count):
            with contextlib.ExitStack() as stack:
                processes = []
                for number in range(count):
                    process, port, began = stack.enter_context(running(each))
                    wait_until_healthy(each, process, port, began)
                    # Words are a token each, give or take a few; what is left is written.
                    prompt = words(self.tokens - 128, f"memory {number}")
                    filled = serve(port, each.model, [prompt], 1, 64)
                    processes.append(process.pid)
                return [memory(process) for process in processes], filled["prompt_tokens"] + 64

        def measure(each):
            (one,), filled = fill(each, 1)
            many, _ = fill(each, INSTANCES)
            total = sum(instance["shared_fairly_bytes"] for instance in many)
            return one | {
                "filled_tokens": filled, "three_instances_bytes": total,
                "three_over_one": total / one["shared_fairly_bytes"],
            }

        measures = {key: partial(measure, each) for key, each in engines.items()}
        for record in measure_rounds(name, measures, 1, 0, first):
            yield record | {"before": ANY, "after": ANY}
