#!/usr/bin/env python3
"""A program with the instance contract and the OpenAI API, but no model: a fast stand-in for tests of the platform.

It listens on HOST and PORT of its environment, on --port, or on a Unix socket (--unix), and prints where. /healthz
answers 200 when it can serve and 503 before (--ready-after) and while it drains. SIGTERM finishes what is in flight and
exits with 0. It answers /v1/models, /v1/chat/completions (streamed and whole) and /metrics, under vLLM's names.

An answer is the words "t0 t1 t2 …", one a token, so that a lost or doubled token shows. There are max_tokens of them
(--tokens, unless the request says) for each of n choices. All requests share the capacity of --tokens-per-second, first
come, first served, and at most --concurrency of them are answered at a time, as on a machine of one size. With --stamps
a word is the time at which it is written, in milliseconds since 1970, and the first one when the request was there.

What can go wrong:
  --crash-after N   dies without a word when N tokens were written in all; 0: before it listens
  --hang health     takes requests for /healthz and never answers; `answers`: all others; `all`: both
  --rubbish http    answers bytes that are no HTTP; `body`: HTTP whose bodies are neither JSON nor events
"""

import argparse
import asyncio
import json
import os
import re
import signal
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "0")), help="0: a free one")
    parser.add_argument("--unix", metavar="PATH")
    parser.add_argument("--model", default="fake")
    parser.add_argument("--ready-after", type=float, default=0, metavar="SECONDS")
    parser.add_argument("--tokens", type=int, default=16, help="tokens of an answer")
    parser.add_argument("--tokens-per-second", type=float, default=0, help="0: as fast as it goes")
    parser.add_argument("--pace", type=float, default=0, help="seconds between two tokens of one answer")
    parser.add_argument("--stamps", action="store_true")
    parser.add_argument("--echo", action="store_true", help="the answer is the last message, word by word")
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--crash-after", type=int, metavar="TOKENS")
    parser.add_argument("--hang", choices=["health", "answers", "all"])
    parser.add_argument("--rubbish", choices=["http", "body"])
    return parser.parse_args()


class Capacity:
    """Gives out one token after the other, at the machine's speed, to whoever asks next."""

    def __init__(self, tokens_per_second):
        self.interval = 1 / tokens_per_second if tokens_per_second else 0
        self.free_at = 0.0

    async def token(self):
        now = time.monotonic()
        self.free_at = max(self.free_at, now) + self.interval
        # Without a capacity, others still get their turn.
        await asyncio.sleep(max(0.0, self.free_at - now))


