"""Attacks on the chat site by HTTP, from outside."""

import concurrent.futures
import json
import os
import socket
import time

import pytest
from site_process import PASSWORD, Site, fake


@pytest.fixture(scope="module")
def site(pronk, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("security") / "data"
    # The most careless of users: everything that the program does not protect itself is open to all.
    mask = os.umask(0)
    try:
        site = Site(pronk, folder, data, fake("--tokens", "8")).start()
    finally:
        os.umask(mask)
    site.root = site.set_up()
    yield site
    assert site.stop() == 0


@pytest.fixture(scope="module")
def ann(site):
    return site.sign_up(site.root, "ann")


def at_once(count, action):
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(action, range(count)))


# Sessions.


def test_the_cookie_is_for_the_server_alone(site):
    _, headers, _ = site.ask("POST", "/api/session", {"name": "root", "password": PASSWORD})
    parts = set(headers["set-cookie"].split("; ")[1:])
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_nobody_is_made_to_use_a_session_that_somebody_else_knows(site):
    site.sign_up(site.root, "arne")
    fixed = "pronk_session=" + "A" * 43
    cookie = site.sign_in("arne", cookie=fixed)
    assert cookie != fixed
    assert site.ask("GET", "/api/chats", cookie=fixed)[0] == 401
    # Signing in again ends the session that the browser had.
    again = site.sign_in("arne", cookie=cookie)
    assert site.ask("GET", "/api/chats", cookie=cookie)[0] == 401
    assert site.ask("GET", "/api/chats", cookie=again)[0] == 200


def test_signing_out_everywhere_ends_sessions_and_streams(site):
    first, second = site.sign_up(site.root, "anna"), site.sign_in("anna")
    other = site.sign_up(site.root, "olaf")
    with site.events(first) as stream, site.events(second) as other_stream, site.events(other) as untouched:
        stream.until("models"), other_stream.until("models"), untouched.until("models")
        assert site.ask("DELETE", "/api/sessions", cookie=first)[0] == 204
        stream.until("signedOut"), other_stream.until("signedOut")
        assert list(stream) == list(other_stream) == []
        for cookie in (first, second):
            assert site.ask("GET", "/api/chats", cookie=cookie)[0] == 401
            with site.events(cookie) as refused:
                assert refused.status == 401
        site.begin(other, "still here")
        untouched.until("chat")


def test_a_link_makes_one_account_however_many_use_it_at_once(pronk, data, tmp_path, site):
    token = site.ask("POST", "/api/admin/invitations", {}, site.root)[2]["token"]
    statuses = at_once(6, lambda number: site.ask(
        "POST", "/api/accounts", {"name": f"guest{number}", "password": PASSWORD, "invitation": token})[0])
    assert sorted(statuses) == [200] + [400] * 5
    fresh = Site(pronk, tmp_path / "data", data, fake()).start()
    try:
        token = fresh.setup_token()
        statuses = at_once(6, lambda number: fresh.ask(
            "POST", "/api/setup", {"name": f"boss{number}", "password": PASSWORD, "token": token})[0])
        assert sorted(statuses) == [200] + [400] * 5
    finally:
        assert fresh.stop() == 0


def test_guesses_at_one_name_are_slowed_down_from_whatever_address(site):
    site.sign_up(site.root, "victim")

    def guess(number, name="victim"):
        body = {"name": name, "password": f"guess {number}"}
        return site.ask("POST", "/api/session", body, source=f"127.0.7.{number}")

    assert [guess(number)[0] for number in range(1, 6)] == [401] * 5
    status, headers, body = guess(6)
    assert status == 429 and body["error"]["code"] == "too_many_attempts" and int(headers["retry-after"]) >= 1
    # Another spelling of the name is the same name.
    assert guess(7, "ＶＩＣＴＩＭ")[0] == 429


