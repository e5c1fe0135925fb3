"""The pages of Dynamic Registration: `/lti/register` asks for one click, and then says how it went and what comes next.

Source: LTI Dynamic Registration 1.0, 3.3 and 3.7. What happens at the click is `connecting.py`'s.

Opening the page sends nothing and uses nothing up: mail programs and browsers open links ahead of people. Any page may
show ours in a frame: Canvas opens it inside the school's own address, which nothing tells us beforehand. A click stolen
through a frame gains nothing, for the button needs the invitation's secret in the address and no cookie: whoever could
frame it could as well open it. So the secret must stay out of logs and referrers; the form carries its hash only.
"""

from datetime import timedelta

from flask import Blueprint, Response, render_template, request, url_for
from pydantic import ValidationError

from lti_tool import invites
from lti_tool.bindings import FRAMES
from lti_tool.connecting import Asking, connect
from lti_tool.connection_faults import NotConnected
from lti_tool.platform_configuration import address, host
from lti_tool.registrations import origin
from lti_tool.responses import ANYWHERE, framed_by, services
from lti_tool.services import Services
from lti_tool.signed import digest
from veranderkracht.errors import Forbidden, NotSignedIn
from veranderkracht.languages import say

blueprint = Blueprint("registering", __name__, url_prefix="/lti")

LIFETIME = timedelta(hours=1)  # as the tokens of Moodle, Canvas and Brightspace
MAX_TOKEN = 8 * 1024  # characters
# What a platform calls itself, and what administrators call it.
FAMILIES = {
    "moodle": "moodle",
    "canvas": "canvas",
    "desire2learn": "brightspace",
    "d2l": "brightspace",
    "brightspace": "brightspace",
}


@blueprint.get("/register")
def ask() -> Response:
    """Say which platform and which institution would be connected, and ask for a click."""
    ours = services()
    framed_by((ANYWHERE,))
    with ours.database.read() as session:
        invite = invites.find(session, digest(request.args.get("invite", "")), ours.clock())
    if "openid_configuration" not in request.args:
        return Response(render_template("register_open.html", tenant=invite.tenant))
    asking = _asking(ours, invite.secret_hash)
    token = ours.signer.seal("vk-register", asking.model_dump(), ours.clock() + LIFETIME)
    page = render_template(
        "register.html", token=token, tenant=invite.tenant, host=host(asking.configuration), shown_on=asking.shown_on
    )
    return Response(page)


@blueprint.post("/register")
def confirm() -> Response:
    """Connect the platform that the page was about."""
    ours = services()
    framed_by((ANYWHERE,))
    if request.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site"):
        raise Forbidden(
            say("Deze pagina werd van elders verstuurd. Begin opnieuw vanuit je leeromgeving."), code="page-foreign"
        )
    try:
        sealed = ours.signer.unseal("vk-register", request.form.get("token", ""), ours.clock())
        asking = Asking.model_validate(sealed)
    except (NotSignedIn, ValidationError) as fault:
        raise NotConnected("page-expired") from fault
    icon = f"{ours.settings.base_url}{url_for('static', filename='icon.svg')}"
    try:
        connected = connect(ours, asking, icon=icon, names=request.form.get("names") == "1")
    except NotConnected as fault:
        fault.platform = host(asking.configuration)
        fault.log()
        raise
    family = FAMILIES.get(connected.family, "")
    return Response(render_template("register_done.html", connected=connected, family=family))


def _asking(ours: Services, invite: str) -> Asking:
    allow_http = ours.settings.allow_private
    configuration = address(request.args["openid_configuration"], allow_http=allow_http)
    if not configuration:
        raise NotConnected("platform-config-invalid", say("openid_configuration in de link is geen https-adres"))
    token = request.args.get("registration_token", "")
    if len(token) > MAX_TOKEN or not token.isascii() or any(not letter.isprintable() for letter in token):
        raise NotConnected("platform-config-invalid", say("registration_token in de link is geen gewone tekst"))
    around = address(request.headers.get("Referer", ""), allow_http=allow_http)
    framed = request.headers.get("Sec-Fetch-Dest", "") in FRAMES
    shown_on = origin(around) if framed and host(around) != host(configuration) else ""
    return Asking(invite=invite, configuration=configuration, token=token, shown_on=shown_on)
