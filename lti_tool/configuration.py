"""The LTI tool's settings: one table, read once at start into a frozen value.

What a setting means to its part is for that part; here stand its name, default and help.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from veranderkracht import settings
from veranderkracht.settings import Setting


def _address(text: str) -> None:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise ValueError(f"{text!r} is geen adres dat met http:// of https:// begint")


def _database(text: str) -> None:
    if text and not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("verwacht een adres dat met sqlite:/// of postgresql+psycopg:// begint")


def _redis(text: str) -> None:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("verwacht een adres dat met redis:// begint")


def _true_or_false(text: str) -> None:
    if text not in ("true", "false"):
        raise ValueError(f"{text!r} is geen 'true' of 'false'")


def _number(text: str) -> None:
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise ValueError(f"{text!r} is geen getal")


def _seconds(text: str) -> None:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text) or float(text) <= 0:
        raise ValueError(f"{text!r} is geen aantal seconden")


def _secret(text: str) -> None:
    if text and len(text) < 32:
        raise ValueError("is te kort: neem er minstens 32 tekens voor")


TABLE = (
    Setting("VK_LTI_DATA", "map voor de database, de wachtrij en de sleutels", "./var/lti"),
    Setting("VK_LTI_DATABASE_URL", "database; leeg: SQLite in VK_LTI_DATA", "", _database),
    Setting("VK_LTI_KEYS", "map met de private sleutels; leeg: `keys` in VK_LTI_DATA", ""),
    Setting(
        "VK_LTI_SECRET",
        "geheim waarmee paginabewijzen getekend worden; leeg: bij de eerste start gemaakt in VK_LTI_KEYS (0600)",
        "",
        _secret,
    ),
    Setting(
        "VK_LTI_KEYS_SECRET",
        "geheim waarmee de bestanden in VK_LTI_KEYS versleuteld worden; leeg: leesbare bestanden (0600)",
        "",
        _secret,
    ),
    Setting("VK_LTI_BASE_URL", "het adres waarop browsers deze tool bereiken", "http://127.0.0.1:8001", _address),
    Setting("VK_ASSISTANT_URL", "adres van de assistent; leeg: geen assistent", "", _address),
    Setting(
        "VK_LTI_ALLOW_PRIVATE",
        "'true': leeromgevingen mogen op http of een privaat adres staan; enkel voor een demo of een intern netwerk",
        "false",
        _true_or_false,
    ),
    Setting("VK_REDIS_URL", "Redis voor de wachtrij en de limieten; leeg: SQLite en geheugen", "", _redis),
    Setting(
        "VK_LTI_PROXIES",
        "hoeveel eigen proxy's die X-Forwarded-For aanvullen er voor de tool staan",
        "0",
        _number,
    ),
    Setting(
        "VK_LTI_LAUNCHES_PER_MINUTE",
        "hoeveel starts per minuut één leeromgeving vanaf één adres mag brengen; 0: geen limiet",
        "1200",
        _number,
    ),
    Setting(
        "VK_LTI_RETRY_SECONDS",
        "hoelang de worker wacht voor hij iets een tweede keer probeert; daarna telkens dubbel, tot een uur",
        "5",
        _seconds,
    ),
    Setting(
        "VK_LTI_LEASE_SECONDS",
        "na hoelang een andere worker verzendt wat een gestopte worker in handen had; meer dan één verzending duurt",
        "180",
        _seconds,
    ),
)


@dataclass(frozen=True)
class LtiSettings:
    """How this tool runs.

    Args:
        data: folder for the database and the queue; every process of the tool shares it.
        database_url: SQLAlchemy URL.
        keys: folder with the private keys, readable by this service only.
        base_url: how browsers reach the tool, without a slash at the end; also the issuer towards the assistant.
        secret: signs states and page tokens; empty when it is to be made in `keys`.
        keys_secret: encrypts the files in `keys`; empty for plain files.
        assistant_url: the assistant's base address, or empty.
        allow_private: whether platforms may be on plain http and private addresses.
        redis_url: for the queue and the limits, or empty for SQLite and memory.
        proxies: how many of our own proxies stand before the tool.
        launches_per_minute: that one platform may bring from one address; 0 for no limit.
        retry_seconds: before the worker tries something a second time.
        lease_seconds: after which another worker takes over what a dead one had in hand.
    """

    data: Path
    database_url: str
    keys: Path
    base_url: str
    secret: str = ""
    keys_secret: str = ""
    assistant_url: str = ""
    allow_private: bool = False
    redis_url: str = ""
    proxies: int = 0
    launches_per_minute: int = 1200
    retry_seconds: float = 5.0
    lease_seconds: float = 180.0

    def __repr__(self) -> str:
        return f"LtiSettings(data={str(self.data)!r}, base_url={self.base_url!r})"


def read(environ: Mapping[str, str]) -> LtiSettings:
    """Give the settings from an environment.

    Raises:
        SettingsError: naming every setting that is missing or wrong.
    """
    values = settings.read(TABLE, environ)
    data = Path(values["VK_LTI_DATA"]).expanduser().resolve()
    return LtiSettings(
        data=data,
        database_url=values["VK_LTI_DATABASE_URL"] or f"sqlite:///{data / 'lti.sqlite3'}",
        keys=Path(values["VK_LTI_KEYS"]).expanduser().resolve() if values["VK_LTI_KEYS"] else data / "keys",
        base_url=values["VK_LTI_BASE_URL"].rstrip("/"),
        secret=values["VK_LTI_SECRET"],
        keys_secret=values["VK_LTI_KEYS_SECRET"],
        assistant_url=values["VK_ASSISTANT_URL"].rstrip("/"),
        allow_private=values["VK_LTI_ALLOW_PRIVATE"] == "true",
        redis_url=values["VK_REDIS_URL"],
        proxies=int(values["VK_LTI_PROXIES"]),
        launches_per_minute=int(values["VK_LTI_LAUNCHES_PER_MINUTE"]),
        retry_seconds=float(values["VK_LTI_RETRY_SECONDS"]),
        lease_seconds=float(values["VK_LTI_LEASE_SECONDS"]),
    )
