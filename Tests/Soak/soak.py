"""Mixed load on one `pronk engine` for an hour: what grows, what is lost, what fails.

    soak.py PRONK MODELS [--seconds 3600] [--seed N] [--traces FOLDER]

MODELS is a data folder that holds the default model. Requests take their lengths from Azure's traces (CSV) if FOLDER
has some, else from a distribution like theirs; some share prefixes, some draw several choices, some are cancelled in
mid-stream, and the memory for keys and values is so small that sequences are put back. Now and then an answer is asked
for a second time, and must be the same to the byte. Ends with status 1 if a request fails, if an answer differs, if
blocks are not free again when all is quiet, or if memory or descriptors have grown since the load was warm.
"""

import argparse
import asyncio
import csv
import json
import os
import pathlib
import random
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "Tests/Python"), str(ROOT / "Benchmarks")]
from measuring.serving import WORDS  # noqa: E402
from platform_process import MODEL  # noqa: E402

CLIENTS = 24
CONTEXT = 2048
# Holds about 6,000 tokens of the default model in q8: less than 24 clients want at a time.
KV_MEMORY = "75MB"
LONGEST_ANSWER = 200
WARM_SECONDS = 60
# After the first minute memory may still move by what a burst of long requests holds.
GROWTH_BYTES = 24 << 20


def lengths(folder):
    """Prompt and answer tokens of real requests, cut to the context."""
    pairs = []
    for path in sorted(folder.glob("*.csv")) if folder else []:
        with path.open() as file:
            rows = csv.DictReader(file)
            if "ContextTokens" in (rows.fieldnames or ()):
                pairs += [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in rows]
    draw = random.Random(1)
    pairs = pairs or [(int(draw.lognormvariate(6.5, 1.1)), int(draw.lognormvariate(4, 1.2))) for _ in range(5000)]
    longest = CONTEXT - LONGEST_ANSWER - 8
    return [(max(1, min(prompt, longest)), max(1, min(answer, LONGEST_ANSWER))) for prompt, answer in pairs]


class Soak:
    def __init__(self, socket, options):
        self.socket = socket
        self.draw = random.Random(options.seed)
        self.pairs = lengths(options.traces)
        self.prefixes = [self.words(self.draw.randrange(200, 1200)) for _ in range(8)]
        self.end = time.monotonic() + options.seconds
        self.counts = dict.fromkeys(("answers", "cancelled", "compared", "tokens"), 0)
        self.failures = []

    def words(self, count):
        return " ".join(self.draw.choices(WORDS, k=count))

    def request(self):
        prompt, answer = self.draw.choice(self.pairs)
        text = self.words(prompt)
        if self.draw.random() < 0.4:
            prefix = self.draw.choice(self.prefixes)
            text = " ".join((prefix + " " + text).split()[:CONTEXT - LONGEST_ANSWER - 8])
        return {
            "model": MODEL, "prompt": text, "max_tokens": answer, "seed": self.draw.randrange(1 << 30),
            "temperature": self.draw.choice([0, 0.7, 1]), "n": self.draw.choice([1, 1, 1, 1, 2, 3]),
            "stream": True, "ignore_eos": self.draw.random() < 0.5,
        }

    async def client(self):
        while time.monotonic() < self.end and not self.failures:
            body = self.request()
            if self.draw.random() < 0.15:
                await self.ask(body, hang_up_after=self.draw.randrange(1, 30))
                self.counts["cancelled"] += 1
                continue
            first = await self.ask(body)
            if self.draw.random() < 0.1 and first is not None:
                self.counts["compared"] += 1
                if await self.ask(body) != first:
                    self.failures.append(f"a second answer differs: {json.dumps(body)[:300]}")

    async def ask(self, body, hang_up_after=None):
        """The events of the answer without what names it; None if it failed or was left."""
        reader, writer = await asyncio.open_unix_connection(self.socket, limit=1 << 20)
        payload = json.dumps(body).encode()
        try:
            writer.write(
                b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(payload) + payload)
            await writer.drain()
            status = await asyncio.wait_for(reader.readline(), 600)
            if b" 200 " not in status:
                self.failures.append(f"{status!r}: {(await reader.read())[:300]!r}")
                return None
            events = []
            async for line in reader:
                if not line.startswith(b"data: "):
                    continue
                if line.startswith(b"data: [DONE]"):
                    self.counts["answers"] += 1
                    self.counts["tokens"] += len(events)
                    return events
                event = json.loads(line[6:])
                if "error" in event:
                    self.failures.append(f"in the stream: {event['error']}")
                    return None
                events.append(event["choices"])
                if hang_up_after is not None and len(events) >= hang_up_after:
                    return None
            self.failures.append("a stream ended without [DONE]")
            return None
        except (OSError, asyncio.TimeoutError) as error:
            self.failures.append(f"{type(error).__name__}: {error}")
            return None
        finally:
            writer.close()

    async def metrics(self):
        reader, writer = await asyncio.open_unix_connection(self.socket)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        text = (await reader.read()).decode()
        writer.close()
        values = {}
        for line in text.splitlines():
            if line.startswith("vllm:") and " " in line:
                name, _, value = line.rpartition(" ")
                values[name.partition("{")[0]] = float(value)
        return values


