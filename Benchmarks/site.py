#!/usr/bin/env python3
"""What the chat site costs a visitor and a machine, measured in a real Chromium on a real `pronk up`.

    Benchmarks/site.sh [--rounds 5] [--soak MINUTES]

The engine is a stand-in whose words are the times at which it wrote them, on the same clock as the browser's, so that
delays are read from the page itself. Ends with status 1 if a figure misses its threshold in site-thresholds.json.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import sys
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Tests" / "Python" / "browser"), str(ROOT / "Tests" / "Python")]
from chat_site import FLAGS, Site  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

MODEL = "stamps"
USERS = 20
# Users whose pages are drawn by the Chromium here.
DRAWN = 4
# Set when the composer takes text: as soon as it is in the document and not disabled.
WATCH_COMPOSER = """
new MutationObserver((_, observer) => {
    const box = document.querySelector('textarea')
    if (box && !box.disabled) { window.composerAt = performance.now(); observer.disconnect() }
}).observe(document, { childList: true, subtree: true, attributes: true })
"""
# The delay of each word that comes into the page, from when it was written. Looks at the answer's end alone, so that
# measuring costs next to nothing.
WATCH_WORDS = """
() => {
    window.delays = []
    let newest = 0
    const look = () => {
        const answers = document.querySelectorAll('[role=log] article')
        const text = answers.length ? answers[answers.length - 1].textContent.slice(-600) : ''
        const now = performance.timeOrigin + performance.now()
        for (const [word] of text.matchAll(/1\\d{12}\\.\\d\\d/g))
            if (Number(word) > newest) { window.delays.push(now - Number(word)); newest = Number(word) }
    }
    new MutationObserver(look).observe(
        document.querySelector('main'), { childList: true, subtree: true, characterData: true })
}
"""


def services(pace):
    engine = ROOT / "Tests" / "Python" / "fake_engine.py"
    return f"""
  - name: {MODEL}
    engine: command
    command: [python3, {engine}, --model, {MODEL}, --stamps, --pace, "{pace}", --tokens, "200"]
    scale: {{ min: 1, max: 1, target: 200, concurrency: 256 }}
