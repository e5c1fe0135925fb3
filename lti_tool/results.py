"""Results read back: what a platform's gradebook holds for a column, and whether that is what we sent.

Source: LTI AGS 2.0, 3.3. Nothing is written here. Access is `ags.py`'s.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lti_tool.line_items import MAX_PAGES, PAGE, LookUpFault
from lti_tool.outgoing import Outgoing, with_query
from lti_tool.registrations import origin
from veranderkracht.languages import say

RESULT_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
CLOSE = Decimal("0.005")  # points that a platform may lose by keeping a score as a fraction of another maximum


@dataclass(frozen=True)
class Result:
    """What the gradebook holds for one person.

    Args:
        user: as the platform names them.
        score: None when it holds none.
        maximum: of this score; it may be another than the one that we sent.
    """

    user: str
    score: Decimal | None
    maximum: Decimal

    def out_of(self, maximum: Decimal) -> Decimal | None:
        """Give the score scaled to a maximum of ours, to a hundredth; None when there is none."""
        if self.score is None:
            return None
        return (self.score * maximum / self.maximum).quantize(Decimal("0.01"))

    def holds(self, score: Decimal, maximum: Decimal) -> bool:
        """Tell whether this is the score, whatever maximum the platform counts with."""
        if self.score is None:
            # Moodle leaves `resultScore` out of a result of 0 points (result_for_json in gradebookservices.php).
            return score == 0
        return abs(self.score * maximum / self.maximum - score) <= CLOSE


def read(outgoing: Outgoing, line_item: str, headers: Mapping[str, str], user: str = "") -> dict[str, Result]:
    """Give what a column holds, by the platform's name for each person.

    Args:
        outgoing: how to call.
        line_item: the column's address; it may hold a query.
        headers: with our access.
        user: of whom alone; empty for everybody.

    Raises:
        LookUpFault: the platform shows no results.
        OutgoingFault: no usable answer came.
    """
    found = {result.user: result for result in _results(_rows(outgoing, line_item, headers, user))}
    # A platform may ignore what we asked for.
    return {user: found[user]} if user in found else {} if user else found


def results_url(line_item: str, **asked: str) -> str:
    """Give the address of a column's results: `/results` goes before the query, if there is one."""
    parts = urlsplit(line_item)
    return with_query(urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/results")), **asked)


def _rows(outgoing: Outgoing, line_item: str, headers: Mapping[str, str], user: str) -> Iterator[Any]:
    address = results_url(line_item, **({"user_id": user} if user else {"limit": str(PAGE)}))
    for _ in range(MAX_PAGES):
        answer = outgoing.get(address, {**headers, "Accept": RESULTS_TYPE})
        if answer.status in (404, 410):
            raise LookUpFault(say("De kolom van deze activiteit staat niet meer in het puntenboek."), answer)
        if answer.status != 200:
            raise LookUpFault(
                say("De leeromgeving toont het puntenboek nu niet (status {status}).", status=answer.status), answer
            )
        listed = answer.json()
        if not isinstance(listed, list):
            raise LookUpFault(say("De leeromgeving antwoordt met iets anders dan haar puntenboek."), passing=True)
        yield from listed
        address = answer.next_page
        if not address:
            return
        if origin(address) != origin(line_item):
            raise LookUpFault(say("Het puntenboek gaat verder op een plek die niet van de leeromgeving is."))
    raise LookUpFault(say("In deze kolom van het puntenboek staan te veel mensen om ze allemaal te lezen."))


def _results(rows: Iterator[Any]) -> Iterator[Result]:
    for row in rows:
        user = row.get("userId") if isinstance(row, Mapping) else None
        if not isinstance(user, str | int) or isinstance(user, bool):
            continue
        maximum = _number(row.get("resultMaximum"))
        # "resultMaximum … default is 1" (AGS 2.0, 3.3.5).
        yield Result(str(user), _number(row.get("resultScore")), maximum if maximum and maximum > 0 else Decimal(1))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() and abs(number) < 10**9 else None
