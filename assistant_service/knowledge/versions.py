"""Where a tenant's index lies on disk: builds in directories of their own, and a pointer to the one that counts.

One writer at a time, under a file lock that ends with its process; a build that was cut off is never pointed to. A
reader holds a shared lock on the build that it has open, and a build is removed only when nobody does.
"""

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path

from veranderkracht.errors import Conflict
from veranderkracht.languages import say

_POINTER = "current"
_BUILDS = "builds"
_IN_USE = "in-use"
_NAME = re.compile(r"[0-9a-f]{32}")


class Lease:
    """A build that will not be removed until `release`."""

    def __init__(self, build: Path, held: TextIOWrapper) -> None:
        self.build = build
        self._held = held

    def release(self) -> None:
        """Let the build go."""
        self._held.close()


class Versions:
    """The builds of one tenant.

    Args:
        folder: the tenant's own; made when it is first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> str | None:
        """Give the name of the build that counts, or None before the first; cheap enough for every search."""
        try:
            name = (self._folder / _POINTER).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        return name if _NAME.fullmatch(name) else None  # a damaged pointer points nowhere

    def build(self, name: str) -> Path:
        """Give the directory of a build."""
        return self._folder / _BUILDS / name

    def lease(self) -> Lease | None:
        """Hold the build that counts, or give None when there is none."""
        while (name := self.current()) is not None:
            build = self.build(name)
            try:
                held = (build / _IN_USE).open("r", encoding="ascii")
            except FileNotFoundError:
                if name == self.current():
                    return None  # somebody emptied the folder by hand; the next indexing mends it
                continue
            fcntl.flock(held, fcntl.LOCK_SH)
            # Between reading the pointer and holding the lock, a writer may have moved on and removed it.
            if (build / _IN_USE).exists():
                return Lease(build, held)
            held.close()
        return None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer.

        Raises:
            Conflict: `index-busy`, another process is indexing this tenant.
        """
        (self._folder / _BUILDS).mkdir(parents=True, exist_ok=True)
        with (self._folder / "writer-lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise Conflict(
                    say("Deze instelling wordt al geïndexeerd. Probeer het opnieuw als dat klaar is."),
                    code="index-busy",
                ) from fault
            yield

    def busy(self) -> bool:
        """Tell whether somebody is writing now."""
        try:
            with self.writing():
                return False
        except Conflict:
            return True

    def begin(self) -> Path:
        """Make the directory of a new build."""
        build = self.build(uuid.uuid4().hex)
        build.mkdir()
        (build / _IN_USE).touch()
        return build

    def publish(self, build: Path) -> None:
        """Make a finished build the one that counts, all at once and for good."""
        for file in build.rglob("*"):
            _sync(file)
        _sync(build)
        fresh = self._folder / f"{_POINTER}.new"
        fresh.write_text(build.name, encoding="ascii")
        _sync(fresh)
        fresh.replace(self._folder / _POINTER)
        _sync(self._folder)

    def prune(self, forget: Callable[[Path], None]) -> None:
        """Remove the builds that do not count and that no reader holds.

        Args:
            forget: called with each before it goes, to take away what it has elsewhere.
        """
        kept = self.current()
        for build in (self._folder / _BUILDS).iterdir():
            if build.name == kept:
                continue
            if not build.is_dir():
                build.unlink()
                continue
            with (build / _IN_USE).open("a+", encoding="ascii") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                forget(build)
                (build / _IN_USE).unlink()
                shutil.rmtree(build)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
