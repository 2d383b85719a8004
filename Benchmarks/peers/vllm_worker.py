"""vLLM on a CPU, one sequence without HTTP: `vllm_worker.py FOLDER THREADS`."""

import os
import sys

from worker import Stopwatch, answer_requests, random_tokens

VOCABULARY = 40_000
CONTEXT = 4_096


class OneSequence:
    def __init__(self, folder, threads):
        os.environ["VLLM_CPU_OMP_THREADS_BIND"] = f"0-{threads - 1}"
        from vllm import LLM

        # Prompts are read at once, as the other engines' benchmarks read them.
        self.engine = LLM(
            model=folder, dtype="bfloat16", max_model_len=CONTEXT, max_num_batched_tokens=CONTEXT, max_num_seqs=1,
            enable_prefix_caching=False, disable_log_stats=True)
        self.salt = 0

    def seconds(self, prompt, new):
        from vllm import SamplingParams

        self.salt += 1
        sampling = SamplingParams(temperature=0, max_tokens=new, ignore_eos=True)
        tokens = {"prompt_token_ids": random_tokens(prompt, VOCABULARY, self.salt)}
        with Stopwatch() as watch:
            result = self.engine.generate([tokens], sampling, use_tqdm=False)
        if len(result[0].outputs[0].token_ids) != new:
            raise RuntimeError("fewer tokens came than were asked for")
        return watch.seconds

    def prefill(self, tokens):
        return {"tokens_per_second": tokens / self.seconds(tokens, 1)}

    def decode(self, tokens):
        return {"tokens_per_second": tokens / self.seconds(1, tokens)}

    def log_probabilities(self, windows):
        """For each window of tokens, the log-probability of every token but the first, in nats."""
        from vllm import SamplingParams

        sampling = SamplingParams(temperature=0, max_tokens=1, prompt_logprobs=0)
        results = self.engine.generate([{"prompt_token_ids": window} for window in windows], sampling, use_tqdm=False)
        return {"windows": [
            [step[token].logprob for step, token in zip(result.prompt_logprobs[1:], window[1:])]
            for result, window in zip(results, windows)
        ]}


def main():
    engine = OneSequence(sys.argv[1], int(sys.argv[2]))
    import vllm

    works = {"prefill": engine.prefill, "decode": engine.decode, "log_probabilities": engine.log_probabilities}
    answer_requests(vllm.__version__, works)


if __name__ == "__main__":
    main()
