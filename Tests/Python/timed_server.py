"""An OpenAI server whose answers come when a test says: the measure of what `pronk bench` measures."""

import asyncio
import json
import threading
import time


class TimedServer:
    """Answers on a thread of its own. Requests are numbered as they come; the first two are the bench's own questions.

    A prompt has as many tokens as words, and `frame` more; an answer has max_tokens of them.
    """

    def __init__(self, model="timed"):
        self.model = model
        self.requests = []
        self.times = []
        self.frame = 7
        # Seconds until the first token of request `number`, and between its tokens.
        self.first = lambda number: 0.001
        self.gap = 0.001
        # What happens to request `number`: None, a status, "drop", "error", "hang" or "empty".
        self.fate = lambda number: None
        # Tokens of an answer, if the request does not say.
        self.tokens = 64
        self.key = None
        self.refused_fields = set()
        self.tells_usage = True
        # Between these seconds after the third request nobody gets a token.
        self.stall = None
        self.stall_origin = None
        started = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)

    def run(self, started):
        async def serve():
            server = await asyncio.start_server(self.connection, "127.0.0.1", 0, backlog=1024)
            self.url = "http://127.0.0.1:{}".format(server.sockets[0].getsockname()[1])
            started.set()
            await self.ended.wait()

        asyncio.set_event_loop(self.loop)
        self.ended = asyncio.Event()
        self.loop.run_until_complete(serve())
        # Connections that clients keep, and answers that hang.
        open_connections = asyncio.all_tasks(self.loop)
        for task in open_connections:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*open_connections, return_exceptions=True))
        self.loop.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)

    async def connection(self, reader, writer):
        try:
            while await self.exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def exchange(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        if self.key and fields.get("authorization") != f"Bearer {self.key}":
            self.reply(writer, 401, {"error": {"message": "wrong key"}})
        elif path == "/v1/models":
            self.reply(writer, 200, {"data": [{"id": self.model}]})
        elif method == "GET":
            self.reply(writer, 200, {"status": "ok"})
        else:
            return await self.answer(json.loads(body), path, writer)
        return True

    def reply(self, writer, status, value):
        data = json.dumps(value).encode()
        writer.write(f"HTTP/1.1 {status} -\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data)

    async def answer(self, request, path, writer):
        arrival = time.monotonic()
        if request["model"] != self.model:
            self.reply(writer, 404, {"error": {"message": f"no model {request['model']}"}})
            return True
        for field in self.refused_fields & set(request):
            self.reply(writer, 400, {"error": {"message": f"unknown field {field}"}})
            return True
        number = len(self.requests) - 2
        self.requests.append(request)
        self.times.append(arrival)
        if number == 0:
            self.stall_origin = arrival
        fate = self.fate(number) if number >= 0 else None
        if isinstance(fate, int):
            self.reply(writer, fate, {"error": {"message": f"fate {fate}"}})
            return True
        if fate == "hang":
            await self.ended.wait()
            return False
        return await self.stream(request, path, number, fate, arrival, writer)

    async def until(self, moment):
        """Waits, and if the moment lies in the stall, for its end."""
        if self.stall and self.stall_origin is not None:
            begin, end = (self.stall_origin + place for place in self.stall)
            if begin <= moment < end:
                moment = end
        await asyncio.sleep(max(0, moment - time.monotonic()))

    async def stream(self, request, path, number, fate, arrival, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")

        def event(text):
            data = f"data: {text}\n\n".encode()
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))

        is_chat = "chat" in path
        count = request.get("max_tokens") or request.get("max_completion_tokens") or self.tokens
        prompt = request["messages"][0]["content"] if is_chat else request["prompt"]
        if isinstance(prompt, list):
            prompt = " ".join(part["text"] for part in prompt)
        first = self.first(number) if number >= 0 else 0.001
        for index in range(0 if fate == "empty" else count):
            await self.until(arrival + first + index * self.gap)
            text = f"t{index} "
            event(json.dumps({"choices": [{"delta": {"content": text}} if is_chat else {"text": text}], "usage": None}))
            if fate == "drop" and index == 1:
                writer.transport.abort()
                return False
            if fate == "error" and index == 1:
                event(json.dumps({"error": {"message": "the model fell over"}}))
                writer.write(b"0\r\n\r\n")
                return True
        if self.tells_usage:
            usage = {"prompt_tokens": len(prompt.split()) + self.frame, "completion_tokens": count}
            event(json.dumps({"choices": [], "usage": usage}))
        event("[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True
