"""OpenVINO GenAI: one sequence, and continuous batching without HTTP. `openvino_worker.py FILE.gguf THREADS MODE`."""

import sys
import time

import numpy
import openvino
import openvino_genai as genai

from worker import Stopwatch, answer_requests, random_tokens

# Ordinary tokens of both models' vocabularies.
VOCABULARY = 40_000
# Tokens of KV: room for 64 clients of 164 tokens, and for 16 of 1,164 that share nothing yet.
CACHE_TOKENS = 24_576
BLOCK = 32


class OneSequence:
    def __init__(self, path, threads):
        self.pipeline = genai.LLMPipeline(path, "CPU", INFERENCE_NUM_THREADS=threads)
        self.salt = 0

    def seconds(self, prompt, new):
        self.salt += 1
        tokens = numpy.array([random_tokens(prompt, VOCABULARY, self.salt)], dtype=numpy.int64)
        configuration = genai.GenerationConfig(max_new_tokens=new, ignore_eos=True, do_sample=False)
        inputs = genai.TokenizedInputs(openvino.Tensor(tokens), openvino.Tensor(numpy.ones_like(tokens)))
        with Stopwatch() as watch:
            result = self.pipeline.generate(inputs, configuration)
        if len(result.tokens[0]) != new:
            raise RuntimeError(f"{len(result.tokens[0])} tokens came instead of {new}")
        return watch.seconds

    def prefill(self, tokens):
        return {"tokens_per_second": tokens / self.seconds(tokens, 1)}

    def decode(self, tokens):
        """As llama-bench counts: from a prompt of one token, which counts for nothing."""
        return {"tokens_per_second": tokens / self.seconds(1, tokens)}


class Batching:
    """Clients in a closed loop, as they would ask behind HTTP, but in this process."""

    def __init__(self, path, threads):
        scheduler = genai.SchedulerConfig()
        scheduler.num_kv_blocks = CACHE_TOKENS // BLOCK
        scheduler.max_num_batched_tokens = 512
        scheduler.max_num_seqs = 64
        scheduler.enable_prefix_caching = True
        self.pipeline = genai.ContinuousBatchingPipeline(
            path, scheduler, "CPU", {"INFERENCE_NUM_THREADS": threads}, {})
        self.made = 0

    def serve(self, clients, requests, prompt, new, shared=0, prefix=0):
        """`requests` of each of `clients`; all prompts begin with the same `shared` tokens, which `prefix` numbers."""
        configuration = genai.GenerationConfig(max_new_tokens=new, ignore_eos=True, do_sample=False)
        left, running, first, latency = clients * requests, {}, [], []
        prefix = random_tokens(shared, VOCABULARY, -prefix)
        with Stopwatch() as watch:
            while left or running:
                while left and len(running) < clients:
                    self.made += 1
                    left -= 1
                    tokens = prefix + random_tokens(prompt - shared, VOCABULARY, self.made)
                    handle = self.pipeline.add_request(
                        self.made, openvino.Tensor(numpy.array([tokens], dtype=numpy.int64)), configuration)
                    running[self.made] = (handle, time.perf_counter(), [])
                self.pipeline.step()
                now = time.perf_counter()
                for number, (handle, begun, seen) in list(running.items()):
                    if not seen and handle.can_read():
                        seen.append(now)
                        first.append(now - begun)
                    if handle.get_status() == genai.GenerationStatus.FINISHED:
                        latency.append(now - begun)
                        del running[number]
        return {
            "requests_per_second": clients * requests / watch.seconds,
            "tokens_per_second": clients * requests * new / watch.seconds,
            "first_token_seconds": first, "latency_seconds": latency,
        }

    def log_probabilities(self, windows):
        """For each window of tokens, the log-probability of every token but the first, in nats."""
        configuration = genai.GenerationConfig(
            max_new_tokens=1, ignore_eos=True, do_sample=False, logprobs=1, echo=True)
        results = []
        for window in windows:
            self.made += 1
            handle = self.pipeline.add_request(
                self.made, openvino.Tensor(numpy.array([window], dtype=numpy.int64)), configuration)
            while self.pipeline.has_non_finished_requests():
                self.pipeline.step()
            (output,) = handle.read_all()
            if list(output.generated_ids[:len(window)]) != window:
                raise RuntimeError("the prompt was not echoed")
            results.append(list(output.generated_log_probs[1:len(window)]))
        return {"windows": results}


def main():
    path, threads, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    if mode == "served":
        batching = Batching(path, threads)
        works = {"serve": batching.serve, "log_probabilities": batching.log_probabilities}
    else:
        engine = OneSequence(path, threads)
        works = {"prefill": engine.prefill, "decode": engine.decode}
    answer_requests(genai.__version__, works)


main()
