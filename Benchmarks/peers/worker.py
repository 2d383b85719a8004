"""What the Python peers have in common: a process that loads its model once and then measures on demand.

A line of JSON on standard input asks, a line on standard output answers. So a peer that takes a minute to load can
still be measured in turns with the others. Runs in the peer's own virtual environment.
"""

import json
import os
import sys
import time


# Libraries print to standard output as they please, some when they are imported: answers go where it pointed before.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer_requests(version, works):
    """Says that it is ready, then does what each line asks for, until standard input ends."""
    reply({"version": version})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply(works[request.pop("work")](**request))
        except Exception as error:
            reply({"error": f"{type(error).__name__}: {error}"})


def reply(value):
    ANSWERS.write(json.dumps(value) + "\n")
    ANSWERS.flush()


def random_tokens(count, vocabulary, salt):
    """Prompts as engine-benchmark makes them; another salt makes another prompt, so that nothing is remembered."""
    return [(index * 7919 + 17 + salt * 104729) % vocabulary for index in range(count)]


class Stopwatch:
    def __enter__(self):
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start
