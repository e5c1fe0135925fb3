"""Adding a platform by hand, and changing one: what to copy into the LMS, and the form for what comes back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from lti_tool import platform_form, platforms_seen, registrations
from lti_tool.admin_guard import go, guarded, here, note, page
from lti_tool.admin_platforms import changeable, name_of
from lti_tool.keys import public_pem
from lti_tool.lms_profile import Profile, Value
from lti_tool.lms_profiles import PROFILES
from lti_tool.platform_form import Typed
from lti_tool.platforms_seen import Seen
from lti_tool.registrations import Registration
from lti_tool.responses import services
from lti_tool.services import Services
from lti_tool.tables import RegistrationRow
from veranderkracht.errors import Conflict, NotFound
from veranderkracht.languages import say

blueprint = guarded("admin_connecting", __name__)


@dataclass(frozen=True)
class Copied:
    """A value to copy: the LMS's name for it, the value, and a word more."""

    name: str
    value: str
    note: str


@blueprint.get("/platforms/new")
def choose() -> Response:
    """Ask which LMS it is."""
    usual = [profile for profile in PROFILES.values() if not profile.variant]
    variants = {
        each.slug: [other for other in PROFILES.values() if other.variant and other.name == each.name] for each in usual
    }
    return page("admin_choose.html", profiles=usual, variants=variants, asked=_asked())


@blueprint.get("/platforms/new/<lms>")
def ask(lms: str) -> Response:
    """Show what to copy, and the form; what a refused launch told of itself is filled in."""
    profile = _profile(lms)
    tenant = here().tenant
    return _form(profile, platform_form.filled_in(replace(Typed(tenant=tenant), **_asked()), profile), {})


@blueprint.post("/platforms/new/<lms>")
def add(lms: str) -> AnyResponse:
    """Add the platform, or say what is wrong; with `act=fill`, fill in what follows and nothing else."""
    ours, profile = services(), _profile(lms)
    typed = platform_form.read(request.form)
    if here().tenant:
        typed = replace(typed, tenant=here().tenant)
    typed = platform_form.filled_in(typed, profile)
    if request.form.get("act") == "fill":
        return _form(profile, typed, {}, filled=True)
    found = platform_form.faults(typed, allow_http=ours.settings.allow_private, new=True)
    if not found:
        registration = typed.registration()
        try:
            with ours.database.write() as session:
                _refuse_known(session, registration)
                registrations.register(session, typed.tenant, registration, typed.deployment_names, ours.clock())
                about = f"{registration.issuer} {registration.client_id}"
                note(session, "registration-added", tenant=typed.tenant, about=about)
                kept = registrations.find(session, registration.issuer, registration.client_id)
        except Conflict as known:
            return _form(profile, typed, {"client_id": known.detail}, status=known.status)
        ours.keys.make_host_key(typed.tenant)
        if kept is not None:
            return go("admin_platforms.show", platform=kept[0], said="registration-added")
    return _form(profile, typed, found, status=422)


@blueprint.get("/platforms/<int:platform>/edit")
def edit(platform: int) -> Response:
    """Show what is known of a platform, to change it."""
    with services().database.read() as session:
        seen = changeable(platforms_seen.find(session, platform, here().tenant))
    return _edit(seen, platform_form.of(seen.registration), {})


@blueprint.post("/platforms/<int:platform>/edit")
def change(platform: int) -> AnyResponse:
    """Change a platform."""
    ours = services()
    typed = platform_form.read(request.form)
    found = platform_form.faults(typed, allow_http=ours.settings.allow_private, new=False)
    registration = typed.registration()
    with ours.database.write() as session:
        seen = changeable(platforms_seen.find(session, platform, here().tenant))
        if not found:
            found = _forbidden(session, seen, registration)
        if not found:
            _write(session, platform, registration, ours.clock())
            tenant = seen.tenants[0] if len(seen.tenants) == 1 else ""
            note(session, "registration-changed", tenant=tenant, about=name_of(seen))
            return go("admin_platforms.show", platform=platform, said="registration-changed")
    return _edit(seen, typed, found, status=422)