def test_guesses_from_one_address_are_slowed_down_whatever_the_name(site):
    def guess(number, source):
        return site.ask("POST", "/api/session", {"name": f"nobody{number}", "password": "x"}, source=source)[0]

    statuses = [guess(number, "127.0.8.1") for number in range(24)]
    assert statuses[:20] == [401] * 20 and statuses[-1] == 429
    assert guess(99, "127.0.8.2") == 401


def test_secrets_stand_in_no_log(site, ann):
    chat, _ = site.begin(ann, "x")
    site.finished(ann, chat)
    share = site.ask("POST", f"/api/chats/{chat}/shares", {"audience": "anyone"}, ann)[2]["token"]
    assert site.ask("GET", f"/api/shared/{share}")[0] == 200
    assert site.ask("GET", f"/s/{share}")[0] == 200
    invitation = site.ask("POST", "/api/admin/invitations", {}, site.root)[2]["token"]
    site.ask("GET", f"/invite?x={invitation}")
    site.wait(lambda: "path=/invite" in site.log(), "it is in the log")
    for secret in (share, invitation, ann.split("=")[1], PASSWORD):
        assert secret not in site.log()


def test_files_are_for_their_owner_alone_even_where_the_user_lets_all_others_in(site):
    for name in ("pronk.db", "pronk.db-wal", "pronk.db-shm"):
        assert (site.folder / name).stat().st_mode & 0o077 == 0, name


# HTTP.


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_foreign_name_that_leads_here_finds_nothing(site, host):
    status, _, body = site.ask("GET", "/", headers={"Host": host})
    assert status == 403 and "pronk_session" not in str(body)
    status, headers, _ = site.ask(
        "POST", "/api/session", {"name": "root", "password": PASSWORD},
        headers={"Host": host, "Origin": f"http://{host}"})
    assert status == 403 and "set-cookie" not in headers


def test_headers_that_proxies_set_are_not_believed(site, ann):
    lies = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
            "Forwarded": "for=6.6.6.6;host=evil.example", "X-Original-URL": "/api/admin/accounts",
            "X-HTTP-Method-Override": "DELETE", "X-Pronk-Caller": "user_root"}
    status, headers, body = site.ask("GET", "/api/sessions", cookie=ann, headers=lies)
    assert status == 200 and "evil" not in json.dumps(body) + str(headers) and "6.6.6.6" not in json.dumps(body)
    assert site.ask("GET", "/api/admin/status", headers=lies)[0] == 403


SMUGGLED = b"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize("headers", [
    b"Content-Length: 3\r\nTransfer-Encoding: chunked", b"Content-Length: 0\r\nContent-Length: 49",
    b"Content-Length: 0, 49", b"Content-Length: +0", b"Content-Length: -1", b"Content-Length: 0x0",
    b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding : chunked",
    b"Content-Length: 0\n Content-Length: 49", b"Transfer-Encoding: \x0bchunked", b"X: a\rb\r\nContent-Length: 0",
    b"Content-Length: 0\x00", b": empty"], ids=ascii)
def test_two_readers_of_a_request_cannot_disagree_about_its_end(site, headers):
    head = b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + headers
    answer = site.raw(head + b"\r\n\r\n0\r\n\r\n" + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") == 1 and answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", [
    "/../pronk.db", "/..%2fpronk.db", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/./index.html/../../pronk.db",
    "/index.html%00.js", "/\\..\\pronk.db", "/assets/../../../../../etc/passwd.txt", "/api/../pronk.yaml.txt"])
def test_no_path_leads_out_of_the_pages(site, path):
    answer = site.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert b"SQLite format" not in answer and b"root:" not in answer and b"gateway:" not in answer
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")) or b"<!doctype html>" in answer.lower()


def test_pages_and_answers_say_what_browsers_must_not_do(site, ann):
    _, headers, _ = site.ask("GET", "/")
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer" and headers["x-content-type-options"] == "nosniff"
    for path in ("/api/session", "/api/chats", "/api/none", "/api/export", "/api/models"):
        _, headers, _ = site.ask("GET", path, cookie=ann)
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cache-control"] == "no-store" or path == "/api/none", path


