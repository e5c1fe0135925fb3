"""The notice that a person accepts before the assistant sees a word of theirs: its text, its versions, who accepted.

It is computed from the settings, so that another model or another address makes another version, and asks again.
What it promises about keeping texts, the feedback room holds.
"""

import hashlib
from urllib.parse import urlsplit

from pydantic import Field
from sqlalchemy.orm import Session

from assistant_service.api import Call, Endpoint, Message, Nothing
from assistant_service.callers import Caller
from assistant_service.configuration import AssistantSettings
from assistant_service.tables import NoticeAcceptanceRow
from veranderkracht.errors import Conflict
from veranderkracht.modules.markdown import render

_PROVIDERS = {
    "openai": "OpenAI",
    "azure_openai": "Microsoft (Azure OpenAI)",
    "anthropic": "Anthropic",
    "mistralai": "Mistral AI",
    "google_genai": "Google",
    "google_vertexai": "Google",
}

_TEXT = """
Je tekst krijgt hier **feedback om verder te denken, geen punten**. Een cijfer komt altijd van je docent; die ziet niet
wat je de assistent vroeg.

- **Wat er vertrekt:** de tekst die je schreef en de opdracht erbij. Niet je naam, niet je e-mailadres. Rekeningnummers,
  rijksregisternummers, telefoonnummers en e-mailadressen halen we eruit voor iets of iemand de tekst leest.
- **Wie de tekst leest:** {reader}
- **Wat we bewaren:** dat en wanneer je feedback vroeg, hoe lang je tekst was en bij welke criteria er
  iets te zien was. Zo tellen we je beurten. Je tekst en de feedback bewaart de
  assistent niet. {elsewhere}
- **Noem geen mensen bij naam.** Schrijf ‘mevrouw D.’ of ‘een collega’. Je beroepsgeheim geldt ook hier.
- **Liever niet?** Dan hoef je niets te doen: je kunt alles lezen, schrijven en indienen zonder de assistent. Heb je al
  toegestemd en wil je dat intrekken, of heb je bezwaar, zeg het aan je docent of aan wie in je instelling voor
  gegevensbescherming instaat.
"""

_GUIDE = (
    "een ingebouwde gids zonder taalmodel. Hij vergelijkt je tekst met de criteria van de opdracht en met onze "
    "kennisbank. **Je tekst blijft op deze server.**"
)
_MODEL = "een taalmodel ({model}) van **{provider}**. Het kan zich vergissen; kijk altijd zelf na of de feedback klopt."
_ELSEWHERE = "Hoelang {provider} gegevens bijhoudt, staat in de overeenkomst die je instelling ermee sloot."


class Notice(Message):
    """What a person must know first, and whether they accepted it."""

    version: str
    html: str
    accepted: bool


class Acceptance(Message):
    """The version that a person read."""

    version: str = Field(max_length=60)


def provider(settings: AssistantSettings) -> str | None:
    """Name who reads a text outside this service, or None when nobody does."""
    if settings.model == "guide":
        return None
    vendor = settings.model.partition(":")[0]
    if settings.model_url:
        return urlsplit(settings.model_url).hostname or settings.model_url
    return _PROVIDERS.get(vendor, vendor)


def current(settings: AssistantSettings) -> tuple[str, str]:
    """Give the version and the Markdown of the notice as it stands."""
    reader, elsewhere = _GUIDE, ""
    if name := provider(settings):
        reader = _MODEL.format(model=settings.model.partition(":")[2], provider=name)
        elsewhere = _ELSEWHERE.format(provider=name)
    text = _TEXT.format(reader=reader, elsewhere=elsewhere).strip()
    return hashlib.sha256(text.encode()).hexdigest()[:12], text


def is_accepted(session: Session, caller: Caller, settings: AssistantSettings) -> bool:
    """Tell whether this person accepted the notice as it stands now."""
    version, _ = current(settings)
    return session.get(NoticeAcceptanceRow, (caller.tenant_id, caller.subject, version)) is not None


def show(session: Session, caller: Caller, settings: AssistantSettings) -> Notice:
    """Give the notice as a page shows it; also what `notice-required` carries."""
    version, text = current(settings)
    return Notice(version=version, html=str(render(text)), accepted=is_accepted(session, caller, settings))


def _get(call: Call[Nothing]) -> Notice:
    with call.services.database.read() as session:
        return show(session, call.caller, call.services.settings)


def _post(call: Call[Acceptance]) -> None:
    settings = call.services.settings
    with call.services.database.write() as session:
        if call.body.version != current(settings)[0]:
            notice = show(session, call.caller, settings)
            raise Conflict(
                "Deze uitleg is intussen veranderd. Lees hem opnieuw voor je verdergaat.",
                code="notice-stale",
                extra={"notice": notice.model_dump()},
            )
        if not is_accepted(session, call.caller, settings):
            row = NoticeAcceptanceRow(
                tenant_id=call.caller.tenant_id,
                subject=call.caller.subject,
                version=call.body.version,
                accepted_at=call.services.clock(),
            )
            session.add(row)


ENDPOINTS = (
    Endpoint("GET", "/v1/notice", "Wat je moet weten voor je feedback vraagt", "feedback", Nothing, Notice, _get),
    Endpoint(
        "POST",
        "/v1/notice",
        "Leg vast dat iemand de uitleg aanvaardt",
        "feedback",
        Acceptance,
        None,
        _post,
        codes=((409, "notice-stale"),),
    ),
)
