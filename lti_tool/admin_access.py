"""Who may administer: one-time links from the command line, and the short sessions that they open.

Only hashes of secrets are kept. A role on a platform is no right here. Cookies and forms are `admin_guard.py`'s.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti_tool import audit
from lti_tool.admin_tables import AdminLinkRow, AdminSessionRow
from lti_tool.registrations import require_tenant_name
from lti_tool.signed import digest
from lti_tool.tables import TenantRow
from veranderkracht.errors import BadInput, NotFound
from veranderkracht.languages import later, say

LINK_LIFETIME = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=1)  # that a session in use is written down
NAME_LENGTH = 120


@dataclass(frozen=True)
class Administrator:
    """Somebody who is signed in.

    Args:
        name: as the link was made for; for the audit log.
        tenant: the only institution they see, or empty for all.
        id_hash: of the session.
        form_token: stands in each form of this session.
    """

    name: str
    tenant: str
    id_hash: str
    form_token: str


def make_link(session: Session, name: str, tenant: str, at: datetime) -> str:
    """Give the secret of a new link, that is never to be had again.

    Raises:
        BadInput: `name-invalid`, `tenant-invalid`, or `tenant-unknown`.
    """
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        raise BadInput(say("Geef een naam van hoogstens {most} tekens.", most=NAME_LENGTH), code="name-invalid")
    if tenant:
        require_tenant_name(tenant)
        # A slip of the pen would make an administrator of an institution that is not there.
        if session.scalars(select(TenantRow.id).where(TenantRow.slug == tenant)).first() is None:
            raise BadInput(
                f"Instelling {tenant!r} bestaat nog niet. Maak haar eerste koppeling met een link zonder --tenant, "
                "met `veranderkracht lti invite` of met `lti register`.",
                code="tenant-unknown",
            )
    session.execute(delete(AdminLinkRow).where(AdminLinkRow.expires_at < at))
    secret = secrets.token_urlsafe(32)
    session.add(
        AdminLinkRow(
            secret_hash=digest(secret), name=name.strip(), tenant=tenant, expires_at=at + LINK_LIFETIME, used_at=None
        )
    )
    about = f"voor {name.strip()}" + ("" if tenant else ", alle instellingen")
    audit.note(session, "admin-link-made", by=audit.COMMAND_LINE, tenant=tenant, about=about, at=at)
    return secret


def look_at_link(session: Session, secret: str, at: datetime) -> AdminLinkRow:
    """Give a link that can still be used; nothing is used up.

    Raises:
        NotFound: `admin-link-invalid`: it is over, used, or never was.
    """
    row = session.get(AdminLinkRow, digest(secret))
    if row is None or row.used_at is not None or at >= row.expires_at:
        raise _invalid()
    return row


def sign_in(session: Session, secret: str, at: datetime) -> str:
    """Use a link up, and give the id of the session that it opens; of two at the same time, one gets it.

    Raises:
        NotFound: `admin-link-invalid`.
    """
    used = session.execute(
        update(AdminLinkRow)
        .where(AdminLinkRow.secret_hash == digest(secret), AdminLinkRow.used_at.is_(None), AdminLinkRow.expires_at > at)
        .values(used_at=at)
        .returning(AdminLinkRow.name, AdminLinkRow.tenant)
    ).first()
    if used is None:
        raise _invalid()
    session.execute(delete(AdminSessionRow).where(AdminSessionRow.ends_at <= at))
    opened = secrets.token_urlsafe(32)
    session.add(
        AdminSessionRow(id_hash=digest(opened), name=used.name, tenant=used.tenant, seen_at=at, ends_at=at + LONGEST)
    )
    audit.note(session, "admin-signed-in", by=used.name, tenant=used.tenant, at=at)
    return opened


def find(session: Session, session_id: str, at: datetime) -> tuple[Administrator, bool] | None:
    """Give who is signed in, and whether `seen` is due; None when nobody is, or when it took too long."""
    row = session.get(AdminSessionRow, digest(session_id)) if session_id else None
    if row is None or at >= row.ends_at or at >= row.seen_at + IDLE:
        return None
    # Known to who holds the session's id only, and tells nothing of it.
    form_token = digest(f"form\n{session_id}")
    return Administrator(row.name, row.tenant, row.id_hash, form_token), at >= row.seen_at + SEEN_EVERY


def seen(session: Session, administrator: Administrator, at: datetime) -> None:
    """Write down that a session is in use."""
    mine = AdminSessionRow.id_hash == administrator.id_hash
    session.execute(update(AdminSessionRow).where(mine).values(seen_at=at))


def sign_out(session: Session, administrator: Administrator, at: datetime, *, everywhere: bool = False) -> None:
    """End a session; or all of this administrator's, with the links that were made for them and not used yet."""
    if everywhere:
        for table in (AdminSessionRow, AdminLinkRow):
            session.execute(delete(table).where(table.name == administrator.name, table.tenant == administrator.tenant))
    else:
        session.execute(delete(AdminSessionRow).where(AdminSessionRow.id_hash == administrator.id_hash))
    act = "admin-signed-out-everywhere" if everywhere else "admin-signed-out"
    audit.note(session, act, by=administrator.name, tenant=administrator.tenant, at=at)


def _invalid() -> NotFound:
    error = NotFound(
        say(
            "Ze is al gebruikt, ouder dan een kwartier, of niet volledig gekopieerd.\n"
            "Vraag een nieuwe aan wie de server beheert: veranderkracht lti admin-link."
        ),
        code="admin-link-invalid",
    )
    error.title = later("Deze aanmeldlink werkt niet meer")
    return error
