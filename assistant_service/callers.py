"""Who calls: host tokens and signed snapshots, verified against the keys that tenants registered.

Defends against forged, replayed-elsewhere, long-lived and confused tokens: the key is found by `kid` alone, the
algorithm follows from the kind of key and never from the token, and issuer, tenant and role must be the key's own.
"""

import functools
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assistant_service.tables import HostKeyRow, HostOriginRow, TenantRow
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import LearnerId, TenantSlug
from veranderkracht.errors import Forbidden, NotSignedIn
from veranderkracht.host_tokens import AUDIENCE, LIFETIME, SNAPSHOT_TYPE
from veranderkracht.languages import say

Role = Literal["learner", "teacher", "host"]
ROLES: tuple[Role, ...] = ("learner", "teacher", "host")

SKEW = 30  # seconds that a host's clock may run ahead of ours
SMALLEST_RSA = 2048  # bits

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caller:
    """A verified token: who calls, for whom, and what they may do.

    Args:
        tenant: the tenant's slug; `tenant_id` is its row.
        kid: the host key that signed the token.
        issuer: the host.
        subject: the person's pseudonym; the issuer itself for a host's own call.
        role: `learner` or `teacher` in a browser, `host` for a server.
        course: the course as the host names it; empty for a host.
        step: `module/step`; empty for a host.
        scope: what the token is good for.
        origins: the origins whose pages may use it.
        token_id: the token's `jti`.
    """

    tenant: TenantSlug
    tenant_id: int
    kid: str
    issuer: str
    subject: LearnerId
    role: Role
    course: str
    step: str
    scope: frozenset[str]
    origins: frozenset[str]
    token_id: str


@dataclass(frozen=True)
class _Key:
    kid: str
    tenant: TenantSlug
    tenant_id: int
    issuer: str
    public_pem: str
    roles: tuple[str, ...]
    origins: frozenset[str]


# Every call waits for it: composed once, and without the objects of a session, it takes half the time.
_KEY = (
    select(
        TenantRow.slug, HostKeyRow.tenant_id, HostKeyRow.issuer, HostKeyRow.public_pem, HostKeyRow.roles,
        HostOriginRow.origin,
    )
    .join(TenantRow, TenantRow.id == HostKeyRow.tenant_id)
    .outerjoin(HostOriginRow, HostOriginRow.kid == HostKeyRow.kid)
    .where(HostKeyRow.kid == bindparam("kid"))
)  # fmt: skip


class _Refused(Exception):
    """Why a token will not do; for the log, not for the caller."""


def at_the_command_line(tenant: TenantRow) -> Caller:
    """Give the caller that a command on the server is, for what it spends of a tenant's budget."""
    who = LearnerId("opdrachtregel")
    return Caller(TenantSlug(tenant.slug), tenant.id, "", "", who, "host", "", "", frozenset(), frozenset(), "")


def verify_token(session: Session, token: str, *, at: datetime) -> Caller:
    """Give the caller that a host token stands for.

    Args:
        session: to look the key up.
        token: the JWT from the Authorization header.
        at: the present moment.

    Raises:
        NotSignedIn: `token-invalid`, whatever is wrong; the log says what.
    """
    kid = "?"
    try:
        header = _header(token)
        kid = str(header["kid"])[:120]
        if str(header.get("typ", "JWT")).upper() != "JWT":
            raise _Refused("is of another type")
        key = _find_key(session, kid)
        claims = _decode(token, key, audience=AUDIENCE)
        _check_times(claims, at)
        return _caller(claims, key)
    except (_Refused, jwt.PyJWTError) as fault:
        log.warning("host token refused: %s (kid %r)", fault, kid)
        raise NotSignedIn(
            say(
                "Je toegang tot de assistent is verlopen of klopt niet. Laad de pagina opnieuw; je tekst blijft staan."
            ),
            code="token-invalid",
        ) from fault


def verify_snapshot(session: Session, signed: str, caller: Caller) -> Snapshot:
    """Give the assignment that a host signed for this caller.

    Args:
        session: to look the key up.
        signed: the JWS that the page carries.
        caller: the verified token; the snapshot must be of its host key, tenant and step.

    Raises:
        Forbidden: `snapshot-invalid`, whatever is wrong; the log says what.
    """
    try:
        header = _header(signed)
        if header.get("typ") != SNAPSHOT_TYPE:
            raise _Refused("is of another type")
        if header["kid"] != caller.kid:
            raise _Refused("is signed with another key than the token")
        key = _find_key(session, caller.kid)
        claims = _decode(signed, key, audience=None)
        if claims.get("iss") != caller.issuer or claims.get("tenant") != caller.tenant:
            raise _Refused("is of another issuer or tenant")
        snapshot = Snapshot.model_validate(claims.get("snapshot"))
        if claims.get("hash") != snapshot.hash:
            raise _Refused("does not match its hash")
        if caller.step != f"{snapshot.module}/{snapshot.step}":
            raise _Refused("is of another step than the token")
        return snapshot
    except (_Refused, jwt.PyJWTError, ValidationError) as fault:
        log.warning("snapshot refused: %s (kid %r)", fault, caller.kid)
        raise Forbidden(
            say("De opdracht bij deze vraag klopt niet meer. Laad de pagina opnieuw; je tekst blijft staan."),
            code="snapshot-invalid",
        ) from fault