def resident(pid):
    """Private bytes of the process, and its open descriptors."""
    fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    private = sum(int(fields[name].split()[0]) for name in ("Private_Clean", "Private_Dirty")) << 10
    return private, len(os.listdir(f"/proc/{pid}/fd"))


async def watch(soak, pid, seconds):
    """Samples memory four times a minute once the load is warm: the samples."""
    await asyncio.sleep(min(WARM_SECONDS, seconds / 3))
    samples = []
    while time.monotonic() < soak.end and not soak.failures:
        samples.append(resident(pid))
        if len(samples) % 20 == 1:
            state = await soak.metrics()
            print(
                f"{soak.counts} private {samples[-1][0] >> 20} MB, {samples[-1][1]} descriptors, "
                f"put back {state.get('vllm:num_preemptions_total', 0):.0f}", flush=True)
        await asyncio.sleep(15 if seconds > 300 else 2)
    return samples


async def quiet(soak, pid):
    """Waits until nothing runs; then blocks in use must be none."""
    for _ in range(600):
        state = await soak.metrics()
        if state["vllm:num_requests_running"] + state["vllm:num_requests_waiting"] == 0:
            return state
        await asyncio.sleep(0.1)
    raise SystemExit("requests still run a minute after the last client left")


async def load(engine, socket, options):
    soak = Soak(socket, options)
    watcher = asyncio.create_task(watch(soak, engine.pid, options.seconds))
    await asyncio.gather(*(soak.client() for _ in range(CLIENTS)))
    samples = await watcher
    state = await quiet(soak, engine.pid)
    failures = soak.failures
    if state["vllm:kv_cache_usage_perc"] != 0:
        failures.append(f"{state['vllm:kv_cache_usage_perc']:.1%} of the blocks are in use, though nothing runs")
    if len(samples) >= 8:
        quarter = len(samples) // 4
        # The least of a stretch is what stays; a burst of long requests comes and goes.
        early, late = min(samples[:quarter]), min(samples[-quarter:])
        if late[0] - early[0] > GROWTH_BYTES:
            failures.append(f"private memory grew from {early[0] >> 20} to {late[0] >> 20} MB")
        if late[1] > early[1] + CLIENTS:
            failures.append(f"descriptors grew from {early[1]} to {late[1]}")
        print(f"private memory: {early[0] >> 20} MB early, {late[0] >> 20} MB late")
    print(f"{soak.counts}, {state}")
    return failures


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pronk", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=time.time_ns() % (1 << 32))
    parser.add_argument("--traces", type=pathlib.Path)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/engine.sock"
        engine = await asyncio.create_subprocess_exec(
            options.pronk, "engine", "--model", MODEL, "--data", options.models, "--listen", f"unix:{socket}",
            "--context", str(CONTEXT), "--kv-memory", KV_MEMORY, "--log-level", "warning", "--lease",
            stdin=asyncio.subprocess.PIPE)
        try:
            while not os.path.exists(socket):
                if engine.returncode is not None:
                    raise SystemExit("the engine did not start; its error stands above")
                await asyncio.sleep(0.01)
            failures = await load(engine, socket, options)
        finally:
            if engine.returncode is None:
                engine.terminate()
            status = await engine.wait()
        if status != 0:
            failures.append(f"the engine ended with status {status}")
    print("\n".join(failures) or "nothing failed, nothing grew")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    asyncio.run(main())
