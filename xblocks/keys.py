"""The files behind the assistant: this site's private key and the secret of the pseudonyms; made once, ours to read."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def make_files(host_key: Path, tenant_key: Path) -> None:
    """Make the files that are missing, readable by their owner only; what is there stays.

    Raises:
        OSError: a folder or file cannot be made.
    """
    _make(host_key, _new_private_pem())
    _make(tenant_key, secrets.token_hex(32))


def public_pem(private_pem: str) -> str:
    """Give the public half of a private key in PEM.

    Raises:
        ValueError, TypeError: it is no private key, or it has a password.
    """
    key = load_pem_private_key(private_pem.encode(), password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def thumbprint(private_pem: str) -> str:
    """Give a short name for a key, from its public half.

    Raises:
        ValueError, TypeError: as for `public_pem`.
    """
    return hashlib.sha256(public_pem(private_pem).encode()).hexdigest()[:12]


def _make(path: Path, content: str) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(content)
    # A link succeeds for one process only; the others read what that one made, and never half of it.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _new_private_pem() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