# Sizes.


def test_a_body_of_100_megabytes_is_not_taken_in(site, ann):
    before = site.memory()
    for path, kind in [
            ("/api/import", "application/json"), ("/api/transcriptions", "multipart/form-data; boundary=x"),
            ("/api/chats", "application/json"), ("/api/session", "application/json")]:
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {ann}\r\nContent-Type: {kind}\r\n"
        assert b" 413 " in site.raw((head + "Content-Length: 104857600\r\n\r\n").encode() + bytes(1 << 20))
        chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        assert b" 413 " in site.raw((head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunk * 40)
    assert site.memory() < before + 100


def test_many_unfinished_bodies_do_not_fill_the_memory(site, ann):
    """Nobody needs to be signed in to send one."""
    before = site.memory()
    head = b"POST /api/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 16000000\r\n\r\n"
    connections = []
    try:
        for _ in range(60):
            connections.append(socket.create_connection(("127.0.0.1", site.port), timeout=20))
            try:
                connections[-1].sendall(head + b" " * 15_000_000)
            except OSError:
                # Refused, and told so: its answer is there to read.
                pass
        assert site.ask("GET", "/api/session")[0] == 200
        grown = site.memory() - before
        assert grown < 500, f"{grown:.0f} MiB"
    finally:
        for connection in connections:
            connection.close()
    site.wait(lambda: site.ask("POST", "/api/chats", b"{" + b" " * 500_000, ann)[0] == 400, "there is room again")


# What a body holds.


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("PATCH", "/api/account", '{"preferences":{"a":' + "[" * 400 + "]" * 400 + "}}", 400),
    ("PATCH", "/api/account", '{"preferences":{"a":' + '{"a":' * 505 + "1" + "}" * 507, 400),
    ("PATCH", "/api/account", '{"preferences":{"a":' + "[" * 60_000, 400),
    ("PATCH", "/api/account", '{"preferences":{"a":[' + '"a",' * 100_000 + "1]}}", 413),
    ("PATCH", "/api/account", b'{"preferences":{"a":"\xff\xfe"}}', 400),
    ("PATCH", "/api/account", '{"displayName":"a\\u0000b"}', 400),
    ("PATCH", "/api/account", '{"preferences":{"a":1e999}}', 400),
    ("POST", "/api/import", "[" * 1_000_000, 400),
    ("POST", "/api/import", '{"format":"pronk.chats","version":1,"chats":' + "[" * 500_000, 400),
    ("POST", "/api/import", '{"format":"pronk.chats","version":123456789012345678901234567890,"chats":[]}', 400),
    ("POST", "/api/chats", '{"settings":{"seed":1e30},"message":{"content":"x"}}', 400),
    ("POST", "/api/chats", '{"settings":{"temperature":1e308},"message":{"content":"x"}}', 400),
    ("POST", "/api/chats", b'{"message":{"content":"\xc3\x28"}}', 400),
    ("POST", "/api/chats", '{"message":{"content":"\\ud800"}}', 400),
    ("GET", "/api/chats?limit=99999999999999999999", None, 400),
    ("GET", "/api/chats?limit=-9223372036854775808", None, 200),
    ("GET", "/api/chats?before=9223372036854775807.-9223372036854775808", None, 200),
    ("GET", "/api/search?q=" + "%22%20OR%20NEAR(*:" * 500, None, 200),
    ("GET", "/api/search?q=%ff%00", None, 200),
    ("GET", "/api/shared/" + "A" * 8_000, None, 404),
], ids=lambda value: str(value)[:40])
def test_bodies_that_are_meant_to_hurt_are_refused_quickly(site, ann, method, path, body, status):
    begin = time.monotonic()
    assert site.ask(method, path, body, ann)[0] == status
    # Generous to a busy machine; what was mended took from seconds to hours.
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize("content", [
    "`" + " " * 4_000 + "x", "```" + " " * 4_000 + "x y", " _a" * 1_300, "[](" * 1_300, "**a " * 1_000,
    "a" + "\u0301" * 100_000, "\n" * 100_000 + "x", "<think>" * 20_000, "模" * 100_000, "`\t" * 2_000 + "x",
], ids=lambda content: ascii(content[:8]))
def test_a_title_from_a_question_that_is_meant_to_hurt_takes_no_time(site, content):
    cookie = site.sign_in("root")
    begin = time.monotonic()
    chat, _ = site.begin(cookie, content)
    assert time.monotonic() - begin < 3
    site.finished(cookie, chat)


