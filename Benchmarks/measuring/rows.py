"""The rows of the table: what each measures, of which engines, and in which rounds."""

import os
from dataclasses import dataclass
from functools import partial
from itertools import count

from . import instances
from .engines import FILES, PEERS, THREADS, UNNEEDED_BYTES, Failed, Worker, server
from .perplexity import Perplexity
from .rounds import measure_rounds
from .serving import quantile, running, serve, wait_until_healthy, words

ALL, LARGE = ("llama.cpp", "openvino", "vllm", "transformers"), ("llama.cpp", "openvino")
SERVERS = ("llama.cpp", "vllm", "openvino")
# The served rows' shape, in tokens.
PROMPT, NEW = 100, 64
SHARED_PREFIX, SHARING = 1_000, 16


@dataclass
class Alone:
    """Prefill or decoding of one sequence without HTTP. `options` are an engine's own for this row."""

    what: str
    model: str
    work: str
    tokens: int
    peers: tuple
    options: dict = None

    def run(self, name, settings, peers, rounds, extra, first):
        engines = {
            engine: settings.pool.engine(engine, settings, self.model, (self.options or {}).get(engine, ()))
            for engine in ["pronk", *peers]}
        measures = {engine: partial(self.measure, each) for engine, each in engines.items()}
        yield from measure_rounds(name, measures, rounds, extra, first)

    def measure(self, engine):
        result = getattr(engine, self.work)(self.tokens)
        if self.work == "decode" and self.model == "8b" and engine.file:
            needed = os.path.getsize(engine.file) - UNNEEDED_BYTES[self.model]
            result["gigabytes_per_second"] = result["tokens_per_second"] * needed / 1e9
        return result


class InProcess:
    """OpenVINO's continuous batching, which has no HTTP server of its own in this package."""

    def __init__(self, model):
        self.worker = Worker("openvino", "openvino_worker", FILES[model], THREADS, "served")

    def serve(self, clients, requests, prompt, new, prefix=None):
        """`prefix` numbers the tokens that all prompts begin with, if they share any."""
        shared = {} if prefix is None else {"shared": SHARED_PREFIX, "prefix": prefix}
        result = self.worker.ask(
            work="serve", clients=clients, requests=requests, prompt=prompt + shared.get("shared", 0), new=new,
            **shared)
        first = result.pop("first_token_seconds")
        latency = result.pop("latency_seconds")
        return result | {
            "first_token_p50_seconds": quantile(first, 0.5), "first_token_p99_seconds": quantile(first, 0.99),
            "latency_mean_seconds": sum(latency) / len(latency), "latency_p99_seconds": quantile(latency, 0.99),
        }


@dataclass
class Served:
    """Clients in a closed loop, each with prompts of its own. All servers run while one of them is asked."""

    what: str
    model: str
    clients: int
    # Of each client, in one measurement.
    requests: int
    peers: tuple = SERVERS

    def run(self, name, settings, peers, rounds, extra, first):
        settings.pool.close()
        with Fleet(settings, self.model, peers, self.clients, context=256) as fleet:
            fleet.warm()
            measures = {
                engine: partial(ask, self.clients, self.requests) for engine, ask in fleet.asking(first).items()}
            yield from measure_rounds(name, measures, rounds, extra, first)


class Fleet:
    """Servers of all engines that are to be compared, started and healthy."""

    def __init__(self, settings, model, peers, clients, context, options=None):
        self.settings, self.model, self.clients, self.context = settings, model, clients, context
        self.engines, self.options = ["pronk", *peers], options or {}
        self.contexts, self.ports, self.workers, self.failed, self.salt = [], {}, {}, {}, 0

    def __enter__(self):
        try:
            for engine in self.engines:
                try:
                    self.start(engine)
                except Exception as error:
                    self.failed[engine] = Failed(error)
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self, engine):
        if engine == "openvino":
            self.workers[engine] = InProcess(self.model)
            return
        each = server(
            engine, self.settings, self.model, self.clients, self.context, self.options.get(engine, ()))
        context = running(each, log=PEERS / f"logs/serve-{engine}.log")
        process, port, began = context.__enter__()
        self.contexts.append(context)
        wait_until_healthy(each, process, port, began)
        self.ports[engine] = (port, each.model)

    def __exit__(self, *_):
        for context in self.contexts:
            context.__exit__(None, None, None)
        for worker in self.workers.values():
            worker.worker.close()

    def ask(self, engine, clients, requests, salt, prefix=None):
        """`salt` makes every prompt new, so that no engine can answer from its memory of an earlier one; `prefix`
        numbers the 1,000 tokens that all prompts begin with, if they share any."""
        if engine in self.failed:
            self.failed[engine].fail()
        if engine in self.workers:
            return self.workers[engine].serve(clients, requests, PROMPT, NEW, prefix)
        port, model = self.ports[engine]
        beginning = "" if prefix is None else words(SHARED_PREFIX, f"prefix {prefix}") + " "
        prompts = [beginning + words(PROMPT, f"{salt} {number}") for number in range(clients * requests)]
        return serve(port, model, prompts, clients, NEW)

    def warm(self):
        """An engine that cannot answer is one that could not be started: the others are measured all the same."""
        for engine in self.engines:
            try:
                self.ask(engine, 1, 2, f"warm {engine}")
            except Exception as error:
                self.failed.setdefault(engine, Failed(error))

    def asking(self, first):
        """For every engine a function of clients and requests whose prompts are new at each call."""
        def ask(engine, clients, requests):
            self.salt += 1
            return self.ask(engine, clients, requests, f"{first} {self.salt}")

        return {engine: partial(ask, engine) for engine in self.engines}


