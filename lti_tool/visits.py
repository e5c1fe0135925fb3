"""Visits: a launch that was let in, as a row of twelve hours, and what a page of it may see and do.

A page token only points at the row; learner, tenant, placement and role are always the row's.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool import registrations, reviews, roster_rows
from lti_tool.claims import Launch, Role
from lti_tool.database import insert_new
from lti_tool.keys import KeyFolder
from lti_tool.refusals import Caller, Refused
from lti_tool.registrations import Registration
from lti_tool.signed import PageToken, View, expired
from lti_tool.tables import DeploymentRow, LinkRow, PersonRow, SeatRow, SessionRow, UsedNonceRow
from veranderkracht.activities.store import LearnerId, PlacementId, TenantSlug, WorkKey
from veranderkracht.errors import Forbidden

LIFETIME = timedelta(hours=12)

VIEWS: dict[Role, tuple[View, ...]] = {
    "learner": ("play", "module"),
    "teacher": ("desk", "preview", "module"),
    "visitor": ("preview", "module"),
}


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
        module: slug; empty when the link names none.
        placed_step: the step that the link names; empty when it places the whole module.
        view: what this page is.
        step: the step that this page is about; empty for the list of steps.
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
            Forbidden: this role has no such view, or the link places another step.
        """
        if view not in VIEWS[self.role]:
            raise Forbidden("Dit deel van de activiteit is er niet voor jouw rol in de cursus.", code="view-forbidden")
        if (self.placed_step and step != self.placed_step) or (view == "module") != (not step):
            raise Forbidden("Deze stap hoort niet bij wat je in je cursus opende.", code="step-forbidden")
        return replace(self, view=view, step=step)


def admit(
    session: Session,
    launch: Launch,
    registration_id: int,
    registration: Registration,
    keys: KeyFolder,
    *,
    nonce_ends_at: datetime,
    at: datetime,
) -> SessionRow:
    """Let a verified launch in: use its nonce up, and keep who came and where. All in the caller's transaction.

    Raises:
        Refused: `deployment-unknown` or `nonce-used`; of one learner's work also `review-other` or `review-unknown`.
    """
    deployment = enter(session, launch, registration_id, nonce_ends_at=nonce_ends_at)
    key = keys.host_key(deployment.tenant.slug)
    learner = key.learner(registration.issuer, launch.user_id)
    if launch.about:
        launch, link = _reviewed(session, launch, deployment.id, at)
    else:
        launch = _inherited(session, launch, deployment.id)
        link = _link(session, launch, deployment.id, at)
    # What a request for one's work says of the gradebook may be less than what the activity's own launch said.
    known = session.get(SeatRow, (link.id, learner)) if launch.about else None
    if launch.role == "learner" and known is None:
        _remember(session, launch, deployment.tenant_id, link.id, learner, at)
    roster_rows.note_launch(session, launch, link, learner, at)
    row = SessionRow(
        id=secrets.token_urlsafe(32),
        link_id=link.id,
        learner=learner,
        role=launch.role,
        module=launch.module,
        step=launch.step,
        about=key.learner(registration.issuer, launch.about) if launch.about else "",
        created_at=at,
        expires_at=at + LIFETIME,
    )
    session.add(row)
    session.flush()
    session.refresh(row, ["link"])
    return row


def enter(session: Session, launch: Launch, registration_id: int, *, nonce_ends_at: datetime) -> DeploymentRow:
    """Use a verified launch's nonce up, and give the deployment that it comes from.

    Raises:
        Refused: `deployment-unknown` or `nonce-used`.
    """
    deployment = registrations.deployment(session, registration_id, launch.deployment_id)
    if deployment is None:
        raise Refused(
            "deployment-unknown",
            "dit deployment is niet geregistreerd; voeg het toe met `veranderkracht lti register --deployment-id`",
            Caller(deployment_id=launch.deployment_id),
        )
    if not insert_new(session, UsedNonceRow, nonce=launch.nonce, expires_at=nonce_ends_at):
        raise Refused("nonce-used", "deze start is al eens gebruikt", Caller(deployment_id=launch.deployment_id))
    return deployment


def arrived(row: SessionRow) -> Visit:
    """Give a visit as it begins; which view it opens with is for the page to choose."""
    return _visit(row, PageToken(row.id, "module", ""))


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


def _reviewed(session: Session, launch: Launch, deployment_id: int, at: datetime) -> tuple[Launch, LinkRow]:
    """Give the link whose work is asked for, with the launch as that link places it."""
    caller = Caller(deployment_id=launch.deployment_id)
    if launch.role != "teacher" and (launch.role != "learner" or launch.about != launch.user_id):
        raise Refused("review-other", "wie geen docent is, vraagt het werk van een ander", caller)
    link = reviews.find_link(
        session,
        deployment_id,
        resource_link_id=launch.resource_link_id,
        context_id=launch.context_id,
        line_item=launch.line_item,
    )
    if link is None and launch.resource_link_id and launch.module:
        link = _link(session, launch, deployment_id, at)  # nobody opened it before
    if link is None:
        raise Refused("review-unknown", "geen link in deze cursus hoort bij deze kolom", caller)
    step = link.step or (launch.step if launch.module == link.module else "")
    return replace(launch, module=link.module, step=step), link


def _inherited(session: Session, launch: Launch, deployment_id: int) -> Launch:
    """Let a copied link that lost its parameters place what the link it was copied from places.

    Without the history of links, that of courses helps where the copied course had one thing placed only: a guess
    among several would give learners the wrong step.
    """
    if launch.module:
        return launch
    here = select(LinkRow).where(LinkRow.deployment_id == deployment_id, LinkRow.module != "")
    for name in launch.link_history:
        if row := session.scalars(here.where(LinkRow.resource_link_id == name)).one_or_none():
            return replace(launch, module=row.module, step=row.step)
    for name in launch.context_history:
        placed = {(row.module, row.step) for row in session.scalars(here.where(LinkRow.context_id == name))}
        if placed:
            module, step = placed.pop() if len(placed) == 1 else ("", "")
            return replace(launch, module=module, step=step)
    return launch


def _link(session: Session, launch: Launch, deployment_id: int, at: datetime) -> LinkRow:
    where = {"deployment_id": deployment_id, "resource_link_id": launch.resource_link_id}
    what = {"context_id": launch.context_id, "module": launch.module, "step": launch.step, "updated_at": at}
    insert_new(session, LinkRow, **where, **what)
    row = session.query(LinkRow).filter_by(**where).one()
    for name, value in what.items():
        setattr(row, name, value)
    return row


def _remember(session: Session, launch: Launch, tenant_id: int, link_id: int, learner: str, at: datetime) -> None:
    insert_new(session, PersonRow, tenant_id=tenant_id, learner=learner, name=launch.name, seen_at=at)
    person = session.get_one(PersonRow, (tenant_id, learner))
    person.name, person.seen_at = launch.name, at
    grades = {
        "user_id": launch.user_id,
        "line_item": launch.line_item,
        "line_items": launch.line_items,
        "scopes": list(launch.scopes),
    }
    insert_new(session, SeatRow, link_id=link_id, learner=learner, **grades)
    seat = session.get_one(SeatRow, (link_id, learner))
    for name, value in grades.items():
        setattr(seat, name, value)
