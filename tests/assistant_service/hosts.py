"""Hosts of the tests: really signed tokens and snapshots, right ones and wrong ones."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.cast import HANNE
from veranderkracht.host_tokens import AUDIENCE, HostKey

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ORIGIN_WEST = "https://lms.west.example"
ORIGIN_ZUID = "https://lms.zuid.example"

_KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "small-rsa": lambda: rsa.generate_private_key(65537, 1024),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def key_pair(kind: str = "ed25519") -> tuple[str, str]:
    """Give a private and a public key in PEM."""
    private = _KINDS[kind]()
    return (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )


@dataclass(frozen=True)
class Host:
    """A host with its key, as registered for one tenant."""

    key: HostKey
    public_pem: str
    origin: str

    @classmethod
    def make(cls, tenant: str, origin: str, *, kid: str, kind: str = "ed25519") -> "Host":
        """Give a host that is not registered yet."""
        private, public = key_pair(kind)
        return cls(HostKey(kid, origin, tenant, private, b"geheim"), public, origin)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Give the claims of a right learner's token, with changes; None leaves one out."""
        right = {
            "iss": self.key.issuer,
            "aud": AUDIENCE,
            "sub": HANNE,
            "tenant": self.key.tenant,
            "role": "learner",
            "course": "cursus-1",
            "step": "samen-kijken/eigen-praktijk",
            "scope": ["feedback"],
            "jti": str(uuid.uuid4()),
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 600,
        }
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        private_pem: str | None = None,
        algorithm: str | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> str:
        """Sign claims as this host does, or as somebody else would."""
        return jwt.encode(
            dict(claims),
            private_pem or self.key.private_pem,
            algorithm=algorithm or self.key.algorithm,
            headers={
                name: value for name, value in {"kid": self.key.kid, **(headers or {})}.items() if value is not None
            },
        )

    def token(self, **changes: Any) -> str:
        """Give a right token, with changes."""
        return self.sign(self.claims(**changes))

    def headers(self, **changes: Any) -> dict[str, str]:
        """Give the headers of a browser's right call, with changes in the token."""
        return {"Authorization": f"Bearer {self.token(**changes)}", "Origin": self.origin}

    def server_headers(self, **changes: Any) -> dict[str, str]:
        """Give the headers of the host's own call."""
        told = {"sub": self.key.issuer, "role": "host", "scope": ["events"], "course": None, "step": None, **changes}
        return {"Authorization": f"Bearer {self.token(**told)}"}
