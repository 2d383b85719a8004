"""Answers, chats and accounts through restarts, kills, a locked database, a full disk: nothing lost, nothing twice."""

import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
from site_process import PASSWORD, Site, fake, until

TOKENS = 60
WHOLE = "".join(f"t{number} " for number in range(TOKENS))
SLOW = fake("--pace", "0.05")


@pytest.fixture
def site(pronk, data, tmp_path):
    site = Site(pronk, tmp_path / "data", data, SLOW).start()
    site.root = site.set_up()
    yield site
    assert site.was_killed or site.stop() == 0


def half_written(site, cookie):
    """A chat whose answer is being written, with some of it stored."""
    chat, answer = site.begin(cookie, "Go on.", maxTokens=TOKENS)

    def is_stored():
        with contextlib.closing(sqlite3.connect(site.folder / "pronk.db")) as database:
            (text,) = database.execute("select content from message where id = ?", [answer]).fetchone()
            return len(text) > 20

    site.wait(is_stored, "some of the answer is stored")
    return chat


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_an_answer_is_whole_though_the_server_ended_in_the_middle(site, end):
    chat = half_written(site, site.root)
    if end == "kill":
        site.kill()
    else:
        assert site.stop() == 0
    site.start()
    message = site.finished(site.root, chat)
    assert (message["state"], message["content"]) == ("done", WHOLE)
    assert [message["role"] for message in site.messages(site.root, chat)] == ["user", "assistant"]


def test_two_tabs_get_the_same_text_once(site):
    texts = {}

    def read(number, stream):
        text = ""
        for name, data in stream:
            if name == "snapshot":
                text = data["message"]["content"]
            elif name == "delta":
                # Where a piece belongs is counted in UTF-16 units; these texts have one for each character.
                assert data["at"] == len(text)
                text += data["text"]
            elif name == "end":
                assert data["message"]["content"] == text
                break
        texts[number] = text

    with site.events(site.root) as first, site.events(site.root) as second:
        first.until("models"), second.until("models")
        readers = [threading.Thread(target=read, args=pair) for pair in enumerate([first, second])]
        for reader in readers:
            reader.start()
        half_written(site, site.root)
        # One that comes in the middle.
        with site.events(site.root) as third:
            read(2, third)
        for reader in readers:
            reader.join(30)
    assert texts == {0: WHOLE, 1: WHOLE, 2: WHOLE}


def test_asking_twice_is_asking_once(site):
    body = {"id": "6b1f0a52-9d0e-4c8e-8f0e-0d7a3f1b2c4d", "settings": {"maxTokens": 3},
            "message": {"id": "7b1f0a52-9d0e-4c8e-8f0e-0d7a3f1b2c4d", "content": "Once."}}
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(site.ask("POST", "/api/chats", body, site.root)))
               for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer[0] for answer in answers] == [200] * 6
    assert len({answer[2]["messages"][1]["id"] for answer in answers}) == 1
    site.finished(site.root, body["id"])
    assert len(site.messages(site.root, body["id"])) == 2


