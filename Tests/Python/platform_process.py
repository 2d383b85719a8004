"""One `pronk up` for a test: its own data folder, its own port, its own pronk.yaml."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

MODEL = "smollm2-135m-instruct"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """Starts in `folder`, whose models are those of `models`; `services` is the text under `services:`."""

    def __init__(self, pronk, folder, models, services, gateway="  auth: open"):
        self.pronk = pronk
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        if not (self.folder / "models").exists():
            (self.folder / "models").symlink_to((pathlib.Path(models) / "models").resolve())
        self.port = free_port()
        self.url = f"{'https' if 'tls:' in gateway else 'http'}://127.0.0.1:{self.port}"
        # Its certificate is its own.
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self.configure(services, gateway)
        self.process = None
        self.was_killed = False

    def configure(self, services, gateway="  auth: open"):
        text = f"gateway:\n  listen: 127.0.0.1:{self.port}\n{gateway}\nservices:\n{services}"
        (self.folder / "pronk.yaml").write_text(text)

    def start(self, *flags):
        self.was_killed = False
        self.process = subprocess.Popen(
            [self.pronk, "up", "--data", str(self.folder), *flags], stdin=subprocess.DEVNULL,
            stderr=open(self.folder / "up.log", "ab"))
        self.wait(self.is_up, "pronk up answers")
        return self

    def is_up(self):
        assert self.process.poll() is None, (self.folder / "up.log").read_text()
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(self.url + "/healthz", timeout=5, context=self.context).status == 200
        return False

    def wait(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}\n{self.status()}"
            time.sleep(0.02)

    def command(self, *arguments, status=0):
        done = subprocess.run(
            [self.pronk, *arguments, "--data", str(self.folder)], capture_output=True, text=True, timeout=60)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status == 0 else done.stderr

    def status(self):
        if self.process is None or self.process.poll() is not None:
            return None
        return json.loads(self.command("status", "--json"))

    def service(self, name=MODEL):
        (service,) = [service for service in self.status()["services"] if service["name"] == name]
        return service

    def ready(self, name=MODEL):
        return [instance for instance in self.service(name)["instances"] if instance["state"] == "ready"]

    def engines(self):
        """Process ids of the engines of this data folder, by their command lines."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                if b"engine" in words and str(self.folder).encode() in words:
                    found.append(int(entry.name))
        return found

    def request(self, method, path, body=None, headers=None, timeout=120):
        """Status, headers and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            payload = json.dumps(body) if body is not None else None
            connection.request(method, path, payload, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def chat(self, content="What is a llama?", headers=None, **options):
        body = {"model": MODEL, "messages": [{"role": "user", "content": content}], "temperature": 0, **options}
        return self.request("POST", "/v1/chat/completions", body, headers)

    @contextlib.contextmanager
    def stream(self, content="What is a llama?", headers=None, **options):
        """A streamed answer as it comes: an `HTTPResponse` to read from."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = {
            "model": MODEL, "messages": [{"role": "user", "content": content}], "temperature": 0, "stream": True,
            **options}
        connection.request(
            "POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
        try:
            yield connection.getresponse()
        finally:
            connection.close()

    def kill(self):
        self.was_killed = True
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        """Asks the platform to end, and returns its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def is_alive(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in pathlib.Path(f"/proc/{process_id}/status").read_text()


def data_events(stream):
    """The stream without comments and without the time at which it was made."""
    import re

    blocks = [block for block in stream.split(b"\n\n") if block and not block.startswith(b":")]
    return [re.sub(rb'"created":\d+', b'"created":0', block) for block in blocks]
