"""Whether a build on disk is still what was published: a seal names its files, and damage is seen before it misleads.

Chroma writes in its own files when they are merely opened, so of those the seal knows the size, and SQLite is asked
whether its database holds together. All other files are never written again, and known by their hash.
"""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

SEAL = "seal.json"
CHROMA = "chroma"  # the folder in a build that is Chroma's
_DATABASE = "chroma.sqlite3"
_CHROMAS_OWN = "own"
_NOT_SEALED = (SEAL, "in-use")

Fault = Literal["index-missing", "index-damaged"]

# What was found whole, by path, size and moment of change: a file that stays the same is read once per process.
_whole: set[tuple[str, int, int, str]] = set()
_MOST_KNOWN = 10_000


def seal(build: Path) -> None:
    """Write down what a finished build consists of."""
    told = {
        file.relative_to(build).as_posix(): [file.stat().st_size, _told_by(file, build)]
        for file in sorted(build.rglob("*"))
        if file.is_file() and file.name not in _NOT_SEALED
    }
    (build / SEAL).write_text(json.dumps(told), encoding="utf-8")


def fault_of(build: Path) -> Fault | None:
    """Tell what is wrong with a build, or None when all of it is there as it was sealed."""
    if not build.is_dir():
        return "index-missing"
    try:
        told = json.loads((build / SEAL).read_text(encoding="utf-8"))
        whole = all(_is_whole(build / name, build, size, digest) for name, (size, digest) in told.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return "index-damaged"
    return None if whole and (build / "in-use").exists() else "index-damaged"


def _is_whole(file: Path, build: Path, size: int, digest: str) -> bool:
    found = file.stat()
    known = (str(file), found.st_size, found.st_mtime_ns, digest)
    if known in _whole:
        return True
    # Chroma's files may grow.
    right_size = found.st_size == size or (found.st_size > size and _is_chromas(file, build))
    if not right_size or _told_by(file, build) != digest:
        return False
    if len(_whole) > _MOST_KNOWN:
        _whole.clear()
    _whole.add(known)
    return True


def _is_chromas(file: Path, build: Path) -> bool:
    return file.relative_to(build).parts[0] == CHROMA


def _told_by(file: Path, build: Path) -> str:
    if not _is_chromas(file, build):
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    if file.name != _DATABASE:
        return _CHROMAS_OWN
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=15)) as database:
            return str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError:
        return "damaged"
