"""The notice that a person accepts before the assistant sees a word of theirs: its text, its versions, who accepted.

It is computed from the tenant's policy, so that another model or another address makes another version, and asks
again. What it promises about keeping texts, the rooms hold that keep them.
"""

import hashlib
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant_service.api import Call, Endpoint, Message, Nothing
from assistant_service.callers import Caller
from assistant_service.configuration import AssistantSettings
from assistant_service.policies import Policy, policy_of
from assistant_service.tables import NoticeAcceptanceRow
from veranderkracht.errors import Conflict, Forbidden
from veranderkracht.modules.markdown import render

_TEXT = """
Hier help je jezelf met **artificiële intelligentie of een ingebouwde gids**, nooit met een beoordeling. Punten en
niveaus komen altijd van je docent; die ziet niet wat je de assistent vroeg of schreef.

- **Wat er vertrekt:** wat je zelf vraagt of laat lezen, en de opdracht erbij. Niet je naam, niet je e-mailadres.
  Rekeningnummers, rijksregisternummers, telefoonnummers, adressen en e-mailadressen halen we eruit voor iets of iemand
  de tekst leest.
- **Wie het leest:** {reader}
- **Ook bij het beoordelen:** je docent kan hetzelfde laten meelezen met wat je indiende, zonder je naam erbij. Wat je
  docent daarvan ziet, zijn citaten en opmerkingen; jouw vragen en gesprekken niet.
- **Wat we bewaren, en waarom:** van feedback dat en wanneer je ze vroeg, hoe lang je tekst was en bij welke criteria
  er iets te zien was, om je beurten te tellen; je tekst en de feedback zelf niet. Van een gesprek bewaren we wat jullie
  zeiden, zodat jij erop terug kunt komen. Het is van jou alleen: je kunt het meenemen of wissen. {days} dagen na het
  laatste bericht wissen we het zelf. {elsewhere}
{levels}- **Noem geen mensen bij naam.** Schrijf ‘mevrouw D.’ of ‘een collega’. Je beroepsgeheim geldt ook hier.
- **Liever niet?** Dan hoef je niets te doen: je kunt alles lezen, schrijven en indienen zonder de assistent. Wie al
  toestemde, kan dat hier altijd weer intrekken. Bezwaar, of een vraag over je gegevens? Richt je tot {contact}.
"""

_GUIDE = (
    "een ingebouwde gids zonder taalmodel. Hij vergelijkt je tekst met de criteria van de opdracht en met onze "
    "kennisbank. **Je tekst blijft op deze server.**"
)
_MODEL = "een taalmodel ({first}). Het kan zich vergissen; kijk altijd zelf na of klopt wat het zegt.{others}"
_OTHERS = " Antwoordt dat niet, dan {others}; verder niemand."
_LEVELS = """- **Bij het beoordelen:** laat je docent je werk meelezen, dan kan het taalmodel na een eigen keuze van je
  docent tonen welk niveau het zelf zag. Aan je punten verandert dat niets: je docent kiest. Je instelling besliste
  dat op {on}.
"""
_ELSEWHERE = "Hoelang {owners} gegevens bijhoudt, staat in de overeenkomst die je instelling ermee sloot."
_ANYBODY = "wie in je instelling voor gegevensbescherming instaat, of tot je docent"


class Notice(Message):
    """What a person must know first, and whether they accepted it."""

    version: str
    html: str
    accepted: bool


class Acceptance(Message):
    """The version that a person read."""

    version: str = Field(max_length=60)


def current(policy: Policy) -> tuple[str, str]:
    """Give the version and the Markdown of the notice as it stands for a tenant."""
    reader, elsewhere, levels = _GUIDE, "", ""
    if policy.providers:
        first, *others = policy.providers
        also = _OTHERS.format(others=" of ".join(one.name for one in others)) if others else ""
        reader = _MODEL.format(first=first.name, others=also)
        elsewhere = _ELSEWHERE.format(owners=" en ".join(dict.fromkeys(one.owner for one in policy.providers)))
    if policy.proposes_levels and policy.level_proposals:
        levels = _LEVELS.format(on=f"{policy.level_proposals.on:%d/%m/%Y}")
    text = _TEXT.format(
        reader=reader,
        elsewhere=elsewhere,
        levels=levels,
        days=policy.retention_days,
        contact=policy.contact or _ANYBODY,
    ).strip()
    return hashlib.sha256(text.encode()).hexdigest()[:12], text


def is_accepted(session: Session, caller: Caller, settings: AssistantSettings) -> bool:
    """Tell whether this person accepted the notice as it stands now."""
    version, _ = current(policy_of(session, caller.tenant_id, settings))
    return session.get(NoticeAcceptanceRow, (caller.tenant_id, caller.subject, version)) is not None


def require(session: Session, caller: Caller, settings: AssistantSettings) -> None:
    """Let nobody through who did not accept the notice as it stands now.

    Raises:
        Forbidden: `notice-required`, with the notice.
    """
    if not is_accepted(session, caller, settings):
        raise Forbidden(
            "Lees eerst wat er met je tekst gebeurt. Daarna kun je verder.",
            code="notice-required",
            extra={"notice": show(session, caller, settings).model_dump()},
        )


def show(session: Session, caller: Caller, settings: AssistantSettings) -> Notice:
    """Give the notice as a page shows it; also what `notice-required` carries."""
    version, text = current(policy_of(session, caller.tenant_id, settings))
    return Notice(version=version, html=str(render(text)), accepted=is_accepted(session, caller, settings))


def _get(call: Call[Nothing]) -> Notice:
    with call.services.database.read() as session:
        return show(session, call.caller, call.services.settings)


def _post(call: Call[Acceptance]) -> None:
    settings = call.services.settings
    with call.services.database.write() as session:
        notice = show(session, call.caller, settings)
        if call.body.version != notice.version:
            raise Conflict(
                "Deze uitleg is intussen veranderd. Lees hem opnieuw voor je verdergaat.",
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
