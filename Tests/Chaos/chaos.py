"""Load on a real `pronk up` while instances, and at times the platform itself, are killed.

    chaos.py PRONK MODELS [--seconds 600] [--seed N]

MODELS is a data folder that holds the default model. Ends with status 1 if a request fails that the platform was
there for, if an answer differs from the undisturbed one, if an engine outlives its platform by 5 s, or if something
that was stored is missing afterwards. Then 1,000 streams stay open at once, and 10,000 requests wait at zero: memory,
descriptors and sockets have to come back. Bounded in time and number; ends only processes that it started.
"""

import argparse
import asyncio
import json
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Python"))
from platform_process import MODEL, Platform, is_alive  # noqa: E402

SERVICE = f"""
  - name: {MODEL}
    engine: native
    model: {MODEL}
    resources: {{ cores: 1 }}
    scale: {{ min: 1, max: 2, idle: 20s, scaleDownDelay: 5s, queue: 12000, concurrency: 64 }}
"""
GATEWAY = "  auth: open\n  limits: { streamsPerCaller: 20000, connections: 20000 }"
QUESTIONS = [
    {"n": 1, "stream": True, "temperature": 1.0, "max_tokens": 40},
    {"n": 3, "stream": True, "temperature": 0.8, "max_tokens": 24},
    {"n": 1, "stream": False, "temperature": 1.0, "max_tokens": 32},
    {"n": 2, "stream": True, "temperature": 1.0, "max_tokens": 30, "stop": ["."]},
    {"n": 1, "stream": True, "temperature": 0.0, "max_tokens": 120, "stream_options": {"include_usage": True}},
]


