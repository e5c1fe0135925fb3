"""Platforms that register tools: each strict in the way that Moodle, Canvas, Brightspace and Sakai are.

Written after moodle/mod/lti/classes/local/ltiopenid/registration_helper.php, canvas-lms doc/api/registration.md with
lib/schemas/lti/ims, Brightspace's documentation of Dynamic Registration, and Sakai's LTI13Servlet.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.lti_tool.world import Asked, Listener

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
SCOPES = [
    f"https://purl.imsglobal.org/spec/lti-ags/scope/{name}"
    for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
] + ["https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"]
TOKEN = "eyJ.registratie.geheim"

Said = tuple[int, str, bytes]


def said(status: int, body: Any) -> Said:
    return status, "application/json", json.dumps(body).encode()


@dataclass
class Registrar:
    """A platform's configuration and registration endpoint, at an address of its own."""

    listener: Listener
    name: str = "lms"
    configuration: dict[str, Any] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)
    instead: list[Said] = field(default_factory=list)  # what the next registrations are answered, without being taken

    def __post_init__(self) -> None:
        at = self.issuer
        self.configuration = {
            "issuer": at,
            "authorization_endpoint": f"{at}/auth",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "registration_endpoint": f"{at}/registrations",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "scopes_supported": [*SCOPES, "openid", "https://lms.example/scope/other"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            PLATFORM: {"product_family_code": "lms", "version": "1", **self.platform()},
        }
        self.listener.answers[f"/{self.name}/configuration"] = self._describe
        self.listener.answers[f"/{self.name}/registrations"] = self._register

    @property
    def issuer(self) -> str:
        return f"{self.listener.url}/{self.name}"

    def opening(self) -> dict[str, str]:
        """Give what the platform adds to a tool's address."""
        return {"openid_configuration": f"{self.issuer}/configuration", "registration_token": TOKEN}

    def platform(self) -> dict[str, Any]:
        return {"messages_supported": [{"type": "LtiResourceLinkRequest"}]}

    def check(self, body: dict[str, Any], asked: Asked) -> str:
        """Give what is wrong, or an empty string."""
        return "" if asked.headers.get("Authorization") == f"Bearer {TOKEN}" else "geen token"

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "client_id": f"client-{len(self.taken)}"}

    def _describe(self, asked: Asked) -> Said:
        return said(200, self.configuration)

    def _register(self, asked: Asked) -> Said:
        if self.instead:
            return self.instead.pop(0)
        body = json.loads(asked.body)
        wrong = self._basics(body, asked) or self.check(body, asked)
        if wrong:
            return said(400, {"error": "invalid_client_metadata", "error_description": wrong})
        self.taken.append(body)
        return said(200, self.answer(body))

    def _basics(self, body: dict[str, Any], asked: Asked) -> str:
        """What the specification asks of every registration."""
        fixed = {
            "application_type": "web",
            "response_types": ["id_token"],
            "token_endpoint_auth_method": "private_key_jwt",
        }
        if asked.headers.get("Content-Type") != "application/json":
            return "geen JSON"
        for name, value in fixed.items():
            if body.get(name) != value:
                return name
        if sorted(body.get("grant_types", [])) != ["client_credentials", "implicit"]:
            return "grant_types"
        for name in ("initiate_login_uri", "jwks_uri", "client_name", "redirect_uris"):
            if not body.get(name):
                return name
        if unknown := set(body["scope"].split()) - set(self.configuration["scopes_supported"]):
            return f"scope {unknown}"
        tool = body.get(TOOL, {})
        if unknown := set(tool["claims"]) - set(self.configuration["claims_supported"]):
            return f"claims {unknown}"
        kinds = {each if isinstance(each, str) else each["type"] for each in self._messages()}
        if any(message["type"] not in kinds for message in tool["messages"]):
            return "messages"
        return "" if tool.get("target_link_uri") in body["redirect_uris"] else "target_link_uri"

    def _messages(self) -> list[Any]:
        return list(self.configuration[PLATFORM]["messages_supported"])


class Moodle(Registrar):
    """One use of a token; parameters cut at their second `=`; the deployment in the tool's configuration.

    With `client_id` it brings a tool that it has up to date, and answers with the same name.
    """

    client_id = ""

    def platform(self) -> dict[str, Any]:
        return {
            "product_family_code": "moodle",
            "version": "5.1 (Build: 20251006)",
            "messages_supported": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
            "placements": ["AddContentMenu"],
            "variables": ["Context.id", "Context.id.history", "ResourceLink.id"],
        }

    def check(self, body: dict[str, Any], asked: Asked) -> str:
        if self.taken and not self.client_id:
            return "token_already_used"
        if any(value.count("=") for value in body[TOOL]["custom_parameters"].values()):
            return "Moodle zou deze parameter afkappen"
        return super().check(body, asked)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        told = {**super().answer(body), TOOL: {**body[TOOL], "deployment_id": "7"}}
        return {**told, "client_id": self.client_id or told["client_id"]}


