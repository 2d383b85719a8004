"""Transformers with torch, one sequence: `transformers_worker.py FOLDER THREADS`."""

import sys

import torch
import transformers

from worker import Stopwatch, answer_requests, random_tokens

VOCABULARY = 40_000


class OneSequence:
    def __init__(self, folder, threads):
        torch.set_num_threads(threads)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        self.salt = 0

    @torch.inference_mode()
    def prefill(self, tokens):
        self.salt += 1
        prompt = torch.tensor([random_tokens(tokens, VOCABULARY, self.salt)])
        with Stopwatch() as watch:
            self.model(prompt, use_cache=True, logits_to_keep=1)
        return {"tokens_per_second": tokens / watch.seconds}

    @torch.inference_mode()
    def decode(self, tokens):
        """Greedy, by hand: `generate` does more beside it."""
        self.salt += 1
        token, cache = torch.tensor([random_tokens(1, VOCABULARY, self.salt)]), None
        with Stopwatch() as watch:
            for _ in range(tokens):
                result = self.model(token, past_key_values=cache, use_cache=True)
                cache, token = result.past_key_values, result.logits[:, -1:].argmax(-1)
        return {"tokens_per_second": tokens / watch.seconds}

    @torch.inference_mode()
    def log_probabilities(self, windows):
        """For each window of tokens, the log-probability of every token but the first, in nats."""
        results = []
        for window in windows:
            tokens = torch.tensor([window])
            logits = self.model(tokens).logits[0, :-1].float().log_softmax(-1)
            results.append(logits.gather(1, tokens[0, 1:, None])[:, 0].tolist())
        return {"windows": results}


def main():
    engine = OneSequence(sys.argv[1], int(sys.argv[2]))
    works = {"prefill": engine.prefill, "decode": engine.decode, "log_probabilities": engine.log_probabilities}
    answer_requests(f"{transformers.__version__}, torch {torch.__version__}", works)


main()
