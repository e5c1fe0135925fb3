"""Assignment and Grade Services: a score to a line item, a line item to a link, results back.

Source: LTI AGS 2.0, chapter 3. Access is `access.py`'s; when and how often is `outbox.py`'s.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit, urlunsplit

from lti_tool import results
from lti_tool.access import AccessDenied, AccessTokens
from lti_tool.line_items import LookUpFault, Place, find
from lti_tool.outbox_rows import SCORE_SCOPE
from lti_tool.outgoing import Answer, Outgoing, OutgoingFault
from lti_tool.registrations import Registration
from lti_tool.results import RESULT_SCOPE, Result
from veranderkracht.languages import say

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"

# What a teacher or an administrator can do about a refusal.
_ADVICE = {
    400: "Meestal is deze persoon er geen lerende (meer) in de cursus. Kijk de inschrijving na en stuur opnieuw.",
    403: "Vraag de beheerder van je leeromgeving of deze tool er scores mag doorgeven, en stuur dan opnieuw.",
    404: "De kolom bestaat niet meer. Laat de lerende de activiteit in je cursus opnieuw openen, en stuur dan opnieuw.",
}
_ADVICE[410] = _ADVICE[404]
_ADVICE_ELSE = "Geef deze melding door aan de beheerder van je leeromgeving."

Found = TypeVar("Found")


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


class Gradebooks:
    """The way to platforms' gradebooks; safe across threads.

    Args:
        outgoing: how to call.
        access: to platforms' services.
    """

    def __init__(self, outgoing: Outgoing, access: AccessTokens) -> None:
        self._outgoing = outgoing
        self._access = access

    def send(self, registration: Registration, line_item: str, score: Mapping[str, Any], at: datetime) -> Outcome:
        """Send a score message to a line item; never raises for what the platform does."""
        try:
            token = self._access.token(registration, SCORE_SCOPE, at)
            answer = self._outgoing.post(
                scores_url(line_item),
                json.dumps(dict(score)).encode(),
                {"Authorization": f"Bearer {token}", "Content-Type": SCORE_TYPE},
            )
        except AccessDenied as denied:
            return Outcome("again", denied.detail, denied.retry_after)
        except OutgoingFault as fault:
            return Outcome("again", say("De leeromgeving is niet bereikbaar: {reason}.", reason=fault.reason))
        if 200 <= answer.status < 300 and not _is_web_page(answer):
            return Outcome("sent")
        if answer.status < 400:
            # Behind single sign-on or in maintenance a platform shows a page, or sends us to one, and keeps no score.
            return Outcome("again", "De leeromgeving antwoordde met een webpagina in plaats van met een bevestiging.")
        if answer.status == 409 or _is_about_time(answer):
            return Outcome("superseded", "Het puntenboek heeft deze score of een nieuwere al.")
        if answer.status == 401:
            # The platform may have dropped the token before its time: the next try asks for a new one.
            self._access.forget(registration, SCORE_SCOPE)
            return Outcome("again", "De leeromgeving aanvaardde onze toegang niet (status 401).")
        if answer.status in (408, 425, 429) or answer.status >= 500:
            return Outcome("again", f"De leeromgeving kon nu niet volgen (status {answer.status}).", answer.retry_after)
        gone = answer.status in (404, 410)
        refused = f"De leeromgeving weigert deze score (status {answer.status})."
        return Outcome("failed", f"{refused} {_ADVICE.get(answer.status, _ADVICE_ELSE)}", column_gone=gone)

    def find_line_item(self, registration: Registration, place: Place, at: datetime) -> str | Outcome:
        """Give the address of a link's line item, made when there is none; or how looking for it went wrong.

        Two at a time would make two columns: it is for the caller to see to that.
        """
        return self._ask(registration, place.scope, at, lambda headers: find(self._outgoing, place, headers))

    def results(
        self, registration: Registration, line_item: str, at: datetime, user: str = ""
    ) -> dict[str, Result] | Outcome:
        """Give what a column holds, by the platform's name for each person (or for one); or how reading went wrong."""
        return self._ask(
            registration, RESULT_SCOPE, at, lambda headers: results.read(self._outgoing, line_item, headers, user)
        )

    def _ask(
        self, registration: Registration, scope: str, at: datetime, ask: Callable[[Mapping[str, str]], Found]
    ) -> Found | Outcome:
        try:
            return ask({"Authorization": f"Bearer {self._access.token(registration, scope, at)}"})
        except AccessDenied as denied:
            return Outcome("again", denied.detail, denied.retry_after)
        except OutgoingFault as fault:
            return Outcome("again", say("De leeromgeving is niet bereikbaar: {reason}.", reason=fault.reason))
        except LookUpFault as fault:
            if fault.status == 401:
                self._access.forget(registration, scope)
            return Outcome("again" if fault.passing else "failed", fault.detail, fault.retry_after)


def _is_web_page(answer: Answer) -> bool:
    return answer.body[:100].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _is_about_time(answer: Answer) -> bool:
    # Open edX and Canvas answer 400 where others answer 409: the one names the field that it refuses
    # (LtiAgsScoreSerializer), the other says so in a sentence (verify_valid_timestamp in scores_controller.rb).
    if answer.status != 400:
        return False
    try:
        said = answer.json()
    except OutgoingFault:
        return False
    if b"before last updated timestamp" in answer.body:
        return True
    return isinstance(said, dict) and set(said) == {"timestamp"}


def scores_url(line_item: str) -> str:
    """Give the address of a line item's scores: `/scores` goes before the query, if there is one."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
