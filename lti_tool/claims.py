"""From an id_token to a launch: signature, times, audience, and the claims of LTI 1.3, each with its own refusal.

Sources: LTI Core 1.3, chapter 4 and 5; OpenID Connect Core 1.0, 3.1.3.7; 1EdTech Security Framework 1.0, 5.1.3.
Whether the nonce was used before, and which tenant it is, is for `launch.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import jwt
from jwt.utils import base64url_decode

from lti_tool.deep_linking import REQUEST as DEEP_LINKING
from lti_tool.deep_linking import ROUTE_MAP, Wish, read_wish
from lti_tool.platform_keys import KeysUnreachable, KeyUnknown, PlatformKeys
from lti_tool.refusals import Refused
from lti_tool.registrations import Registration, origin
from lti_tool.reviews import REQUEST as REVIEW
from lti_tool.reviews import read_about
from veranderkracht import languages

SKEW = 60  # seconds that a platform's clock may differ from ours
OLDEST = 3600  # seconds after which a token is too old, whatever its `exp` says
MAX_TOKEN = 64 * 1024  # characters

_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"

MESSAGES = ("LtiResourceLinkRequest", DEEP_LINKING, REVIEW)

Role = Literal["learner", "teacher", "visitor"]


@dataclass(frozen=True)
class Launch:
    """A verified launch, as far as the tool uses it.

    Args:
        nonce: still to be used up.
        deployment_id: as the platform names it.
        user_id: the platform's `sub`; unique within the issuer only.
        name: as the platform sends it, or empty.
        role: from the roles in this course only; `visitor` sees, and saves nothing.
        resource_link_id, context_id: where in the platform.
        module, step: the custom parameters, or empty; the map of the route has no step.
        link_history, context_history: of which links and courses this is a copy, the nearest first.
        line_item: where scores go, or empty.
        line_items: where the course's columns are listed, or empty.
        scopes: what the platform lets us ask of its grade services.
        memberships: where the course's members are listed, or empty.
        wish: what to choose, when this launch asks a teacher to place something; such a launch has no resource link.
        about: whose work is asked for, as the platform names them, when this launch asks for one learner's work; such
            a launch may lack a resource link, and has a line item.
        language: in which the platform shows it, when that is one that we speak; else empty.
    """

    nonce: str
    deployment_id: str
    user_id: str
    name: str
    role: Role
    resource_link_id: str
    context_id: str
    module: str
    step: str
    link_history: tuple[str, ...]
    context_history: tuple[str, ...]
    line_item: str
    line_items: str
    scopes: tuple[str, ...]
    memberships: str
    wish: Wish | None
    about: str
    language: str = ""


def verify(token: str, registration: Registration, keys: PlatformKeys, *, base_url: str, at: datetime) -> Launch:
    """Give the launch that an id_token tells of.

    Args:
        token: the JWT as the browser posted it.
        registration: the platform that the login was started with.
        keys: to find the platform's public key.
        base_url: our own address; a launch for another is refused.
        at: the present moment.

    Raises:
        Refused: with the code of the first thing that is wrong.
    """
    claims = _signed_claims(token, registration, keys)
    _check_times(claims, at)
    _check_parties(claims, registration)
    _check_message(claims, base_url)
    return _launch(claims)


def _signed_claims(token: str, registration: Registration, keys: PlatformKeys) -> Mapping[str, Any]:
    if not token:
        raise Refused("token-missing", "er kwam geen id_token mee")
    if len(token) > MAX_TOKEN:
        raise Refused("token-malformed", f"het id_token telt {len(token)} tekens")
    header = _header(token)
    # The algorithm is ours to choose, never the token's: no `none`, and no HS256 with a public key as its secret.
    if header.get("alg") != "RS256":
        raise Refused("token-algorithm", f"alg is {str(header.get('alg'))[:20]!r}, verwacht RS256")
    kid = header.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise Refused("token-malformed", "de kid van het id_token is geen tekst")
    try:
        key = keys.key(registration.jwks_url, None if kid is None else kid[:200])
    except KeyUnknown as fault:
        raise Refused("key-unknown", f"onbekende sleutel: {fault}") from fault
    except KeysUnreachable as fault:
        raise Refused("keys-unreachable", f"de sleutels zijn niet op te halen: {fault.reason}") from fault
    # What the claims must say is checked below, by our own clock and with a refusal for each.
    unchecked = ("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_iss", "verify_sub", "verify_jti")
    options: Any = dict.fromkeys(unchecked, False)
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options=options)
    except jwt.InvalidSignatureError as fault:
        raise Refused("signature-invalid", "de handtekening klopt niet met de sleutel van het platform") from fault
    except jwt.PyJWTError as fault:
        raise Refused("token-malformed", f"het id_token is niet te lezen ({type(fault).__name__})") from fault
    return claims


def _header(token: str) -> Mapping[str, Any]:
    # Read here once more lightly than by the library, which takes the whole token apart for it, and again to verify.
    try:
        header = json.loads(base64url_decode(token.partition(".")[0]))
    except (ValueError, RecursionError) as fault:
        raise Refused("token-malformed", f"het id_token is geen JWT ({type(fault).__name__})") from fault
    if not isinstance(header, dict):
        raise Refused("token-malformed", "het id_token is geen JWT (de kop is geen object)")
    return header


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    issued, ends, starts = (_time(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or ends is None or (starts is None and "nbf" in claims):
        raise Refused("token-times", "exp of iat ontbreekt, of is geen getal")
    now = at.timestamp()
    if now > ends + SKEW:
        raise Refused("token-expired", f"exp is {now - ends:.0f} s geleden")
    if now > issued + OLDEST + SKEW:
        raise Refused("token-expired", f"iat is {now - issued:.0f} s geleden")
    latest = max(issued, starts or 0)
    if latest > now + SKEW:
        raise Refused("token-future", f"iat of nbf ligt {latest - now:.0f} s in de toekomst: loopt een klok verkeerd?")


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e11:
        return None
    return float(value)


def _check_parties(claims: Mapping[str, Any], registration: Registration) -> None:
    if claims.get("iss") != registration.issuer:
        raise Refused("issuer-mismatch", f"iss is {str(claims.get('iss'))[:200]!r}")
    audience, authorised = claims.get("aud"), claims.get("azp")
    listed = audience if isinstance(audience, list) else [audience]
    if registration.client_id not in listed:
        raise Refused("audience-mismatch", f"aud is {str(audience)[:200]!r}")
    if authorised is None and len(listed) > 1:
        raise Refused("azp-mismatch", "aud noemt er meer dan één, en azp ontbreekt")
    if authorised is not None and authorised != registration.client_id:
        raise Refused("azp-mismatch", f"azp is {str(authorised)[:200]!r}")


def _check_message(claims: Mapping[str, Any], base_url: str) -> None:
    if claims.get(f"{_LTI}version") != "1.3.0":
        raise Refused("version-unsupported", f"versie is {str(claims.get(f'{_LTI}version'))[:20]!r}, verwacht 1.3.0")
    message = claims.get(f"{_LTI}message_type")
    if message not in MESSAGES:
        raise Refused("message-unsupported", f"bericht is {str(message)[:60]!r}, verwacht {' of '.join(MESSAGES)}")
    if not _text(claims.get("nonce")):
        raise Refused("nonce-missing", "het id_token heeft geen nonce")
    require_target(_text(claims.get(f"{_LTI}target_link_uri"), 2000), base_url)


def require_target(target: str, base_url: str) -> None:
    """Check that a launch is meant for this tool.

    Raises:
        Refused: `target-foreign`.
    """
    same = origin(target) == origin(base_url)
    path, ours = urlsplit(target).path if same else "", urlsplit(base_url).path
    if not same or not (path in (ours, "") or path.startswith(ours.rstrip("/") + "/")):
        raise Refused("target-foreign", f"target_link_uri is {target[:200]!r}; deze tool staat op {base_url}")


def _launch(claims: Mapping[str, Any]) -> Launch:
    user = _text(claims.get("sub"))
    if not user:
        raise Refused("user-missing", "sub ontbreekt: het platform zegt niet wie dit is")
    deployment = _text(claims.get(f"{_LTI}deployment_id"))
    link = _text(_mapping(claims.get(f"{_LTI}resource_link")).get("id"))
    message = claims.get(f"{_LTI}message_type")
    grades = _mapping(claims.get(_AGS))
    line_item = _address(grades.get("lineitem"))
    wish = read_wish(claims) if message == DEEP_LINKING else None
    about = read_about(claims, line_item) if message == REVIEW else ""
    if not deployment or not (link or wish or about):
        raise Refused("claims-incomplete", "deployment_id of resource_link.id ontbreekt")
    custom = _mapping(claims.get(f"{_LTI}custom"))
    module = _parameter(custom.get("module"))
    return Launch(
        nonce=_text(claims.get("nonce")),
        deployment_id=deployment,
        user_id=user,
        name=full_name(claims),
        role=role_of(claims.get(f"{_LTI}roles")),
        resource_link_id=link,
        context_id=_text(_mapping(claims.get(f"{_LTI}context")).get("id")),
        module=module,
        step="" if module == ROUTE_MAP else _parameter(custom.get("step")),
        link_history=_history(custom.get("link_history")),
        context_history=_history(custom.get("context_history")),
        line_item=line_item,
        line_items=_address(grades.get("lineitems")),
        scopes=_texts(grades.get("scope"))[:20],
        memberships=_memberships(claims),
        wish=wish,
        about=about,
        language=_language(claims),
    )


def _language(claims: Mapping[str, Any]) -> str:
    """Give the language of the launch: of its presentation, else of the person (OpenID Connect Core 1.0, 5.1)."""
    presentation = _mapping(claims.get(f"{_LTI}launch_presentation"))
    return languages.match([_text(presentation.get("locale"), 35), _text(claims.get("locale"), 35)])


def role_of(roles: Any) -> Role:
    """Give what somebody is in a course, from roles in full or, as in lists of members, by their bare names."""
    # What somebody is in the institution or in the LMS itself gives no right in a course.
    kinds = {role.removeprefix(_MEMBERSHIP).lstrip("#/").split("#")[0] for role in _texts(roles)}
    if kinds & {"Instructor", "Administrator"}:
        return "teacher"
    return "learner" if "Learner" in kinds else "visitor"


def full_name(claims: Mapping[str, Any]) -> str:
    """Give a person's name, whole or from its parts; empty when none is sent."""
    whole = _text(claims.get("name"))
    parts = (_text(claims.get("given_name")), _text(claims.get("family_name")))
    return (whole or " ".join(part for part in parts if part))[:255]


def _memberships(claims: Mapping[str, Any]) -> str:
    # NRPS 2.0, 3.6.1.1; version 1 answers in another shape.
    service = _mapping(claims.get(_NRPS))
    versions = service.get("service_versions", ["2.0"])
    known = isinstance(versions, list) and "2.0" in versions
    return _address(service.get("context_memberships_url")) if known else ""


def _parameter(value: Any) -> str:
    # A platform leaves what it does not know standing as `$Some.variable`: that is no value.
    text = _text(value).strip()
    return "" if text.startswith("$") else text[:60]


def _history(value: Any) -> tuple[str, ...]:
    # Comma-separated, each escaped as in an address; as with every parameter, `$…` is no value.
    text = _text(value, 4000).strip()
    names = [] if text.startswith("$") else [unquote(name.strip())[:255] for name in text.split(",")]
    return tuple(name for name in names if name)[:20]


def _address(value: Any) -> str:
    text = _text(value, 2000)
    return text if origin(text) else ""


def _text(value: Any, longest: int = 255) -> str:
    return value if isinstance(value, str) and len(value) <= longest else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for each in value if (text := _text(each))) if isinstance(value, list) else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
