"""Secrets at rest: sealed under a key from the settings, or one made at the first start, and bound to their tenant.

A sealed value that is moved to another tenant's row does not open there.
"""

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant_service.configuration import AssistantSettings
from veranderkracht.errors import Unavailable
from veranderkracht.languages import say

_FILE = "secret"


class Seal:
    """Seals and opens the secrets of one tenant.

    Args:
        settings: hold the secret, or say where one is kept.
        tenant_id: whose secrets.
    """

    def __init__(self, settings: AssistantSettings, tenant_id: int) -> None:
        told = f"veranderkracht assistant tenant {tenant_id}".encode()
        key = HKDF(SHA256(), 32, salt=None, info=told).derive(_secret(settings).encode())
        self._cipher = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, plain: str) -> str:
        """Give what may be stored."""
        return self._cipher.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """Give what was sealed.

        Raises:
            Unavailable: `secret-changed`, it was sealed under another secret or for another tenant.
        """
        try:
            return self._cipher.decrypt(sealed).decode()
        except InvalidToken as fault:
            raise Unavailable(
                say(
                    "De sleutel van het taalmodel is niet te openen: VK_ASSISTANT_SECRET is veranderd. Zet "
                    "het oude geheim terug, of voer de sleutel opnieuw in."
                ),
                code="secret-changed",
            ) from fault


def _secret(settings: AssistantSettings) -> str:
    if settings.secret:
        return settings.secret
    path = settings.data / _FILE
    if not path.is_file():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Make the secret, whole; of several processes that try, one makes it and the others read what that one made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