class Engine:
    def __init__(self, options):
        self.options = options
        self.ready_at = time.monotonic() + options.ready_after
        self.capacity = Capacity(options.tokens_per_second)
        self.slots = asyncio.Semaphore(options.concurrency)
        self.draining = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()
        self.in_flight = self.waiting = self.running = self.prompt_tokens = self.generated_tokens = 0

    # HTTP, as much of it as clients use: content-length, keep-alive, chunks for streams.

    async def connection(self, reader, writer):
        try:
            while await self.exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()

    async def exchange(self, reader, writer):
        """One request and its answer; false when the connection should end."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        path = path.split("?")[0]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        if self.options.hang in ("all", "health" if path == "/healthz" else "answers"):
            await asyncio.Event().wait()
        if self.options.rubbish == "http":
            writer.write(b"\x00\x01 what is this \xff\r\n\r\n")
            return False
        self.in_flight += 1
        self.idle.clear()
        try:
            await self.route(method, path, fields, body, writer)
            await writer.drain()
            if self.draining.is_set():
                writer.close()
                await writer.wait_closed()
        finally:
            self.in_flight -= 1
            if not self.in_flight:
                self.idle.set()
        return fields.get("connection", "").lower() != "close" and not self.draining.is_set()

    def reply(self, writer, status, value, kind="application/json"):
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        if self.options.rubbish == "body":
            body = b"<<rubbish>>"
        writer.write(f"HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode())
        writer.write(body)

    def refuse(self, writer, status, code, message):
        self.reply(writer, status, {"error": {"message": message, "type": "error", "param": None, "code": code}})

    async def route(self, method, path, fields, body, writer):
        is_ready = time.monotonic() >= self.ready_at and not self.draining.is_set()
        if path == "/healthz":
            self.reply(writer, 200 if is_ready else 503, {"status": "ok" if is_ready else "not ready"})
        elif path == "/v1/models":
            self.reply(writer, 200, {"object": "list", "data": [{"id": self.options.model, "object": "model"}]})
        elif path == "/metrics":
            self.reply(writer, 200, self.metrics(), "text/plain; version=0.0.4")
        elif path != "/v1/chat/completions" or method != "POST":
            self.refuse(writer, 404, "unknown_url", f"There is no {method} {path} here.")
        elif not is_ready:
            self.refuse(writer, 503, "draining", "This engine takes no requests now.")
        else:
            try:
                request = json.loads(body)
                messages = request["messages"]
            except (ValueError, KeyError, TypeError):
                self.refuse(writer, 400, "invalid_json", "Send a JSON object with 'messages'.")
                return
            await self.answer(request, messages, fields, writer)

    def metrics(self):
        values = {
            "num_requests_running": self.running, "num_requests_waiting": self.waiting,
            "prompt_tokens_total": self.prompt_tokens, "generation_tokens_total": self.generated_tokens,
        }
        return "".join(f'vllm:{name}{{model_name="{self.options.model}"}} {value}\n' for name, value in values.items())

    # Answers.

    async def tokens(self, count, arrival, words=None):
        """Yields the next token's text as soon as the machine has made it."""
        for index in range(count):
            await self.capacity.token()
            if self.options.pace and index:
                await asyncio.sleep(self.options.pace)
            self.generated_tokens += 1
            stamp = arrival if index == 0 else time.time()
            text = words[index] if words else f"t{index} "
            yield f"{stamp * 1000:.2f} " if self.options.stamps else text
            if self.options.crash_after is not None and self.generated_tokens >= self.options.crash_after:
                # A turn of the loop, in which the last token leaves.
                await asyncio.sleep(0)
                os.kill(os.getpid(), signal.SIGKILL)

    async def answer(self, request, messages, fields, writer):
        self.waiting += 1
        arrival = time.time()
        async with self.slots:
            self.waiting -= 1
            self.running += 1
            try:
                await self.generate(request, messages, fields, arrival, writer)
            finally:
                self.running -= 1

    async def generate(self, request, messages, fields, arrival, writer):
        count = request.get("max_completion_tokens") or request.get("max_tokens") or self.options.tokens
        choices = range(request.get("n") or 1)
        words = re.findall(r"\s*\S+|\s+$", str(messages[-1].get("content", ""))) if self.options.echo else None
        prompt = sum(len(str(message.get("content", "")).split()) for message in messages)
        self.prompt_tokens += prompt
        if words is not None:
            count = len(words)
        usage = {
            "prompt_tokens": prompt, "completion_tokens": count * len(choices),
            "total_tokens": prompt + count * len(choices),
        }
        head = {
            "id": "chatcmpl-" + fields.get("x-request-id", "fake"), "created": int(time.time()),
            "model": self.options.model,
        }
        if request.get("stream"):
            usage = usage if (request.get("stream_options") or {}).get("include_usage") else None
            await self.stream(head | {"object": "chat.completion.chunk"}, count, choices, usage, arrival, writer, words)
            return
        texts = ["".join([text async for text in self.tokens(count, arrival, words)]) for _ in choices]
        self.reply(writer, 200, head | {"object": "chat.completion", "usage": usage, "choices": [
            {"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "length"}
            for index, text in enumerate(texts)]})

    async def stream(self, head, count, choices, usage, arrival, writer, words):
        def event(data):
            block = b"<<rubbish>>\n\n" if self.options.rubbish else b"data: " + data.encode() + b"\n\n"
            writer.write(b"%x\r\n%b\r\n" % (len(block), block))

        def chunk(index, delta, reason=None):
            event(json.dumps(head | {"choices": [{"index": index, "delta": delta, "finish_reason": reason}]}))

        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n")
        for index in choices:
            chunk(index, {"role": "assistant", "content": ""})
        for index in choices:
            async for text in self.tokens(count, arrival, words):
                chunk(index, {"content": text})
                await writer.drain()
            chunk(index, {}, "length")
        if usage:
            event(json.dumps(head | {"choices": [], "usage": usage}))
        event("[DONE]")
        writer.write(b"0\r\n\r\n")


async def main():
    options = arguments()
    if options.crash_after == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    engine = Engine(options)
    if options.unix:
        server = await asyncio.start_unix_server(engine.connection, options.unix, backlog=1024)
        place = f"unix:{options.unix}"
    else:
        server = await asyncio.start_server(engine.connection, options.host, options.port, backlog=1024)
        place = "{}:{}".format(*server.sockets[0].getsockname()[:2])
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, engine.draining.set)
    print(f"listening on {place}", flush=True)
    await engine.draining.wait()
    await engine.idle.wait()
    # Connections that clients keep open would otherwise be waited for.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
