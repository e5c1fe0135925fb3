"""Line items: finds a link's own column in a course's list, and makes it when there is none.

Source: LTI AGS 2.0, 3.1 and 3.2. Platforms leave the line item out of a launch when a link has several, or none yet.
Access is `ags.py`'s, when to look `outbox.py`'s.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lti_tool.columns import TAG, Column
from lti_tool.outgoing import Answer, Outgoing, with_query
from lti_tool.registrations import origin

WRITE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
READ_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LIST_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
PAGE = 100
MAX_PAGES = 20
LONGEST_LOOK = 60.0  # seconds, for all pages but the last one's answer


def may_look_up(scopes: Sequence[str]) -> bool:
    """Tell whether a platform lets us read its columns."""
    return WRITE_SCOPE in scopes or READ_SCOPE in scopes


@dataclass(frozen=True)
class Place:
    """Where a link's line item is to be found.

    Args:
        line_items: the address of the course's list; it may hold a query.
        scopes: what the platform lets us do.
        link: the resource link, as the platform names it.
        column: what the link's step brings.
    """

    line_items: str
    scopes: tuple[str, ...]
    link: str
    column: Column

    @property
    def scope(self) -> str:
        """The widest scope that we have for line items."""
        return WRITE_SCOPE if WRITE_SCOPE in self.scopes else READ_SCOPE


class LookUpFault(Exception):
    """No line item, and why: `detail` is Dutch, for people; `passing` when another try may do."""

    def __init__(self, detail: str, answer: Answer | None = None, *, passing: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = answer.status if answer else 0
        self.retry_after = answer.retry_after if answer else None
        elsewhere = 300 <= self.status < 400  # a page to sign in, or of maintenance
        self.passing = passing or elsewhere or self.status in (401, 408, 425, 429) or self.status >= 500


def find(outgoing: Outgoing, place: Place, headers: Mapping[str, str]) -> str:
    """Give the address of the link's line item.

    Args:
        outgoing: how to call.
        place: where to look.
        headers: with our access.

    Raises:
        LookUpFault: there is none and we may not make one, or the platform answers something else.
        OutgoingFault: no usable answer came.
    """
    ours = [item for item in _listed(outgoing, place, headers) if item.get("resourceLinkId") == place.link]
    known = [item for item in ours if item.get("resourceId") == place.column.resource_id]
    known.sort(key=lambda item: item.get("tag") != TAG)
    if not known and len(ours) == 1 and not ours[0].get("resourceId"):
        known = ours  # a column that the platform made for a link placed by hand
    if known:
        return str(known[0]["id"])
    if WRITE_SCOPE not in place.scopes:
        raise LookUpFault("In het puntenboek staat geen kolom voor deze activiteit. Maak er een in je leeromgeving.")
    return _made(outgoing, place, headers)


def _listed(outgoing: Outgoing, place: Place, headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    address = with_query(place.line_items, resource_link_id=place.link, limit=str(PAGE))
    end = time.monotonic() + LONGEST_LOOK
    for _ in range(MAX_PAGES):
        if time.monotonic() > end:
            raise LookUpFault("De leeromgeving doet er te lang over om haar kolommen te tonen.", passing=True)
        answer = outgoing.get(address, {**headers, "Accept": LIST_TYPE})
        if answer.status != 200:
            raise LookUpFault(f"De leeromgeving toont haar kolommen niet (status {answer.status}).", answer)
        listed = answer.json()
        if not isinstance(listed, list):
            raise LookUpFault("De leeromgeving antwoordt met iets anders dan haar kolommen.", passing=True)
        for item in listed:
            # Platforms may ignore what we asked for, so the list is read as if it were whole.
            if isinstance(item, Mapping) and _ours_to_use(item.get("id"), place):
                yield item
        address = answer.next_page
        if not address:
            return
        # Who has not seen the whole list cannot say that a column is missing, and would make it a second time.
        if not _ours_to_use(address, place):
            raise LookUpFault("De lijst met kolommen gaat verder op een plek die niet van de leeromgeving is.")
    raise LookUpFault("In het puntenboek staan te veel kolommen om die van deze activiteit te vinden.")


def _made(outgoing: Outgoing, place: Place, headers: Mapping[str, str]) -> str:
    body = {**place.column.line_item(), "resourceLinkId": place.link}
    types = {"Content-Type": ITEM_TYPE, "Accept": ITEM_TYPE}
    answer = outgoing.post(place.line_items, json.dumps(body).encode(), {**headers, **types})
    if answer.status not in (200, 201):
        raise LookUpFault(f"De leeromgeving maakt geen kolom voor deze activiteit (status {answer.status}).", answer)
    item = answer.json()
    address = item.get("id") if isinstance(item, Mapping) else None
    if not _ours_to_use(address, place):
        raise LookUpFault("De leeromgeving maakte een kolom, maar zegt niet waar.")
    return str(address)


def _ours_to_use(address: Any, place: Place) -> bool:
    # Our access goes along with every call: never to another server than the one that the launch named.
    return isinstance(address, str) and len(address) <= 2000 and origin(address) == origin(place.line_items)
