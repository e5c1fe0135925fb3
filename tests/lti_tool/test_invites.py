"""An invitation connects one platform, once, for a while: whoever clicks, however often, and at the same time."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from lti_tool import invites
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.connection_faults import NotConnected
from lti_tool.tables import AuditRow, InviteRow, RegistrationRow
from tests.lti_tool.inviting import Admin, code, kept, still_usable
from tests.lti_tool.registrar import TOKEN, Moodle, said
from tests.lti_tool.world import BASE, Asked, FakeClock, Listener, World, two_platforms


def test_opening_the_link_sends_nothing_and_uses_nothing_up(world: World) -> None:
    moodle, admin = Moodle(world.west.listener, "moodle"), Admin(world, tenant="hogeschool-west")
    for _ in range(3):
        page = admin.open(moodle)
        assert page.status_code == 200
        assert "hogeschool-west" in page.text
        assert urlsplit(moodle.issuer).netloc in page.text
    assert moodle.listener.asked == []
    assert still_usable(world, admin)


def test_an_invitation_opened_by_itself_says_where_it_belongs(world: World) -> None:
    page = Admin(world).open(None)
    assert page.status_code == 200
    assert "Open deze link in je leeromgeving" in page.text
    assert "<form" not in page.text


def test_a_used_invitation_connects_nothing_more(world: World) -> None:
    admin = Admin(world)
    first, second = Moodle(world.west.listener, "een"), Moodle(world.west.listener, "twee")
    pages = [admin.open(first), admin.open(second)]
    assert admin.click(pages[0]).status_code == 200
    for again in (admin.click(pages[0]), admin.click(pages[1]), admin.open(second)):
        assert (again.status_code, code(again)) == (410, "invite-used")
    assert second.taken == []
    assert len(kept(world)) == 1


def test_an_invitation_ends_at_its_time_or_when_it_is_withdrawn(world: World) -> None:
    moodle = Moodle(world.west.listener, "moodle")
    late, withdrawn = Admin(world, days=1 / 48), Admin(world)
    pages = [late.open(moodle), withdrawn.open(moodle)]
    with world.services.database.write() as session:
        invites.withdraw(session, withdrawn.invite, by="opdrachtregel", at=world.clock())
    world.clock.advance(minutes=30)
    for admin, page, expected in (
        (late, pages[0], "invite-expired"),
        (withdrawn, pages[1], "invite-withdrawn"),
    ):
        assert code(admin.open(moodle)) == expected
        assert code(admin.click(page)) == expected
    assert moodle.listener.asked == []


def test_a_wrong_secret_is_no_invitation(world: World) -> None:
    admin = Admin(world)
    for secret in ("", "verzonnen", admin.secret[:-1], "é\0"):
        refused = admin.open(Moodle(world.west.listener), invite=secret)
        assert (refused.status_code, code(refused)) == (404, "invite-unknown")


def test_a_page_left_open_for_an_hour_asks_to_begin_again(world: World) -> None:
    moodle, admin = Moodle(world.west.listener), Admin(world)
    page = admin.open(moodle)
    world.clock.advance(minutes=61)
    assert code(admin.click(page)) == "page-expired"
    assert code(admin.client.post("/lti/register", data={"token": "x.y.z"}, base_url=BASE)) == "page-expired"
    assert still_usable(world, admin)


def test_the_click_cannot_come_from_another_site(world: World) -> None:
    moodle, admin = Moodle(world.west.listener), Admin(world)
    refused = admin.click(admin.open(moodle), {"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, code(refused)) == (403, "page-foreign")
    assert moodle.listener.asked == []


def test_neither_the_secret_nor_a_token_is_logged_or_handed_on(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    moodle, admin = Moodle(world.west.listener), Admin(world)
    moodle.instead.append(said(400, {"error": "neen"}))
    pages = [admin.open(moodle), admin.connect(moodle), admin.connect(moodle)]
    assert "registration failed: code=registration-refused" in caplog.text
    said_to_platform = str([(asked.path, asked.headers, asked.body) for asked in moodle.listener.asked])
    for page in pages:
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert admin.secret not in page.text
    assert admin.secret not in caplog.text + said_to_platform
    assert TOKEN not in caplog.text
    with world.services.database.read() as session:
        hashes = [row.secret_hash for row in session.query(InviteRow)]
    assert admin.secret not in hashes


def test_the_audit_log_tells_of_invitations_and_registrations(world: World) -> None:
    moodle, admin = Moodle(world.west.listener), Admin(world)
    admin.connect(moodle)
    other = Admin(world)
    with world.services.database.write() as session:
        invites.withdraw(session, other.invite, by="opdrachtregel", at=world.clock())
    with world.services.database.read() as session:
        acts = [(row.act, row.by, row.tenant, row.about) for row in session.query(AuditRow).order_by(AuditRow.id)]
    assert acts == [
        ("invite-made", "opdrachtregel", "nieuw", f"uitnodiging {admin.invite}"),
        ("registration-added", f"uitnodiging {admin.invite}", "nieuw", f"{moodle.issuer} client-1"),
        ("invite-made", "opdrachtregel", "nieuw", f"uitnodiging {other.invite}"),
        ("invite-withdrawn", "opdrachtregel", "nieuw", f"uitnodiging {other.invite}"),
    ]


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, settings: LtiSettings, listener: Listener) -> Iterator[World]:
    """A tool on either database."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS uitnodigingen WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE uitnodigingen"))
        admin.dispose()
        settings = replace(settings, database_url=server.rpartition("/")[0] + "/uitnodigingen")
    clock = FakeClock()
    app = create_app(settings, clock=clock, wake=lambda: None)
    services = app.extensions["veranderkracht"]
    services.database.migrate()
    west, zuid = two_platforms(listener)
    yield World(app, services, clock, west, zuid)
    services.database.close()


