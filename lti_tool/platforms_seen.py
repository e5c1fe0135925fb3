"""Which platforms an administrator sees and may change, with how their launches and scores stand.

One for a single institution sees a platform with a deployment of that institution, and of it only that. A platform that
several institutions share is changed by an administrator of all of them: its addresses say whom we believe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lti_tool import registrations
from lti_tool.admin_tables import AdmittedRow, RefusedRow, StrangerRow
from lti_tool.outbox_rows import SCORE
from lti_tool.registrations import Registration, origin
from lti_tool.tables import DeploymentRow, InviteRow, LinkRow, OutboxRow, RegistrationRow, TenantRow
from veranderkracht.errors import NotFound
from veranderkracht.languages import say

REASONS = 5  # of failed scores that are shown, the most frequent in front


@dataclass(frozen=True)
class Scores:
    """How the scores of a platform stand.

    Args:
        waiting, failed: how many.
        last_sent_at: of the last one that arrived.
        reasons: of those that failed: what went wrong, and how often.
        held_up_by: of those that wait after a try: what went wrong, and how often.
    """

    waiting: int = 0
    failed: int = 0
    last_sent_at: datetime | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    held_up_by: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Seen:
    """A platform, as far as an administrator sees it.

    Args:
        id: of its row.
        registration: the platform.
        deployments: those to see, by name.
        admitted: by deployment name, the last launch that was let in.
        refused: the last refusals to see, the newest in front.
        scores: of those deployments.
        tenants: the institutions of those deployments, or whom it was invited by.
        changeable: whether this administrator may change it.
    """

    id: int
    registration: Registration
    deployments: Sequence[DeploymentRow]
    admitted: dict[str, AdmittedRow] = field(default_factory=dict)
    refused: Sequence[RefusedRow] = ()
    scores: Scores = Scores()
    tenants: tuple[str, ...] = ()
    changeable: bool = False

    @property
    def last_admitted(self) -> AdmittedRow | None:
        """The last launch of any deployment."""
        return max(self.admitted.values(), key=lambda row: row.at, default=None)


def all_of(session: Session, tenant: str) -> list[Seen]:
    """Give every platform that an administrator of a tenant (empty: of all) sees, by its name."""
    rows = session.execute(select(RegistrationRow.id).where(_visible(tenant)).order_by(RegistrationRow.issuer))
    return [find(session, row.id, tenant) for row in rows]


def find(session: Session, registration_id: int, tenant: str) -> Seen:
    """Give one platform.

    Raises:
        NotFound: `platform-not-found`: there is none, or none that this administrator sees.
    """
    seen = session.scalar(select(RegistrationRow.id).where(RegistrationRow.id == registration_id, _visible(tenant)))
    registration = registrations.by_id(session, registration_id) if seen else None
    if registration is None:
        raise NotFound(
            say("Deze leeromgeving is er niet, of ze hoort niet bij jouw instelling."), code="platform-not-found"
        )
    every = session.scalars(
        select(DeploymentRow)
        .where(DeploymentRow.registration_id == registration_id)
        .order_by(DeploymentRow.deployment_id)
    ).all()
    mine = [row for row in every if tenant in ("", row.tenant.slug)]
    names = {row.deployment_id for row in mine}
    changeable = len(mine) == len(every)
    admitted = session.scalars(select(AdmittedRow).where(AdmittedRow.registration_id == registration_id))
    refused = session.scalars(
        select(RefusedRow).where(RefusedRow.registration_id == registration_id).order_by(RefusedRow.at.desc())
    )
    return Seen(
        id=registration_id,
        registration=registration,
        deployments=mine,
        admitted={row.deployment_id: row for row in admitted if row.deployment_id in names},
        # What named a deployment that nobody has may be another institution's.
        refused=[
            row
            for row in refused
            if row.deployment_id in names or (not row.deployment_id and (changeable or not row.said))
        ],
        scores=_scores(session, [row.id for row in mine]),
        tenants=tuple(sorted({row.tenant.slug for row in mine})) or _invited_by(session, registration_id),
        changeable=changeable,
    )


def has_work(session: Session, deployment_row_id: int) -> bool:
    """Tell whether somebody opened an activity from a deployment: learners' work hangs on it."""
    return session.scalars(select(LinkRow.id).where(LinkRow.deployment_id == deployment_row_id)).first() is not None


def tenants(session: Session, tenant: str) -> list[str]:
    """Give the institutions that an administrator can choose from."""
    every = session.scalars(select(TenantRow.slug).order_by(TenantRow.slug)).all()
    return [slug for slug in every if tenant in ("", slug)]


def strangers(session: Session, tenant: str) -> list[StrangerRow]:
    """Give platforms that wanted to launch and are not registered, the last one in front.

    An administrator of one institution sees those at an address that only this institution uses.
    """
    registered = select(RegistrationRow.id).where(
        RegistrationRow.issuer == StrangerRow.issuer, RegistrationRow.client_id == StrangerRow.client_id
    )
    rows = session.scalars(select(StrangerRow).where(~registered.exists()).order_by(StrangerRow.last_at.desc())).all()
    if not tenant:
        return list(rows)
    mine = [seen for seen in all_of(session, tenant) if seen.changeable]
    known = {address for seen in mine for address in seen.registration.origins}
    others = RegistrationRow.id.not_in([seen.id for seen in mine])
    shared = set(session.scalars(select(RegistrationRow.issuer).where(others)))
    return [row for row in rows if origin(row.issuer) in known and row.issuer not in shared]


def _visible(tenant: str) -> ColumnElement[bool]:
    if not tenant:
        return RegistrationRow.id.is_not(None)
    deployed = select(DeploymentRow.id).where(DeploymentRow.registration_id == RegistrationRow.id)
    mine = deployed.join(TenantRow, TenantRow.id == DeploymentRow.tenant_id).where(TenantRow.slug == tenant)
    invited = select(InviteRow.id).where(InviteRow.registration_id == RegistrationRow.id, InviteRow.tenant == tenant)
    return mine.exists() | (~deployed.exists() & invited.exists())


def _invited_by(session: Session, registration_id: int) -> tuple[str, ...]:
    query = select(InviteRow.tenant).where(InviteRow.registration_id == registration_id)
    return tuple(sorted(set(session.scalars(query))))


def _scores(session: Session, deployments: Sequence[int]) -> Scores:
    link = OutboxRow.payload["link"].as_integer()
    mine = (
        select(
            OutboxRow.status, OutboxRow.detail, func.count().label("number"), func.max(OutboxRow.done_at).label("last")
        )
        .join(LinkRow, LinkRow.id == link)
        .where(OutboxRow.kind == SCORE, LinkRow.deployment_id.in_(deployments))
        .group_by(OutboxRow.status, OutboxRow.detail)
        .order_by(func.count().desc(), OutboxRow.detail)
    )
    rows = session.execute(mine).all()

    def of(status: str) -> tuple[tuple[str, int], ...]:
        return tuple((row.detail, row.number) for row in rows if row.status == status)

    return Scores(
        waiting=sum(number for _, number in of("waiting")),
        failed=sum(number for _, number in of("failed")),
        last_sent_at=max((row.last for row in rows if row.status == "sent" and row.last), default=None),
        reasons=of("failed")[:REASONS],
        held_up_by=tuple(each for each in of("waiting") if each[0])[:REASONS],
    )
