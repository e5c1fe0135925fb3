"""Signing in with the institution's own account: which server says who somebody is, and whom it knows by which name.

Being known there gives nothing by itself: somebody was invited first, and then tied their account to the invitation.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from assistant_service import audit
from assistant_service.administration import oidc
from assistant_service.administration.people import digest, person_of
from assistant_service.administration.tables import AdministratorRow, IdentityRow, InstitutionRow
from assistant_service.configuration import AssistantSettings
from assistant_service.sealing import Seal
from assistant_service.tables import TenantRow

BACK = "/admin/sign-in/institution/back"


def configure(
    session: Session,
    tenant_id: int,
    issuer: str,
    id: str,
    secret: str,
    settings: AssistantSettings,
    *,
    by: str,
    at: datetime,
) -> None:
    """Keep which server says who somebody is, instead of another that did.

    Args:
        session: to write with.
        tenant_id: whose people.
        issuer: the server's address, as it names itself.
        id: ours there.
        secret: ours there; sealed before it is kept.
        settings: hold what it is sealed with.
        by: who decided, for the log.
        at: when.
    """
    session.merge(
        InstitutionRow(
            tenant_id=tenant_id, issuer=issuer, client_id=id, client_secret=Seal(settings, tenant_id).seal(secret)
        )
    )
    audit.note(session, "institution-sign-in-set", tenant_id=tenant_id, by=by, about=issuer, at=at)


def forget(session: Session, tenant_id: int, *, by: str, at: datetime) -> bool:
    """Let nobody of an institution sign in with its account any more; give False when nobody could."""
    row = session.get(InstitutionRow, tenant_id)
    if row is None:
        return False
    session.delete(row)
    audit.note(session, "institution-sign-in-removed", tenant_id=tenant_id, by=by, at=at)
    return True


def client_of(session: Session, tenant: TenantRow, settings: AssistantSettings) -> oidc.Client | None:
    """Give how we are known to the server of an institution; None when its people sign in with passkeys alone."""
    row = session.get(InstitutionRow, tenant.id)
    if row is None:
        return None
    secret = Seal(settings, tenant.id).open(row.client_secret)
    return oidc.Client(row.issuer, row.client_id, secret, f"{settings.base_url}{BACK}")


def tie(session: Session, person: AdministratorRow, issuer: str, subject: str, at: datetime) -> None:
    """Let somebody sign in from now on with the account that their institution knows by this name.

    Raises:
        NotSignedIn: `sign-in-refused`, it is another person's here.
    """
    row = session.get(IdentityRow, _key(person.tenant_id, issuer, subject))
    if row is not None and row.administrator_id != person.id:
        raise oidc.refused()
    if row is None:
        key = _key(person.tenant_id, issuer, subject)
        session.add(IdentityRow(id_hash=key, administrator_id=person.id, added_at=at, used_at=at))
    audit.note(session, "institution-account-tied", tenant_id=person.tenant_id, by=person_of(person).acts_as, at=at)


def recognise(session: Session, tenant_id: int, issuer: str, subject: str, at: datetime) -> AdministratorRow:
    """Give whom an institution knows by this name.

    Raises:
        NotSignedIn: `sign-in-refused`: nobody who may administer here.
    """
    row = session.get(IdentityRow, _key(tenant_id, issuer, subject))
    person = session.get(AdministratorRow, row.administrator_id) if row is not None else None
    if row is None or person is None or person.removed_at is not None or person.tenant_id != tenant_id:
        raise oidc.refused()
    row.used_at = at
    return person


def _key(tenant_id: int, issuer: str, subject: str) -> str:
    # Of one server for two institutions, each ties for itself.
    return digest(f"{tenant_id}\n{issuer}\n{subject}")
