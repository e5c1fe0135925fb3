"""Platforms and their deployments: who they are, and which tenant a launch belongs to.

Only issuer, client and deployment together find a tenant; nothing here takes in what it does not know.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lti_tool.database import execute
from lti_tool.direct import Direct
from lti_tool.tables import LONG, NAME, DeploymentRow, RegistrationRow, TenantRow
from veranderkracht.errors import BadInput, Conflict
from veranderkracht.languages import say

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Registration:
    """A platform, as an administrator gives it.

    Args:
        issuer: the platform's name in its tokens.
        client_id: our name on the platform.
        auth_url: where the platform answers authentication requests.
        token_url: where it gives access tokens.
        jwks_url: where its public keys are.
        token_audience: the `aud` that it wants in our assertions; empty: the token address.
        frame_origins: further origins whose pages may show ours in a frame.
    """

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str = ""
    frame_origins: tuple[str, ...] = field(default=())

    @property
    def audience(self) -> str:
        """The `aud` of our assertions."""
        return self.token_audience or self.token_url

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages may frame ours: the issuer's, the login page's, and those added by hand."""
        found = [origin(self.issuer), origin(self.auth_url), *self.frame_origins]
        return tuple(dict.fromkeys(each for each in found if each))


def origin(address: str) -> str:
    """Give scheme, host and port of an address, or an empty string when it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""  # such as half an IPv6 address
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.hostname else ""


@dataclass(frozen=True)
class Deployment:
    """Whose launches come from a deployment: its row, and the tenant's; switched off, none may come."""

    id: int
    tenant_id: int
    tenant: str
    is_on: bool


# What every launch asks, built once.
_REGISTRATIONS = RegistrationRow.__table__
_OF_ISSUER = select(_REGISTRATIONS).where(_REGISTRATIONS.c.issuer == bindparam("issuer")).limit(2)
_OF_CLIENT = _OF_ISSUER.where(_REGISTRATIONS.c.client_id == bindparam("client_id"))
_BY_ID = select(_REGISTRATIONS).where(_REGISTRATIONS.c.id == bindparam("row"))
_OF_DEPLOYMENT = (
    select(DeploymentRow.id, DeploymentRow.tenant_id, TenantRow.slug, DeploymentRow.switched_off_at)
    .join_from(DeploymentRow.__table__, TenantRow.__table__)
    .where(
        DeploymentRow.registration_id == bindparam("registration"),
        DeploymentRow.deployment_id == bindparam("deployment"),
    )
)


def find(where: Session | Direct, issuer: str, client_id: str) -> tuple[int, Registration] | None:
    """Give the registration of an issuer; without a client id, only when the issuer has just one."""
    asked = {"issuer": issuer, "client_id": client_id} if client_id else {"issuer": issuer}
    rows = execute(where, _OF_CLIENT if client_id else _OF_ISSUER, asked)
    return (rows[0].id, _registration(rows[0])) if len(rows) == 1 else None


def by_id(where: Session | Direct, registration_id: int) -> Registration | None:
    """Give a registration by its row's id."""
    rows = execute(where, _BY_ID, {"row": registration_id})
    return _registration(rows[0]) if rows else None


def tenant_of(connection: Direct, registration_id: int, deployment_id: str) -> Deployment | None:
    """Give whose launches a platform sends under this deployment's name."""
    asked = {"registration": registration_id, "deployment": deployment_id}
    rows = connection.execute(_OF_DEPLOYMENT, asked)
    if not rows:
        return None
    return Deployment(rows[0].id, rows[0].tenant_id, rows[0].slug, is_on=rows[0].switched_off_at is None)


def deployment(session: Session, registration_id: int, deployment_id: str) -> DeploymentRow | None:
    """Give the deployment of this name on a platform, with its tenant."""
    query = select(DeploymentRow).where(
        DeploymentRow.registration_id == registration_id, DeploymentRow.deployment_id == deployment_id
    )
    return session.scalars(query).one_or_none()


def of_deployment(row: DeploymentRow) -> Registration:
    """Give the registration that a deployment belongs to."""
    return _registration(row.registration)