def algorithm_of(public_pem: str) -> str:
    """Give the one algorithm that fits a public key: `EdDSA` for Ed25519, `RS256` for RSA.

    Raises:
        ValueError: it is no PEM, another kind of key, or too small; with a Dutch reason.
    """
    return _opened(public_pem)[0]


@functools.lru_cache(maxsize=256)
def _opened(public_pem: str) -> tuple[str, Ed25519PublicKey | RSAPublicKey]:
    try:
        key = load_pem_public_key(public_pem.encode())
    except ValueError as fault:
        raise ValueError("dit is geen publieke sleutel in PEM (-----BEGIN PUBLIC KEY-----)") from fault
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA", key
    if isinstance(key, RSAPublicKey):
        if key.key_size < SMALLEST_RSA:
            raise ValueError(f"een RSA-sleutel van {key.key_size} bits is te klein; neem er minstens {SMALLEST_RSA}")
        return "RS256", key
    raise ValueError("verwacht een Ed25519- of RSA-sleutel")


def _header(token: str) -> Mapping[str, Any]:
    header = jwt.get_unverified_header(token)
    if not isinstance(header.get("kid"), str):
        raise _Refused("has no kid")
    if "crit" in header:
        raise _Refused("asks for extensions")
    return header


def _find_key(session: Session, kid: str) -> _Key:
    rows = session.connection().execute(_KEY, {"kid": kid}).all()
    if not rows:
        raise _Refused("kid is unknown")
    first = rows[0]
    origins = frozenset(row.origin for row in rows if row.origin is not None)
    return _Key(
        kid, TenantSlug(first.slug), first.tenant_id, first.issuer, first.public_pem, tuple(first.roles), origins
    )


def _decode(token: str, key: _Key, *, audience: str | None) -> dict[str, Any]:
    algorithm, public = _opened(key.public_pem)
    return jwt.decode(
        token,
        public,
        algorithms=[algorithm],
        audience=audience,
        # Times are checked against the clock that we are given, issuer and the rest against the key.
        options={
            "verify_aud": audience is not None,
            "strict_aud": True,
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_iss": False,
            "verify_sub": False,
            "verify_jti": False,
        },
    )


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    now = at.astimezone(UTC).timestamp()
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    if issued > now + SKEW:
        raise _Refused("is issued in the future")
    if expires <= now:
        raise _Refused("has expired")
    if expires > issued + LIFETIME.total_seconds():
        raise _Refused("lives too long")
    if "nbf" in claims and _seconds(claims, "nbf") > now + SKEW:
        raise _Refused("is not valid yet")


def _caller(claims: Mapping[str, Any], key: _Key) -> Caller:
    if claims.get("iss") != key.issuer:
        raise _Refused("is of another issuer than its key")
    if claims.get("tenant") != key.tenant:
        raise _Refused("is of another tenant than its key")
    role = claims.get("role")
    if role not in ROLES or role not in key.roles:
        raise _Refused("has a role that its key may not give")
    scope = claims.get("scope")
    if not isinstance(scope, list) or not all(isinstance(part, str) for part in scope):
        raise _Refused("has no list of scopes")
    in_browser = role != "host"
    return Caller(
        tenant=key.tenant,
        tenant_id=key.tenant_id,
        kid=key.kid,
        issuer=key.issuer,
        subject=LearnerId(_text(claims, "sub", 128 if in_browser else 500)),
        role=cast(Role, role),
        course=_text(claims, "course", 500) if in_browser else "",
        step=_text(claims, "step", 121) if in_browser else "",
        scope=frozenset(scope),
        origins=key.origins,
        token_id=_text(claims, "jti", 200),
    )


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else _missing(name)


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= longest else _missing(name)


def _missing(name: str) -> NoReturn:
    raise _Refused(f"has no usable {name}")


def check_origin(caller: Caller, origin: str | None) -> str:
    """Let a browser's call through only from a page of the key's own hosts; give its origin.

    Raises:
        Forbidden: `origin-refused`.
    """
    if origin is None or origin not in caller.origins:
        log.warning("origin refused: %r (kid %r)", (origin or "")[:300], caller.kid)
        raise Forbidden(
            say("De assistent kent deze pagina niet. Vraag de beheerder om haar adres bij de host te zetten."),
            code="origin-refused",
        )
    return origin


def check_rights(caller: Caller, *, scopes: Collection[str], roles: Collection[Role]) -> None:
    """Let a call through only with one of the scopes and one of the roles that it asks for.

    Raises:
        Forbidden: `scope-refused`.
    """
    if caller.scope.isdisjoint(scopes) or caller.role not in roles:
        log.warning("scope refused: %r as %s (kid %r)", sorted(scopes), caller.role, caller.kid)
        raise Forbidden(say("Met deze toegang kan dat niet."), code="scope-refused")