def test_variables_that_never_end_hold_nobody_up(site, ann):
    begin = time.monotonic()
    chat, _ = site.begin(ann, "x", systemPrompt="{{" * 32_000 + "}}")
    assert time.monotonic() - begin < 3
    site.finished(ann, chat)


def test_a_text_of_one_word_is_found_quickly(site, ann):
    now = int(time.time() * 1000)
    chats = [{
        "title": "t", "created": now, "updated": now, "model": "m",
        "messages": [{"id": "q", "role": "user", "content": "模" * 60_000, "created": now}]} for _ in range(20)]
    status, _, body = site.ask("POST", "/api/import", {"format": "pronk.chats", "version": 1, "chats": chats}, ann)
    assert status == 200, body
    begin = time.monotonic()
    status, _, body = site.ask("GET", "/api/search?q=%E6%A8%A1&limit=50", cookie=ann)
    assert status == 200 and len(body["results"]) >= 20
    assert time.monotonic() - begin < 3


def test_a_zero_byte_takes_nothing_of_a_text_with_it(site, ann):
    chat, _ = site.begin(ann, "before\0after")
    site.finished(ann, chat)
    question = site.messages(ann, chat)[0]["content"]
    assert question == "before\ufffdafter"
    assert site.ask("GET", f"/api/chats/{chat}%00x", cookie=ann)[0] == 404


# Numbers.


def test_one_account_cannot_have_streams_of_events_without_end(site):
    cookie = site.sign_up(site.root, "stefan")
    other = site.sign_up(site.root, "sonja")
    connections = []
    try:
        for _ in range(16):
            connections.append(site.events(cookie))
            assert connections[-1].__enter__().status == 200
        for _ in range(50):
            with site.events(cookie) as refused:
                assert refused.status == 409
        with site.events(other) as stream:
            stream.until("models")
        connections.pop().__exit__(None, None, None)

        def is_open():
            with site.events(cookie) as stream:
                return stream.status == 200

        site.wait(is_open, "there is room for another stream")
    finally:
        for connection in connections:
            connection.__exit__(None, None, None)


def test_one_account_cannot_have_titles_without_end(pronk, data, tmp_path):
    site = Site(pronk, tmp_path / "data", data, fake("--hang", "answers")).start()
    cookie = site.set_up()
    now = int(time.time() * 1000)
    chats = [{
        "title": "t", "created": now, "updated": now, "model": "fake",
        "messages": [{"id": "q", "role": "user", "content": "x", "created": now}]} for _ in range(12)]
    site.ask("POST", "/api/import", {"format": "pronk.chats", "version": 1, "chats": chats}, cookie)
    ids = [chat["id"] for chat in site.ask("GET", "/api/chats", cookie=cookie)[2]["chats"]]
    statuses = [site.ask("POST", f"/api/chats/{id}/title", cookie=cookie)[0] for id in ids]
    assert statuses == [202] * 8 + [409] * 4
    # Its engine hangs, and so would an orderly end.
    site.kill()


def test_who_reads_slowly_holds_up_nobody_else(site):
    cookie = site.sign_up(site.root, "slow")
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        with site.events(cookie) as quick:
            quick.until("models")
            before = site.memory()
            for number in range(8):
                chat, _ = site.begin(cookie, "x" * 500_000, maxTokens=4)
                quick.until("end")
                site.finished(cookie, chat)
            assert site.memory() < before + 200
