"""Secrets as files that only this service can read: made once, whatever number of processes try; encrypted on request.

A file is plain text, or `vk1:` and a Fernet token under a key from a setting. What it holds is `keys.py`'s.
"""

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from veranderkracht.errors import Conflict

_MARK = "vk1:"


class KeyFiles:
    """A folder of small secret files; safe across processes.

    Args:
        folder: made when it is not there, readable by its owner only.
        secret: what the files are encrypted with, 32 characters or more; empty: plain files, mode 0600.
    """

    def __init__(self, folder: Path, secret: str = "") -> None:
        self._folder = folder
        self._cipher = _cipher(secret) if secret else None
        # By inode and time, so that a file that was replaced is read again by a process that runs on.
        self._kept: dict[str, tuple[tuple[int, int], str]] = {}

    def has(self, name: str) -> bool:
        """Tell whether the file is there."""
        return (self._folder / name).is_file()

    def names(self, pattern: str) -> list[str]:
        """Give the names that fit a pattern, in order."""
        return sorted(path.name for path in self._folder.glob(pattern) if not path.name.startswith("."))

    def read(self, name: str) -> str:
        """Give what a file holds.

        Raises:
            Conflict: `keys-locked`: it is encrypted, and not with our secret.
            FileNotFoundError: it is not there.
        """
        path = os.path.join(self._folder, name)  # noqa: PTH118 - every launch comes here, and a Path is slow to make
        stat = os.stat(path)  # noqa: PTH116
        mark = (stat.st_ino, stat.st_mtime_ns)
        kept = self._kept.get(name)
        if kept is None or kept[0] != mark:
            kept = self._kept[name] = (mark, self._plain(name, Path(path).read_text(encoding="ascii").strip()))
        return kept[1]

    def made_once(self, name: str, make: Callable[[], str]) -> str:
        """Give what a file holds, made when it is missing; of several processes that try, one makes it."""
        if not self.has(name):
            # A link succeeds for one process only; the others read what that one made.
            with suppress(FileExistsError):
                self.make(name, make())
        return self.read(name)

    def make(self, name: str, content: str) -> None:
        """Write a new file, whole or not at all.

        Raises:
            FileExistsError: it is there already.
        """
        draft = self._draft(name, self._sealed(content))
        try:
            os.link(draft, self._folder / name)
        finally:
            draft.unlink()

    def move(self, name: str, to: str) -> None:
        """Give a file another name, in the place of what stood there."""
        (self._folder / name).replace(self._folder / to)

    def remove(self, name: str) -> None:
        """Take a file away; one that is gone already is good too."""
        (self._folder / name).unlink(missing_ok=True)
        self._kept.pop(name, None)

    def encrypt(self) -> list[str]:
        """Encrypt every file that is still plain; give their names.

        Raises:
            Conflict: `keys-locked`: there is no secret, or a file is encrypted with another.
        """
        if self._cipher is None:
            raise Conflict(
                "Er is geen geheim om mee te versleutelen: zet VK_LTI_KEYS_SECRET (of VK_LTI_KEYS_SECRET_FILE).",
                code="keys-locked",
            )
        done = []
        for name in self.names("*"):
            text = (self._folder / name).read_text(encoding="ascii").strip()
            if text.startswith(_MARK):
                self._plain(name, text)
                continue
            self._draft(name, self._sealed(text)).replace(self._folder / name)
            done.append(name)
        return done

    def _draft(self, name: str, text: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return draft

    def _sealed(self, content: str) -> str:
        return content if self._cipher is None else _MARK + self._cipher.encrypt(content.encode()).decode()

    def _plain(self, name: str, text: str) -> str:
        if not text.startswith(_MARK):
            return text
        if self._cipher is None:
            raise Conflict(f"{name} is versleuteld, en VK_LTI_KEYS_SECRET is niet gezet.", code="keys-locked")
        try:
            return self._cipher.decrypt(text.removeprefix(_MARK)).decode()
        except InvalidToken as fault:
            raise Conflict(
                f"{name} is met een ander geheim versleuteld dan VK_LTI_KEYS_SECRET.", code="keys-locked"
            ) from fault


def _cipher(secret: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"veranderkracht lti key files").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
