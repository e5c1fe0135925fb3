"""A platform's own description of itself, read and checked before anything of it is believed.

Source: LTI Dynamic Registration 1.0, 3.4 (the document) and 3.5.1 (issuer and address); OpenID Connect Discovery 1.0.
What we answer to it is `tool_registration.py`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.connection_faults import NotConnected
from lti_tool.tables import LONG, NAME
from veranderkracht.languages import say

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LAUNCH = "LtiResourceLinkRequest"
MOST_MESSAGES = 50  # that are looked at

# Strict, for addresses come to stand in headers: no names or passwords, no fragment, nothing but visible ASCII.
_ADDRESS = re.compile(r"(https?)://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?:[/?][!-~]*)?")
_ADDRESSES = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
# What a platform must be able to do, where it says what it can.
_NEEDED = {
    "token_endpoint_auth_methods_supported": "private_key_jwt",
    "token_endpoint_auth_signing_alg_values_supported": "RS256",
    "id_token_signing_alg_values_supported": "RS256",
    "response_types_supported": "id_token",
}
# Sakai lists neither the scopes of its services nor most of its variables, and has them all the same
# (lti/tsugi-util/src/java/org/tsugi/lti13/objects/OpenIDProviderConfiguration.java).
_SILENT = ("sakailms.org", "sakai")
# Moodle 3.10 called a launch so.
_OTHER_NAMES = {"LtiResourceLink": LAUNCH}


@dataclass(frozen=True)
class PlatformConfiguration:
    """What a platform says of itself, as far as the tool uses it.

    Args:
        issuer: its name in its tokens.
        auth_url, token_url, jwks_url, registration_url: its addresses.
        authorization_server: the `aud` that it wants in our assertions; empty when it does not say.
        family: its product family code, in lower case; empty when it does not say.
        messages: what it can send, with for each the placements that it knows.
        scopes: what it can let us ask; None when it does not say.
        variables: that it fills in, without `$`; None when it does not say.
    """

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    authorization_server: str
    family: str
    messages: Mapping[str, tuple[str, ...]]
    scopes: frozenset[str] | None
    variables: frozenset[str] | None


def address(text: object, *, allow_http: bool) -> str:
    """Give an address that is one, and that may be called; else an empty string."""
    found = _ADDRESS.fullmatch(text) if isinstance(text, str) and len(text) <= LONG else None
    if found is None or "#" in found[0] or int(found[2] or 0) > 65535:
        return ""
    return found[0] if found[1] == "https" or allow_http else ""


def host(text: str) -> str:
    """Give an address's host, with its port where that is not the usual one."""
    parts = urlsplit(text)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port not in (None, usual) else "")


def read(document: Any, fetched_from: str, *, allow_http: bool) -> PlatformConfiguration:
    """Give what an openid-configuration says.

    Args:
        document: as JSON.
        fetched_from: its address.
        allow_http: whether addresses may be plain http.

    Raises:
        NotConnected: `platform-config-invalid`, with the first thing that is wrong.
    """
    if not isinstance(document, Mapping):
        raise _invalid(say("het is geen JSON-object"))
    addresses = {name: address(document.get(name), allow_http=allow_http) for name in _ADDRESSES}
    for name, found in addresses.items():
        if not found:
            kind = "http(s)" if allow_http else "https"
            raise _invalid(say("{name} ontbreekt of is geen {kind}-adres", name=name, kind=kind))
    issuer = addresses["issuer"]
    if "?" in issuer or len(issuer) > NAME:
        raise _invalid(say("issuer is te lang of bevat een vraagteken"))
    # 3.5.1. Without this, anybody could register themselves under the name of another platform. Moodle's documentation
    # says it so: the issuer's domain must match that of the configuration's address, else a tool should not proceed.
    if host(issuer) != host(fetched_from):
        raise _invalid(
            say(
                "de issuer staat op {issuer}, maar deze configuratie op {here}",
                issuer=host(issuer),
                here=host(fetched_from),
            )
        )
    for name, needed in _NEEDED.items():
        said = document.get(name)
        if said is not None and needed not in _texts(said):
            raise _invalid(say("{name} noemt {needed} niet", name=name, needed=needed))
    platform = document.get(PLATFORM)
    if not isinstance(platform, Mapping):
        raise _invalid(say("{name} ontbreekt", name=PLATFORM))
    messages = _messages(platform.get("messages_supported"))
    if LAUNCH not in messages:
        raise _invalid(say("{name} noemt {needed} niet", name="messages_supported", needed=LAUNCH))
    family = _text(platform.get("product_family_code")).lower()
    variables = None if family in _SILENT else platform.get("variables")
    return PlatformConfiguration(
        issuer=issuer,
        auth_url=addresses["authorization_endpoint"],
        token_url=addresses["token_endpoint"],
        jwks_url=addresses["jwks_uri"],
        registration_url=addresses["registration_endpoint"],
        authorization_server=_text(document.get("authorization_server")),
        family=family,
        messages=messages,
        scopes=None if family in _SILENT else frozenset(_texts(document.get("scopes_supported"))),
        variables=None if variables is None else frozenset(each.lstrip("$") for each in _texts(variables)),
    )


def _messages(said: Any) -> dict[str, tuple[str, ...]]:
    # Moodle lists names, the specification objects with placements.
    found: dict[str, tuple[str, ...]] = {}
    for each in said[:MOST_MESSAGES] if isinstance(said, list) else ():
        kind = _text(each.get("type") if isinstance(each, Mapping) else each)
        places = _texts(each.get("placements")) if isinstance(each, Mapping) else ()
        kind = _OTHER_NAMES.get(kind, kind)
        found[kind] = (*found.get(kind, ()), *places)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= LONG and value.isascii() and value.isprintable() else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for each in value if (text := _text(each))) if isinstance(value, list) else ()


def _invalid(reason: str) -> NotConnected:
    return NotConnected("platform-config-invalid", reason)
