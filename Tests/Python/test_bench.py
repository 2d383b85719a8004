"""`pronk bench` measures what a server of known timing did, names what is wrong, and works on a real engine."""

import json
import os
import re
import signal
import socket
import subprocess
import threading

import pytest

from platform_process import MODEL
from timed_server import TimedServer


@pytest.fixture
def timed():
    server = TimedServer()
    yield server
    server.close()


def bench(pronk, *arguments, **options):
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    return subprocess.run(
        [pronk, "bench", *[str(argument) for argument in arguments]], capture_output=True, text=True, timeout=120,
        env=environment, **options)


def serve(pronk, server, *arguments, status=0):
    """The entries that `bench serve` measured."""
    done = bench(pronk, "serve", server.url, "--json", "-", *arguments)
    assert done.returncode == status, done.stderr + done.stdout
    return [entry["summary"] for entry in json.loads(done.stdout)["result"]["entries"]]


def assert_close(measured, wanted, late=0.02):
    """No earlier than it was, and later only by what a busy machine adds."""
    assert wanted - 0.002 <= measured <= wanted + late, f"{measured} for {wanted}"


# What is measured is what happened.


def test_percentiles_are_those_of_the_server_s_own_timing(pronk, timed):
    delays = [0.02 + 0.01 * ((7 * number) % 20) for number in range(20)]
    timed.first = lambda number: delays[number]
    timed.gap = 0.02
    (summary,) = serve(pronk, timed, "--clients", 1, "--requests", 20, "--output", 6)
    ordered = sorted(delays)
    first = summary["first_token"]
    assert_close(first["p50"], ordered[9])
    assert_close(first["p90"], ordered[17])
    assert_close(first["max"], ordered[19])
    assert_close(first["mean"], sum(delays) / 20)
    assert_close(summary["between_tokens"]["p50"], 0.02, late=0.005)
    assert_close(summary["per_token"]["p50"], 0.02, late=0.005)
    assert_close(summary["whole"]["p50"], ordered[9] + 5 * 0.02)
    assert summary["answered"] == 20 and summary["output_tokens"] == 120
    assert_close(summary["seconds"], sum(delays) + 20 * 0.1, late=0.5)


def test_a_stall_shows_in_every_request_that_it_delayed(pronk, timed):
    timed.stall = (0.5, 1.5)
    arguments = ["--output", 2, "--duration", 2]
    (open_loop,) = serve(pronk, timed, "--rate", 100, *arguments)
    # Half of the requests came while the server stood still, and waited for half a second on average.
    affected = [point["y"] for point in open_loop["points"] if 0.56 < point["x"] < 1.44]
    assert len(affected) > 50
    for point in open_loop["points"]:
        if 0.56 < point["x"] < 1.44:
            assert_close(point["x"] + point["y"], 1.5, late=0.12)
    assert open_loop["first_token"]["p90"] > 0.6
    assert open_loop["lateness"]["p99"] < 0.05


def test_a_trace_is_replayed_at_its_times_and_lengths(pronk, timed, tmp_path):
    trace = tmp_path / "trace.csv"
    rows = [(0, 40, 3), (0.6, 50, 4), (1.0, 900, 5)]
    trace.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join("%s,%s,%s\n" % row for row in rows))
    (summary,) = serve(pronk, timed, "--trace", trace, "--speed", 2, "--longest-prompt", 60)
    assert summary["answered"] == 3
    first = timed.times[2]
    assert [round(moment - first, 1) for moment in timed.times[2:]] == [0, 0.3, 0.5]
    assert [request["max_tokens"] for request in timed.requests[2:]] == [3, 4, 5]
    words = [len(request["messages"][0]["content"].split()) + timed.frame for request in timed.requests[2:]]
    assert words == [40, 50, 60]


def test_arrivals_repeat_with_the_seed_and_prompts_never_do(pronk, timed):
    prompts = []
    lengths = []
    for _ in range(2):
        serve(
            pronk, timed, "--rate", 50, "--requests", 30, "--seed", 5, "--prompt", "20-60", "--output", 1, "--api",
            "completions", "--shared-prefix", 15)
        texts = [request["prompt"] for request in timed.requests[-30:]]
        prompts.append(texts)
        lengths.append([len(text.split()) for text in texts])
        shared = 15 - timed.frame
        assert len({tuple(text.split()[:shared]) for text in texts}) == 1
        assert len({tuple(text.split()[shared:shared + 6]) for text in texts}) == 30
    assert sorted(lengths[0]) == sorted(lengths[1])
    assert min(lengths[0]) >= 20 - timed.frame and max(lengths[0]) <= 60 - timed.frame
    assert not set(prompts[0]) & set(prompts[1])


