"""Clients of an engine behind HTTP: a closed loop that streams, and how long it takes to start.

All connections are watched by one thread that reads bytes and looks for the ends of answers, and no more: on a machine
of two cores a client that parses every event would be measured too.
"""

import contextlib
import json
import os
import random
import selectors
import socket
import subprocess
import time

from .engines import end_group

WORDS = (
    "river stone lamp winter paper music garden window bread mountain letter silver morning harbour story bridge"
).split()
START_LIMIT_SECONDS, ANSWER_LIMIT_SECONDS = 600, 1800


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(server, log=None):
    """Starts a server; gives its process, its port and the moment of exec. It need not be ready yet."""
    port = free_port()
    output = open(log, "w") if log else subprocess.DEVNULL
    began = time.perf_counter()
    process = subprocess.Popen(
        server.arguments(port), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        env={**os.environ, **server.environment}, process_group=0)
    try:
        yield process, port, began
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            pass
        end_group(process)
        if log:
            output.close()


def wait_until_healthy(server, process, port, began):
    while not is_healthy(port, server.health):
        if process.poll() is not None or time.perf_counter() - began > START_LIMIT_SECONDS:
            raise RuntimeError(f"this did not become healthy: {' '.join(server.arguments(port))}")
        time.sleep(0.001)


def is_healthy(port, path):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def words(count, salt):
    """A text of about that many tokens: each word is one."""
    return " ".join(random.Random(str(salt)).choices(WORDS, k=count))


class Request:
    """One streamed completion that does not end before `new` tokens."""

    def __init__(self, port, model, prompt, new):
        self.new = new
        body = json.dumps({
            "model": model, "prompt": prompt, "max_tokens": new, "temperature": 0, "ignore_eos": True, "stream": True,
            "stream_options": {"include_usage": True},
        }).encode()
        head = (
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")
        self.began = time.perf_counter()
        self.first = self.ended = None
        self.received = bytearray()
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.sendall(head.encode() + body)

    def receive(self):
        """Takes what has come; true at the end."""
        data = self.connection.recv(1 << 16)
        now = time.perf_counter()
        self.received += data
        if self.first is None and b"data: {" in self.received:
            self.first = now
        if data and b"data: [DONE]" not in self.received[-64:]:
            return False
        self.connection.close()
        self.ended = now
        return True

    def usage(self):
        """Tokens of prompt and answer, as the engine counts them in its last event."""
        for line in reversed(bytes(self.received).split(b"\n")):
            if line.startswith(b"data: {"):
                event = json.loads(line[6:])
                if event.get("usage"):
                    return event["usage"]
        raise RuntimeError(f"no usage in an answer: {bytes(self.received[-300:])!r}")


def serve(port, model, prompts, clients, new):
    """Sends all `prompts`, by that many clients that each ask again as soon as they have an answer."""
    waiting, done = list(reversed(prompts)), []
    with selectors.DefaultSelector() as selector:
        def send():
            request = Request(port, model, waiting.pop(), new)
            selector.register(request.connection, selectors.EVENT_READ, request)

        start = time.perf_counter()
        for _ in range(min(clients, len(prompts))):
            send()
        while len(done) < len(prompts):
            ready = selector.select(timeout=ANSWER_LIMIT_SECONDS)
            if not ready:
                raise RuntimeError("an answer did not come")
            for key, _ in ready:
                place = key.fileobj
                if not key.data.receive():
                    continue
                selector.unregister(place)
                done.append(key.data)
                if waiting:
                    send()
        seconds = time.perf_counter() - start
    return figures(done, seconds)


def figures(done, seconds):
    usages = [request.usage() for request in done]
    for request, usage in zip(done, usages):
        if usage["completion_tokens"] != request.new or request.first is None:
            raise RuntimeError(f"wanted {request.new} tokens: {usage}")
    first = [request.first - request.began for request in done]
    latency = [request.ended - request.began for request in done]
    return {
        "requests_per_second": len(done) / seconds,
        "tokens_per_second": sum(usage["completion_tokens"] for usage in usages) / seconds,
        "prompt_tokens": sum(usage["prompt_tokens"] for usage in usages) / len(done),
        **percentiles(first, latency),
    }


def percentiles(first, latency):
    return {
        "first_token_p50_seconds": quantile(first, 0.5), "first_token_p99_seconds": quantile(first, 0.99),
        "latency_mean_seconds": sum(latency) / len(latency), "latency_p99_seconds": quantile(latency, 0.99),
    }


def quantile(values, part):
    """The least of the values that so many do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
