"""The pages on which a teacher chooses what to place (Deep Linking): search, look at a step, and hand the choice over.

The request travels along in each form as a signed token, so that no cookie and no table is needed. What the messages
say is `deep_linking.py`'s.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict

from lti_tool import registrations
from lti_tool.api import bearer
from lti_tool.claims import Launch
from lti_tool.deep_linking import ROUTE_MAP, ROUTE_MAP_SAYS, Dates, Wish, answer, content_item
from lti_tool.offers import KINDS, PHASES, Search, chosen, offered_map, offers
from lti_tool.refusals import Caller, Refused
from lti_tool.registrations import Registration, origin
from lti_tool.responses import forms_to, framed_by, services
from lti_tool.services import Services
from veranderkracht.activities.assignment import Assignment, assign, find_step
from veranderkracht.activities.operations import play
from veranderkracht.activities.payload import read_payload
from veranderkracht.activities.player import Player
from veranderkracht.activities.preview import PreviewStore
from veranderkracht.activities.store import LearnerId, PlacementId, TenantSlug, WorkKey
from veranderkracht.errors import BadInput, Forbidden, NotFound
from veranderkracht.languages import say
from veranderkracht.web import Face, render_step, step_view

blueprint = Blueprint("picker", __name__, url_prefix="/lti/pick")

LIFETIME = timedelta(hours=12)  # as a visit
HOME = ZoneInfo("Europe/Brussels")  # for a browser that does not say where it is
_NOBODY = WorkKey(TenantSlug("-"), PlacementId("-"), LearnerId("-"))


class Picking(BaseModel):
    """For which platform and course a teacher is choosing; in a token of the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registration: int
    deployment: str
    wish: Wish


@dataclass(frozen=True)
class Form:
    """The picker's form as it stands; times are as the browser wrote them, in its own zone."""

    choices: tuple[str, ...] = ()
    search: Search = field(default_factory=Search)
    opens: str = ""
    due: str = ""
    zone: str = ""


def begin(launch: Launch, registration_id: int) -> str:
    """Give the token of a picker's page, for a launch that asks for it.

    Raises:
        Refused: `deep-link-role`: who comes does not teach here.
    """
    return _token(services(), _picking(launch, registration_id))


def arrive(launch: Launch, registration_id: int) -> Response:
    """Show the picker after a launch that asks for it.

    Raises:
        Refused: `deep-link-role`: who comes does not teach here.
    """
    ours, picking = services(), _picking(launch, registration_id)
    return _choose(ours, picking, _registration(ours, picking), _token(ours, picking), Form())


def _picking(launch: Launch, registration_id: int) -> Picking:
    if launch.wish is None or launch.role != "teacher":
        caller = Caller(deployment_id=launch.deployment_id)
        raise Refused("deep-link-role", f"de rol in deze cursus is {launch.role}, verwacht docent", caller)
    return Picking(registration=registration_id, deployment=launch.deployment_id, wish=launch.wish)


def _token(ours: Services, picking: Picking) -> str:
    return ours.signer.seal("vk-pick", picking.model_dump(), ours.clock() + LIFETIME)


@blueprint.post("")
def turn() -> tuple[Response, int] | Response:
    """Do what the pressed button says: search, look at a step, come back, hand the choice over, or nothing."""
    ours = services()
    token = request.form.get("token", "")
    picking = Picking.model_validate(ours.signer.unseal("vk-pick", token, ours.clock()))
    registration = _registration(ours, picking)
    form = _form(picking)
    if "cancel" in request.form:
        return _hand_over(ours, picking, registration, [])
    if looked_at := request.form.get("preview"):
        return _look_at(ours, registration, token, form, looked_at)
    if "place" not in request.form:
        return _choose(ours, picking, registration, token, form)
    try:
        items = _items(ours, picking, form)
    except BadInput as fault:
        return _choose(ours, picking, registration, token, form, fault), fault.status
    return _hand_over(ours, picking, registration, items)


@blueprint.post("/look/<operation>")
def look(operation: str) -> Response:
    """Answer a step that a teacher tries out while choosing; nothing is kept."""
    ours = services()
    seen = ours.signer.unseal("vk-look", bearer(), ours.clock())
    if operation not in ("state", "answer"):
        raise Forbidden(say("Dit is een voorbeeld: wat je hier invult, wordt niet bewaard."), code="preview")
    assignment = _assignment(ours, str(seen["choice"]))
    player = Player(PreviewStore(), assignment, _NOBODY, clock=ours.clock, assistant=False)
    return jsonify(play(player, operation, read_payload(request.get_data())))


