"""Visits: a launch that was let in, as a row of twelve hours, and what a page of it may see and do.

A page token only points at the row; learner, tenant, placement and role are always the row's.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from lti_tool import registrations, reviews, roster_rows
from lti_tool.claims import Launch, Role
from lti_tool.database import insert_new, put
from lti_tool.deep_linking import ROUTE_MAP
from lti_tool.direct import Direct
from lti_tool.keys import KeyFolder
from lti_tool.refusals import Caller, Refused
from lti_tool.registrations import Deployment, Registration
from lti_tool.signed import PageToken, View, expired
from lti_tool.tables import LinkRow, PersonRow, SeatRow, SessionRow, UsedNonceRow
from veranderkracht.activities.store import LearnerId, PlacementId, TenantSlug, WorkKey
from veranderkracht.errors import Forbidden
from veranderkracht.languages import say

LIFETIME = timedelta(hours=12)

_BEGIN = insert(SessionRow)
_SEATED = select(SeatRow.link_id).where(SeatRow.link_id == bindparam("link"), SeatRow.learner == bindparam("learner"))
_PLACED = select(LinkRow.module, LinkRow.step).where(
    LinkRow.deployment_id == bindparam("deployment"), LinkRow.module != ""
)
_OF_LINK = _PLACED.where(LinkRow.resource_link_id == bindparam("name"))
_OF_COURSE = _PLACED.where(LinkRow.context_id == bindparam("name"))

VIEWS: dict[Role, tuple[View, ...]] = {
    "learner": ("play", "module", "route"),
    "teacher": ("desk", "preview", "module", "route"),
    "visitor": ("preview", "module", "route"),
}
WITHOUT_STEP: tuple[View, ...] = ("module", "route")


@dataclass(frozen=True)
class Visit:
    """Who is here, where, and looking at what.

    Args:
        session: the row's id.
        tenant: the institution.
        learner: the person's pseudonym, whatever their role.
        role: in this course.
        link: the resource link's row.
        course: as the platform names it.
        module: slug; empty when the link names none, and ROUTE_MAP when it places the map of the route.
        placed_step: the step that the link names; empty when it places the whole module.
        view: what this page is.
        step: the step that this page is about; empty for the list of steps, and for the map.
        origins: of the pages that may frame ours.
        about: the learner whose work the launch asked for, when it asked for one's.
    """

    session: str
    tenant: TenantSlug
    learner: LearnerId
    role: Role
    link: int
    course: str
    module: str
    placed_step: str
    view: View
    step: str
    origins: tuple[str, ...]
    about: LearnerId | None = None

    @property
    def placement(self) -> PlacementId:
        """The placed step: a resource link, and one step of its module."""
        return PlacementId(f"{self.link}:{self.module}/{self.step}")

    @property
    def key(self) -> WorkKey:
        """Where this person's own work on this step is kept."""
        return WorkKey(self.tenant, self.placement, self.learner)

    @property
    def token(self) -> PageToken:
        """What this page's token says."""
        return PageToken(self.session, self.view, self.step)

    def turned_to(self, view: View, step: str) -> "Visit":
        """Give the same visit, looking at something else.

        Raises:
            Forbidden: this role has no such view, or the link places another step, or not the map.
        """
        if view not in VIEWS[self.role] or (view == "route") != (self.module == ROUTE_MAP):
            raise Forbidden(
                say("Dit deel van de activiteit is er niet voor jouw rol in de cursus."), code="view-forbidden"
            )
        if (self.placed_step and step != self.placed_step) or (view in WITHOUT_STEP) != (not step):
            raise Forbidden(say("Deze stap hoort niet bij wat je in je cursus opende."), code="step-forbidden")
        return replace(self, view=view, step=step)


def admit(
    connection: Direct,
    launch: Launch,
    registration_id: int,
    registration: Registration,
    keys: KeyFolder,
    *,
    nonce_ends_at: datetime,
    at: datetime,
) -> Visit:
    """Let a verified launch in: use its nonce up, and keep who came and where. All in the caller's transaction.

    Which view the visit opens with is for the page to choose.

    Raises:
        Refused: `deployment-unknown` or `nonce-used`; of one learner's work also `review-other` or `review-unknown`.
    """
    deployment = enter(connection, launch, registration_id, nonce_ends_at=nonce_ends_at)
    key = keys.host_key(deployment.tenant)
    learner = key.learner(registration.issuer, launch.user_id)
    about = key.learner(registration.issuer, launch.about) if launch.about else ""
    if about:
        launch, link = _reviewed(connection, launch, deployment.id, at)
    else:
        launch = _inherited(connection, launch, deployment.id)
        link = _link(connection, launch, deployment.id, at)
    # What a request for one's work says of the gradebook may be less than what the activity's own launch said.
    known = bool(about) and connection.execute(_SEATED, {"link": link, "learner": learner})
    if launch.role == "learner" and not known:
        _remember(connection, launch, deployment.tenant_id, link, learner, at)
    roster_rows.note_launch(connection, launch, deployment.id, link, learner, at)
    opened = secrets.token_urlsafe(32)
    row = {
        "id": opened,
        "link_id": link,
        "learner": learner,
        "role": launch.role,
        "module": launch.module,
        "step": launch.step,
        "about": about,
        "created_at": at,
        "expires_at": at + LIFETIME,
    }
    connection.execute(_BEGIN, row)
    return Visit(
        session=opened,
        tenant=TenantSlug(deployment.tenant),
        learner=learner,
        role=launch.role,
        link=link,
        course=launch.context_id,
        module=launch.module,
        placed_step=launch.step,
        view="module",
        step="",
        origins=registration.origins,
        about=LearnerId(about) if about else None,
    )