def copied(ours: Services, values: Sequence[Value]) -> list[Copied]:
    """Give the values to copy, with our own addresses in them."""
    base = ours.settings.base_url
    launch = f"{base}/lti/launch"
    known = {
        "login": lambda: f"{base}/lti/login",
        "launch": lambda: launch,
        "jwks": lambda: f"{base}/lti/jwks",
        "base": lambda: base,
        "host": lambda: urlsplit(base).hostname or base,
        "redirects": lambda: json.dumps([launch]),
        "pem": lambda: public_pem(ours.keys.signing_key().private_pem).strip(),
    }
    return [
        Copied(say(each.name), known[each.kind]() if each.kind in known else each.text, each.note and say(each.note))
        for each in values
    ]


def _profile(lms: str) -> Profile:
    if lms not in PROFILES:
        raise NotFound(
            say("Deze leeromgeving staat niet in de lijst. Kies ‘een andere leeromgeving’."), code="lms-unknown"
        )
    return PROFILES[lms]


def _asked() -> dict[str, str]:
    names = ("issuer", "client_id", "deployments")
    return {name: request.args[name].strip()[:255] for name in names if request.args.get(name)}


def _form(
    profile: Profile, typed: Typed, faults: dict[str, str], *, status: int = 200, filled: bool = False
) -> Response:
    ours = services()
    with ours.database.read() as session:
        known = platforms_seen.tenants(session, here().tenant)
    return page(
        "admin_connect.html",
        status=status,
        profile=profile,
        values=copied(ours, profile.values),
        typed=typed,
        faults=faults,
        tenants=known,
        filled=filled,
    )


def _edit(seen: Seen, typed: Typed, faults: dict[str, str], *, status: int = 200) -> Response:
    profile = PROFILES["other"]
    return page("admin_edit.html", status=status, seen=seen, profile=profile, typed=typed, faults=faults)


def _refuse_known(session: Session, registration: Registration) -> None:
    """Adding never changes a platform that is there: it may be another institution's."""
    known = registrations.find(session, registration.issuer, registration.client_id)
    if known is None:
        return
    mine = here().tenant
    if any(seen.id == known[0] for seen in platforms_seen.all_of(session, mine)):
        raise Conflict(
            say(
                "Deze leeromgeving staat er al met dit client-id. Open haar in de lijst, en voeg het deployment daar "
                "toe."
            ),
            code="registration-known",
        )
    raise Conflict(
        say(
            "Deze leeromgeving is met dit client-id al gekoppeld. Kijk het client-id na; klopt het, vraag dan aan wie "
            "de server beheert om jouw deployment erbij te zetten."
        ),
        code="registration-known",
    )


def _forbidden(session: Session, seen: Seen, wanted: Registration) -> dict[str, str]:
    """Say what may not be changed, by field."""
    used = any(platforms_seen.has_work(session, row.id) for row in seen.deployments)
    if used and wanted.issuer != seen.registration.issuer:
        return {
            "issuer": say(
                "De issuer kan niet meer veranderen: daarmee herkennen we lerenden, en zij hebben hier al werk. "
                "Verhuist je leeromgeving, voeg haar dan als nieuwe toe."
            )
        }
    other = registrations.find(session, wanted.issuer, wanted.client_id)
    if other is not None and other[0] != seen.id:
        said = say("Er is al een leeromgeving met deze issuer en dit client-id. Kijk na wat je invulde.")
        return {"client_id": said}
    return {}


def _write(session: Session, platform: int, wanted: Registration, at: datetime) -> None:
    row = session.get_one(RegistrationRow, platform)
    row.issuer, row.client_id = wanted.issuer, wanted.client_id
    row.auth_url, row.token_url, row.jwks_url = wanted.auth_url, wanted.token_url, wanted.jwks_url
    row.token_audience, row.frame_origins = wanted.token_audience, list(wanted.frame_origins)
    row.updated_at = at
