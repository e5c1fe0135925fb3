"""The sidecar's settings: one table, read once at start into a frozen value.

What a setting means to its part is for that part; here stand its name, default and help.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from veranderkracht import settings
from veranderkracht.settings import Setting

_LISTED = re.compile(r"(?:[A-Za-z0-9._-]+|\[?[0-9A-Fa-f:]+\]?)(?::\d{1,5})?")
_OLLAMA = "localhost:11434"  # where it listens when nobody says otherwise


def _address(text: str) -> None:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise ValueError(f"{text!r} is geen adres dat met http:// of https:// begint")


def _model(text: str) -> None:
    if text != "guide" and not all(text.partition(":")):
        raise ValueError(f"{text!r} is geen 'guide' en geen aanbieder:model, zoals openai:gpt-4.1-mini")


def _hosts(text: str) -> None:
    for one in text.split(","):
        if one.strip() and not _LISTED.fullmatch(one.strip()):
            raise ValueError(f"{one.strip()!r} is geen host of host:poort")


def _database(text: str) -> None:
    if text and not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("verwacht een adres dat met sqlite:/// of postgresql+psycopg:// begint")


def _positive(text: str) -> None:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{text!r} is geen geheel getal vanaf 1")


def _secret(text: str) -> None:
    if text and len(text) < 32:
        raise ValueError("verwacht minstens 32 tekens")


TABLE = (
    Setting("VK_DATA", "map voor de database en de index", "./var/assistant"),
    Setting("VK_ASSISTANT_DATABASE_URL", "database; leeg: SQLite in VK_DATA", "", _database),
    Setting("VK_CHROMA_URL", "adres van `chroma run`; leeg: Chroma in VK_DATA", "", _address),
    Setting("VK_MODEL", "'guide' (zonder taalmodel) of aanbieder:model", "guide", _model),
    Setting("VK_MODEL_URL", "adres van het model, als het niet dat van de aanbieder is", "", _address),
    Setting("VK_MODEL_HOSTS", "hosts waar een taalmodel ook zonder openbaar adres of https mag staan", "", _hosts),
    Setting("VK_MODEL_KEY", "sleutel voor het model; liefst met VK_MODEL_KEY_FILE", ""),
    Setting("VK_MODEL_SECONDS", "hoelang het model hoogstens over één antwoord doet, alles samen", "40", _positive),
    Setting("VK_MESSAGES_PER_HOUR", "hoeveel berichten iemand per uur aan de assistent mag sturen", "60", _positive),
    Setting("VK_TOKENS_PER_DAY", "hoeveel tokens een instelling per dag mag gebruiken", "2000000", _positive),
    Setting("VK_LEARNER_TOKENS_PER_DAY", "hoeveel tokens één lerende per dag mag gebruiken", "100000", _positive),
    Setting("VK_LEARNER_TURNS_PER_DAY", "hoe vaak één lerende per dag iets mag vragen", "60", _positive),
    Setting("VK_ASSISTANT_SECRET", "versleutelt de sleutels van taalmodellen; leeg: gemaakt in VK_DATA", "", _secret),
    Setting("VK_ASSISTANT_BASE_URL", "adres waarop beheerders hun pagina's vinden; leeg: geen beheer", "", _address),
    Setting("VK_FEEDBACK_PER_HOUR", "hoe vaak een lerende per uur feedback mag vragen", "20", _positive),
    Setting("VK_FEEDBACK_PER_HOUR_TEACHER", "hoe vaak een docent per uur mag laten meelezen", "200", _positive),
)


@dataclass(frozen=True)
class AssistantSettings:
    """How this sidecar runs.

    Args:
        data: folder for the database and the index; every process of the service shares it.
        database_url: SQLAlchemy URL.
        chroma_url: base address of a `chroma run` server, or empty for embedded Chroma.
        model: `guide`, or `provider:model` as langchain names them.
        model_url: address of the model when it is not the provider's own, or empty.
        model_key: secret for the model, or empty.
        model_hosts: hosts, as `name` or `name:port`, where tenants' models may be without a public address or https.
        model_seconds: the longest that a model may take over one answer, tries and all.
        messages_per_hour: of one person in conversations.
        tokens_per_day: of one tenant that decided nothing itself.
        learner_tokens_per_day: of one learner there.
        learner_turns_per_day: how often one learner there may ask something.
        secret: seals the keys of language models; empty: one is made in `data`.
        base_url: at which browsers reach the administration's pages, or empty: there are none.
        feedback_per_hour: calls of one learner.
        feedback_per_hour_teacher: calls of one teacher.
    """

    data: Path
    database_url: str
    chroma_url: str = ""
    model: str = "guide"
    model_url: str = ""
    model_key: str = ""
    model_seconds: float = 40
    messages_per_hour: int = 60
    tokens_per_day: int = 2_000_000
    learner_tokens_per_day: int = 100_000
    learner_turns_per_day: int = 60
    secret: str = ""
    base_url: str = ""
    feedback_per_hour: int = 20
    feedback_per_hour_teacher: int = 200
    model_hosts: tuple[str, ...] = ()

    @property
    def listed_hosts(self) -> tuple[str, ...]:
        """The hosts that the operator trusts: those listed, and the one of the model that the settings name."""
        if self.model_url:
            parts = urlsplit(self.model_url)
            port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
            return (*self.model_hosts, f"{parts.hostname}:{port}")
        return (*self.model_hosts, _OLLAMA) if self.model.startswith("ollama:") else self.model_hosts

    def __repr__(self) -> str:
        return f"AssistantSettings(data={str(self.data)!r}, model={self.model!r})"


def read(environ: Mapping[str, str]) -> AssistantSettings:
    """Give the settings from an environment.

    Raises:
        SettingsError: naming every setting that is missing or wrong.
    """
    values = settings.read(TABLE, environ)
    data = Path(values["VK_DATA"]).expanduser().resolve()
    return AssistantSettings(
        data=data,
        database_url=values["VK_ASSISTANT_DATABASE_URL"] or f"sqlite:///{data / 'assistant.sqlite3'}",
        chroma_url=values["VK_CHROMA_URL"].rstrip("/"),
        model=values["VK_MODEL"],
        model_url=values["VK_MODEL_URL"],
        model_key=values["VK_MODEL_KEY"],
        model_hosts=tuple(one.strip() for one in values["VK_MODEL_HOSTS"].split(",") if one.strip()),
        model_seconds=float(values["VK_MODEL_SECONDS"]),
        messages_per_hour=int(values["VK_MESSAGES_PER_HOUR"]),
        tokens_per_day=int(values["VK_TOKENS_PER_DAY"]),
        learner_tokens_per_day=int(values["VK_LEARNER_TOKENS_PER_DAY"]),
        learner_turns_per_day=int(values["VK_LEARNER_TURNS_PER_DAY"]),
        secret=values["VK_ASSISTANT_SECRET"],
        base_url=values["VK_ASSISTANT_BASE_URL"].rstrip("/"),
        feedback_per_hour=int(values["VK_FEEDBACK_PER_HOUR"]),
        feedback_per_hour_teacher=int(values["VK_FEEDBACK_PER_HOUR_TEACHER"]),
    )
