"""The machine that all engines share: its processor, and how fast it reads memory at this moment."""

import json
import mmap
import os
import platform
import subprocess
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent.parent / ".build/benchmarks"
# Two threads read so many times what one reads: at most SLOW when they share one core complex's link to memory, at
# least FAST when they do not. Between them the mode changed while it was probed. Of 600 probes on the machine of
# docs/performance.md most gave 1.1 - 1.5 or 1.7 - 2.3, with the peaks at 1.3 and 2.0; few lie between.
SLOW, FAST = 1.5, 1.65
# A reading thread that gets less of its core than this has a busy neighbour.
UNDISTURBED = 0.9
# Threads of OpenMP spin for a fifth of a second after their work.
SETTLE_SECONDS = 0.3


def probe():
    """GB/s of one and of two threads, and the mode: slow, fast, mixed, or disturbed."""
    time.sleep(SETTLE_SECONDS)
    program, source = BUILT / "dram-probe", HERE / "dram_probe.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        BUILT.mkdir(parents=True, exist_ok=True)
        command = ["cc", "-O3", "-march=native", "-pthread", source, "-o", program]
        subprocess.run([str(part) for part in command], check=True)
    result = json.loads(subprocess.run([program], check=True, capture_output=True, text=True).stdout)
    del result["sum"]
    gain = result["two_threads"] / result["one_thread"]
    result["mode"] = "slow" if gain <= SLOW else "fast" if gain >= FAST else "mixed"
    if result["share"] < UNDISTURBED:
        result["mode"] = "disturbed"
    return result


def description():
    processor = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": processor, "cores": os.cpu_count(), "memory_GiB": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def direct_read_seconds(path):
    """Seconds to read a file past the page cache, in large pieces, by two threads."""
    piece, size = 8 << 20, os.path.getsize(path)
    places = iter(range(0, size, piece))
    lock = threading.Lock()

    def read():
        file = os.open(path, os.O_RDONLY | os.O_DIRECT)
        buffer = mmap.mmap(-1, piece)
        while True:
            with lock:
                place = next(places, None)
            if place is None:
                break
            os.preadv(file, [buffer], place)
        os.close(file)

    threads = [threading.Thread(target=read) for _ in range(2)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def drop_page_cache():
    """Only root may; whoever runs beside it reads its files anew."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3\n")
