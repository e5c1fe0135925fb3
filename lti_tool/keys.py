"""The tool's own keys: those that platforms know it by, the session secret, and the keys per tenant.

A new signing key is published first and signs later; one that no longer signs stays published for a while. How they
lie on disk is `key_files.py`'s; tokens towards the assistant are `host_tokens`'s.
"""

import base64
import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from lti_tool.key_files import KeyFiles
from veranderkracht.clock import Clock, iso, now
from veranderkracht.errors import Conflict, NotFound
from veranderkracht.host_tokens import HostKey

RSA_BITS = 2048
# What a key signs lives five minutes; a day also covers platforms that look at an answer only later.
KEPT = timedelta(days=1)

Standing = Literal["waits", "signs", "kept", "withdrawn"]


@dataclass(frozen=True)
class SigningKey:
    """A key by which platforms know this tool.

    Args:
        kid: its name in our key set.
        private_pem: an RSA key; never logged.
        signs_from: from when it signs; None: from the beginning.
        file: where it lies.
    """

    kid: str
    private_pem: str
    signs_from: datetime | None = None
    file: str = ""

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


class KeyFolder:
    """The folder with the keys.

    Args:
        folder: made when it is not there, readable by its owner only.
        issuer: how this tool is called towards the assistant.
        secret: the session secret when it comes from the settings; empty: a file's.
        files_secret: what the files are encrypted with; empty: plain files.
        clock: says which key signs; tests replace it.
    """

    def __init__(
        self, folder: Path, issuer: str, secret: str = "", *, files_secret: str = "", clock: Clock = now
    ) -> None:
        self._files = KeyFiles(folder, files_secret)
        self._issuer = issuer
        self._secret = secret
        self._clock = clock

    def session_secret(self) -> str:
        """Give the secret that states and page tokens are signed with."""
        return self._secret or self._files.made_once("session-secret", lambda: secrets.token_urlsafe(48))

    def signing_key(self) -> SigningKey:
        """Give the key to sign with now: the newest whose time has come."""
        return next(key for key, standing in self.standings() if standing == "signs")

    def public_set(self) -> dict[str, Any]:
        """Give our key set (RFC 7517): the key that signs, the one that will, and those whose signatures may be out."""
        keys = []
        for key, standing in self.standings():
            if standing != "withdrawn":
                jwk = json.loads(RSAAlgorithm.to_jwk(_rsa(key.private_pem).public_key()))
                keys.append({"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": key.kid, "alg": "RS256", "use": "sig"})
        return {"keys": keys}

    def standings(self) -> list[tuple[SigningKey, Standing]]:
        """Give every signing key, oldest first, and how it stands at this moment; the first is made when missing."""
        if not self._files.names("tool-*.pem"):
            self._files.made_once("tool-0001.pem", _new_rsa)
        at = self._clock()
        keys = []
        for name in self._files.names("tool-*.pem"):
            with suppress(FileNotFoundError):  # a rotation has just thrown it away
                keys.append(self._signing_key(name))
        begun = [number for number, key in enumerate(keys) if key.signs_from is None or key.signs_from <= at]
        # Should all of them still wait, the oldest signs: a clock that was set back must not stop the tool.
        current = begun[-1] if begun else 0
        found: list[tuple[SigningKey, Standing]] = []
        for number, key in enumerate(keys):
            if number >= current:
                found.append((key, "signs" if number == current else "waits"))
                continue
            followed = keys[number + 1].signs_from
            found.append((key, "withdrawn" if followed is not None and at >= followed + KEPT else "kept"))
        return found

    def rotate(self, overlap: timedelta) -> SigningKey:
        """Make a new signing key, published now and signing after the overlap; throw away those long withdrawn.

        Args:
            overlap: zero when the old key can no longer be trusted: then it is thrown away at once.

        Raises:
            Conflict: `rotation-under-way`: a key is waiting already, and the old one is still trusted.
        """
        before = self.standings()
        waiting = next((key for key, standing in before if standing == "waits"), None)
        if overlap and waiting is not None and waiting.signs_from is not None:
            raise Conflict(
                f"Er staat al een nieuwe sleutel klaar ({waiting.kid}); ze tekent vanaf {iso(waiting.signs_from)}.",
                code="rotation-under-way",
            )
        name = f"tool-{max(int(name[5:9]) for name in self._files.names('tool-*')) + 1:04d}"
        try:
            # First the moment: a key without one would sign at once, before any platform can know it.
            self._files.make(f"{name}.from", iso(self._clock() + overlap))
            self._files.make(f"{name}.pem", _new_rsa())
        except FileExistsError as fault:
            raise Conflict("Iemand anders wisselt op dit moment de sleutel.", code="rotation-under-way") from fault
        for key, standing in before:
            if not overlap or standing == "withdrawn":
                self._files.remove(key.file)
                self._files.remove(key.file.replace(".pem", ".from"))
        return self._signing_key(f"{name}.pem")

    def encrypt(self) -> list[str]:
        """Encrypt the files that are still plain; give their names."""
        return self._files.encrypt()

    def make_host_key(self, tenant: str) -> HostKey:
        """Give the tenant's key towards the assistant, made when it is missing."""
        self._files.made_once(f"host-{tenant}.pem", _new_ed25519)
        self._files.made_once(f"tenant-{tenant}.secret", lambda: secrets.token_hex(32))
        return self.host_key(tenant)

    def host_key(self, tenant: str) -> HostKey:
        """Give the tenant's key towards the assistant.

        Raises:
            NotFound: `host-key-missing`; the registration of a platform makes it.
        """
        return self._host_key(tenant, f"host-{tenant}.pem")

    def next_host_key(self, tenant: str) -> HostKey:
        """Give the tenant's next key towards the assistant, made when it is missing; it signs nothing yet."""
        self.host_key(tenant)
        self._files.made_once(f"host-{tenant}.next", _new_ed25519)
        return self._host_key(tenant, f"host-{tenant}.next")

    def use_next_host_key(self, tenant: str) -> HostKey:
        """Sign with the next key from now on, once the assistant knows it; the old one is gone.

        Raises:
            NotFound: `host-key-missing`: there is no next key.
        """
        self._host_key(tenant, f"host-{tenant}.next")
        self._files.move(f"host-{tenant}.next", f"host-{tenant}.pem")
        return self.host_key(tenant)

    def _host_key(self, tenant: str, name: str) -> HostKey:
        try:
            pem, secret = self._files.read(name), self._files.read(f"tenant-{tenant}.secret")
        except FileNotFoundError as fault:
            raise NotFound(f"Voor instelling {tenant!r} is er nog geen sleutel.", code="host-key-missing") from fault
        return _read_host_key(self._issuer, tenant, pem, secret)

    def _signing_key(self, name: str) -> SigningKey:
        pem, start = self._files.read(name), name.replace(".pem", ".from")
        signs_from = datetime.fromisoformat(self._files.read(start)).astimezone(UTC) if self._files.has(start) else None
        return SigningKey(_thumbprint(public_pem(pem)), pem, signs_from, name)


def public_pem(private_pem: str) -> str:
    """Give the public half of a private key in PEM."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


# Every launch asks for its tenant's key, and working out its name takes longer than all else in there.
@lru_cache(maxsize=64)
def _read_host_key(issuer: str, tenant: str, pem: str, secret: str) -> HostKey:
    return HostKey(
        kid=f"lti-{tenant}-{_thumbprint(public_pem(pem))}",
        issuer=issuer,
        tenant=tenant,
        private_pem=pem,
        tenant_key=bytes.fromhex(secret),
    )


def _thumbprint(pem: str) -> str:
    digest = hashlib.sha256(pem.encode()).digest()
    return base64.urlsafe_b64encode(digest)[:16].decode().replace("-", "a").replace("_", "b")


def _rsa(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("a signing key must be RSA")
    return key


def _new_rsa() -> str:
    key = generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _new_ed25519() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
