"""From a visit to the rules: the assignment that its page is about, and the player or desk that act on it."""

from functools import cache, lru_cache

from sqlalchemy import or_, select

from lti_tool.direct import Direct
from lti_tool.outbox_rows import OutboxRecorder
from lti_tool.rosters import roster_of
from lti_tool.services import Services
from lti_tool.store_sqlalchemy import SqlStore
from lti_tool.sync_states import sync_states
from lti_tool.tables import MemberRow, PersonRow, SubmissionRow, TenantRow
from lti_tool.visits import Visit
from veranderkracht.activities.assignment import Assignment, assign, find_step
from veranderkracht.activities.desk import Desk, NameOf, Sync, SyncOf
from veranderkracht.activities.player import Player, opening
from veranderkracht.activities.preview import PreviewStore
from veranderkracht.activities.store import SubmissionId
from veranderkracht.errors import NotFound
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module


def module_of(services: Services, visit: Visit) -> Module:
    """Give the module that the visit's link places.

    Raises:
        NotFound: the link names none (`module-missing`), or one that is not here.
    """
    return services.library.module(_named(visit))


def _named(visit: Visit) -> str:
    if not visit.module:
        raise NotFound(
            say(
                "In je cursus staat bij deze activiteit niet welke module ze moet openen. Ben je docent, "
                "vul dan bij de activiteit de eigen parameter module=… in (en step=… voor één stap). Ben "
                "je lerende, zeg het je docent."
            ),
            code="module-missing",
        )
    return visit.module


def assignment_of(services: Services, visit: Visit, step: str) -> Assignment:
    """Give one step of the visit's module as it is placed.

    Raises:
        NotFound: the module has no such step, or its kind cannot be played yet.
    """
    return assignment(services.library, _named(visit), step)


@lru_cache(maxsize=512)
def assignment(library: Library, module: str, step: str) -> Assignment:
    """Give one step of a module, the same each time: what is worked out of it is then worked out once.

    Raises:
        NotFound: there is no such module or step, or its kind cannot be played yet.
    """
    return assign(library, library.module(module), find_step(library.module(module), step))


def store_of(services: Services, visit: Visit) -> SqlStore:
    """Give the store, recording events as of the visit's link."""
    return SqlStore(services.database, _recorder(services, visit))


def tell_opening(services: Services, connection: Direct, visit: Visit) -> None:
    """Write down that a learner opens the page's step, in the caller's transaction."""
    told = opening(assignment_of(services, visit, visit.step), visit.key, services.clock())
    _recorder(services, visit).tell(connection, told)


def _recorder(services: Services, visit: Visit) -> OutboxRecorder:
    settings = services.settings
    return OutboxRecorder(settings.base_url, visit.course, visit.link, assistant=bool(settings.assistant_url))


def player_of(services: Services, visit: Visit) -> Player:
    """Give the player of a page's step; in a preview it keeps nothing."""
    return Player(
        PreviewStore() if visit.view == "preview" else store_of(services, visit),
        assignment_of(services, visit, visit.step),
        visit.key,
        clock=services.clock,
        assistant=bool(services.settings.assistant_url) and visit.view == "play",
    )


def desk_of(services: Services, visit: Visit) -> Desk:
    """Give the desk of a page's step."""
    return Desk(
        store_of(services, visit),
        assignment_of(services, visit, visit.step),
        visit.tenant,
        visit.placement,
        grader=visit.learner,
        name_of=_names(services, visit),
        sync_of=_syncs(services, visit),
        gradebook=True,
        roster_of=lambda refresh: roster_of(services, visit, refresh=refresh),
        about=visit.about,
        assistant=bool(services.settings.assistant_url),
        clock=services.clock,
    )


def _names(services: Services, visit: Visit) -> NameOf:
    """Give the name that the platform sent, or one that tells learners apart without saying who they are."""

    @cache
    def names() -> dict[str, str]:
        handed_in = select(SubmissionRow.learner).where(
            SubmissionRow.tenant == visit.tenant, SubmissionRow.placement == visit.placement
        )
        listed = select(MemberRow.learner, MemberRow.name).where(MemberRow.link_id == visit.link)
        here = or_(
            PersonRow.learner.in_(handed_in),
            PersonRow.learner.in_(listed.with_only_columns(MemberRow.learner)),
            PersonRow.learner == visit.about,
        )
        query = (
            select(PersonRow.learner, PersonRow.name)
            .join(TenantRow)
            .where(TenantRow.slug == visit.tenant, PersonRow.name != "", here)
        )
        with services.database.read() as session:
            # What a launch said of a name is newer than what the list says, or was said without one.
            return {row.learner: row.name for found in (listed, query) for row in session.execute(found)}

    return lambda learner: names().get(learner) or f"Lerende {learner[:4]}"


def _syncs(services: Services, visit: Visit) -> SyncOf:
    """Give how each score's way to the gradebook stands; read when first asked for."""

    @cache
    def states() -> dict[str, Sync]:
        with services.database.read() as session:
            return sync_states(session, visit.tenant, visit.placement, visit.link)

    def sync_of(submission: SubmissionId) -> Sync | None:
        return states().get(submission)

    return sync_of
