"""Perplexity of SmolLM2 in each engine's form, on one text in the same windows, as llama-perplexity takes it.

Windows do not overlap; of each the second half is scored, so that every scored token has a context. It is no speed: it
is taken once, and says what an engine's form of the weights, activations, keys and values costs.
"""

import json
import math
import re
import time
from dataclasses import dataclass

from .engines import FILES, PEERS, ROOT, THREADS, Worker, image, run, vllm_environment
from .prose import text
from .rounds import ANY

# llama.cpp holds the logits of a whole batch.
LARGEST_BATCH = 2_048


@dataclass
class Perplexity:
    what: str
    peers: tuple
    context: int = 512
    windows: int = 40
    # As `pronk engine --rope-scaling` takes it.
    scaling: str = ""

    def run(self, name, settings, peers, rounds, extra, first):
        settings.pool.close()
        measures = {
            "pronk": lambda: self.ours(settings), "llama.cpp": self.llama_cpp, "openvino": self.openvino,
            "vllm": lambda: self.worker("vllm", environment=vllm_environment()),
            "transformers": lambda: self.worker("transformers"),
        }
        for engine in ["pronk", *peers]:
            record = {"row": name, "engine": engine, "round": first, "before": ANY, "after": ANY}
            record["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            try:
                record["values"] = measures[engine]()
            except Exception as error:
                record["error"] = f"{type(error).__name__}: {error}"
            yield record

    def ours(self, settings):
        """With keys and values as the engine stores them by default, and in f16."""
        lines = run(
            settings.engine_benchmark, "perplexity", image(settings, "smollm2"), text(), "--context",
            self.context, "--windows", self.windows, "--threads", THREADS, "--kv-type", "q8", "f16",
            *(["--rope-scaling", self.scaling] if self.scaling else [])).splitlines()
        found = {each["kv_type"]: each for each in map(json.loads, lines)}
        return {
            "perplexity": found["q8"]["perplexity"], "perplexity_f16_kv": found["f16"]["perplexity"],
            "scored_tokens": found["q8"]["scored_tokens"],
        }

    def llama_cpp(self):
        program = PEERS / "llama.cpp/bin/llama-perplexity"
        kind, _, factor = self.scaling.partition(":")
        scaling = ["--rope-scaling", kind, "--rope-scale", factor] if kind else []
        output = run(
            "sh", "-c", 'exec "$@" 2>&1', "sh", program, "-m", FILES["smollm2"], "-f", text(), "-c", self.context,
            "-b", min(self.context, LARGEST_BATCH), "-t", THREADS, "--chunks", self.windows, *scaling)
        found = re.search(r"Final estimate: PPL = ([0-9.]+)", output)
        if not found:
            raise RuntimeError(f"no estimate: {output[-300:]}")
        return {"perplexity": float(found.group(1))}

    def openvino(self):
        return self.scored(Worker("openvino", "openvino_worker", FILES["smollm2"], THREADS, "served"))

    def worker(self, peer, environment=None):
        return self.scored(
            Worker(peer, f"{peer}_worker", FILES["smollm2-bf16"], THREADS, environment=environment))

    def scored(self, worker):
        try:
            answers = worker.ask(work="log_probabilities", windows=self.tokens())["windows"]
        finally:
            worker.close()
        # The first token of a window has no probability, so that of token i stands at i − 1.
        scores = [value for window in answers for value in window[self.context // 2:]]
        return {"perplexity": math.exp(-sum(scores) / len(scores)), "scored_tokens": len(scores)}

    def tokens(self):
        return json.loads(run(
            PEERS / "python/transformers/bin/python", ROOT / "Benchmarks/peers/windows.py", FILES["smollm2-bf16"],
            text(), self.context, self.windows))
