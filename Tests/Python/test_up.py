"""`pronk up` from outside: woken from zero, back to zero, instances and the platform itself killed."""

import concurrent.futures
import contextlib
import json
import os
import signal
import sqlite3
import time

import pytest
from platform_process import MODEL, Platform, data_events, is_alive

NATIVE = f"""
  - name: {MODEL}
    engine: native
    model: {MODEL}
    resources: {{ cores: 1 }}
    scale: {{ min: 0, max: 2, idle: 2s, scaleDownDelay: 1s }}
"""


@pytest.fixture
def platform(pronk, data, tmp_path):
    platform = Platform(pronk, tmp_path / "data", data, NATIVE).start()
    yield platform
    assert platform.stop() == 0
    assert platform.engines() == []


def booked(platform, query, *arguments):
    """The first row that the ledger gives."""
    with contextlib.closing(sqlite3.connect(platform.folder / "pronk.db")) as database:
        return database.execute(query, arguments).fetchone()


def test_the_first_message_wakes_an_instance_and_idleness_ends_it(platform):
    assert platform.service()["instances"] == []
    status, headers, body = platform.chat(max_tokens=16)
    assert status == 200
    assert "llama" in json.loads(body)["choices"][0]["message"]["content"].lower()
    assert headers["x-request-id"]
    assert len(platform.ready()) == 1
    platform.wait(lambda: platform.engines() == [], "no engine runs after the idle time")
    assert platform.service()["state"] == "asleep"
    assert platform.chat(max_tokens=4)[0] == 200


def test_health_checks_and_model_lists_wake_nothing(platform):
    assert platform.request("GET", "/healthz")[0] == 200
    status, _, body = platform.request("GET", "/v1/models")
    assert [model["id"] for model in json.loads(body)["data"]] == [MODEL]
    assert status == 200
    assert platform.request("GET", "/metrics")[0] == 200
    assert platform.engines() == [] and platform.service()["coldStarts"] == 0


def test_wake_starts_an_instance_without_a_request(platform):
    platform.command("wake", MODEL)
    assert len(platform.ready()) == 1
    assert "no service" in platform.command("wake", "nobody", status=1).lower()


@pytest.mark.parametrize("choices", [1, 3])
def test_a_stream_goes_on_byte_for_byte_when_its_instance_is_killed(platform, choices):
    options = {
        "n": choices, "temperature": 1, "seed": 11, "max_tokens": 120, "ignore_eos": True,
        "headers": {"x-request-id": "req-compare"}, "stream_options": {"include_usage": True}}
    with platform.stream(**options) as response:
        undisturbed = response.read()
    with platform.stream(**options) as response:
        broken = response.read(4000)
        (engine,) = platform.engines()
        os.kill(engine, signal.SIGKILL)
        broken += response.read()
    assert not is_alive(engine)
    assert data_events(broken) == data_events(undisturbed)
    assert data_events(broken)[-1] == b"data: [DONE]"


def test_an_answer_in_one_piece_survives_its_instance(platform):
    options = {"temperature": 1, "seed": 5, "max_tokens": 200, "ignore_eos": True}
    undisturbed = json.loads(platform.chat(**options)[2])["choices"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(platform.chat, **options)
        platform.wait(lambda: platform.service()["inFlight"] == 1, "the request runs")
        os.kill(platform.engines()[0], signal.SIGKILL)
        status, _, body = answer.result()
    assert status == 200 and json.loads(body)["choices"] == undisturbed


def test_a_burst_at_zero_fails_nobody(platform):
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda number: platform.chat(f"Count to {number}.", max_tokens=8)[0], range(100)))
    assert answers == [200] * 100


def test_the_platform_killed_leaves_no_engine_and_loses_nothing(platform):
    name = platform.chat(max_tokens=4)[1]["x-request-id"]
    platform.wait(lambda: booked(platform, "select 1 from request where id = ?", name), "it is in the ledger")
    with platform.stream(max_tokens=2000, ignore_eos=True) as response:
        response.read(500)
        engines = platform.engines()
        platform.kill()
    deadline = time.monotonic() + 5
    while any(map(is_alive, engines)):
        assert time.monotonic() < deadline, "an engine outlives its platform"
    platform.start()
    assert name in platform.command("explain", name)
    assert MODEL in platform.command("cost", "--since", "1d")
    assert platform.chat(max_tokens=4)[0] == 200


def test_the_ledger_counts_what_callers_were_told(platform):
    usages = [json.loads(platform.chat(max_tokens=number + 3)[2])["usage"] for number in range(4)]
    platform.stop()
    sums = booked(platform, "select sum(prompt_tokens), sum(generated_tokens) from request")
    assert sums == (sum(u["prompt_tokens"] for u in usages), sum(u["completion_tokens"] for u in usages))


def test_a_reload_changes_limits_and_drops_no_stream(platform):
    with platform.stream(max_tokens=300, ignore_eos=True, stream_options={"include_usage": True}) as response:
        response.read(500)
        second = NATIVE.replace(f"name: {MODEL}", "name: second")
        platform.configure(NATIVE + second)
        platform.process.send_signal(signal.SIGHUP)
        platform.wait(lambda: len(platform.status()["services"]) == 2, "the second service is there")
        rest = response.read()
    assert rest.endswith(b"data: [DONE]\n\n")
    assert platform.request("POST", "/v1/chat/completions", {
        "model": "second", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4})[0] == 200


def test_keys_are_asked_for_and_scopes_hold(pronk, data, tmp_path):
    platform = Platform(pronk, tmp_path / "data", data, NATIVE, gateway="  auth: keys").start()
    try:
        status, _, body = platform.chat(max_tokens=4)
        assert status == 401 and json.loads(body)["error"]["code"] == "missing_api_key"
        key = platform.command("key", "create", "--name", "tests", "--scope", "chat").split()[-1]
        bearer = {"Authorization": f"Bearer {key}"}
        platform.wait(lambda: platform.chat(max_tokens=4, headers=bearer)[0] == 200, "the new key is known", 5)
        assert platform.request("GET", "/api/admin/status", headers=bearer)[0] == 403
        assert key not in platform.command("key", "list")
        platform.command("key", "revoke", "tests")
        platform.wait(lambda: platform.chat(max_tokens=4, headers=bearer)[0] == 401, "the revoked key is refused", 5)
    finally:
        assert platform.stop() == 0


def test_mistakes_are_told_by_name(platform):
    status, _, body = platform.request(
        "POST", "/v1/chat/completions", {"model": "gpt-4", "messages": [{"role": "user", "content": "Hello"}]})
    assert status == 404 and "gpt-4" in json.loads(body)["error"]["message"]
    (platform.folder / "pronk.yaml").write_text("gatewey:\n  listen: 127.0.0.1:1\n")
    complaint = platform.command("config", "check", status=1)
    assert "gatewey" in complaint and "gateway" in complaint and ":1:1" in complaint
