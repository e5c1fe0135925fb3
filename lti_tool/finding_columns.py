"""Finds a link's column in the gradebook, one worker at a time, and keeps it for the next score.

Two workers that both find none would make it twice: whoever looks holds the link until then, by a moment in its row. No
transaction stays open meanwhile, and a worker that was killed gives way by itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from lti_tool.ags import Gradebooks, Outcome
from lti_tool.columns import column_of
from lti_tool.line_items import LONGEST_LOOK, Place
from lti_tool.outgoing import TOTAL_SECONDS
from lti_tool.registrations import Registration
from lti_tool.services import Services
from lti_tool.tables import LinkRow, OutboxRow
from veranderkracht.activities.assignment import find_step
from veranderkracht.errors import NotFound

# Longer than one look can take: a token, the list with its last page, and a new column.
HELD = timedelta(seconds=LONGEST_LOOK + 4 * TOTAL_SECONDS)


def find_column(
    services: Services, gradebooks: Gradebooks, registration: Registration, link: LinkRow, row: OutboxRow
) -> str | Outcome:
    """Give the address of a link's column, made when there is none; or why not, and whether another try may do.

    Args:
        services: the tool's parts.
        gradebooks: the way to platforms.
        registration: of the link's platform.
        link: as it was read; its `line_item`, if any, is of no use any more.
        row: the score that needs the column.
    """
    try:
        module = services.library.module(link.module)
        column = column_of(services.library, module, find_step(module, link.step))
    except NotFound as fault:
        return Outcome("failed", fault.detail)
    if column is None:
        return Outcome("failed", "Deze stap brengt geen score.")
    at = services.clock()
    known = _hold(services, link, at)
    if known is not None:
        return known or Outcome("again", "Een ander proces zoekt de kolom van deze activiteit net op.")
    place = Place(row.payload["line_items"], tuple(row.payload["scopes"]), link.resource_link_id, column)
    found = gradebooks.find_line_item(registration, place, at)
    kept = {"line_item": found} if isinstance(found, str) else {}
    with services.database.write() as session:
        session.execute(
            update(LinkRow)
            .where(LinkRow.id == link.id, LinkRow.finding_until == at + HELD)
            .values(finding_until=None, **kept)
        )
    return found


def _hold(services: Services, link: LinkRow, at: datetime) -> str | None:
    """Hold the link and give None; or give the column that another found meanwhile, or '' when it still looks."""
    with services.database.write() as session:
        held = session.scalar(
            update(LinkRow)
            .where(
                LinkRow.id == link.id,
                LinkRow.line_item == link.line_item,
                or_(LinkRow.finding_until.is_(None), LinkRow.finding_until <= at),
            )
            .values(finding_until=at + HELD)
            .returning(LinkRow.id)
        )
        if held is not None:
            return None
        now = session.get(LinkRow, link.id)
        return now.line_item if now is not None and now.line_item != link.line_item else ""
