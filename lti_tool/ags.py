"""Assignment and Grade Services: an access token by a signed assertion, a score to a line item, a line item to a link.

Sources: LTI AGS 2.0, chapter 3.4; 1EdTech Security Framework 1.0, chapter 4. When and how often is `outbox.py`'s.
"""

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import jwt

from lti_tool.keys import KeyFolder
from lti_tool.line_items import LookUpFault, Place, find
from lti_tool.outbox_rows import SCORE_SCOPE
from lti_tool.outgoing import Outgoing, OutgoingFault
from lti_tool.registrations import Registration

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(minutes=5)
EARLY = timedelta(seconds=60)  # before its end that an access token is no longer used

_TokenName = tuple[str, str, str]  # issuer, client and scope


@dataclass(frozen=True)
class Outcome:
    """How a sending went.

    Args:
        state: `sent`; `superseded`: the platform knows a newer one; `failed`: for good; `again`: worth another try.
        detail: Dutch, for the teacher and the administrator; never a text of a learner.
        retry_after: seconds that the other side asked for, or None.
        column_gone: whether it failed because the line item is not there any more.
    """

    state: Literal["sent", "superseded", "failed", "again"]
    detail: str = ""
    retry_after: float | None = None
    column_gone: bool = False


class _Denied(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


class Gradebooks:
    """The way to platforms' gradebooks; safe across threads.

    Args:
        outgoing: how to call.
        keys: to sign assertions.
    """

    def __init__(self, outgoing: Outgoing, keys: KeyFolder) -> None:
        self._outgoing = outgoing
        self._keys = keys
        self._tokens: dict[_TokenName, tuple[str, datetime]] = {}
        self._lock = threading.Lock()
        self._finding = threading.Lock()

    def send(self, registration: Registration, line_item: str, score: Mapping[str, Any], at: datetime) -> Outcome:
        """Send a score message to a line item; never raises for what the platform does."""
        try:
            token = self._token(registration, SCORE_SCOPE, at)
            answer = self._outgoing.post(
                scores_url(line_item),
                json.dumps(dict(score)).encode(),
                {"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE},
            )
        except _Denied as denied:
            return denied.outcome
        except OutgoingFault as fault:
            return Outcome("again", f"De leeromgeving is niet bereikbaar: {fault.reason}.")
        if 200 <= answer.status < 300:
            return Outcome("sent")
        if answer.status == 409:
            return Outcome("superseded", "Het puntenboek heeft al een nieuwere score.")
        if answer.status == 401:
            # The platform may have dropped the token before its time: the next try asks for a new one.
            with self._lock:
                self._tokens.pop((registration.issuer, registration.client_id, SCORE_SCOPE), None)
            return Outcome("again", "De leeromgeving aanvaardde onze toegang niet (status 401).")
        if answer.status in (408, 425, 429) or answer.status >= 500:
            return Outcome("again", f"De leeromgeving kon nu niet volgen (status {answer.status}).", answer.retry_after)
        gone = answer.status in (404, 410)
        return Outcome("failed", f"De leeromgeving weigert deze score (status {answer.status}).", column_gone=gone)

    def find_line_item(self, registration: Registration, place: Place, at: datetime) -> str | Outcome:
        """Give the address of a link's line item, made when there is none; or how looking for it went wrong.

        One at a time, so that two scores for one link do not make two columns.
        """
        with self._finding:
            try:
                scope = place.scope
                headers = {"Authorization": f"Bearer {self._token(registration, scope, at)}"}
                return find(self._outgoing, place, headers)
            except _Denied as denied:
                return denied.outcome
            except OutgoingFault as fault:
                return Outcome("again", f"De leeromgeving is niet bereikbaar: {fault.reason}.")
            except LookUpFault as fault:
                if fault.status == 401:
                    with self._lock:
                        self._tokens.pop((registration.issuer, registration.client_id, scope), None)
                return Outcome("again" if fault.passing else "failed", fault.detail, fault.retry_after)

    def _token(self, registration: Registration, scope: str, at: datetime) -> str:
        name = (registration.issuer, registration.client_id, scope)
        with self._lock:
            kept = self._tokens.get(name)
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
            # An administrator can mend this while the score waits.
            reason = f"De leeromgeving geeft geen toegang tot het puntenboek (status {answer.status})."
            raise _Denied(Outcome("again", reason, answer.retry_after))
        said = answer.json()
        token, seconds = (said.get(name) if isinstance(said, dict) else None for name in ("access_token", "expires_in"))
        if not isinstance(token, str) or not token:
            raise _Denied(Outcome("again", "De leeromgeving gaf een antwoord zonder toegangsbewijs."))
        lifetime = int(seconds) if isinstance(seconds, (int, str)) and str(seconds).isdigit() else 0
        with self._lock:
            self._tokens[name] = (token, at + timedelta(seconds=min(lifetime, 3600)))
        return token

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


def scores_url(line_item: str) -> str:
    """Give the address of a line item's scores: `/scores` goes before the query, if there is one."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
