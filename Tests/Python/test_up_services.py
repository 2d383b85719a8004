"""`pronk up` in front of programs that are not Pronk's engine, good ones and bad ones."""

import concurrent.futures
import json
import os
import pathlib
import signal
import sys
import time
import urllib.request

import pytest
from platform_process import Platform

FAKE = pathlib.Path(__file__).with_name("fake_engine.py")


def service(name, *arguments, scale="idle: 60s", command=None):
    words = command or [sys.executable, str(FAKE), "--model", name, *arguments]
    return f"  - name: {name}\n    engine: command\n    command: {json.dumps(words)}\n    scale: {{ {scale} }}\n"


@pytest.fixture
def up(pronk, data, tmp_path):
    platforms = []

    def start(services, gateway="  auth: open"):
        platforms.append(Platform(pronk, tmp_path / "data", data, services, gateway).start())
        return platforms[-1]

    yield start
    for platform in platforms:
        assert platform.was_killed or platform.stop() == 0


def test_a_stream_that_waits_for_a_start_says_how_far_it_is(up):
    platform = up(service("slow", "--ready-after", "1.5", scale="idle: 1s, scaleDownDelay: 1s"))
    with platform.stream(model="slow", max_tokens=4) as response:
        stream = response.read()
    comments = [line for line in stream.split(b"\n") if line.startswith(b": waking slow")]
    assert comments and b"starting" in comments[0]
    assert b"t0 " in stream and stream.endswith(b"data: [DONE]\n\n")
    # What one start took tells how long the next will.
    platform.wait(lambda: platform.service("slow")["instances"] == [], "it sleeps again")
    with platform.stream(model="slow", max_tokens=4) as response:
        stream = response.read()
    assert b"%" in stream.split(b"data:")[0]


def test_a_foreign_stream_keeps_its_part_and_ends_with_an_error(up):
    platform = up(service("fragile", "--tokens-per-second", "50"))
    with platform.stream(model="fragile", max_tokens=1000) as response:
        stream = response.read(300)
        (instance,) = platform.status()["services"][0]["instances"]
        (process,) = [
            int(entry.name) for entry in pathlib.Path("/proc").iterdir()
            if entry.name.isdigit() and is_fake(entry, platform)]
        os.kill(process, signal.SIGKILL)
        stream += response.read()
    assert b"t0 " in stream and b"[DONE]" not in stream
    error = json.loads(stream.rstrip().split(b"data: ")[-1])["error"]
    assert error["code"] == "instance_lost"
    assert instance["id"].startswith("fragile-")


def is_fake(entry, platform):
    """Whether a process is the program itself, not its keeper."""
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(FAKE).encode() in words and b"keep" not in words and b"fragile" in words


def test_a_burst_at_zero_gets_three_instances_within_a_second(up):
    capacity = ["--tokens-per-second", "200", "--concurrency", "8"]
    platform = up(service("crowd", *capacity, scale="max: 3, target: 4, concurrency: 8"))
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(101) as pool:
        answers = [pool.submit(platform.chat, str(number), model="crowd", max_tokens=16) for number in range(100)]
        platform.wait(lambda: len(platform.ready("crowd")) == 3, "three are ready", 10)
        scaled = time.monotonic() - start
        statuses = [answer.result()[0] for answer in answers]
    assert statuses == [200] * 100
    print(f"three ready after {scaled:.2f} s")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (["/bin/sh", "-c", "echo no such weights >&2; exit 3"], "no such weights"),
        (["/no/such/program"], "/no/such/program"),
        ([sys.executable, str(FAKE), "--crash-after", "0"], "killed"),
    ])
def test_a_service_whose_program_does_not_start_says_why_and_harms_no_other(up, bad, words):
    platform = up(service("bad", command=bad, scale="coldStart: 20s") + service("good"))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        refused = pool.submit(platform.chat, model="bad")
        assert platform.chat(model="good", max_tokens=2)[0] == 200
        status, headers, body = refused.result()
    error = json.loads(body)["error"]
    assert status == 503 and error["code"] == "start_failed" and words in error["message"]
    assert int(headers["retry-after"]) >= 1


def test_a_program_that_never_gets_healthy_ends_in_a_time_out(up):
    platform = up(service("sleepy", "--hang", "health", scale="coldStart: 2s"))
    status, _, body = platform.chat(model="sleepy")
    assert status == 503 and json.loads(body)["error"]["code"] == "cold_start_timeout"


def test_a_hanging_instance_delays_neither_lists_nor_others(up):
    platform = up(service("stuck", "--hang", "answers") + service("good"))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(platform.chat, model="stuck")
        platform.wait(lambda: platform.service("stuck")["inFlight"] == 1, "it hangs")
        start = time.monotonic()
        assert platform.request("GET", "/v1/models")[0] == 200
        assert platform.chat(model="good", max_tokens=2)[0] == 200
        assert time.monotonic() - start < 10
        # An orderly end would wait for the request that hangs.
        platform.kill()


def test_tls_with_a_certificate_of_its_own(up):
    platform = up(service("good"), gateway="  auth: open\n  tls: self-signed")
    answer = urllib.request.urlopen(platform.url + "/v1/models", context=platform.context, timeout=10)
    assert answer.status == 200 and json.loads(answer.read())["data"][0]["id"] == "good"
