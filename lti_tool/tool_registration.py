"""What we ask a platform to register, and what we take from its answer.

Sources: LTI Dynamic Registration 1.0, 3.5.2 and 3.6; OpenID Connect Dynamic Client Registration 1.0. For Canvas its own
documentation (doc/api/registration.md) and code (lib/schemas/lti/ims, lib/canvas/oauth); for Moodle
mod/lti/classes/local/ltiopenid/registration_helper.php.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.claims import MESSAGES
from lti_tool.connection_faults import NotConnected
from lti_tool.deep_linking import HISTORY
from lti_tool.deep_linking import REQUEST as DEEP_LINKING
from lti_tool.line_items import READ_SCOPE, WRITE_SCOPE
from lti_tool.outbox_rows import SCORE_SCOPE
from lti_tool.platform_configuration import PlatformConfiguration
from lti_tool.registrations import Registration
from lti_tool.tables import NAME
from veranderkracht.languages import say

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
LABEL = "Veranderkracht"
DESCRIPTION = "Leren veranderen in zorg en welzijn: lezen, casussen, reflecties en toetsen, met feedback van je docent."

SCOPES = (
    WRITE_SCOPE,
    READ_SCOPE,
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    SCORE_SCOPE,
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
NAMES = ("name", "given_name", "family_name")
# Where a teacher may choose from inside a course: Canvas has its own names, others the specification's.
_PLACEMENTS = (("assignment_selection", "link_selection"), ("ContentArea",))
_CANVAS = "https://canvas.instructure.com/lti/"


@dataclass(frozen=True)
class Registered:
    """What a platform gave us: our name there, and where it placed us; the latter is empty when it does not say."""

    client_id: str
    deployment_id: str


def request_of(platform: PlatformConfiguration, base_url: str, icon: str, *, names: bool) -> dict[str, Any]:
    """Give the client registration that we ask for.

    Args:
        platform: what it can do; we ask nothing else.
        base_url: our own address.
        icon: its full address.
        names: whether launches should carry people's names; the tool works without.
    """
    launch = f"{base_url}/lti/launch"
    tool: dict[str, Any] = {
        "domain": urlsplit(base_url).hostname,
        "description": DESCRIPTION,
        "target_link_uri": launch,
        # Values without `=`: Moodle cuts them at a second one.
        "custom_parameters": {
            name: variable
            for name, variable in HISTORY.items()
            if platform.variables is None or variable.lstrip("$") in platform.variables
        },
        "claims": ["iss", "sub", *(NAMES if names else ())],
        "messages": [_message(kind, platform, launch, icon) for kind in MESSAGES if kind in platform.messages],
    }
    if platform.family == "canvas":
        tool[f"{_CANVAS}privacy_level"] = "name_only" if names else "anonymous"
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": f"{base_url}/lti/login",
        "redirect_uris": [launch],
        "client_name": LABEL,
        "client_uri": base_url,
        "jwks_uri": f"{base_url}/lti/jwks",
        "logo_uri": icon,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes_for(platform)),
        TOOL: tool,
    }


def scopes_for(platform: PlatformConfiguration) -> tuple[str, ...]:
    """Give what we ask to be let ask: of what we use, what the platform supports."""
    return tuple(scope for scope in SCOPES if platform.scopes is None or scope in platform.scopes)


def read_answer(answer: Any) -> Registered:
    """Give what a platform answered to a registration that it took.

    Raises:
        NotConnected: `registration-answer-invalid`.
    """
    if not isinstance(answer, Mapping):
        raise NotConnected("registration-answer-invalid", say("het is geen JSON-object"))
    client_id = _name(answer.get("client_id"))
    if not client_id:
        raise NotConnected("registration-answer-invalid", say("client_id ontbreekt, of is geen gewone tekst"))
    # The specification, and Moodle, have it in the tool's configuration; Canvas has it beside that.
    tool = answer.get(TOOL)
    said = tool.get("deployment_id") if isinstance(tool, Mapping) else None
    return Registered(client_id, _name(said) or _name(answer.get("deployment_id")))


def registration_of(
    platform: PlatformConfiguration, registered: Registered, frame_origins: tuple[str, ...]
) -> Registration:
    """Give the platform as we keep it."""
    # Canvas names a bare host as its authorization server, while its token endpoint takes its own address only.
    audience = "" if platform.family == "canvas" else platform.authorization_server
    return Registration(
        issuer=platform.issuer,
        client_id=registered.client_id,
        auth_url=platform.auth_url,
        token_url=platform.token_url,
        jwks_url=platform.jwks_url,
        token_audience=audience,
        frame_origins=frame_origins,
    )


def _message(kind: str, platform: PlatformConfiguration, launch: str, icon: str) -> dict[str, Any]:
    message: dict[str, Any] = {"type": kind, "target_link_uri": launch, "label": LABEL, "icon_uri": icon}
    known = platform.messages[kind]
    wanted = (tuple(each for each in choice if each in known) for choice in _PLACEMENTS)
    places = next(filter(None, wanted), ()) if kind == DEEP_LINKING else ()
    if places:
        message["placements"] = list(places)
    return message


def _name(value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    fits = isinstance(text, str) and text.isascii() and text.isprintable() and len(text) <= NAME
    return text.strip() if fits else ""
