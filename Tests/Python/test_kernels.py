"""The kernels in C alone: another processor's, built for it and run under an emulator, and this processor's."""

import platform
import random
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "Sources/Kernels/CKernels"
SETS = {"avx2": 1, "avx512": 2, "avx512bf16": 4}  # pk_isa
NEON = 3  # PK_ISA_NEON


def build(folder: Path, machine: str) -> Path:
    """Builds the comparison with the Swift toolchain's clang; for another machine, with Debian's cross headers."""
    program = folder / "same_bits"
    target = []
    if platform.machine() != machine:
        target = [f"--target={machine}-linux-gnu", "-isystem", f"/usr/{machine}-linux-gnu/include", "-static"]
    sources = [*sorted(KERNELS.glob("*.c")), ROOT / "Tests/Python/kernels/same_bits.c"]
    command = ["clang", *target, "-O2", "-Wall", "-Wextra", "-Werror", "-I", KERNELS / "include"]
    subprocess.run([*command, *sources, "-lm", "-o", program], check=True)
    return program


def compare(name: str, command: list) -> None:
    """Runs the comparison on a random seed and expects that it found nothing."""
    seed = str(random.randrange(2**32))
    print("seed", seed)
    done = subprocess.run([*command, seed], capture_output=True, text=True, timeout=300)
    print(done.stdout, done.stderr)
    if done.returncode == 2:
        pytest.skip(done.stdout)
    assert done.returncode == 0, f"seed {seed}: {done.stdout[-2000:]}"
    assert f"{name}: 51 matrices, 12 caches, 0 differences" in done.stdout


def test_neon_kernels_give_the_scalar_kernels_bits(tmp_path: Path) -> None:
    program = build(tmp_path, "aarch64")
    emulator = [] if platform.machine() == "aarch64" else ["qemu-aarch64-static", "-cpu", "max"]
    compare("neon", [*emulator, program, str(NEON)])


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("native"), platform.machine())


@pytest.mark.skipif(platform.machine() != "x86_64", reason="another processor's instructions")
@pytest.mark.parametrize("name", SETS)
def test_kernels_of_this_processor_give_the_scalar_kernels_bits(name: str, native: Path) -> None:
    compare(name, [native, str(SETS[name])])