def register(
    session: Session,
    tenant: str,
    registration: Registration,
    deployments: Sequence[str],
    at: datetime,
    *,
    invited: bool = False,
) -> bool:
    """Keep a platform and its deployments for a tenant; the same again brings it up to date. True when it is new.

    Args:
        session: of the caller's transaction.
        tenant: the institution's slug.
        registration: the platform.
        deployments: its deployments there; none yet when the platform does not say them.
        at: now.
        invited: change nothing of a platform that is known, and add to it only for a tenant that it already has: who
            comes by invitation may not turn somebody's launches to other keys, or take in deployments of others.

    Raises:
        BadInput: the slug, an address or a name will not do.
        Conflict: `deployment-taken`: one of the deployments is another tenant's; `registration-known`.
    """
    _check(tenant, registration)
    row = session.scalars(
        select(RegistrationRow).where(
            RegistrationRow.issuer == registration.issuer, RegistrationRow.client_id == registration.client_id
        )
    ).one_or_none()
    new = row is None
    if row is not None and invited:
        same = replace(_registration(row), frame_origins=registration.frame_origins) == registration
        if not same or not _has_tenant(session, row.id, tenant):
            raise Conflict(
                say(
                    "{issuer} is met client-id {client!r} al anders geregistreerd.",
                    issuer=registration.issuer,
                    client=registration.client_id,
                ),
                code="registration-known",
            )
        add_deployments(session, tenant, row.id, deployments, at)
        return False
    if row is None:
        row = RegistrationRow(issuer=registration.issuer, client_id=registration.client_id, created_at=at)
        session.add(row)
    row.auth_url, row.token_url, row.jwks_url = registration.auth_url, registration.token_url, registration.jwks_url
    row.token_audience, row.frame_origins = registration.token_audience, list(registration.frame_origins)
    row.updated_at = at
    session.flush()
    add_deployments(session, tenant, row.id, deployments, at)
    return new


def add_deployments(
    session: Session, tenant: str, registration_id: int, deployments: Sequence[str], at: datetime
) -> None:
    """Make deployments of a registered platform a tenant's own; those that are already stay so.

    Raises:
        BadInput: the slug or a deployment's name will not do.
        Conflict: `deployment-taken`: one of them is another tenant's.
    """
    require_tenant_name(tenant)
    if not all(deployments) or any(len(name) > NAME for name in deployments):
        raise BadInput(say("Een deployment-id telt 1 tot {most} tekens.", most=NAME), code="registration-incomplete")
    tenant_row = session.scalars(select(TenantRow).where(TenantRow.slug == tenant)).one_or_none()
    if tenant_row is None:
        tenant_row = TenantRow(slug=tenant, created_at=at)
        session.add(tenant_row)
        session.flush()
    for name in dict.fromkeys(deployments):
        known = deployment(session, registration_id, name)
        if known is not None and known.tenant_id != tenant_row.id:
            raise Conflict(
                say(
                    "Deployment {name!r} van {issuer} hoort al bij instelling {tenant!r}.",
                    name=name,
                    issuer=known.registration.issuer,
                    tenant=known.tenant.slug,
                ),
                code="deployment-taken",
            )
        if known is None:
            session.add(
                DeploymentRow(
                    registration_id=registration_id, deployment_id=name, tenant_id=tenant_row.id, created_at=at
                )
            )


def _has_tenant(session: Session, registration_id: int, tenant: str) -> bool:
    query = select(DeploymentRow.id).join(TenantRow, TenantRow.id == DeploymentRow.tenant_id)
    return (
        session.scalars(query.where(DeploymentRow.registration_id == registration_id, TenantRow.slug == tenant)).first()
        is not None
    )


def require_tenant_name(tenant: str) -> None:
    """Check that an institution may be called so.

    Raises:
        BadInput: `tenant-invalid`.
    """
    if not _SLUG.fullmatch(tenant) or len(tenant) > 60:
        raise BadInput(
            say(
                "{tenant!r} kan geen naam van een instelling zijn: gebruik kleine letters, cijfers en streepjes.",
                tenant=tenant,
            ),
            code="tenant-invalid",
        )


def _check(tenant: str, registration: Registration) -> None:
    require_tenant_name(tenant)
    addresses = {
        "auth-url": registration.auth_url,
        "token-url": registration.token_url,
        "jwks-url": registration.jwks_url,
        **dict.fromkeys(registration.frame_origins, ""),
    }
    for name, address in addresses.items():
        if not origin(address or name) or len(address) > LONG:
            raise BadInput(
                say(
                    "{name}: {address!r} is geen adres dat met http:// of https:// begint.", name=name, address=address
                ),
                code="url-invalid",
            )
    if any(each != origin(each) for each in registration.frame_origins):
        raise BadInput(
            say("Geef bij frame-origin enkel het begin van een adres: https://naam[:poort]."), code="url-invalid"
        )
    if not registration.issuer or not registration.client_id:
        raise BadInput(say("Issuer en client-id mogen niet leeg zijn."), code="registration-incomplete")
    if max(len(registration.issuer), len(registration.client_id)) > NAME or len(registration.token_audience) > LONG:
        raise BadInput(
            say("Issuer en client-id tellen hoogstens {most} tekens.", most=NAME), code="registration-incomplete"
        )


def _registration(row: RegistrationRow | Any) -> Registration:
    return Registration(
        issuer=row.issuer,
        client_id=row.client_id,
        auth_url=row.auth_url,
        token_url=row.token_url,
        jwks_url=row.jwks_url,
        token_audience=row.token_audience,
        frame_origins=tuple(row.frame_origins),
    )