class Canvas(Registrar):
    """Its configuration asks for the token; a schema that knows its own messages and placements only."""

    deployment_id = ""
    places = ("course_navigation", "assignment_selection", "link_selection", "editor_button")

    def platform(self) -> dict[str, Any]:
        return {
            "product_family_code": "canvas",
            "version": "vCloud",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": ["course_navigation", "link_selection"]},
                {"type": "LtiDeepLinkingRequest", "placements": list(self.places[1:])},
            ],
            "variables": ["Context.id.history", "ResourceLink.id.history", "Canvas.user.id"],
            f"{CANVAS}account_name": "Hogeschool West",
        }

    def __post_init__(self) -> None:
        super().__post_init__()
        self.configuration["authorization_server"] = urlsplit(self.listener.url).netloc
        self.configuration["claims_supported"] = ["sub", "picture", "email", "name", "given_name", "family_name"]

    def _describe(self, asked: Asked) -> Said:
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return said(401, {"errorMessage": "unauthorized"})
        return super()._describe(asked)

    def check(self, body: dict[str, Any], asked: Asked) -> str:
        tool = body[TOOL]
        if not re.fullmatch(
            r"(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9-]+)(:\d+)?", tool["domain"]
        ):
            return "domain"
        if tool.get(f"{CANVAS}privacy_level") not in ("public", "name_only", "email_only", "anonymous"):
            return "privacy_level"
        if any(not isinstance(value, str) for value in tool["custom_parameters"].values()):
            return "custom_parameters"
        for message in tool["messages"]:
            if set(message.get("placements", ())) - set(self.places):
                return "placements"
        return super().check(body, asked)

    def _register(self, asked: Asked) -> Said:
        status, kind, text = super()._register(asked)
        if status == 400:  # Canvas words its refusals in its own way
            return said(422, {"errors": [json.loads(text)["error_description"]]})
        return status, kind, text

    def _basics(self, body: dict[str, Any], asked: Asked) -> str:
        # Canvas does not list `iss`, and takes it all the same.
        body = {**body, TOOL: {**body[TOOL], "claims": [each for each in body[TOOL]["claims"] if each != "iss"]}}
        return super()._basics(body, asked)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        told = {**super().answer(body), "client_id": "10000000000001"}
        return {**told, "deployment_id": self.deployment_id} if self.deployment_id else told


class Brightspace(Registrar):
    """No registration token: it stands in the addresses, and a header with one is refused."""

    def platform(self) -> dict[str, Any]:
        return {
            "product_family_code": "desire2learn",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"},
                {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea", "RichTextEditor"]},
            ],
        }

    def __post_init__(self) -> None:
        super().__post_init__()
        self.configuration["authorization_server"] = "https://api.brightspace.com/auth/token"
        self.configuration["registration_endpoint"] += f"?{urlencode({'once': TOKEN})}"

    def opening(self) -> dict[str, str]:
        return {"openid_configuration": f"{self.issuer}/configuration?{urlencode({'once': TOKEN})}"}

    def check(self, body: dict[str, Any], asked: Asked) -> str:
        if "Authorization" in asked.headers:
            return "een token in een kop"
        return "" if dict(parse_qsl(urlsplit(asked.path).query)).get("once") == TOKEN else "geen token"

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        told = super().answer(body)
        return {**told, TOOL: {**body[TOOL], "deployment_id": "bd1a8f0c-3a0e-4b3f-8e05-d2f6d6b1a7c9"}}


class Sakai(Registrar):
    """Lists hardly anything of what it has; echoes what was asked, with its names for us."""

    def platform(self) -> dict[str, Any]:
        return {
            "product_family_code": "sakailms.org",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": []},
                {"type": "LtiDeepLinkingRequest"},
            ],
            "variables": ["User.id", "Person.email.primary"],
        }

    def __post_init__(self) -> None:
        super().__post_init__()
        self.configuration |= {"scopes_supported": ["openid"], "claims_supported": ["iss", "aud"]}

    def _basics(self, body: dict[str, Any], asked: Asked) -> str:
        needed = ("initiate_login_uri", "jwks_uri", "redirect_uris")
        return next((name for name in needed if name not in body), "")

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**super().answer(body), TOOL: {**body[TOOL], "deployment_id": "1"}}