@dataclass
class SharedPrefix:
    """16 requests at once that share 1,000 tokens nobody has seen before; then 16 more with the same 1,000."""

    what: str
    model: str
    peers: tuple = SERVERS

    def run(self, name, settings, peers, rounds, extra, first):
        settings.pool.close()
        with Fleet(settings, self.model, peers, SHARING, context=1_536) as fleet:
            fleet.warm()
            prefixes = count(1 + 1_000 * first)

            def waves(engine):
                prefix = next(prefixes)
                one = fleet.ask(engine, SHARING, 1, f"one {prefix}", prefix)
                two = fleet.ask(engine, SHARING, 1, f"two {prefix}", prefix)
                return {
                    "first_wave_requests_per_second": one["requests_per_second"],
                    "second_wave_requests_per_second": two["requests_per_second"],
                    "second_wave_first_token_p50_seconds": two["first_token_p50_seconds"],
                }

            measures = {engine: partial(waves, engine) for engine in fleet.engines}
            yield from measure_rounds(name, measures, rounds, extra, first)


def long_prompt(precision):
    """The options that keep keys and values in that precision, and leave out the minutes of warming up."""
    types = {"f16": "f16", "q8": "q8_0"}
    return {
        "pronk": ("--kv-type", precision, "--warm-ups", 0),
        "llama.cpp": ("-fa", 1, "-ctk", types[precision], "-ctv", types[precision], "--no-warmup"),
    }


ROWS = {
    "smollm2-prefill-512": Alone("prefill 512, SmolLM2", "smollm2", "prefill", 512, ALL),
    "smollm2-prefill-2048": Alone("prefill 2048, SmolLM2", "smollm2", "prefill", 2048, ALL),
    "smollm2-decode-128": Alone("decode 128, SmolLM2", "smollm2", "decode", 128, ALL),
    "8b-prefill-512": Alone("prefill 512, 8B", "8b", "prefill", 512, LARGE),
    "8b-decode-128": Alone("decode 128, 8B", "8b", "decode", 128, LARGE),
    "8b-gptq-prefill-512": Alone("prefill 512, 8B GPTQ", "8b-gptq", "prefill", 512, ("vllm",)),
    "8b-gptq-decode-128": Alone("decode 128, 8B GPTQ", "8b-gptq", "decode", 128, ("vllm",)),
    "served-1": Served("served to 1 client", "smollm2", 1, 8),
    "served-4": Served("served to 4 clients", "smollm2", 4, 8),
    "served-16": Served("served to 16 clients", "smollm2", 16, 6),
    "served-64": Served("served to 64 clients", "smollm2", 64, 4),
    "shared-prefix": SharedPrefix("16 requests sharing 1,000 tokens", "smollm2"),
    "8b-prefill-8192-f16": Alone(
        "8k-token prompt, 8B, KV in f16", "8b", "prefill", 8000, ("llama.cpp",), long_prompt("f16")),
    "8b-prefill-8192-q8": Alone(
        "8k-token prompt, 8B, KV in q8", "8b", "prefill", 8000, ("llama.cpp",), long_prompt("q8")),
    "smollm2-start-warm": instances.Start("exec to first token, SmolLM2, page cache warm", "smollm2", False),
    "smollm2-start-cold": instances.Start("exec to first token, SmolLM2, page cache dropped", "smollm2", True),
    "8b-start-warm": instances.Start("exec to first token, 8B, page cache warm", "8b", False),
    "8b-start-cold": instances.Start("exec to first token, 8B, page cache dropped", "8b", True),
    "8b-memory": instances.Memory("resident memory, 8B Q4_0, 8,192 tokens of KV filled", "8b", 8_192),
    "8b-gptq-memory": instances.Memory("resident memory, 8B GPTQ, 8,192 tokens of KV filled", "8b-gptq", 8_192, ()),
    "smollm2-perplexity": Perplexity("perplexity, SmolLM2", ALL),
    # Trained with 8,192 tokens.
    "smollm2-perplexity-8192": Perplexity("perplexity, SmolLM2, windows of 8,192", ("llama.cpp",), 8_192, 5),
    **{
        f"smollm2-perplexity-16384-{kind}": Perplexity(
            f"perplexity, SmolLM2, windows of 16,384, {kind} by 2", peers, 16_384, 2, f"{kind}:2")
        for kind, peers in (("yarn", ("llama.cpp",)), ("linear", ("llama.cpp",)), ("dynamic", ()))
    },
    "smollm2-memory": instances.Memory("resident memory, SmolLM2, 2,048 tokens of KV filled", "smollm2", 2_048),
}
