"""Access tokens: asks a platform for one by an assertion that we sign, and keeps it until just before its end.

Source: 1EdTech Security Framework 1.0, chapter 4. What a token is used for is `ags.py`'s and others'.
"""

import re
import threading
import uuid
from datetime import datetime, timedelta

import jwt

from lti_tool.keys import KeyFolder
from lti_tool.outgoing import Answer, Outgoing, OutgoingFault
from lti_tool.registrations import Registration
from veranderkracht.languages import say

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(minutes=5)
USABLE = re.compile(r"[\x21-\x7e]{1,8000}")  # what a token may be made of, to go into a header (RFC 6749, A.12)
CODE = re.compile(r"[a-z_]{1,40}")
EARLY = timedelta(seconds=60)  # before its end that an access token is no longer used
LONGEST = timedelta(hours=1)  # that we believe a token to live, whatever the platform says

_Name = tuple[str, str, str]  # issuer, client and scope


class AccessDenied(Exception):
    """The platform gives no token: `detail` is Dutch, for people; `retry_after` the seconds that it asked to wait.

    Another try may succeed, for an administrator can mend the cause in the meantime. `code` is the platform's own word
    for it (RFC 6749, 5.2), or empty.
    """

    def __init__(self, detail: str, retry_after: float | None = None, *, code: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class AccessTokens:
    """The tokens of one process; safe across threads.

    Args:
        outgoing: how to call.
        keys: to sign assertions.
    """

    def __init__(self, outgoing: Outgoing, keys: KeyFolder) -> None:
        self._outgoing = outgoing
        self._keys = keys
        self._kept: dict[_Name, tuple[str, datetime]] = {}
        self._lock = threading.Lock()

    def token(self, registration: Registration, scope: str, at: datetime) -> str:
        """Give a token for a scope (or several, with spaces between), kept or new.

        Raises:
            AccessDenied: the platform gives none.
            OutgoingFault: no usable answer came.
        """
        name = (registration.issuer, registration.client_id, scope)
        with self._lock:
            kept = self._kept.get(name)
        if kept and at < kept[1] - EARLY:
            return kept[0]
        answer = self._outgoing.post(
            registration.token_url,
            {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(registration, at),
                "scope": scope,
            },
        )
        if answer.status != 200:
            detail = say("De leeromgeving geeft ons geen toegang (status {status}).", status=answer.status)
            raise AccessDenied(detail, answer.retry_after, code=_code(answer))
        said = answer.json()
        token, seconds = (said.get(name) if isinstance(said, dict) else None for name in ("access_token", "expires_in"))
        if not isinstance(token, str) or not USABLE.fullmatch(token):
            raise AccessDenied(say("De leeromgeving gaf een antwoord zonder bruikbaar toegangsbewijs."))
        lifetime = int(seconds) if isinstance(seconds, (int, str)) and re.fullmatch("[0-9]+", str(seconds)) else 0
        with self._lock:
            self._kept[name] = (token, at + min(timedelta(seconds=min(lifetime, 10**6)), LONGEST))
        return token

    def forget(self, registration: Registration, scope: str) -> None:
        """Drop a token that the platform no longer took: the next call asks for a new one."""
        with self._lock:
            self._kept.pop((registration.issuer, registration.client_id, scope), None)

    def _assertion(self, registration: Registration, at: datetime) -> str:
        key = self._keys.signing_key()
        claims = {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.audience,
            "iat": int(at.timestamp()),
            "exp": int((at + ASSERTION_LIFETIME).timestamp()),
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, key.private_pem, algorithm="RS256", headers={"kid": key.kid})


def _code(answer: Answer) -> str:
    """Give the error's code from an answer; never another word of it, for it goes onto a page."""
    try:
        said = answer.json()
    except OutgoingFault:
        return ""
    code = said.get("error") if isinstance(said, dict) else None
    return code if isinstance(code, str) and CODE.fullmatch(code) else ""
