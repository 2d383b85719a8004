"""An engine behind HTTP as a client meets it: how long it takes to start, and how many tokens a second it serves."""

import contextlib
import http.client
import json
import random
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

WORDS = (
    "river stone lamp winter paper music garden window bread mountain letter silver morning harbour story bridge"
).split()


@dataclass
class Load:
    """What every client asks again and again, in tokens (a word is a token)."""

    prompt: int
    new: int
    # Requests of a client, when it is alone and when there are sixteen.
    alone: int
    together: int


LOADS = {
    # A short question and a long answer: time goes into decoding.
    "chat": Load(prompt=20, new=128, alone=4, together=2),
    # As much to read as to write, which favours nobody who is good at one alone.
    "context": Load(prompt=100, new=64, alone=8, together=3),
}


@dataclass
class EngineUnderTest:
    # What it calls its model.
    model: str
    arguments: list
    health_path: str
    binary: Path
    # The arguments that make it listen on a port.
    listen: Callable[[int], list]

    @contextlib.contextmanager
    def running(self):
        """Starts the engine, and yields its port and the seconds from exec to healthy."""
        port = free_port()
        command = [str(part) for part in [self.binary, *self.arguments, *self.listen(port)]]
        start = time.perf_counter()
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
        try:
            while not is_healthy(port, self.health_path):
                if process.poll() is not None or time.perf_counter() - start > 60:
                    raise SystemExit(f"this did not become healthy: {' '.join(command)}")
                time.sleep(0.001)
            yield port, time.perf_counter() - start
        finally:
            process.terminate()
            process.wait(timeout=60)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_healthy(port, path):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def start_seconds(engine):
    with engine.running() as (_, seconds):
        return round(seconds, 4)


def serve_clients(engine):
    """Tokens per second for one client, and for sixteen at once, each asking again as soon as it has its answer."""
    with engine.running() as (port, _):
        results = {}
        for name, load in LOADS.items():
            tokens_per_second(port, engine.model, load, clients=1, requests=1)
            for clients, requests in [(1, load.alone), (16, load.together)]:
                rate = tokens_per_second(port, engine.model, load, clients, requests)
                results[f"{name} {clients}"] = round(rate, 1)
        return results


def tokens_per_second(port, model, load, clients, requests):
    answers = []

    def client(number):
        # Every prompt is new, so that no engine can answer from its memory of an earlier one.
        words = random.Random(f"{clients} {requests} {number}")
        for _ in range(requests):
            prompt = " ".join(words.choices(WORDS, k=load.prompt - 2)) + ".\n\n"
            answers.append(complete(port, model, prompt, load.new))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    if len(answers) != clients * requests:
        raise SystemExit("a request failed; its error stands above")
    return sum(answers) / seconds


def complete(port, model, prompt, new):
    """Asks for a completion that does not end early; the tokens that it has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    body = {"model": model, "prompt": prompt, "max_tokens": new, "temperature": 0, "ignore_eos": True}
    connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    if response.status != 200 or answer["usage"]["completion_tokens"] != new:
        raise RuntimeError(f"{response.status}: {answer}")
    return new