"""


class Connection:
    """One kept connection of somebody who is signed in."""

    def __init__(self, site, cookie):
        self.http = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        self.cookie = cookie

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "Cookie": self.cookie}
        self.http.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.http.getresponse()
        text = response.read()
        assert response.status < 300, text
        return json.loads(text) if text else None

    def send(self, content, **settings):
        """Begins a chat; the chat's and the answer's ids."""
        made = self.call("POST", "/api/chats", {
            "model": MODEL, "settings": settings, "message": {"id": str(uuid.uuid4()), "content": content}})
        return made["chat"]["id"], made["messages"][1]["id"]

    def wait(self, chat, message):
        """The answer, when it is complete."""
        while True:
            messages = self.call("GET", f"/api/chats/{chat}")["messages"]
            (answer,) = [each for each in messages if each["id"] == message]
            if answer["state"] not in ("waiting", "running"):
                assert answer["state"] == "done", answer
                return answer
            time.sleep(0.01)


def signed_in(browser, site, cookie, **options):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    name, value = cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": site.url}])
    return context


def first_visit(browser, site, cookie):
    """Requests, kilobytes over the wire, and seconds until one can type, with an empty cache."""
    context = signed_in(browser, site, cookie)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    requests = []
    session.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    session.on("Network.dataReceived", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(WATCH_COMPOSER)
    page.goto(site.url + "/")
    page.wait_for_function("window.composerAt")
    page.wait_for_load_state("load")
    # What is fetched when the page has time, too.
    page.wait_for_timeout(1000)
    seconds = page.evaluate("window.composerAt") / 1000
    context.close()
    return len(requests), sum(sizes) / 1000, seconds


def long_chat(browser, site, cookie):
    """Seconds until the last of 400 messages is seen, and elements in the document."""
    messages = []
    for index in range(400):
        role = "assistant" if index % 2 else "user"
        answer = f"Message {index}\n\n- a list\n- of **things**\n\n```python\nprint({index})\n```\n"
        text = answer if index % 2 else f"Question {index}"
        messages.append({"id": f"m{index}", "parent": f"m{index - 1}" if index else None, "role": role,
                         "content": text, "created": 1_700_000_000_000 + index, "state": "done"})
    connection = Connection(site, cookie)
    archive = connection.call("GET", "/api/export")
    example = connection.send("An example", maxTokens=1)
    connection.wait(*example)
    archive = connection.call("GET", f"/api/chats/{example[0]}/export?format=json")
    (chat,) = archive["chats"]
    chat["title"] = "Four hundred"
    chat["messages"] = messages
    chat["leaf"] = "m399"
    connection.call("POST", "/api/import", archive)
    chats = connection.call("GET", "/api/chats")["chats"]
    (identity,) = [each["id"] for each in chats if each["title"] == "Four hundred"][:1]
    context = signed_in(browser, site, cookie)
    page = context.new_page()
    page.goto(site.url + "/")
    page.get_by_role("link", name="Four hundred").wait_for()
    page.evaluate("""() => {
        window.seen = new Promise(resolve => new MutationObserver((_, observer) => {
            if (document.querySelector('main').innerText.includes('Message 399')) {
                observer.disconnect()
                requestAnimationFrame(() => resolve(performance.now()))
            }
        }).observe(document, { childList: true, subtree: true, characterData: true }))
        document.addEventListener('click', () => { window.clicked = performance.now() }, { capture: true, once: true })
    }""")
    page.get_by_role("link", name="Four hundred").click()
    seconds = page.evaluate("window.seen.then(at => at - window.clicked)") / 1000
    nodes = page.evaluate("document.querySelectorAll('*').length")
    context.close()
    return seconds, nodes


def sent_to_engine(site, cookie, count=40):
    """Milliseconds from sending a message until the engine has it: by the chat server, and straight by the gateway."""
    connection = Connection(site, cookie)
    through, straight = [], []
    for _ in range(count):
        before = time.time() * 1000
        answer = connection.wait(*connection.send("Hello", maxTokens=1))
        through.append(float(answer["content"].split()[0]) - before)
        before = time.time() * 1000
        body = connection.call("POST", "/v1/chat/completions", {
            "model": MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "Hello"}]})
        straight.append(float(body["choices"][0]["message"]["content"].split()[0]) - before)
    return statistics.median(through), statistics.median(straight)


class Reader(threading.Thread):
    """A user whose page is drawn on another machine: takes the events of an answer, and does nothing with them."""

    def __init__(self, site, cookie):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        self.connection.request("GET", "/api/events", headers={"Cookie": cookie})
        self.events = self.connection.getresponse()
        self.sender = Connection(site, cookie)

    def run(self):
        self.sender.send("Count the time")
        while not self.events.readline().startswith(b"event: end"):
            pass
        self.connection.close()


def streaming(browser, site, cookies, drawn):
    """Delays in milliseconds from the engine's write to the document, of all words of the users whose pages are drawn
    here; the others only read."""
    readers = [Reader(site, cookie) for cookie in cookies[drawn:]]
    for reader in readers:
        reader.start()
    pages = []
    for cookie in cookies[:drawn]:
        page = signed_in(browser, site, cookie).new_page()
        page.goto(site.url + "/")
        page.get_by_role("textbox", name="Message").wait_for()
        page.evaluate(WATCH_WORDS)
        pages.append(page)
    for page in pages:
        page.get_by_role("textbox", name="Message").fill("Count the time")
        page.keyboard.press("Enter")
    for page in pages:
        page.get_by_role("button", name="Answer again").first.wait_for(timeout=120_000)
    for reader in readers:
        reader.join()
    delays = []
    for page in pages:
        delays += page.evaluate("window.delays")
        page.context.close()
    return sorted(delays)


def resident(site):
    text = pathlib.Path(f"/proc/{site.process.pid}/status").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1000


def up_to_first_page(site):
    started = time.monotonic()
    site.start_quickly()
    return time.monotonic() - started


class TimedSite(Site):
    def start_quickly(self):
        """Returns as soon as the first page can be read."""
        import subprocess

        self.process = subprocess.Popen(
            [self.pronk, "up", "--data", str(self.folder)], stdin=subprocess.DEVNULL,
            stderr=open(self.folder / "up.log", "wb"))
        while True:
            try:
                if self.request("GET", "/")[0] == 200:
                    return
            except OSError:
                time.sleep(0.002)


def measure(site, playwright, options):
    starts = []
    for _ in range(options.rounds):
        starts.append(up_to_first_page(site))
        site.stop()
    site.start()
    cookies = [site.set_up().admin] + [site.new_user() for _ in range(1, USERS)]
    cookie = cookies[0]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    visits = [first_visit(browser, site, cookie) for _ in range(options.rounds)]
    chats = [long_chat(browser, site, cookies[1 + number % (USERS - 1)]) for number in range(options.rounds)]
    through, straight = sent_to_engine(site, cookie)
    # A machine of two cores cannot draw twenty pages; users bring their own. Both are shown.
    delays = streaming(browser, site, cookies, DRAWN)
    crowded = streaming(browser, site, cookies, USERS)
    browser.close()
    until = time.monotonic() + options.soak * 60
    while time.monotonic() < until:
        for connection in [Connection(site, each) for each in cookies]:
            connection.wait(*connection.send("Soak", maxTokens=20))
    return {
        "up_to_first_page_s": statistics.median(starts),
        "first_visit_requests": max(visit[0] for visit in visits),
        "first_visit_kilobytes": max(visit[1] for visit in visits),
        "composer_usable_s": statistics.median(visit[2] for visit in visits),
        "sent_to_engine_ms": through,
        "sent_to_engine_without_chat_ms": straight,
        "chat_of_400_messages_s": statistics.median(chat[0] for chat in chats),
        "chat_of_400_messages_nodes": max(chat[1] for chat in chats),
        "streaming_20_users_p50_ms": delays[len(delays) // 2],
        "streaming_20_users_p99_ms": delays[int(len(delays) * 0.99)],
        "streaming_words": len(delays),
        "streaming_20_pages_here_p99_ms": crowded[int(len(crowded) * 0.99)],
        "resident_megabytes": resident(site),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / ".build" / "release" / "pronk"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="go on chatting before memory is read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pathlib.Path(folder, "data", "models").mkdir(parents=True)
        site = TimedSite(options.binary, pathlib.Path(folder, "data"), folder, services(0.05))
        try:
            figures = measure(site, playwright, options)
        finally:
            site.stop()
    thresholds = json.loads((ROOT / "Benchmarks" / "site-thresholds.json").read_text())
    missed = []
    for name, value in figures.items():
        bound = thresholds.get(name)
        verdict = "" if bound is None else f"   at most {bound:g}" + ("" if value <= bound else "   MISSED")
        if bound is not None and value > bound:
            missed.append(name)
        print(f"{name:36} {value:10.3f}{verdict}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
