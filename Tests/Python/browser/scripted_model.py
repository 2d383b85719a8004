"""A remote OpenAI API whose answers a test writes, at the pace that it wants; it runs in the test's own process."""

import contextlib
import json
import queue
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

END, BREAK = object(), object()


class Answer:
    """One answer, which goes on when the test says so."""

    def __init__(self):
        self.pieces = queue.Queue()
        self.reason = "stop"
        self.hung_up = threading.Event()

    def say(self, text):
        self.pieces.put(text)
        return self

    def end(self, reason="stop"):
        self.reason = reason
        self.pieces.put(END)
        return self

    def break_off(self):
        """The connection ends in the middle, as if the engine had died."""
        self.pieces.put(BREAK)
        return self


class ScriptedModel:
    """Speaks as much of the API as Pronk asks of a `url` service: models, streamed chats, transcriptions."""

    def __init__(self):
        outer = self
        self.reset()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle(self):
                # Callers may go at any time.
                with contextlib.suppress(OSError):
                    super().handle()

            def do_GET(self):
                self.reply({"data": [{"id": "scripted"}]})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/audio/transcriptions"):
                    outer.recordings.append(body)
                    self.reply({"text": outer.transcript})
                else:
                    self.chat(json.loads(body))

            def chat(self, request):
                is_title = "Write a title of at most" in request["messages"][-1]["content"]
                (outer.title_requests if is_title else outer.requests).append(request)
                answer = Answer().say(outer.title).end() if is_title else outer.next_answer()
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    self.stream(answer)
                except OSError:
                    answer.hung_up.set()

            def stream(self, answer):
                count = 0
                self.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
                while True:
                    try:
                        piece = answer.pieces.get(timeout=0.1)
                    except queue.Empty:
                        # A comment, as proxies send: only by writing does one learn that the caller has gone.
                        self.write(b": still here\n\n")
                        continue
                    if piece is BREAK:
                        return
                    if piece is END:
                        break
                    count += 1
                    self.event({"choices": [{"index": 0, "delta": {"content": piece}}]})
                self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": answer.reason}]})
                usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
                self.event({"choices": [], "usage": usage})
                self.write(b"data: [DONE]\n\n")

            def event(self, chunk):
                head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
                chunk = head | chunk
                self.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

            def write(self, data):
                self.wfile.write(data)
                self.wfile.flush()

            def reply(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def reset(self):
        """Forgets what was asked, and answers "All right." from now on."""
        self.requests, self.title_requests, self.recordings = [], [], []
        self.title, self.transcript = "A title by the model", ""
        self.text = "All right."
        self.prepared = []
        self.answers = []

    def slowly(self):
        """The next request gets this answer, which the test has to write."""
        answer = Answer()
        self.prepared.append(answer)
        return answer

    def next_answer(self):
        answer = self.prepared.pop(0) if self.prepared else self.at_once(self.text)
        self.answers.append(answer)
        return answer

    @staticmethod
    def at_once(text):
        """In pieces of about a token each."""
        answer = Answer()
        for piece in re.findall(r"\s*\S{1,6}|\s+$", text):
            answer.say(piece)
        return answer.end()

    def close(self):
        for answer in self.answers:
            answer.break_off()
        self.http.shutdown()
        self.http.server_close()
