"""The notice that a person accepts before the assistant sees a word of theirs: its text, its versions, who accepted.

It is computed from the tenant's policy, so that another model or another address makes another version, and asks
again. What it promises about keeping texts, the rooms hold that keep them.
"""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assistant_service.api import Call, Endpoint, Message, Nothing
from assistant_service.callers import Caller
from assistant_service.policies import Policy, policy_of
from assistant_service.tables import NoticeAcceptanceRow
from veranderkracht import languages
from veranderkracht.errors import Conflict, Forbidden
from veranderkracht.languages import say
from veranderkracht.modules.markdown import render

_FOLDER = files("assistant_service") / "data" / "notice"
_ACCEPTED = select(NoticeAcceptanceRow.version).where(
    NoticeAcceptanceRow.tenant_id == bindparam("tenant_id"),
    NoticeAcceptanceRow.subject == bindparam("subject"),
    NoticeAcceptanceRow.version == bindparam("version"),
)


class Notice(Message):
    """What a person must know first, and whether they accepted it."""

    version: str
    html: str
    accepted: bool


class Acceptance(Message):
    """The version that a person read."""

    version: str = Field(max_length=60)


def current(policy: Policy) -> tuple[str, str]:
    """Give the version and the Markdown of the notice as it stands for a tenant, in the language that is spoken now.

    The version is that of the Dutch text: nobody is asked twice for reading it in another language.
    """
    source = _written(policy, languages.SOURCE)
    version = hashlib.sha256(source.encode()).hexdigest()[:12]
    return version, source if languages.spoken() == languages.SOURCE else _written(policy, languages.spoken())


def _written(policy: Policy, language: str) -> str:
    words = _words(language)
    reader, elsewhere, levels = words["guide"], "", ""
    if policy.providers:
        first, *others = policy.providers
        names = words["either"].join(one.name for one in others)
        also = words["others"].format(others=names) if others else ""
        reader = words["model"].format(first=first.name, others=also)
        owners = dict.fromkeys(one.owner for one in policy.providers)
        elsewhere = words["elsewhere"].format(owners=words["both"].join(owners))
    if policy.proposes_levels and policy.level_proposals:
        levels = words["levels"].format(on=f"{policy.level_proposals.on:%d/%m/%Y}") + "\n"
    contact = policy.contact or words["anybody"]
    days = policy.retention_days
    return words["text"].format(reader=reader, elsewhere=elsewhere, levels=levels, days=days, contact=contact).strip()


@cache
def _words(language: str) -> dict[str, str]:
    told: dict[str, str] = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return told


def is_accepted(session: Session, caller: Caller, policy: Policy) -> bool:
    """Tell whether this person accepted the notice as it stands now."""
    asked = {"tenant_id": caller.tenant_id, "subject": caller.subject, "version": current(policy)[0]}
    return session.connection().scalar(_ACCEPTED, asked) is not None


def unread(session: Session, caller: Caller, policy: Policy) -> Notice | None:
    """Give the notice when this person did not accept it as it stands now."""
    return None if is_accepted(session, caller, policy) else show(session, caller, policy)


def required(notice: Notice) -> Forbidden:
    """Give the error `notice-required`, with the notice, for who did not accept it."""
    told = say("Lees eerst wat er met je tekst gebeurt. Daarna kun je verder.")
    return Forbidden(told, code="notice-required", extra={"notice": notice.model_dump()})


def show(session: Session, caller: Caller, policy: Policy) -> Notice:
    """Give the notice as a page shows it; also what `notice-required` carries."""
    version, text = current(policy)
    return Notice(version=version, html=str(render(text)), accepted=is_accepted(session, caller, policy))


def _get(call: Call[Nothing]) -> Notice:
    with call.services.database.read() as session:
        return show(session, call.caller, policy_of(session, call.caller.tenant_id, call.services.settings))


def _post(call: Call[Acceptance]) -> None:
    with call.services.database.write() as session:
        notice = show(session, call.caller, policy_of(session, call.caller.tenant_id, call.services.settings))
        if call.body.version != notice.version:
            raise Conflict(
                say("Deze uitleg is intussen veranderd. Lees hem opnieuw voor je verdergaat."),
                code="notice-stale",
                extra={"notice": notice.model_dump()},
            )
        if not notice.accepted:
            row = NoticeAcceptanceRow(
                tenant_id=call.caller.tenant_id,
                subject=call.caller.subject,
                version=call.body.version,
                accepted_at=call.services.clock(),
            )
            session.add(row)


def _delete(call: Call[Nothing]) -> None:
    caller = call.caller
    with call.services.database.write() as session:
        erase(session, caller.tenant_id, caller.subject)


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Forget what a person accepted; they are asked again before the assistant sees another word. Give how many."""
    where = (NoticeAcceptanceRow.tenant_id == tenant_id, NoticeAcceptanceRow.subject == subject)
    return session.query(NoticeAcceptanceRow).where(*where).delete()


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give what a person accepted, and when."""
    where = (NoticeAcceptanceRow.tenant_id == tenant_id, NoticeAcceptanceRow.subject == subject)
    rows = session.scalars(select(NoticeAcceptanceRow).where(*where).order_by(NoticeAcceptanceRow.accepted_at))
    return [{"version": row.version, "accepted_at": row.accepted_at.isoformat()} for row in rows]


_SCOPES = ("feedback", "supervision")
ENDPOINTS = (
    Endpoint("GET", "/v1/notice", "Wat je moet weten voor je iets vraagt", _SCOPES, Nothing, Notice, _get),
    Endpoint(
        "POST",
        "/v1/notice",
        "Leg vast dat iemand de uitleg aanvaardt",
        _SCOPES,
        Acceptance,
        None,
        _post,
        codes=((409, "notice-stale"),),
    ),
    Endpoint("DELETE", "/v1/notice", "Trek een toestemming in", _SCOPES, Nothing, None, _delete),
)
