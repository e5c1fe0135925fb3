"""The tool's own keys, as files that only this service can read: signing keys, the session secret, keys per tenant.

Makes what is missing, once, whatever number of processes try. Tokens towards the assistant are `host_tokens`'s.
"""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

from veranderkracht.errors import NotFound
from veranderkracht.host_tokens import HostKey

RSA_BITS = 2048


@dataclass(frozen=True)
class SigningKey:
    """The key by which platforms know this tool.

    Args:
        kid: its name in our key set.
        private_pem: an RSA key; never logged.
    """

    kid: str
    private_pem: str

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


class KeyFolder:
    """The folder with the keys.

    Args:
        folder: made when it is not there, readable by its owner only.
        issuer: how this tool is called towards the assistant.
        secret: the session secret when it comes from the settings; empty: a file's.
    """

    def __init__(self, folder: Path, issuer: str, secret: str = "") -> None:
        self._folder = folder
        self._issuer = issuer
        self._secret = secret
        self._kept: dict[str, str] = {}

    def session_secret(self) -> str:
        """Give the secret that states and page tokens are signed with."""
        return self._secret or self._file("session-secret", lambda: secrets.token_urlsafe(48))

    def signing_key(self) -> SigningKey:
        """Give the key to sign with now: the newest of `tool-*.pem`."""
        self._file("tool-0001.pem", _new_rsa)
        return self._signing_keys()[-1]

    def public_set(self) -> dict[str, Any]:
        """Give our key set (RFC 7517): every key, so that a platform that cached an older set still finds it."""
        self.signing_key()
        keys = []
        for key in self._signing_keys():
            jwk = json.loads(RSAAlgorithm.to_jwk(_rsa(key.private_pem).public_key()))
            keys.append({"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": key.kid, "alg": "RS256", "use": "sig"})
        return {"keys": keys}

    def make_host_key(self, tenant: str) -> HostKey:
        """Give the tenant's key towards the assistant, made when it is missing."""
        self._file(f"host-{tenant}.pem", _new_ed25519)
        self._file(f"tenant-{tenant}.secret", lambda: secrets.token_hex(32))
        return self.host_key(tenant)

    def host_key(self, tenant: str) -> HostKey:
        """Give the tenant's key towards the assistant.

        Raises:
            NotFound: `host-key-missing`; the registration of a platform makes it.
        """
        names = (f"host-{tenant}.pem", f"tenant-{tenant}.secret")
        if not all((self._folder / name).is_file() for name in names):
            raise NotFound(f"Voor instelling {tenant!r} is er nog geen sleutel.", code="host-key-missing")
        pem, secret = (self._read(name) for name in names)
        return HostKey(
            kid=f"lti-{tenant}-{_thumbprint(public_pem(pem))}",
            issuer=self._issuer,
            tenant=tenant,
            private_pem=pem,
            tenant_key=bytes.fromhex(secret),
        )

    def _signing_keys(self) -> list[SigningKey]:
        found = []
        for path in sorted(self._folder.glob("tool-*.pem")):
            pem = self._read(path.name)
            found.append(SigningKey(_thumbprint(public_pem(pem)), pem))
        return found

    def _file(self, name: str, make: Callable[[], str]) -> str:
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f".{name}.{secrets.token_hex(8)}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
            # A link succeeds for one process only; the others read what that one made.
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return self._read(name)

    def _read(self, name: str) -> str:
        if name not in self._kept:
            self._kept[name] = (self._folder / name).read_text(encoding="ascii").strip()
        return self._kept[name]


def public_pem(private_pem: str) -> str:
    """Give the public half of a private key in PEM."""
    key = load_pem_private_key(private_pem.encode(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


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
