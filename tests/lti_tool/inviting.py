"""An administrator with an invitation, and what a connection left behind."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from lti_tool import invites, registrations
from lti_tool.registrations import Registration
from lti_tool.tables import DeploymentRow, RegistrationRow
from tests.lti_tool.registrar import Registrar
from tests.lti_tool.world import BASE, World


class Admin:
    """Somebody with an invitation, in a browser."""

    def __init__(self, world: World, tenant: str = "nieuw", days: float = 7) -> None:
        self.world = world
        self.client = world.app.test_client()
        with world.services.database.write() as session:
            row, self.secret = invites.make(session, tenant, timedelta(days=days), by="opdrachtregel", at=world.clock())
            self.invite = row.id
        # Each at an address of their own: what is refused is counted per address.
        self.client.environ_base["REMOTE_ADDR"] = f"193.190.{self.invite // 250}.{self.invite % 250}"

    def open(self, platform: Registrar | None, headers: dict[str, str] | None = None, **changes: str) -> TestResponse:
        asked = {"invite": self.secret, **(platform.opening() if platform else {}), **changes}
        return self.client.get(f"/lti/register?{urlencode(asked)}", base_url=BASE, headers=headers)

    def click(self, page: TestResponse, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
        found = re.search(r'name="token" value="([^"]+)"', page.text)
        assert found, page.text
        data = {"token": unescape(found[1]), **form}
        return self.client.post("/lti/register", data=data, base_url=BASE, headers=headers)

    def connect(self, platform: Registrar, **form: str) -> TestResponse:
        page = self.open(platform)
        assert page.status_code == 200, page.text
        return self.click(page, **form)


def kept(world: World) -> list[Registration]:
    """The registrations beyond the two that every world begins with."""
    with world.services.database.read() as session, world.services.database.asking() as asking:
        rows = session.query(RegistrationRow).order_by(RegistrationRow.id).all()[2:]
        found = [registrations.by_id(asking, row.id) for row in rows]
    return [each for each in found if each]


def deployments(world: World, tenant: str = "nieuw") -> list[str]:
    with world.services.database.read() as session:
        return [row.deployment_id for row in session.query(DeploymentRow) if row.tenant.slug == tenant]


def code(response: TestResponse) -> str:
    found = re.search(r"Code: <code>([^<]+)</code>", response.text)
    return found[1] if found else ""


def still_usable(world: World, admin: Admin) -> bool:
    with world.services.database.read() as session:
        return admin.invite in [row.id for row in invites.still_open(session, world.clock())]
