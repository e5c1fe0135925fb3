"""Assignment and Grade Services: a score to a line item, a line item to a link.

Source: LTI AGS 2.0, chapter 3.4. Access is `access.py`'s; when and how often is `outbox.py`'s.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from lti_tool.access import AccessDenied, AccessTokens
from lti_tool.line_items import LookUpFault, Place, find
from lti_tool.outbox_rows import SCORE_SCOPE
from lti_tool.outgoing import Answer, Outgoing, OutgoingFault
from lti_tool.registrations import Registration

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


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
        self._finding = threading.Lock()

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
            return Outcome("again", f"De leeromgeving is niet bereikbaar: {fault.reason}.")
        if 200 <= answer.status < 300 and not _is_web_page(answer):
            return Outcome("sent")
        if answer.status < 400:
            # Behind single sign-on or in maintenance a platform shows a page, or sends us to one, and keeps no score.
            return Outcome("again", "De leeromgeving antwoordde met een webpagina in plaats van met een bevestiging.")
        if answer.status == 409 or _is_about_time(answer):
            return Outcome("superseded", "Het puntenboek heeft al een nieuwere score.")
        if answer.status == 401:
            # The platform may have dropped the token before its time: the next try asks for a new one.
            self._access.forget(registration, SCORE_SCOPE)
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
                headers = {"Authorization": f"Bearer {self._access.token(registration, scope, at)}"}
                return find(self._outgoing, place, headers)
            except AccessDenied as denied:
                return Outcome("again", denied.detail, denied.retry_after)
            except OutgoingFault as fault:
                return Outcome("again", f"De leeromgeving is niet bereikbaar: {fault.reason}.")
            except LookUpFault as fault:
                if fault.status == 401:
                    self._access.forget(registration, scope)
                return Outcome("again" if fault.passing else "failed", fault.detail, fault.retry_after)


def _is_web_page(answer: Answer) -> bool:
    return answer.body[:100].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _is_about_time(answer: Answer) -> bool:
    # Open edX answers 400 where others answer 409: it names the field that it refuses (LtiAgsScoreSerializer).
    if answer.status != 400:
        return False
    try:
        said = answer.json()
    except OutgoingFault:
        return False
    return isinstance(said, dict) and set(said) == {"timestamp"}


def scores_url(line_item: str) -> str:
    """Give the address of a line item's scores: `/scores` goes before the query, if there is one."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
