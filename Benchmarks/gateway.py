"""Measures the gateway beside its back end alone: see gateway.sh."""

import argparse
import contextlib
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
KEY = "benchmark"
ANSWER = json.dumps({
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris has two million people."},
                 "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 9, "total_tokens": 29}}, separators=(",", ":"))
QUESTION = json.dumps({"model": "m", "max_tokens": 64, "messages": [
    {"role": "system", "content": "You are a helpful assistant that answers shortly and to the point."},
    {"role": "user", "content": "What is the capital of France, and how many people live there?"}]})

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ default_type application/json; return 200 '{answer}'; }}
    }}
}}
"""
WRK = """
wrk.method = "POST"
wrk.body = [[%s]]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
"""


@contextlib.contextmanager
def running(*command):
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(port):
    subprocess.run(["curl", "-s", "-o", "/dev/null", "--retry", "50", "--retry-connrefused", "--retry-delay", "0",
                    f"http://127.0.0.1:{port}/healthz"], check=True)


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def wrk(folder, port, clients, seconds):
    """Median and 99th percentile in microseconds, and requests a second."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", f"{folder}/post.lua",
         f"http://127.0.0.1:{port}/v1/chat/completions"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(output)
    median, last = (microseconds(re.search(rf"^\s+{p}%\s+(\S+)", output, re.M)[1]) for p in (50, 99))
    return median, last, float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def measure_requests(arguments, folder):
    ports = arguments.port, arguments.port + 1
    pathlib.Path(folder, "nginx.conf").write_text(NGINX.format(folder=folder, port=ports[1], answer=ANSWER))
    pathlib.Path(folder, "post.lua").write_text(WRK % (QUESTION, KEY))
    loops = ["--event-loops", str(arguments.event_loops)]
    with running("nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"), \
            running(arguments.benchmark, "--port", str(ports[0]), "--upstream", str(ports[1]), *loops):
        for port in ports:
            wait_for(port)
        rounds = []
        for number in range(arguments.rounds):
            one = [wrk(folder, port, 1, arguments.seconds) for port in ports]
            many = [wrk(folder, port, 16, arguments.seconds) for port in ports]
            rounds.append((one[0][0] - one[1][0], one[0][1] - one[1][1], many[0][2]))
            print(f"round {number + 1}: one client: nginx {one[1][0]:.0f}/{one[1][1]:.0f} us, "
                  f"gateway {one[0][0]:.0f}/{one[0][1]:.0f} us (p50/p99); 16 clients: nginx {many[1][2]:.0f}/s, "
                  f"gateway {many[0][2]:.0f}/s", flush=True)
    # The median of rounds: a machine's other work disturbs single ones.
    added, added_last, rate = (statistics.median(column) for column in zip(*rounds))
    return {"added_p50_microseconds": added, "added_p99_microseconds": added_last, "requests_per_second": rate}


def measure_events(arguments):
    output = subprocess.run(
        [arguments.benchmark, "--events", "--event-loops", str(arguments.event_loops),
         "--seconds", str(arguments.seconds)], check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmark", default=".build/release/gateway-benchmark")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--event-loops", type=int, default=2)
    parser.add_argument("--port", type=int, default=7870)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure_requests(arguments, folder)
    results.update(measure_events(arguments))
    missed = False
    for name, bar in json.loads((HERE / "gateway-thresholds.json").read_text()).items():
        value = results[name]
        is_met = value <= bar["at_most"] if "at_most" in bar else value >= bar["at_least"]
        missed |= not is_met
        print(f"{'ok    ' if is_met else 'MISSED'} {name} {value:.0f} (bar {bar.get('at_most', bar.get('at_least'))})"
              f": {bar['what']}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
