"""What a host signs for the sidecar: browser tokens, its own calls, and assignment snapshots; and pseudonyms.

A host (an Open edX site, an LTI tool) has a private key per tenant; the sidecar knows the public one by `kid`.
Verification is the sidecar's.
"""

import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import LearnerId

AUDIENCE = "veranderkracht-assistant"
LIFETIME = timedelta(minutes=10)  # the most that the sidecar accepts
SNAPSHOT_TYPE = "vk-snapshot+jwt"


@dataclass(frozen=True)
class HostKey:
    """A host's key for one tenant.

    Args:
        kid: the name under which the sidecar knows the public key.
        issuer: the host, as an origin or another stable name.
        tenant: the tenant that this key speaks for.
        private_pem: an Ed25519 or RSA private key in PEM; never logged.
        tenant_key: the secret that pseudonyms are made with; never leaves the host.
    """

    kid: str
    issuer: str
    tenant: str
    private_pem: str
    tenant_key: bytes

    def __repr__(self) -> str:
        return f"HostKey(kid={self.kid!r}, issuer={self.issuer!r}, tenant={self.tenant!r})"

    @property
    def algorithm(self) -> str:
        """`EdDSA` or `RS256`, by the kind of key.

        Raises:
            ValueError: the key is neither Ed25519 nor RSA.
        """
        key = load_pem_private_key(self.private_pem.encode(), password=None)
        if isinstance(key, Ed25519PrivateKey):
            return "EdDSA"
        if isinstance(key, RSAPrivateKey):
            return "RS256"
        raise ValueError("een host tekent met een Ed25519- of RSA-sleutel")

    def learner(self, platform_issuer: str, user_id: str) -> LearnerId:
        """Give the pseudonym of a platform's user: the same in every course, and not to be turned back outside."""
        return pseudonym(self.tenant_key, platform_issuer, user_id)

    def browser_token(
        self,
        *,
        learner: str,
        role: Literal["learner", "teacher"],
        course: str,
        step: str,
        at: datetime,
        scope: Sequence[str] = ("feedback",),
    ) -> tuple[str, datetime]:
        """Mint a token for the page of one person on one step; give it with the moment it ends (10 minutes)."""
        claims = {"sub": learner, "role": role, "course": course, "step": step, "scope": list(scope)}
        return self._sign(claims, at), at + LIFETIME

    def server_token(self, *, at: datetime, scope: Sequence[str] = ("events",)) -> str:
        """Mint a token for the host's own calls."""
        return self._sign({"sub": self.issuer, "role": "host", "scope": list(scope)}, at)

    def sign_snapshot(self, snapshot: Snapshot) -> str:
        """Sign what the learner was asked, for the page to hand to the sidecar."""
        claims = {
            "iss": self.issuer,
            "tenant": self.tenant,
            "hash": snapshot.hash,
            "snapshot": snapshot.model_dump(mode="json"),
        }
        headers = {"kid": self.kid, "typ": SNAPSHOT_TYPE}
        return jwt.encode(claims, self.private_pem, algorithm=self.algorithm, headers=headers)

    def _sign(self, claims: Mapping[str, object], at: datetime) -> str:
        full = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "tenant": self.tenant,
            "jti": str(uuid.uuid4()),
            "iat": int(at.timestamp()),
            "exp": int((at + LIFETIME).timestamp()),
            **claims,
        }
        return jwt.encode(full, self.private_pem, algorithm=self.algorithm, headers={"kid": self.kid})


def pseudonym(tenant_key: bytes, platform_issuer: str, user_id: str) -> LearnerId:
    """Give HMAC-SHA256(tenant key, issuer + newline + user id) in hexadecimal."""
    message = f"{platform_issuer}\n{user_id}".encode()
    return LearnerId(hmac.new(tenant_key, message, hashlib.sha256).hexdigest())