def test_a_server_that_knows_fewer_fields_is_asked_with_fewer(pronk, timed):
    timed.refused_fields = {"ignore_eos"}
    serve(pronk, timed, "--clients", 1, "--requests", 2)
    assert "ignore_eos" not in timed.requests[-1] and timed.requests[-1]["max_tokens"] == 64
    timed.refused_fields = {"ignore_eos", "max_tokens", "temperature"}
    serve(pronk, timed, "--clients", 1, "--requests", 2)
    assert timed.requests[-1]["max_completion_tokens"] == 64


def test_without_usage_pieces_count_as_tokens(pronk, timed):
    timed.tells_usage = False
    (summary,) = serve(pronk, timed, "--clients", 2, "--requests", 4, "--output", 5)
    assert summary["output_tokens"] == 20 and "prompt_tokens" not in summary


# Failures.


def test_failures_are_counted_by_kind_and_end_the_command_with_1(pronk, timed, tmp_path):
    fates = {1: 503, 3: "drop", 5: "error", 6: "hang", 8: "empty"}
    timed.fate = fates.get
    page = tmp_path / "page.html"
    done = bench(
        pronk, "serve", timed.url, "--clients", 1, "--requests", 10, "--output", 4, "--timeout", 1, "--html", page,
        "--json", tmp_path / "j")
    assert done.returncode == 1
    assert "5 of 10 requests failed (50.0 %)" in done.stdout and "fate 503" in done.stdout
    assert "5 of 10 requests failed" in page.read_text()
    (entry,) = json.loads((tmp_path / "j").read_text())["result"]["entries"]
    kinds = {failure["kind"]: failure["count"] for failure in entry["summary"]["failures"]}
    assert kinds == {"http_503": 1, "connection_lost": 1, "error_event": 1, "timeout": 1, "empty": 1}
    assert entry["summary"]["answered"] == 5


def test_a_server_that_fails_always_is_not_asked_for_ever(pronk, timed):
    timed.fate = lambda number: 500
    (summary,) = serve(pronk, timed, "--clients", 4, "--duration", 60, status=1)
    assert summary["answered"] == 0 and 100 <= summary["failed"] <= 110


def test_mistakes_are_named_with_the_way_out(pronk, timed, tmp_path):
    def message(*arguments):
        done = bench(pronk, *arguments)
        assert done.returncode not in (0, 130), arguments
        return done.stderr

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert "cannot be reached" in message("serve", f"http://127.0.0.1:{free}")
    assert "cannot be reached" in message("serve", f"unix:{tmp_path}/none.sock")
    assert "no model 'other'" in message("serve", timed.url, "--model", "other")
    assert "is no address" in message("serve", "ftp://x")
    done = bench(pronk, "serve", timed.url, f"http://127.0.0.1:{free}", "--requests", 2)
    assert done.returncode == 1 and "cannot be reached" in done.stderr and "Throughput" in done.stdout
    assert "one of --clients" in message("serve", timed.url, "--clients", 1, "--rate", 1)
    assert "shared-prefix" in message("serve", timed.url, "--shared-prefix", 100)
    assert "cannot be written" in message("serve", timed.url, "--html", tmp_path / "none" / "x")
    assert "Only one" in message("serve", timed.url, "--json", "-", "--html", "-")
    message("serve", f"http://127.0.0.1:{free}", "--json", tmp_path / "j", "--html", tmp_path / "h")
    assert not any((tmp_path / name).exists() for name in "jh"), "a run that fails leaves no files"
    assert "not NAME=URL" in message("compare", timed.url)
    assert "none of the servers" in message("compare", f"a={timed.url}", "--pid", "b=1")
    assert "no process" in message("compare", f"a={timed.url}", "--pid", "a=999999999")
    trace = tmp_path / "trace.csv"
    trace.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n0,1,1\nsoon,1,1\n")
    assert "trace.csv, line 3" in message("serve", timed.url, "--trace", trace)
    timed.key = "secret"
    assert "--key or OPENAI_API_KEY" in message("serve", timed.url)
    done = bench(pronk, "serve", timed.url, "--key", "secret", "--requests", 2)
    assert done.returncode == 0 and "secret" not in done.stdout + done.stderr
    page = tmp_path / "page"
    done = bench(
        pronk, "compare", f"a={timed.url}", "--key-of", "a=secret", "--clients", 1, "--rounds", 1, "--requests", 2,
        "--html", page)
    assert done.returncode == 0 and "secret" not in done.stdout + done.stderr + page.read_text()


