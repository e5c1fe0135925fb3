"""Connecting a platform by an invitation: fetch and check its configuration, send our registration, keep the answer.

Source: LTI Dynamic Registration 1.0. The pages around it are `registering.py`'s. Either all of it is kept or nothing.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import audit, invites, platform_configuration, registrations, tool_registration
from lti_tool.connection_faults import NotConnected
from lti_tool.outbox_rows import SCORE_SCOPE
from lti_tool.outgoing import OutgoingFault
from lti_tool.platform_configuration import PlatformConfiguration
from lti_tool.registrations import Registration
from lti_tool.services import Services
from lti_tool.tool_registration import Registered
from veranderkracht.errors import VkError
from veranderkracht.languages import say

log = logging.getLogger("lti_tool.register")

TAKEN = (200, 201)  # OpenID Connect says 201, Moodle and Canvas answer 200
_EXPLAINED = ("error_description", "errorMessage", "message", "errors", "error")


class Asking(BaseModel):
    """A platform that asks to be connected, as it opened our page; kept in a token of that page.

    Args:
        invite: the hashed secret of the invitation.
        configuration: where the platform describes itself.
        token: what it wants to see again at its registration endpoint; Brightspace gives none.
        shown_on: the origin of its page around ours, when that is another than the platform's own; else empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    invite: str
    configuration: str
    token: str
    shown_on: str


@dataclass(frozen=True)
class Connected:
    """How it ended well.

    Args:
        tenant: the institution.
        registration: the platform, as kept.
        deployment_id: empty when the platform did not say it yet.
        family: its product family code.
        grades: whether it takes scores.
    """

    tenant: str
    registration: Registration
    deployment_id: str
    family: str
    grades: bool


def connect(ours: Services, asking: Asking, *, icon: str, names: bool) -> Connected:
    """Connect a platform, and use its invitation up.

    Args:
        ours: the running tool.
        asking: who asks.
        icon: the tool's icon, as a full address.
        names: whether launches should carry people's names.

    Raises:
        NotConnected: with the code of what went wrong; the invitation can be used again.
    """
    at = ours.clock()
    with ours.database.write() as session:
        invite = invites.find(session, asking.invite, at)
        hold = invites.hold(session, invite.id, at)
    with _held(ours, invite.id, hold):
        platform = _configuration(ours, asking)
        body = tool_registration.request_of(platform, ours.settings.base_url, icon, names=names)
        registered = _registered(ours, platform, asking, body)
        shown_on = (asking.shown_on,) if asking.shown_on else ()
        registration = tool_registration.registration_of(platform, registered, shown_on)
        _keep(ours, invite.tenant, registration, registered, invite.id, hold, at)
    grades = SCORE_SCOPE in tool_registration.scopes_for(platform)
    return Connected(invite.tenant, registration, registered.deployment_id, platform.family, grades)


@contextmanager
def _held(ours: Services, invite_id: int, hold: str) -> Iterator[None]:
    """Let the invitation go at the end, whatever happens; without a database the hold runs out by itself."""
    try:
        yield
    finally:
        with suppress(SQLAlchemyError), ours.database.write() as session:
            invites.let_go(session, invite_id, hold)


def _configuration(ours: Services, asking: Asking) -> PlatformConfiguration:
    # Canvas wants its token here too.
    try:
        answer = ours.outgoing.get(asking.configuration, {"Accept": "application/json", **_authorization(asking)})
    except OutgoingFault as fault:
        raise NotConnected("platform-config-unreachable", fault.reason) from fault
    if answer.status != 200:
        raise NotConnected(
            "platform-config-unreachable", say("ze antwoordde met status {status}", status=answer.status)
        )
    try:
        document = answer.json()
    except OutgoingFault as fault:
        raise NotConnected("platform-config-invalid", fault.reason) from fault
    return platform_configuration.read(document, asking.configuration, allow_http=ours.settings.allow_private)


def _registered(ours: Services, platform: PlatformConfiguration, asking: Asking, body: Mapping[str, Any]) -> Registered:
    headers = {"Content-Type": "application/json", "Accept": "application/json", **_authorization(asking)}
    try:
        answer = ours.outgoing.post(platform.registration_url, json.dumps(body).encode(), headers)
    except OutgoingFault as fault:
        raise NotConnected("registration-unanswered", fault.reason) from fault
    try:
        said = answer.json()
    except OutgoingFault as fault:
        if answer.status in TAKEN:
            raise NotConnected("registration-answer-invalid", fault.reason) from fault
        said = None
    if answer.status not in TAKEN:
        raise NotConnected("registration-refused", f"status {answer.status}{_explanation(said)}")
    return tool_registration.read_answer(said)


def _keep(
    ours: Services,
    tenant: str,
    registration: Registration,
    registered: Registered,
    invite_id: int,
    hold: str,
    at: datetime,
) -> None:
    deployments = [registered.deployment_id] if registered.deployment_id else []
    there = say("(het client-id daar is {client})", client=registered.client_id)
    try:
        ours.keys.make_host_key(tenant)
        with ours.database.write() as session:
            new = registrations.register(session, tenant, registration, deployments, at, invited=True)
            found = registrations.find(session, registration.issuer, registration.client_id)
            if found is None or not invites.use_up(session, invite_id, hold, found[0], at):
                lost = say("de uitnodiging werd intussen ingetrokken of gebruikt")
                raise NotConnected("registration-unsaved", f"{lost} {there}")
            about = f"{registration.issuer} {registration.client_id}"
            by = f"uitnodiging {invite_id}"
            act = "registration-added" if new else "registration-renewed"
            audit.note(session, act, by=by, tenant=tenant, about=about, at=at)
    except NotConnected:
        raise
    except VkError as fault:
        raise NotConnected("registration-unsaved", f"{fault.detail.rstrip('.')} {there}") from fault
    except (SQLAlchemyError, OSError) as fault:
        # The fault's own text would hold what the statement was given.
        log.error("a registration could not be kept: %s", type(fault).__name__)
        down = say("onze eigen opslag antwoordt niet")
        raise NotConnected("registration-unsaved", f"{down} {there}") from fault


def _authorization(asking: Asking) -> dict[str, str]:
    return {"Authorization": f"Bearer {asking.token}"} if asking.token else {}


def _explanation(said: Any) -> str:
    """What a platform says of its refusal, as far as that is a short text; Canvas gives a list of them."""
    found = next((said[name] for name in _EXPLAINED if said.get(name)), "") if isinstance(said, Mapping) else ""
    first = found[0] if isinstance(found, list) else found
    text = "".join(letter for letter in first[:200] if letter.isprintable()) if isinstance(first, str) else ""
    return f" ({text.strip()})" if text.strip() else ""
