"""`pronk up` with its chat site, and the services that the tests of the site need."""

import contextlib
import itertools
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from platform_process import MODEL  # noqa: E402
from site_process import FAKE, PASSWORD  # noqa: E402
from site_process import Site as SiteProcess  # noqa: E402

# Of Chromium.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream",
    # A name that is not this machine's, for what browsers refuse to pages over plain HTTP from elsewhere.
    "--host-resolver-rules=MAP chat.test 127.0.0.1"]


def native(name=MODEL, idle="60s", extra=""):
    """SmolLM2, as its makers recommend: at temperature 1 so small a model loses the thread."""
    return f"""
  - name: {name}
    engine: native
    model: {MODEL}
    resources: {{ cores: 1 }}
    scale: {{ min: 0, max: 1, idle: {idle}, scaleDownDelay: 1s }}
    defaults: {{ max_tokens: 200, temperature: 0.2, top_p: 0.9 }}
{extra}"""


def remote(name, model):
    return f"""
  - name: {name}
    engine: url
    url: {model.url}
"""


def command(name, *options, idle="60s", start="2m"):
    """The stand-in engine, as a process that the platform starts."""
    words = json.dumps([sys.executable, str(FAKE), "--model", name, *options])
    return f"""
  - name: {name}
    engine: command
    command: {words}
    defaults: {{ max_tokens: 16 }}
    resources: {{ cores: 0.1, memory: 50MB }}
    scale: {{ min: 0, max: 1, idle: {idle}, scaleDownDelay: 1s, coldStart: {start} }}
"""


class Site(SiteProcess):
    """`pronk up` with its chat site, for tests in a browser."""

    numbers = itertools.count(1)

    def setup_link(self):
        return re.search(r"http\S+/setup#\S+", self.log())[0]

    def api(self, method, path, body=None, cookie=None):
        """The JSON of a call that works; None without a body."""
        return self.call(method, path, body, cookie)[0]

    def call(self, method, path, body=None, cookie=None):
        status, headers, content = self.request(method, path, body, {"Cookie": cookie} if cookie else {})
        assert 200 <= status < 300, (method, path, status, content)
        cookie = headers.get("set-cookie", headers.get("Set-Cookie", "")).split(";")[0]
        return (json.loads(content) if content else None), cookie

    def sign_in(self, name="admin", password=PASSWORD):
        """The cookie of a new session."""
        return self.call("POST", "/api/session", {"name": name, "password": password})[1]

    def set_up(self):
        """Makes the first administrator."""
        token = self.setup_link().split("#")[1]
        self.admin = self.call("POST", "/api/setup", {"token": token, "name": "admin", "password": PASSWORD})[1]
        return self

    def invite(self, note=""):
        """The token of an invitation."""
        return self.api("POST", "/api/admin/invitations", {"note": note}, self.admin)["token"]

    def new_user(self, name=None, **preferences):
        """Another account; the cookie of its session."""
        name = name or f"user{next(self.numbers)}"
        body = {"name": name, "password": PASSWORD, "invitation": self.invite(name)}
        cookie = self.call("POST", "/api/accounts", body)[1]
        if preferences:
            self.api("PATCH", "/api/account", {"preferences": preferences}, cookie)
        return cookie

    def messages(self, cookie, chat):
        return self.api("GET", f"/api/chats/{chat}", cookie=cookie)["messages"]

    def new_chat(self, cookie, content, model="scripted", **settings):
        """A chat with an answered question, made by the API; its id."""
        body = {"model": model, "settings": settings, "message": {"content": content}}
        chat = self.api("POST", "/api/chats", body, cookie)["chat"]["id"]
        self.wait(lambda: self.messages(cookie, chat)[-1]["state"] == "done", "the question is answered")
        return chat


@contextlib.contextmanager
def running(pronk, folder, data, services, *flags, **options):
    site = Site(pronk, folder, data, services, **options).start(*flags)
    try:
        yield site
    finally:
        if not site.was_killed:
            assert site.stop() == 0
        assert site.engines() == []