def test_of_clicks_at_the_same_time_only_one_reaches_the_platform(shared: World) -> None:
    admin, moodle = Admin(shared), Moodle(shared.west.listener)
    pages = [admin.open(moodle) for _ in range(8)]
    start = threading.Barrier(len(pages))

    def click(page: Any) -> Any:
        start.wait()
        return admin_of(admin).click(page)

    with ThreadPoolExecutor(len(pages)) as pool:
        answers = list(pool.map(click, pages))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert {code(answer) for answer in answers if answer.status_code != 200} <= {"invite-busy", "invite-used"}
    assert len(moodle.listener.to("/lms/registrations")) == 1
    with shared.services.database.read() as session:
        assert session.query(RegistrationRow).count() == 1
        [invite] = session.query(InviteRow).all()
        assert invite.used_at is not None and invite.registration_id is not None


def admin_of(admin: Admin) -> Admin:
    """The same invitation in a browser of its own."""
    other = object.__new__(Admin)
    other.world, other.secret, other.invite = admin.world, admin.secret, admin.invite
    other.client = admin.world.app.test_client()
    return other


def test_an_attempt_that_was_cut_off_holds_the_invitation_for_two_minutes_only(shared: World) -> None:
    admin, moodle = Admin(shared), Moodle(shared.west.listener)
    with shared.services.database.write() as session:
        invites.hold(session, admin.invite, shared.clock())  # as a process does that is then killed
    assert code(admin.connect(moodle)) == "invite-busy"
    assert moodle.listener.asked == []
    shared.clock.advance(minutes=2)
    assert admin.connect(moodle).status_code == 200


def test_an_invitation_that_was_used_a_moment_ago_cannot_be_held(shared: World) -> None:
    admin, at = Admin(shared), shared.clock()
    with shared.services.database.write() as session:
        invites.withdraw(session, admin.invite, by="opdrachtregel", at=at)
    with shared.services.database.write() as session, pytest.raises(NotConnected) as busy:
        invites.hold(session, admin.invite, at)
    assert busy.value.code == "invite-busy"


def test_an_invitation_that_is_withdrawn_during_the_connection_connects_nothing(shared: World) -> None:
    admin, moodle = Admin(shared), Moodle(shared.west.listener)
    answer = moodle.listener.answers["/lms/registrations"]

    def withdrawing(asked: Asked) -> Any:
        with shared.services.database.write() as session:
            invites.withdraw(session, admin.invite, by="opdrachtregel", at=shared.clock())
        return answer(asked)

    moodle.listener.answers["/lms/registrations"] = withdrawing
    half = admin.connect(moodle)
    assert code(half) == "registration-unsaved"
    with shared.services.database.read() as session:
        assert session.query(RegistrationRow).count() == 0
