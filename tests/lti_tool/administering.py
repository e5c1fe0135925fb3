"""An administrator with a link from the command line, in a browser of their own."""

import html
import itertools
import re
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from lti_tool import admin_access
from lti_tool.tables import AuditRow, DeploymentRow
from tests.cast import WEST
from tests.lti_tool.world import BASE, Platform, World

_ADDRESSES = itertools.count(1)
NAME = "Els Janssens"


class Beheer:
    """The administration as one administrator sees it.

    Args:
        world: the tool.
        tenant: the only institution, or empty for all.
        name: for the audit log.
    """

    def __init__(self, world: World, tenant: str = "", name: str = NAME) -> None:
        self.world, self.tenant, self.name = world, tenant, name
        self.base = world.services.settings.base_url
        self.client = world.app.test_client()
        self.page = ""
        self.move()

    def move(self) -> None:
        """Go on at another address: what is asked and refused is counted per address."""
        number = next(_ADDRESSES)
        self.client.environ_base["REMOTE_ADDR"] = f"193.191.{number // 250 % 250}.{number % 250}"

    def link(self) -> str:
        with self.world.services.database.write() as session:
            return admin_access.make_link(session, self.name, self.tenant, self.world.clock())

    def use(self, secret: str, **headers: str) -> TestResponse:
        return self.client.post("/lti/admin/sign-in", data={"link": secret}, base_url=self.base, headers=headers)

    def signed_in(self) -> "Beheer":
        self.page = ""
        response = self.use(self.link())
        assert response.status_code == 303, response.text
        return self

    def get(self, path: str = "/", **query: str) -> TestResponse:
        asked = f"?{urlencode(query)}" if query else ""
        return self._kept(self.client.get(f"/lti/admin{path}{asked}", base_url=self.base))

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str | tuple[str, ...]) -> TestResponse:
        """Send a form of the page that was seen last."""
        lines = {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in form.items()}
        data = {"form_token": self.form_token, **lines}
        sent = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} if headers is None else headers
        return self._kept(self.client.post(f"/lti/admin{path}", data=data, base_url=self.base, headers=sent))

    def follow(self, response: TestResponse) -> TestResponse:
        assert response.status_code == 303, response.text
        return self._kept(self.client.get(response.headers["Location"], base_url=self.base))

    @property
    def form_token(self) -> str:
        if not (found := re.search(r'name="form_token" value="([^"]+)"', self.page)):
            self.get()
            found = re.search(r'name="form_token" value="([^"]+)"', self.page)
        assert found, self.page
        return found[1]

    def _kept(self, response: TestResponse) -> TestResponse:
        if 'name="form_token"' in response.text:
            self.page = response.text
        return response


def words(response: TestResponse) -> str:
    """Give what a page says, without its elements."""
    main = re.sub(r"</?(code|time|strong)\b[^>]*>", "", response.text.partition("<main")[2])
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", f"<main{main}")))


def typed(response: TestResponse, name: str) -> str:
    """Give what stands in a field."""
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>(.*?)</textarea>', response.text, re.S)
    box = re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', response.text)
    assert area or box, name
    return html.unescape((area or box)[1])  # type: ignore[index]


def moodle(world: World, **changes: str) -> dict[str, str]:
    """Give the form of a Moodle that stands where the third platform of the tests answers."""
    return {
        "tenant": WEST,
        "lms": f"{world.west.listener.url}/moodle",
        "client_id": "abc123",
        "deployments": "7",
        **changes,
    }


def id_of(world: World, platform: Platform) -> int:
    from lti_tool import registrations

    with world.services.database.read() as session:
        found = registrations.find(session, platform.issuer, platform.client_id)
    assert found
    return found[0]


def deployments_of(world: World, platform: Platform) -> dict[str, DeploymentRow]:
    with world.services.database.read() as session:
        rows = session.query(DeploymentRow).filter_by(registration_id=id_of(world, platform)).all()
        return {row.deployment_id: row for row in rows}


def acts(world: World) -> list[tuple[str, str, str]]:
    with world.services.database.read() as session:
        return [(row.by, row.act, row.tenant) for row in session.query(AuditRow).order_by(AuditRow.id)]


__all__ = ["BASE", "NAME", "Beheer", "acts", "deployments_of", "id_of", "moodle", "typed", "words"]