def _registration(ours: Services, picking: Picking) -> Registration:
    with ours.database.read() as session:
        known = registrations.deployment(session, picking.registration, picking.deployment)
        if known is None:
            raise Forbidden(say("De koppeling met je leeromgeving bestaat niet meer."), code="deployment-unknown")
        return registrations.of_deployment(known)


def _form(picking: Picking) -> Form:
    said = request.form
    choices = tuple(dict.fromkeys(said.getlist("choice")))
    if added := said.get("add"):
        choices = (*(each for each in choices if picking.wish.multiple and each != added), added)
    search = Search(said.get("words", "")[:200], said.get("phase", ""), said.get("kind", ""))
    return Form(choices, search, *(said.get(name, "")[:60] for name in ("opens", "due", "zone")))


def _items(ours: Services, picking: Picking, form: Form) -> list[dict[str, Any]]:
    dates = _dates(form)
    if not form.choices:
        raise BadInput(say("Je koos nog niets. Duid minstens één activiteit aan."), code="choice-missing")
    wish, base_url = picking.wish, ours.settings.base_url
    found = chosen(ours.library, form.choices)
    if len(found) > 1 and not wish.multiple:
        raise BadInput(say("Je leeromgeving neemt hier één activiteit tegelijk. Kies er één."), code="choice-single")
    return [content_item(ours.library, each, dates, line_items=wish.line_items, base_url=base_url) for each in found]


def _dates(form: Form) -> Dates:
    try:
        zone = ZoneInfo(form.zone) if form.zone else HOME
    except (ZoneInfoNotFoundError, ValueError):
        zone = HOME
    dates = Dates(_moment(form.opens, zone), _moment(form.due, zone))
    if dates.opens and dates.due and dates.due <= dates.opens:
        raise BadInput(say("Inleveren kan pas nadat de activiteit opengaat. Kijk de twee data na."), code="dates-order")
    return dates


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as fault:
        raise BadInput(say("Schrijf een datum als dag, maand, jaar en uur."), code="date-invalid") from fault


def _assignment(ours: Services, choice: str) -> Assignment:
    slug, _, step_id = choice.partition("/")
    module = ours.library.module(slug)
    return assign(ours.library, module, find_step(module, step_id))


def _choose(
    ours: Services,
    picking: Picking,
    registration: Registration,
    token: str,
    form: Form,
    fault: BadInput | None = None,
) -> Response:
    found = offers(ours.library, form.search)
    if not found:
        raise NotFound(
            say("Er zijn nog geen modules om te plaatsen. Vraag het aan wie deze tool beheert."), code="no-modules"
        )
    route = {"map": offered_map(ours.library, form.search), "map_choice": ROUTE_MAP, "map_says": ROUTE_MAP_SAYS}
    values: dict[str, Any] = {"offers": found, "kinds": KINDS, "phases": PHASES, "wish": picking.wish, "fault": fault}
    return _page(registration, "picker.html", token=token, form=form, **route, **values)


def _look_at(ours: Services, registration: Registration, token: str, form: Form, choice: str) -> Response:
    assignment = _assignment(ours, choice)
    content = render_step(step_view(assignment, ours.library, face=Face(uid="vk", heading=1)))
    look_token = ours.signer.seal("vk-look", {"choice": choice}, ours.clock() + LIFETIME)
    seconds = int(LIFETIME.total_seconds())
    values: dict[str, Any] = {"assignment": assignment, "content": content, "choice": choice, "seconds": seconds}
    return _page(registration, "picker_look.html", token=token, form=form, look_token=look_token, **values)


def _hand_over(ours: Services, picking: Picking, registration: Registration, items: list[dict[str, Any]]) -> Response:
    key = ours.keys.signing_key()
    signed = answer(registration, picking.deployment, picking.wish, items, key, ours.clock())
    back = picking.wish.return_url
    forms_to((origin(back), *registration.origins))
    return _page(registration, "picker_done.html", signed=signed, back=back, items=items)


def _page(registration: Registration, template: str, **values: Any) -> Response:
    framed_by(registration.origins)
    return Response(render_template(template, **values))
