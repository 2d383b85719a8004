"""Every engine as this comparison runs it: on one sequence without HTTP, and as a server."""

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PEERS = ROOT / ".build-peers"
MODELS = PEERS / "models"
DATA = ROOT / ".build/benchmarks/data"
WORKERS = ROOT / "Benchmarks/peers"
# What each peer reads; a folder is bf16 or GPTQ.
FILES = {
    "smollm2": MODELS / "SmolLM2-135M-Instruct.Q4_0.gguf",
    "8b": MODELS / "Llama-3-8B-random.Q4_0.gguf",
    "smollm2-bf16": MODELS / "smollm2-135m-bf16",
    "8b-gptq": MODELS / "llama-3-8b-random-gptq",
}
THREADS = os.cpu_count()
# Of the 8B file a token needs everything but the embedding of tokens that are not in the prompt:
# 128,256 rows of 4,096 numbers of 4.5 bits. SmolLM2's embedding is its head too.
UNNEEDED_BYTES = {"smollm2": 0, "8b": 128_256 * 4_096 * 9 // 16}


class Pool:
    """Engines without HTTP that are loaded: rows of one model take them over, as some take minutes to load."""

    def __init__(self):
        self.model, self.engines = None, {}

    def engine(self, name, settings, model, options):
        if model != self.model:
            self.close()
            self.model = model
        key = (name, *options)
        if key not in self.engines:
            try:
                self.engines[key] = ALONE[name](settings, model, options)
            except Exception as error:
                self.engines[key] = Failed(error)
        return self.engines[key]

    def close(self):
        for engine in self.engines.values():
            engine.close()
        self.model, self.engines = None, {}


class Failed:
    """Stands for an engine that could not be loaded: the others are measured all the same, and the record says why."""

    file = None

    def __init__(self, error):
        self.error = error

    def fail(self, *_, **__):
        raise RuntimeError(f"it could not be loaded: {self.error}")

    prefill = decode = serve = fail

    def close(self):
        pass


@dataclass
class Settings:
    pronk: Path
    engine_benchmark: Path
    pool: Pool = field(default_factory=Pool)


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {result.stderr.strip()[-400:]}")
    return result.stdout


def image(settings, model):
    """The packed image of a model, packed now if it is not there; `pronk model add` looks whether it is up to date."""
    DATA.mkdir(parents=True, exist_ok=True)
    name = f"benchmark-{model}"
    run(settings.pronk, "model", "add", FILES[model], "--name", name, "--data", DATA)
    return DATA / "models" / f"{name}.pronk"


class Pronk:
    """Our engine without HTTP: a process for each measurement, which warms up by itself."""

    def __init__(self, settings, model, options=()):
        self.file = image(settings, model)
        self.command = [settings.engine_benchmark, self.file, "--threads", THREADS, *options]

    def measure(self, prompt, decode, *options):
        return json.loads(run(*self.command, "--rounds", 1, "--prompt", prompt, "--decode", decode, *options))

    def prefill(self, tokens):
        return {"tokens_per_second": self.measure(tokens, 1)["prefill_tokens_per_second"]}

    def decode(self, tokens):
        return {"tokens_per_second": self.measure(1, tokens)["decode_tokens_per_second"]}

    def close(self):
        pass


class LlamaCpp:
    """llama-bench: a process for each measurement, which warms up by itself."""

    def __init__(self, _, model, options=()):
        self.file = FILES[model]
        self.command = [
            PEERS / "llama.cpp/bin/llama-bench", "-m", self.file, "-t", THREADS, "-r", 1, "-o", "json", *options]

    def measure(self, *options):
        (test,) = json.loads(run(*self.command, *options))
        return {"tokens_per_second": test["avg_ts"]}

    def prefill(self, tokens):
        return self.measure("-p", tokens, "-n", 0)

    def decode(self, tokens):
        return self.measure("-p", 0, "-n", tokens)

    def close(self):
        pass


class Worker:
    """A Python peer in an environment of its own, which loads its model once and warms up before it counts."""

    def __init__(self, peer, script, *arguments, environment=None):
        # What it reads in a step is not known: it may have packed the weights anew.
        self.file = None
        self.log = open(PEERS / f"logs/{script}.log", "w")
        command = [PEERS / f"python/{peer}/bin/python", WORKERS / f"{script}.py", *arguments]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", **(environment or {})}, process_group=0)
        self.warmed = set()
        try:
            self.answer()
        except Exception:
            # Whoever cannot be used must not compute beside the others.
            self.close()
            raise

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer ended; see {self.log.name}")
        value = json.loads(line)
        if "error" in value:
            raise RuntimeError(value["error"])
        return value

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def warm(self, **request):
        """Once for each kind of work: some compile for its shapes when they meet it first."""
        key = json.dumps(request)
        if key not in self.warmed:
            self.ask(**request)
            self.warmed.add(key)

    def prefill(self, tokens):
        self.warm(work="prefill", tokens=tokens)
        return self.ask(work="prefill", tokens=tokens)

    def decode(self, tokens):
        self.warm(work="decode", tokens=min(tokens, 8))
        return self.ask(work="decode", tokens=tokens)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            end_group(self.process)
        self.log.close()


def end_group(process):
    """Ends a process that leads a group, and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def vllm_environment():
    """What vLLM's documentation for CPUs asks for: another allocator, Intel's OpenMP, threads bound to cores."""
    library = next(Path("/usr/lib").glob("*/libtcmalloc_minimal.so.4"), None)
    if library is None:
        raise RuntimeError("libtcmalloc_minimal.so.4 is missing: install libtcmalloc-minimal4")
    return {
        "LD_PRELOAD": f"{library}:{PEERS / 'python/vllm/lib/libiomp5.so'}", "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_CPU_OMP_THREADS_BIND": f"0-{THREADS - 1}",
        "VLLM_CACHE_ROOT": str(PEERS / "cache/vllm"), "TORCHINDUCTOR_CACHE_DIR": str(PEERS / "cache/inductor"),
    }


def openvino(_, model, options=()):
    return Worker("openvino", "openvino_worker", FILES[model], THREADS, "alone")


def vllm(_, model, options=()):
    folder = FILES["smollm2-bf16" if model == "smollm2" else model]
    return Worker("vllm", "vllm_worker", folder, THREADS, environment=vllm_environment())


def transformers(_, model, options=()):
    return Worker("transformers", "transformers_worker", FILES["smollm2-bf16"], THREADS)


ALONE = {
    "pronk": Pronk, "llama.cpp": LlamaCpp, "openvino": openvino, "vllm": vllm, "transformers": transformers,
}


@dataclass
class Server:
    """An engine behind HTTP: its command, up to the port, and the path that answers 200 when it is ready."""

    command: list
    listen: list
    health: str
    model: str
    environment: dict = field(default_factory=dict)

    def arguments(self, port):
        return [str(part).replace("PORT", str(port)) for part in [*self.command, *self.listen]]


def server(engine, settings, model, clients=16, context=512, options=()):
    """How `engine` serves `model` to that many clients with that many tokens each."""
    if engine == "pronk":
        name = f"benchmark-{model}"
        image(settings, model)
        command = [
            settings.pronk, "engine", "--model", name, "--data", DATA, "--threads", THREADS, *options]
        return Server(command, ["--listen", "127.0.0.1:PORT"], "/healthz", name)
    if engine == "llama.cpp":
        command = [
            PEERS / "llama.cpp/bin/llama-server", "-m", FILES[model], "-t", THREADS, "-np", clients,
            "-c", clients * context, *options]
        return Server(command, ["--host", "127.0.0.1", "--port", "PORT"], "/health", "model")
    if engine == "vllm":
        folder = FILES["smollm2-bf16" if model == "smollm2" else model]
        # Its command `vllm` looks for a package of that name, and this one is called vllm-cpu.
        command = [
            PEERS / "python/vllm/bin/python", "-m", "vllm.entrypoints.openai.api_server", "--model", folder,
            "--served-model-name", "model", "--dtype", "bfloat16", "--max-model-len", 4096, "--max-num-seqs", 64,
            *options]
        environment = {**vllm_environment(), "HF_HUB_OFFLINE": "1"}
        return Server(command, ["--host", "127.0.0.1", "--port", "PORT"], "/health", "model", environment)
    raise ValueError(f"{engine} is no server")
