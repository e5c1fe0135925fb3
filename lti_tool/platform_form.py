"""The form about a platform: what an administrator typed, what follows from it, and what is wrong with it.

What is left open is filled in from the LMS's profile, where the LMS has it everywhere or where its own address says it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from lti_tool.lms_profile import Profile
from lti_tool.platform_configuration import address
from lti_tool.registrations import Registration, origin, require_tenant_name
from lti_tool.tables import LONG, NAME
from veranderkracht.errors import BadInput
from veranderkracht.languages import say

MOST_LINES = 50


@dataclass(frozen=True)
class Typed:
    """What stands in the fields; lists are one a line.

    Args:
        tenant: the institution.
        lms: the LMS's own address.
        issuer, client_id, auth_url, token_url, jwks_url, token_audience: as in `Registration`.
        deployments, frame_origins: lists.
    """

    tenant: str = ""
    lms: str = ""
    issuer: str = ""
    client_id: str = ""
    deployments: str = ""
    auth_url: str = ""
    token_url: str = ""
    jwks_url: str = ""
    token_audience: str = ""
    frame_origins: str = ""

    @property
    def deployment_names(self) -> list[str]:
        """The deployments."""
        return _lines(self.deployments)

    def registration(self) -> Registration:
        """Give the platform that is described."""
        return Registration(
            issuer=self.issuer,
            client_id=self.client_id,
            auth_url=self.auth_url,
            token_url=self.token_url,
            jwks_url=self.jwks_url,
            token_audience=self.token_audience,
            frame_origins=tuple(dict.fromkeys(origin(line) for line in _lines(self.frame_origins))),
        )


def read(form: Mapping[str, str]) -> Typed:
    """Give what was typed, without the blanks around it."""
    return Typed(**{each.name: form.get(each.name, "").strip().replace("\r\n", "\n") for each in fields(Typed)})


def of(registration: Registration) -> Typed:
    """Give the form as it stands for a platform that is known."""
    return Typed(
        issuer=registration.issuer,
        client_id=registration.client_id,
        auth_url=registration.auth_url,
        token_url=registration.token_url,
        jwks_url=registration.jwks_url,
        token_audience=registration.token_audience,
        frame_origins="\n".join(registration.frame_origins),
    )


def filled_in(typed: Typed, profile: Profile) -> Typed:
    """Fill in what was left open, as far as it follows."""
    lms = typed.lms.rstrip("/")
    found = {}
    for name, pattern in asdict(profile.at).items():
        unknown = ("{lms}" in pattern and not lms) or ("{client_id}" in pattern and not typed.client_id)
        if pattern and not unknown and not getattr(typed, name):
            found[name] = pattern.format(lms=lms, client_id=typed.client_id)
    return replace(typed, **found)


def faults(typed: Typed, *, allow_http: bool, new: bool) -> dict[str, str]:
    """Say what is wrong, by field, in Dutch.

    Args:
        typed: filled in.
        allow_http: whether addresses may be on plain http.
        new: whether an institution and deployments are asked for too.
    """
    found: dict[str, str] = {}
    if typed.lms and not address(typed.lms, allow_http=allow_http):
        found["lms"] = say("Dit is geen adres. Geef het zoals in de adresbalk, met https:// ervoor.")
    names = {"issuer": say("de issuer"), "client_id": say("het client-id")}
    for name, words in names.items():
        value = getattr(typed, name)
        if not value or len(value) > NAME or not value.isprintable():
            found[name] = say(
                "Vul {field} in, zoals de leeromgeving het toont (hoogstens {most} tekens).", field=words, most=NAME
            )
    for name in ("auth_url", "token_url", "jwks_url"):
        value = getattr(typed, name)
        if not address(value, allow_http=allow_http) or len(value) > LONG:
            found[name] = say("Vul hier een volledig adres in, met https:// ervoor. Je leeromgeving toont het.")
    if len(typed.token_audience) > LONG or not typed.token_audience.isprintable():
        too_long = say("Dit is te lang voor een doelgroep. Laat het leeg als je leeromgeving er geen toont.")
        found |= {"token_audience": too_long}
    lines = _lines(typed.frame_origins)
    if len(lines) > MOST_LINES or any(not address(line, allow_http=allow_http) for line in lines):
        found["frame_origins"] = say("Elke regel moet een adres zijn, met https:// ervoor.")
    if new:
        found |= _new_faults(typed)
    return found


def _new_faults(typed: Typed) -> dict[str, str]:
    found = {}
    try:
        require_tenant_name(typed.tenant)
    except BadInput:
        found["tenant"] = say("Gebruik kleine letters, cijfers en streepjes, zoals hogeschool-west.")
    fault = deployment_fault(typed.deployment_names)
    return {**found, "deployments": fault} if fault else found


def deployment_fault(names: list[str]) -> str:
    """Say what is wrong with deployments; empty when nothing is."""
    if not names:
        return say("Vul minstens één deployment-id in. De leeromgeving toont het bij de tool.")
    if len(names) > MOST_LINES or any(len(name) > NAME or not name.isprintable() for name in names):
        return say(
            "Geef hoogstens {lines} deployment-id's, elk op een eigen regel en van hoogstens {most} tekens.",
            lines=MOST_LINES,
            most=NAME,
        )
    return ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