def enter(connection: Direct, launch: Launch, registration_id: int, *, nonce_ends_at: datetime) -> Deployment:
    """Use a verified launch's nonce up, and give the deployment that it comes from.

    Raises:
        Refused: `deployment-unknown`, `deployment-off` or `nonce-used`.
    """
    deployment = registrations.tenant_of(connection, registration_id, launch.deployment_id)
    if deployment is None:
        raise Refused(
            "deployment-unknown",
            "dit deployment is niet geregistreerd; aanvaard het met `lti accept`, of `veranderkracht lti register`",
            Caller(deployment_id=launch.deployment_id),
        )
    if not deployment.is_on:
        raise Refused(
            "deployment-off", "een beheerder zette dit deployment uit", Caller(deployment_id=launch.deployment_id)
        )
    if not insert_new(connection, UsedNonceRow, nonce=launch.nonce, expires_at=nonce_ends_at):
        raise Refused("nonce-used", "deze start is al eens gebruikt", Caller(deployment_id=launch.deployment_id))
    return deployment


def find(session: Session, token: PageToken, at: datetime) -> Visit:
    """Give the visit of a page token.

    Raises:
        NotSignedIn: its session is over, or was never there.
        Forbidden: the token is for something that the session does not hold.
    """
    row = session.get(SessionRow, token.session)
    if row is None or at >= row.expires_at:
        raise expired()
    return _visit(row, token).turned_to(token.view, token.step)


def _visit(row: SessionRow, token: PageToken) -> Visit:
    deployment = row.link.deployment
    role = next(role for role in get_args(Role) if role == row.role)
    return Visit(
        session=row.id,
        tenant=TenantSlug(deployment.tenant.slug),
        learner=LearnerId(row.learner),
        role=role,
        link=row.link_id,
        course=row.link.context_id,
        module=row.module,
        placed_step=row.step,
        view=token.view,
        step=token.step,
        origins=registrations.of_deployment(deployment).origins,
        about=LearnerId(row.about) if row.about else None,
    )


def _reviewed(connection: Direct, launch: Launch, deployment_id: int, at: datetime) -> tuple[Launch, int]:
    """Give the link whose work is asked for, with the launch as that link places it."""
    caller = Caller(deployment_id=launch.deployment_id)
    if launch.role != "teacher" and (launch.role != "learner" or launch.about != launch.user_id):
        raise Refused("review-other", "wie geen docent is, vraagt het werk van een ander", caller)
    link = reviews.find_link(
        connection,
        deployment_id,
        resource_link_id=launch.resource_link_id,
        context_id=launch.context_id,
        line_item=launch.line_item,
    )
    if link is None and launch.resource_link_id and launch.module:
        return launch, _link(connection, launch, deployment_id, at)  # nobody opened it before
    if link is None:
        raise Refused("review-unknown", "geen link in deze cursus hoort bij deze kolom", caller)
    step = link.step or (launch.step if launch.module == link.module else "")
    return replace(launch, module=link.module, step=step, context_id=link.context_id), link.id


def _inherited(connection: Direct, launch: Launch, deployment_id: int) -> Launch:
    """Let a copied link that lost its parameters place what the link it was copied from places.

    Without the history of links, that of courses helps where the copied course had one thing placed only: a guess
    among several would give learners the wrong step.
    """
    if launch.module:
        return launch
    for name in launch.link_history:
        for row in connection.execute(_OF_LINK, {"deployment": deployment_id, "name": name}):
            return replace(launch, module=row.module, step=row.step)
    for name in launch.context_history:
        placed = {
            (row.module, row.step)
            for row in connection.execute(_OF_COURSE, {"deployment": deployment_id, "name": name})
        }
        if placed:
            module, step = placed.pop() if len(placed) == 1 else ("", "")
            return replace(launch, module=module, step=step)
    return launch


def _link(connection: Direct, launch: Launch, deployment_id: int, at: datetime) -> int:
    where = {"deployment_id": deployment_id, "resource_link_id": launch.resource_link_id}
    what = {"context_id": launch.context_id, "module": launch.module, "step": launch.step, "updated_at": at}
    return int(put(connection, LinkRow, where, what).id)


def _remember(connection: Direct, launch: Launch, tenant_id: int, link_id: int, learner: str, at: datetime) -> None:
    put(
        connection,
        PersonRow,
        {"tenant_id": tenant_id, "learner": learner},
        {"name": launch.name, "seen_at": at},
    )
    grades = {
        "user_id": launch.user_id,
        "line_item": launch.line_item,
        "line_items": launch.line_items,
        "scopes": list(launch.scopes),
    }
    put(connection, SeatRow, {"link_id": link_id, "learner": learner}, grades)
