"""Tenants and their hosts' keys: who may be registered, and how a key's tenant, roles and origins are kept."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant_service.callers import ROLES, algorithm_of
from assistant_service.tables import DocumentRow, HostKeyRow, HostOriginRow, TenantRow
from veranderkracht.errors import Conflict, NotFound, Rejected

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KID = re.compile(r"[A-Za-z0-9._:-]{1,120}")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class TenantLine:
    """What a list of tenants tells of one."""

    slug: str
    name: str
    keys: int
    documents: int


def add_tenant(session: Session, slug: str, name: str, at: datetime) -> bool:
    """Register an institution; give False when it was there already, under this name.

    Raises:
        Rejected: the slug or the name will not do.
        Conflict: the slug is another institution's.
    """
    if len(slug) > 60 or not _SLUG.fullmatch(slug):
        raise Rejected(f"{slug!r} kan geen naam van een instelling zijn: kleine letters, cijfers en streepjes.")
    if not name.strip() or len(name) > 200:
        raise Rejected("Geef de instelling een naam van 1 tot 200 tekens.")
    row = session.scalar(select(TenantRow).where(TenantRow.slug == slug))
    if row is not None:
        if row.name != name.strip():
            raise Conflict(f"{slug!r} bestaat al, met de naam {row.name!r}. Kies een andere korte naam.")
        return False
    session.add(TenantRow(slug=slug, name=name.strip(), created_at=at))
    return True


def find_tenant(session: Session, slug: str) -> TenantRow:
    """Give the tenant with this slug.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(TenantRow).where(TenantRow.slug == slug))
    if row is None:
        known = ", ".join(session.scalars(select(TenantRow.slug).order_by(TenantRow.slug)))
        rest = f"Wel: {known}." if known else "Maak er een met: veranderkracht tenant add SLUG --name NAAM"
        raise NotFound(f"De instelling {slug!r} bestaat hier niet. {rest}", code="tenant-unknown")
    return row


def list_tenants(session: Session) -> list[TenantLine]:
    """Give all tenants, by slug."""
    keys = select(func.count()).where(HostKeyRow.tenant_id == TenantRow.id).scalar_subquery()
    documents = select(func.count()).where(DocumentRow.tenant_id == TenantRow.id).scalar_subquery()
    query = select(TenantRow.slug, TenantRow.name, keys, documents).order_by(TenantRow.slug)
    return [TenantLine(*row) for row in session.execute(query)]


def add_host_key(
    session: Session,
    *,
    tenant: str,
    kid: str,
    issuer: str,
    public_pem: str,
    origins: Sequence[str],
    roles: Sequence[str],
    at: datetime,
) -> bool:
    """Register a host's public key, or give a known one other origins and roles.

    Args:
        session: to write with.
        tenant: the one tenant that the key speaks for.
        kid: the key's name, unique over all tenants.
        issuer: the host's name in its tokens.
        public_pem: Ed25519 or RSA.
        origins: of the pages that may use the key's tokens, such as `https://lms.example.org`.
        roles: that the key may give.
        at: the present moment.

    Returns:
        False when the key was there already; its origins and roles are then what was given now.

    Raises:
        Rejected: something of it will not do; says what.
        Conflict: the kid names another key, issuer or tenant.
        NotFound: the tenant does not exist.
    """
    owner = find_tenant(session, tenant)
    if not _KID.fullmatch(kid):
        raise Rejected(
            f"{kid!r} kan geen kid zijn: letters, cijfers, punt, streepje, dubbelpunt, hoogstens 120 tekens."
        )
    if not issuer or len(issuer) > 500:
        raise Rejected("Geef de issuer van de host: de naam die hij in zijn tokens zet.")
    if strangers := sorted(set(roles) - set(ROLES)):
        raise Rejected(f"Onbekende rol: {', '.join(strangers)}. Wel: {', '.join(ROLES)}.")
    pem = _public(public_pem)
    wanted = sorted({normal_origin(origin) for origin in origins})
    row = session.get(HostKeyRow, kid)
    if row is None:
        row = HostKeyRow(kid=kid, tenant_id=owner.id, issuer=issuer, public_pem=pem, created_at=at)
        session.add(row)
        fresh = True
    else:
        if (row.tenant_id, row.issuer, row.public_pem) != (owner.id, issuer, pem):
            raise Conflict(
                f"De kid {kid!r} hoort al bij een andere sleutel, issuer of instelling. "
                "Geef een nieuwe sleutel een nieuwe kid."
            )
        fresh = False
    row.roles = sorted(set(roles))
    row.origins = [one for one in row.origins if one.origin in wanted]
    kept = {one.origin for one in row.origins}
    row.origins += [HostOriginRow(kid=kid, origin=origin) for origin in wanted if origin not in kept]
    session.flush()
    return fresh


def normal_origin(text: str) -> str:
    """Write an origin as browsers send it.

    Raises:
        Rejected: it is no origin, or one without TLS that is not this machine.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or parts.scheme not in _DEFAULT_PORTS or parts.path not in ("", "/"):
        raise Rejected(f"{text!r} is geen origin; verwacht iets als https://lms.voorbeeld.be, zonder pad.")
    if parts.query or parts.fragment or parts.username is not None:
        raise Rejected(f"{text!r} is geen origin; verwacht iets als https://lms.voorbeeld.be, en niets erachter.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise Rejected(
            f"{text!r} heeft geen https. Zonder versleuteling aanvaarden we alleen pagina's op deze machine."
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public(pem: str) -> str:
    if "PRIVATE KEY" in pem:
        raise Rejected("Dit is een geheime sleutel. Geef alleen de publieke, en laat de geheime bij de host.")
    try:
        algorithm_of(pem)
    except ValueError as fault:
        raise Rejected(f"De publieke sleutel kan niet: {fault}.") from fault
    # Written anew, so that the same key in other line endings is the same key.
    public = load_pem_public_key(pem.encode())
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
