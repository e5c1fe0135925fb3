"""OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636): the one file that knows the OAuth library.

Asks an institution's own server who somebody is, and believes the answer after its signature, issuer, audience, nonce
and times. Which people may administer is a matter of our own rows.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from veranderkracht.errors import NotSignedIn, Rejected, Unavailable
from veranderkracht.languages import say

_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # signed with a key that only the institution has
_CLOCKS_DIFFER = 60  # seconds that their clock and ours may
_SECONDS = 5.0  # for each of the questions to their server
_LONGEST_SUBJECT = 255  # characters, as the standard has it
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Client:
    """How we are known to an institution's server.

    Args:
        issuer: its address, exactly as it names itself.
        id: ours there.
        secret: ours there.
        back: the address of ours to which it sends browsers back.
    """

    issuer: str
    id: str
    secret: str
    back: str


@dataclass(frozen=True)
class Question:
    """Where to send a browser, and what to keep until it comes back.

    Args:
        url: of the institution's server.
        state: what it gives back with its answer.
        kept: what its answer is held against; not for the browser.
    """

    url: str
    state: str
    kept: dict[str, str]


def is_address(text: str, *, https: bool) -> bool:
    """Tell whether a text can be a server's address; `https`: it must be reached that way, as we ourselves are."""
    parts = urlsplit(text)
    schemes = ("https",) if https else ("https", "http")
    return parts.scheme in schemes and bool(parts.hostname) and not parts.query and not parts.fragment


def metadata(issuer: str) -> dict[str, Any]:
    """Read what an institution's server says of itself (OpenID Connect Discovery 1.0).

    Raises:
        Unavailable: `sign-in-unavailable`, there is no answer, or one that names another issuer.
    """
    told = _read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    https = urlsplit(issuer).scheme == "https"
    fit = all(isinstance(url := told.get(name), str) and is_address(url, https=https) for name in _NEEDED)
    if told.get("issuer") != issuer or not fit:
        raise _unavailable()
    return told


def ask(client: Client) -> Question:
    """Begin: say where a browser goes.

    Raises:
        Unavailable: `sign-in-unavailable`.
    """
    kept = {"nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}
    url, state = _session(client, {}).create_authorization_url(
        metadata(client.issuer)["authorization_endpoint"], code_verifier=kept["verifier"], nonce=kept["nonce"]
    )
    return Question(url, state, kept)


def subject(client: Client, came_back_to: str, kept: dict[str, str]) -> str:
    """End: give who the institution says that it is, by its own name for that person.

    Args:
        client: as it was when the question was asked.
        came_back_to: the whole address with which the browser came back.
        kept: of the question.

    Raises:
        NotSignedIn: `sign-in-refused`: cancelled, or an answer that does not hold.
        Unavailable: `sign-in-unavailable`.
    """
    about = metadata(client.issuer)
    answer = {name: values[0] for name, values in parse_qs(urlsplit(came_back_to).query).items()}
    # RFC 9207: an answer of another server than the one that was asked is not for us.
    named = answer.get("iss")
    must_name = about.get("authorization_response_iss_parameter_supported") is True
    if "code" not in answer or ((named or must_name) and named != client.issuer):
        raise refused()
    try:
        told = _session(client, about).fetch_token(
            about["token_endpoint"],
            grant_type="authorization_code",
            code=answer["code"],
            code_verifier=kept["verifier"],
            timeout=_SECONDS,
            allow_redirects=False,
        )
        claims = _claims(client, str(told["id_token"]), _read(about["jwks_uri"]))
    except requests.RequestException as fault:
        raise _unavailable() from fault
    except (AuthlibBaseError, jwt.PyJWTError, ValueError, KeyError, TypeError) as fault:
        raise refused() from fault
    found = claims["sub"]
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), kept["nonce"].encode()):
        raise refused()
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_SUBJECT:
        raise refused()
    return found


def refused() -> NotSignedIn:
    """Give the one answer for all that can be wrong: it tells nobody who is known here."""
    return NotSignedIn(
        say(
            "Je instelling bevestigde niet wie je bent, of je bent hier niet uitgenodigd. Probeer het opnieuw, of "
            "vraag een beheerder van je instelling om een uitnodiging."
        ),
        code="sign-in-refused",
    )


def _claims(client: Client, token: str, keys: dict[str, Any]) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    # Whoever has one key need not say which.
    key = next(key for key in usable if key.key_id == header.get("kid") or (len(usable) == 1 and "kid" not in header))
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=_ALGORITHMS,
        audience=client.id,
        issuer=client.issuer,
        leeway=_CLOCKS_DIFFER,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    if claims.get("azp", client.id) != client.id:
        raise ValueError("issued for another client")
    return claims


def _session(client: Client, about: dict[str, Any]) -> Any:
    known = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return OAuth2Session(
        client.id,
        client.secret,
        scope="openid",
        redirect_uri=client.back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in known else "client_secret_post",
    )


def _read(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=_SECONDS, allow_redirects=False)
        told = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as fault:
        raise _unavailable() from fault
    if not isinstance(told, dict):
        raise _unavailable()
    return told


def _unavailable() -> Unavailable:
    return Unavailable(
        say("De aanmelding van je instelling antwoordt nu niet zoals het hoort. Probeer het straks opnieuw."),
        code="sign-in-unavailable",
    )


def check(issuer: str, *, https: bool) -> None:
    """Refuse an issuer that cannot be one, or that does not answer.

    Raises:
        Rejected: `issuer-invalid`.
        Unavailable: `sign-in-unavailable`.
    """
    if not is_address(issuer, https=https):
        raise Rejected(
            "Geef het adres (issuer) van de aanmelding, met https en zonder vraagteken.", code="issuer-invalid"
        )
    metadata(issuer)