async def exchange(port, body, identity):
    """The answer's status and body; an exception if the connection broke."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        payload = json.dumps(body).encode()
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nX-Request-Id: %s\r\nContent-Length: %d\r\n\r\n" % (identity.encode(), len(payload))
            + payload)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 120)
    finally:
        writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        rest = unchunked(rest)
    return int(head.split()[1]), rest


def unchunked(body):
    """The bytes of a chunked body; an exception if its last chunk is missing."""
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return whole
        whole, body = whole + body[:length], body[length + 2:]


def meaning(body, is_stream):
    """What has to be equal in two answers to one question: all but the time, the id and what the engine remembered."""
    body = re.sub(rb'"(created|cached_tokens)":\d+', rb'"\1":0', body)
    body = re.sub(rb'"id":"[^"]*"', b'"id":""', body)
    if not is_stream:
        return body
    return [block for block in body.split(b"\n\n") if block and not block.startswith(b":")]


def question(index, seed):
    options = QUESTIONS[index % len(QUESTIONS)]
    content = f"Question {seed}: what would llama number {seed} say about mountains?"
    return {
        "model": MODEL, "messages": [{"role": "user", "content": content}], "seed": seed, "ignore_eos": True, **options}


class Chaos:
    def __init__(self, platform, seed):
        self.platform = platform
        self.random = random.Random(seed)
        self.expected = {}
        self.problems = []
        self.counts = {"answered": 0, "killed instances": 0, "killed platforms": 0, "cut with the platform": 0}
        self.lives = 0
        self.is_down = False
        self.stored = []

    async def learn(self):
        for seed in range(20):
            body = question(seed, seed)
            status, answer = await exchange(self.platform.port, body, f"learn-{seed}")
            assert status == 200, answer
            self.expected[seed] = meaning(answer, body["stream"])

    async def client(self, number, until):
        while time.monotonic() < until and not self.problems:
            while self.is_down:
                await asyncio.sleep(0.05)
            seed, life = self.random.randrange(20), self.lives
            body = question(seed, seed)
            identity = f"chaos-{number}-{self.counts['answered']}"
            try:
                status, answer = await exchange(self.platform.port, body, identity)
                is_right = status == 200 and meaning(answer, body["stream"]) == self.expected[seed]
                why = f"status {status}: {answer[-300:]!r}"
            except (OSError, ValueError, IndexError, asyncio.TimeoutError) as error:
                is_right, why = False, repr(error)
            if is_right:
                self.counts["answered"] += 1
                self.stored.append((life, identity))
            elif life != self.lives or self.is_down:
                self.counts["cut with the platform"] += 1
            else:
                self.problems.append(f"request {identity} (seed {seed}): {why}")

    async def killer(self, until):
        next_platform = time.monotonic() + 60
        while time.monotonic() < until and not self.problems:
            await asyncio.sleep(self.random.uniform(0.5, 8))
            if time.monotonic() > next_platform:
                next_platform += 60
                await self.kill_platform()
                continue
            engines = self.platform.engines()
            if engines:
                os.kill(self.random.choice(engines), signal.SIGKILL)
                self.counts["killed instances"] += 1

    async def kill_platform(self):
        self.is_down = True
        engines = self.platform.engines()
        # What was answered longer ago than a group commit takes has to be in the ledger.
        await asyncio.sleep(0.5)
        answered = [identity for _, identity in self.stored[-50:]]
        self.lives += 1
        self.platform.kill()
        self.counts["killed platforms"] += 1
        deadline = time.monotonic() + 5
        while any(map(is_alive, engines)):
            if time.monotonic() > deadline:
                self.problems.append("an engine outlived its platform by 5 s")
                break
            await asyncio.sleep(0.05)
        await asyncio.to_thread(self.platform.start)
        for identity in answered[:-20]:
            if identity not in self.platform.command("explain", identity):
                self.problems.append(f"request {identity} is not in the ledger")
        self.is_down = False


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def resident_megabytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


async def hold(platform, count, body, seconds):
    """Opens `count` requests, waits, hangs up on all, and returns how many had an answer begun."""
    connections = []
    payload = json.dumps(body).encode()
    for start in range(0, count, 200):
        opened = await asyncio.gather(
            *[asyncio.open_connection("127.0.0.1", platform.port) for _ in range(min(200, count - start))])
        for _, writer in opened:
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % len(payload) + payload)
        connections += opened
    await asyncio.sleep(seconds)
    for _, writer in connections:
        writer.close()
    return len(connections)


async def exhaustion(platform, problems):
    """Many open streams and a long queue: what they took has to come back."""
    process = platform.process
    await exchange(platform.port, question(0, 0), "before")
    before = descriptors(process), resident_megabytes(process)
    endless = {**question(0, 1), "max_tokens": 4000, "n": 1, "stream": True}
    print("streams held:", await hold(platform, 1_000, endless, 5))
    at_zero = {**endless, "max_tokens": 1}
    for engine in platform.engines():
        os.kill(engine, signal.SIGSTOP)
    print("requests queued:", await hold(platform, 10_000, at_zero, 5))
    for engine in platform.engines():
        os.kill(engine, signal.SIGCONT)
    deadline = time.monotonic() + 60
    while descriptors(process) > before[0] + 50:
        if time.monotonic() > deadline:
            problems.append(f"descriptors: {before[0]} before, {descriptors(process)} a minute after")
            break
        await asyncio.sleep(0.2)
    after = descriptors(process), resident_megabytes(process)
    print(f"descriptors {before[0]} -> {after[0]}, resident {before[1]:.0f} -> {after[1]:.0f} MB")
    if after[1] > before[1] + 300:
        problems.append(f"memory: {before[1]:.0f} MB before, {after[1]:.0f} MB after")
    status, answer = await exchange(platform.port, question(0, 0), "after")
    if status != 200:
        problems.append(f"no answer afterwards: {status} {answer!r}")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pronk")
    parser.add_argument("models")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print("seed", options.seed)
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(options.pronk, pathlib.Path(folder) / "data", options.models, SERVICE, GATEWAY).start()
        chaos = Chaos(platform, options.seed)
        try:
            await chaos.learn()
            until = time.monotonic() + options.seconds
            await asyncio.gather(chaos.killer(until), *[chaos.client(number, until) for number in range(8)])
            print(chaos.counts)
            if not chaos.problems:
                await exhaustion(platform, chaos.problems)
        finally:
            log = (platform.folder / "up.log").read_text()
            if platform.stop() != 0:
                chaos.problems.append("the platform did not end well")
            if chaos.problems:
                print(log[-4000:])
    for problem in chaos.problems:
        print("problem:", problem)
    sys.exit(1 if chaos.problems else 0)


if __name__ == "__main__":
    asyncio.run(main())