def test_a_locked_database_delays_writes_and_loses_nothing(site):
    chat = half_written(site, site.root)
    with contextlib.closing(sqlite3.connect(site.folder / "pronk.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        locked = time.monotonic()
        assert site.messages(site.root, chat)[0]["content"] == "Go on."
        status, headers, body = site.ask("PATCH", f"/api/chats/{chat}", {"title": "Late"}, site.root)
        assert (status, body["error"]["code"]) == (503, "unavailable") and int(headers["retry-after"]) >= 1
        site.wait(lambda: time.monotonic() > locked + 7, "it is locked for longer than anybody waits")
        other.execute("rollback")
    assert site.finished(site.root, chat)["content"] == WHOLE
    assert site.ask("PATCH", f"/api/chats/{chat}", {"title": "In time"}, site.root)[0] == 200


def test_a_share_ends_when_it_says(site):
    chat, _ = site.begin(site.root, "x", maxTokens=2)
    site.finished(site.root, chat)
    end = int(time.time() * 1000) + 1_500
    share = site.ask("POST", f"/api/chats/{chat}/shares", {"audience": "anyone", "expires": end}, site.root)[2]
    path = f"/api/shared/{share['token']}"
    seen = 0
    while time.time() * 1000 < end - 50:
        status = site.ask("GET", path)[0]
        if time.time() * 1000 < end:
            assert status == 200
            seen += 1
        until(min(time.time() * 1000 + 100, end - 50))
    assert seen > 0
    until(end)
    assert site.ask("GET", path)[0] == 404
    assert site.ask("GET", f"/api/chats/{chat}/shares", cookie=site.root)[2]["shares"] == []


def test_the_removal_of_an_account_goes_on_after_a_kill(site):
    ann = site.sign_up(site.root, "ann")
    chat, _ = site.begin(ann, "precious", maxTokens=2)
    site.finished(ann, chat)
    identity = site.ask("GET", "/api/session", cookie=ann)[2]["account"]["id"]
    site.kill()
    with contextlib.closing(sqlite3.connect(site.folder / "pronk.db")) as database:
        # Where a kill can hit: nobody finds the account any more, and its data is still there.
        database.execute("update account set removal = 1 where id = ?", [identity])
        database.execute("delete from account_session where account = ?", [identity])
        database.commit()
    site.start()

    def is_gone():
        with contextlib.closing(sqlite3.connect(site.folder / "pronk.db")) as database:
            return database.execute(
                "select (select count(*) from account where id = ?) + (select count(*) from chat where owner = ?)",
                [identity, identity]).fetchone() == (0,)

    site.wait(is_gone, "the rest of the account is removed")
    with contextlib.closing(sqlite3.connect(site.folder / "pronk.db")) as database:
        assert database.execute("select count(*) from message where content = 'precious'").fetchone() == (0,)
    assert site.ask("POST", "/api/session", {"name": "ann", "password": PASSWORD})[0] == 401
    assert site.sign_up(site.root, "ann")


class SmallDisk(Site):
    """In a mount namespace of its own, where the data folder is a file system of a few megabytes."""

    def start(self):
        words = [self.pronk, "up", "--data", str(self.folder)]
        script = (
            'mount -t tmpfs -o size=6m tmpfs "$1" && cp "$2" "$1/pronk.yaml" && cd / && shift 2 && exec "$@"')
        outside = self.folder.parent / "pronk.yaml"
        shutil.copy(self.folder / "pronk.yaml", outside)
        self.up_log = self.folder.parent / "outside.log"
        private = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
        self.process = subprocess.Popen(
            [*private, "sh", "-c", script, "sh", str(self.folder), str(outside), *words], stdin=subprocess.DEVNULL,
            stderr=open(self.up_log, "ab"))
        self.wait(self.is_reached, "pronk up answers")
        self.inside = pathlib.Path(f"/proc/{self.process.pid}/root{self.folder}")
        return self

    def is_reached(self):
        assert self.process.poll() is None, self.log()
        return "Pronk is up" in self.log()

    def status(self):
        return None

    def log(self):
        return self.up_log.read_text()

    def fill(self):
        with contextlib.suppress(OSError), open(self.inside / "ballast", "wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))


def test_a_full_disk_in_the_middle_of_an_answer_loses_nothing(pronk, data, tmp_path):
    private = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if subprocess.run([*private, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine allows no mount namespaces")
    site = SmallDisk(pronk, tmp_path / "data", data, SLOW).start()
    try:
        root = site.set_up()
        chat, answer = site.begin(root, "Go on.", maxTokens=TOKENS)
        with site.events(root) as stream:
            stream.until("delta")
            site.fill()
            end = stream.until("end")["message"]
            # What cannot be stored is shown all the same, and to a page that opens the chat now, too.
            assert (end["content"], end["state"]) == (WHOLE, "done")
            status, _, body = site.ask("POST", "/api/chats", {"message": {"content": "x" * 100_000}}, root)
            assert (status, body["error"]["code"]) == (507, "disk_full")
            assert site.messages(root, chat)[1]["content"] == WHOLE
            assert site.ask("GET", "/api/session", cookie=root)[0] == 200
        (site.inside / "ballast").unlink()

        def is_stored():
            # A copy: SQLite follows links, and this one leads to the disk as it is outside.
            for name in ("pronk.db", "pronk.db-wal"):
                shutil.copy(site.inside / name, tmp_path / name)
            with contextlib.suppress(sqlite3.DatabaseError):
                with contextlib.closing(sqlite3.connect(tmp_path / "pronk.db")) as database:
                    return database.execute(
                        "select content, state from message where id = ?", [answer]).fetchone() == (WHOLE, "done")
            return False

        site.wait(is_stored, "the answer is stored once there is room")
        assert len(site.messages(root, chat)) == 2
    finally:
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(60) == 0