def test_ctrl_c_ends_with_what_was_measured(pronk, timed, tmp_path):
    reached = threading.Event()

    def first(number):
        if number == 6:
            reached.set()
        return 0.05

    timed.first = first
    process = subprocess.Popen(
        [pronk, "bench", "serve", timed.url, "--clients", "1", "--requests", "1000", "--output", "200", "--json",
         str(tmp_path / "j")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert reached.wait(60)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    assert "ended early" in output
    (entry,) = json.loads((tmp_path / "j").read_text())["result"]["entries"]
    assert entry["summary"]["answered"] >= 6 and entry["summary"]["cancelled"] <= 1
    assert entry["summary"]["failed"] == 0


# Reports.


def test_a_hostile_model_name_does_nothing_on_the_page(pronk, timed, tmp_path):
    timed.model = '<script>alert("x")</script>\u001b[31m'
    page = tmp_path / "page.html"
    done = bench(pronk, "serve", timed.url, "--requests", 2, "--html", page, "--language", "zh")
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "<script" not in text and "&lt;script&gt;" in text and 'lang="zh-CN"' in text
    assert not re.search(r'(src|href)=|https?://(?!127)', text)
    assert "\u001b" not in done.stdout and "吞吐量" in done.stdout


def test_the_page_goes_to_standard_output_too(pronk, timed, tmp_path):
    done = bench(pronk, "serve", timed.url, "--requests", 2, "--html", "-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!doctype html>") and done.stdout.endswith("</html>\n")
    assert not list(tmp_path.iterdir())


def test_comparing_says_who_is_faster_and_how_much_memory_they_take(pronk, timed, tmp_path):
    slow = TimedServer()
    slow.first = lambda number: 0.09
    slow.gap = 0
    timed.first = lambda number: 0.03
    timed.gap = 0
    try:
        done = bench(
            pronk, "compare", f"fast={timed.url}", f"slow={slow.url}", "--clients", "1,2", "--rounds", 2, "--requests",
            6, "--output", 2, "--pid", f"slow={os.getpid()}", "--json", tmp_path / "j", "--html", tmp_path / "h")
    finally:
        slow.close()
    assert done.returncode == 0, done.stderr
    cells = json.loads((tmp_path / "j").read_text())["result"]["cells"]
    assert [cell["endpoint"] for cell in cells] == [
        "fast", "slow", "fast", "slow", "slow", "fast", "slow", "fast"]
    for cell in cells:
        assert_close(cell["summary"]["whole"]["mean"], 0.03 if cell["endpoint"] == "fast" else 0.09)
        assert ("memory" in cell) == (cell["endpoint"] == "slow")
    # Python itself takes some ten megabytes.
    assert cells[-2]["memory"]["proportional"] > 5e6
    row = next(line for line in done.stdout.splitlines() if line.startswith("slow"))
    ratio = float(re.search(r"(\d\.\d+) \(", row).group(1))
    assert 0.25 < ratio < 0.45, row
    assert "<svg" in (tmp_path / "h").read_text()


# A real engine.


def test_prompts_have_the_tokens_that_were_asked_for(pronk, engine):
    for api in ("chat", "completions"):
        done = bench(
            pronk, "serve", engine.url + "/v1", "--api", api, "--clients", "1,4", "--requests", 8, "--prompt", 100,
            "--output", 16, "--json", "-")
        assert done.returncode == 0, done.stderr
        for entry in json.loads(done.stdout)["result"]["entries"]:
            summary = entry["summary"]
            assert entry["ignores_end"] and summary["output_tokens"] == 8 * 16 and summary["short_answers"] == 0
            tokens = summary["prompt_tokens"]
            assert tokens["count"] == 8 and 97 <= tokens["least"] <= tokens["most"] <= 103
            assert summary["generator_processor_share"] < 0.25


def test_a_socket_is_an_address_too(pronk, data, tmp_path):
    path = tmp_path / "engine.sock"
    process = subprocess.Popen(
        [pronk, "engine", "--model", MODEL, "--listen", f"unix:{path}", "--data", data], stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        while not path.exists():
            assert process.poll() is None
        done = bench(pronk, "serve", f"unix:{path}", "--requests", 2, "--output", 4, "--prompt", 20)
    finally:
        process.terminate()
        process.wait(30)
    assert done.returncode == 0, done.stderr
    assert "2" in done.stdout


def test_an_engine_is_measured_beside_the_machine(pronk, data, tmp_path):
    done = bench(
        pronk, "engine", MODEL, "--data", data, "--prefill", 64, "--sequences", "1,4", "--decode", 8, "--rounds", 2,
        "--json", tmp_path / "j", "--html", tmp_path / "h")
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "j").read_text())["result"]
    assert [row["kind"] for row in result["rows"]] == ["prefill", "decode", "decode"]
    assert result["limits"]["read_all_threads"] > 1e9 and result["limits"]["int8_operations"] > 1e10
    # 135 million weights of 4 to 8 bits, each read once a step.
    assert 7e7 < result["work"]["weight_bytes"] < 1.5e8
    for row in result["rows"]:
        assert len(row["rounds"]) == 2
        # Nothing is faster than arithmetic allows.
        assert min(row["rounds"]) < 1.2 * row["compute_bound"]
    assert "memory read" in done.stdout and "<svg" in (tmp_path / "h").read_text()
    assert "no model" in bench(pronk, "engine", "nonsense", "--data", data).stderr.lower()
