"""One `pronk up` with its chat site, for tests that speak HTTP to it."""

import contextlib
import http.client
import json
import pathlib
import re
import socket
import sys
import time

from platform_process import Platform

FAKE = pathlib.Path(__file__).with_name("fake_engine.py")
PASSWORD = "correct horse battery"


def fake(*arguments):
    """A service whose answers are "t0 t1 t2 …"."""
    words = [sys.executable, str(FAKE), "--model", "fake", *arguments]
    return f"  - name: fake\n    engine: command\n    command: {json.dumps(words)}\n    scale: {{ max: 1 }}\n"


class Site(Platform):
    def start(self, *flags):
        (self.folder / "up.log").unlink(missing_ok=True)
        super().start(*flags)
        # Written once its port takes connections.
        self.wait(lambda: "Pronk is up" in self.log(), "pronk up says where it is")
        return self

    def log(self):
        return (self.folder / "up.log").read_text()

    def setup_token(self):
        return re.search(r"/setup#(\S+)", self.log())[1]

    def ask(self, method, path, body=None, cookie=None, headers=None, source="127.0.0.1", timeout=60):
        """Status, headers and the JSON, or else the bytes, of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout, source_address=(source, 0))
        own = {"Cookie": cookie} if cookie else {}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            own["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, own | (headers or {}))
            response = connection.getresponse()
            content = response.read()
            with contextlib.suppress(ValueError):
                content = json.loads(content)
            return response.status, response.headers, content
        finally:
            connection.close()

    def raw(self, data, timeout=20):
        """What comes back for these bytes until the server closes, or until it is silent for a second."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(data)
            connection.settimeout(1)
            answer = b""
            with contextlib.suppress(OSError):
                while part := connection.recv(65536):
                    answer += part
            return answer

    def set_up(self, name="root"):
        """The first administrator; the cookie of the session."""
        return self.entered("/api/setup", {"token": self.setup_token(), "name": name, "password": PASSWORD})

    def sign_up(self, root, name):
        invitation = self.ask("POST", "/api/admin/invitations", {"note": name}, root)[2]["token"]
        return self.entered("/api/accounts", {"name": name, "password": PASSWORD, "invitation": invitation})

    def sign_in(self, name, password=PASSWORD, cookie=None):
        return self.entered("/api/session", {"name": name, "password": password}, cookie)

    def entered(self, path, body, cookie=None):
        status, headers, answer = self.ask("POST", path, body, cookie)
        assert status == 200, answer
        return headers["set-cookie"].split(";")[0]

    def begin(self, cookie, content, **settings):
        """A new chat; its id and its answer's."""
        question = {"settings": settings, "message": {"content": content}}
        status, _, body = self.ask("POST", "/api/chats", question, cookie)
        assert status == 200, body
        return body["chat"]["id"], body["messages"][1]["id"]

    def messages(self, cookie, chat):
        status, _, body = self.ask("GET", f"/api/chats/{chat}", cookie=cookie)
        assert status == 200, body
        return body["messages"]

    def finished(self, cookie, chat, seconds=30):
        """The chat's last message, once it is what it will be."""
        self.wait(lambda: self.messages(cookie, chat)[-1]["state"] not in ("waiting", "running"), "it ends", seconds)
        return self.messages(cookie, chat)[-1]

    @contextlib.contextmanager
    def events(self, cookie, timeout=60):
        """An open stream of events."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", "/api/events", headers={"Cookie": cookie})
            yield Events(connection.getresponse())
        finally:
            connection.close()

    def memory(self):
        """Resident, in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


class Events:
    def __init__(self, response):
        self.response = response
        self.status = response.status

    def __iter__(self):
        """Pairs of a name and its data, until the stream ends."""
        name = None
        while line := self.response.readline():
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                yield name, json.loads(value)

    def until(self, wanted):
        for name, data in self:
            if name == wanted:
                return data
        raise AssertionError(f"the stream ended before '{wanted}'")


def until(moment):
    """Waits for a time of day, in milliseconds since 1970."""
    time.sleep(max(0, moment / 1000 - time.time()))
