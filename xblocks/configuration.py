"""The settings of the blocks: `VERANDERKRACHT`, a dict in the Django settings of LMS and Studio, checked as one table.

Secrets are files, read when they are needed. Without an assistant everything works but feedback, and nothing need be
set. TENANT, ISSUER and TENANT_KEY_FILE name whose work is whose: who changes them later starts with empty pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

from veranderkracht.host_tokens import HostKey
from xblocks.keys import thumbprint

_SLUG = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_MAX_TENANT = 60
_MIN_SECRET = 32  # bytes


@dataclass(frozen=True)
class Configuration:
    """What an operator sets.

    Args:
        TENANT: the institution, as the assistant knows it.
        ISSUER: how this site is called towards the assistant: its address. LMS_ROOT_URL when it is not set.
        ASSISTANT_URL: the assistant's address; empty: no feedback.
        HOST_KID: the key's name at the assistant; empty: made from the key itself.
        HOST_KEY_FILE: the private key (PEM); `vk_host_key` makes it.
        TENANT_KEY_FILE: the secret of the pseudonyms (hexadecimal); `vk_host_key` makes it. Empty: one that hangs on
            Django's SECRET_KEY.
        WORKBENCH_TEACHERS: in the XBlock workbench only, which knows no roles: who teaches.
    """

    TENANT: str = "lokaal"
    ISSUER: str = ""
    ASSISTANT_URL: str = ""
    HOST_KID: str = ""
    HOST_KEY_FILE: str = ""
    TENANT_KEY_FILE: str = ""
    WORKBENCH_TEACHERS: tuple[str, ...] = ()

    @property
    def assistant(self) -> bool:
        """Whether an assistant is set up."""
        return bool(self.ASSISTANT_URL)

    @cached_property
    def tenant_key(self) -> bytes:
        """The secret that pseudonyms are made with.

        Raises:
            ImproperlyConfigured: the file cannot be read, or holds no secret.
        """
        if not self.TENANT_KEY_FILE:
            return bytes(salted_hmac("veranderkracht.pseudonyms", self.TENANT, algorithm="sha256").digest())
        try:
            secret = bytes.fromhex(_read_file("TENANT_KEY_FILE", self.TENANT_KEY_FILE))
        except ValueError:
            secret = b""
        if len(secret) < _MIN_SECRET:
            raise ImproperlyConfigured(
                f"VERANDERKRACHT: TENANT_KEY_FILE ({self.TENANT_KEY_FILE}) bevat geen geheim van minstens "
                f"{_MIN_SECRET} bytes in hexadecimale tekens."
            )
        return secret

    @cached_property
    def _host_key(self) -> HostKey:
        pem = _read_file("HOST_KEY_FILE", self.HOST_KEY_FILE)
        try:
            key = HostKey(
                kid=self.HOST_KID or f"lms-{self.TENANT}-{thumbprint(pem)}",
                issuer=self.ISSUER,
                tenant=self.TENANT,
                private_pem=pem,
                tenant_key=self.tenant_key,
            )
            # Asked for here, so that a key of another kind is refused by its file's name and not at the first token.
            _ = key.algorithm
        except (ValueError, TypeError) as fault:
            raise ImproperlyConfigured(
                f"VERANDERKRACHT: HOST_KEY_FILE ({self.HOST_KEY_FILE}) bevat geen Ed25519- of RSA-sleutel in PEM "
                "zonder wachtwoord."
            ) from fault
        return key

    def host_key(self) -> HostKey:
        """Give the key to sign with for the assistant.

        Raises:
            ImproperlyConfigured: one of the files cannot be read, or holds something else.
        """
        return self._host_key


def configuration() -> Configuration:
    """Give the settings of this site.

    Raises:
        ImproperlyConfigured: naming every setting that is unknown or wrong.
    """
    given = getattr(settings, "VERANDERKRACHT", {})
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured("VERANDERKRACHT moet een dict zijn, zoals {'TENANT': 'hogeschool-west'}.")
    whole = {"ISSUER": getattr(settings, "LMS_ROOT_URL", None) or "", **given}
    faults = [fault for name, value in whole.items() if (fault := _fault(str(name), value))]
    if not faults and whole.get("ASSISTANT_URL"):
        needed = ("TENANT", "ISSUER", "HOST_KEY_FILE", "TENANT_KEY_FILE")
        faults = [f"{name}: nodig zodra ASSISTANT_URL is ingesteld" for name in needed if not whole.get(name)]
    if faults:
        raise ImproperlyConfigured("VERANDERKRACHT klopt niet:\n" + "\n".join(f"  {fault}" for fault in faults))
    return _configuration(tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in whole.items()))


@lru_cache(maxsize=8)
def _configuration(given: tuple[tuple[str, Any], ...]) -> Configuration:
    """Keep what was made of these settings, so that files are read once per process."""
    values = dict(given)
    values["ASSISTANT_URL"] = values.get("ASSISTANT_URL", "").rstrip("/")
    return Configuration(**values)


def _fault(name: str, value: object) -> str:
    if name not in _CHECKS:
        known = ", ".join(field.name for field in fields(Configuration))
        return f"{name}: deze instelling bestaat niet. Wel: {known}"
    reason = _CHECKS[name](value)
    return f"{name}: {reason}" if reason else ""


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "moet tekst zijn"


def _slug(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > _MAX_TENANT or not set(value) <= _SLUG:
        return f"mag enkel kleine letters, cijfers en koppeltekens bevatten, hoogstens {_MAX_TENANT}"
    return ""


def _address(value: object) -> str:
    if value == "":
        return ""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        whole = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        whole = False
    return "" if whole else "moet een adres zijn, zoals https://assistent.voorbeeld.be"


def _path(value: object) -> str:
    whole = isinstance(value, str) and (value == "" or Path(value).is_absolute())
    return "" if whole else "moet een volledig pad zijn, zoals /etc/veranderkracht/sleutel.pem"


def _names(value: object) -> str:
    whole = isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)
    return "" if whole else "moet een lijst van namen zijn"


_CHECKS: dict[str, Callable[[object], str]] = {
    "TENANT": _slug,
    "ISSUER": _text,
    "ASSISTANT_URL": _address,
    "HOST_KID": _text,
    "HOST_KEY_FILE": _path,
    "TENANT_KEY_FILE": _path,
    "WORKBENCH_TEACHERS": _names,
}


def _read_file(name: str, path: str) -> str:
    if not path:
        raise ImproperlyConfigured(f"VERANDERKRACHT: {name} is niet ingesteld.")
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ImproperlyConfigured(
            f"VERANDERKRACHT: {name} ({path}) is niet te lezen: {type(fault).__name__}. "
            "`vk_host_key` maakt het bestand aan."
        ) from fault
