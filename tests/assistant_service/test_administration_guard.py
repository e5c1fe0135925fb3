"""Who is kept out of the administration, over HTTP."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant_service.administration import people, sessions
from assistant_service.administration.tables import AdministratorRow, SessionRow
from assistant_service.app import create_app
from assistant_service.configuration import read
from assistant_service.conversations.tables import QuestionRow
from assistant_service.knowledge import library_of_tenant as library
from assistant_service.policies import policy_of
from assistant_service.services import Services
from assistant_service.tenants import add_tenant, find_tenant
from tests.assistant_service.hosts import NOW
from tests.cast import WEST, ZUID

ADDRESS = "https://assistent.school.be"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
PAGES = (
    "", "questions", "gaps", "thumbs", "documents", "usage", "settings", "people", "log",
)  # fmt: skip
FORMS = (
    "questions/q-1", "documents", "documents/1/remove", "settings/providers", "settings/limits", "settings/profiles",
    "settings/levels",
    "people", "people/1/invite", "people/1/remove", "sign-out",
)  # fmt: skip

Browser = Callable[[str, str], tuple[FlaskClient, str]]


class Time:
    """A clock that a test moves."""

    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def time() -> Time:
    """The test's own clock."""
    return Time()


@pytest.fixture
def app(tmp_path: Path, time: Time) -> Iterator[Flask]:
    """A sidecar with the administration's pages and two institutions."""
    app = create_app(read({"VK_DATA": str(tmp_path), "VK_ASSISTANT_BASE_URL": ADDRESS}), clock=time)
    services: Services = app.extensions["veranderkracht"]
    for tenant in (WEST, ZUID):
        with services.database.write() as session:
            add_tenant(session, tenant, tenant.title(), NOW)
    yield app
    services.knowledge.close()
    services.database.close()


@pytest.fixture
def services(app: Flask) -> Services:
    """What the app has at hand."""
    found: Services = app.extensions["veranderkracht"]
    return found


@pytest.fixture
def browser(app: Flask, services: Services, time: Time) -> Browser:
    """Sign somebody in: `browser(tenant, role)` gives a client and the token of its forms."""

    def signed_in(tenant: str, role: str) -> tuple[FlaskClient, str]:
        with services.database.write() as session:
            id = find_tenant(session, tenant).id
            people.invite(session, id, f"{role} {tenant}", role, by="opdrachtregel", at=time())
            row = session.query(AdministratorRow).filter_by(tenant_id=id, role=role).one()
            secret = sessions.begin(session, row, time())
        client = app.test_client()
        client.set_cookie("__Host-vk_admin", secret, domain="localhost", secure=False)
        with services.database.read() as session:
            found = sessions.find(session, secret, time())
        assert found is not None
        return client, found.form_token

    return signed_in


def test_nothing_opens_without_a_session(app: Flask) -> None:
    client = app.test_client()
    for path in PAGES:
        answer = client.get(f"/admin/{path}")
        assert (answer.status_code, answer.location) == (303, "/admin/sign-in")
    for path in FORMS:
        answer = client.post(f"/admin/{path}", headers=OURS)
        assert (answer.status_code, answer.location) == (303, "/admin/sign-in")
    every = [rule.rule for rule in app.url_map.iter_rules()]
    listed = {path for path in every if path.startswith("/admin/") and "<" not in path}
    open_ones = {f"/admin/{path}{rest}" for path in ("sign-in", "invitation") for rest in ("", "/options")}
    open_ones |= {"/admin/sign-in/institution", "/admin/sign-in/institution/back"}
    assert listed == open_ones | {f"/admin/{path}" for path in (*PAGES, *FORMS) if "1" not in path}


def test_no_page_is_framed_or_kept(browser: Browser) -> None:
    client, _ = browser(WEST, "administrator")
    for path in (*PAGES, "sign-in"):
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://elders.be"}, {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_form_from_elsewhere_does_nothing(browser: Browser, services: Services, headers: dict[str, str]) -> None:
    client, token = browser(WEST, "administrator")
    answer = client.post("/admin/people", data={"form_token": token, "name": "Bo", "role": "adviser"}, headers=headers)
    assert answer.status_code == 403 and "page-foreign" in answer.text
    with services.database.read() as session:
        assert session.query(AdministratorRow).filter_by(name="Bo").count() == 0


def test_a_form_without_its_own_token_does_nothing(browser: Browser) -> None:
    west, token = browser(WEST, "administrator")
    zuid, _ = browser(ZUID, "administrator")
    for told in ("", "x", token):
        client = zuid if told == token else west
        answer = client.post("/admin/people", data={"form_token": told, "name": "Bo", "role": "adviser"}, headers=OURS)
        assert answer.status_code == 403


def test_a_session_ends_by_itself(browser: Browser, services: Services, time: Time) -> None:
    client, _ = browser(WEST, "administrator")
    for _ in range(7):
        time.now += timedelta(minutes=29)
        assert client.get("/admin/people").status_code == 200
    time.now += timedelta(minutes=31)
    assert client.get("/admin/people").status_code == 303
    client, _ = browser(ZUID, "administrator")
    for _ in range(9):
        time.now += timedelta(minutes=29)
        answer = client.get("/admin/people")
    assert answer.status_code == 303  # four hours, however busy
    with services.database.read() as session:
        assert session.query(SessionRow).count() >= 1


def test_an_adviser_answers_questions_and_no_more(browser: Browser) -> None:
    client, token = browser(WEST, "adviser")
    for path in ("", "questions", "gaps", "thumbs"):
        assert client.get(f"/admin/{path}").status_code == 200
    for path in ("documents", "usage", "settings", "people", "log"):
        assert client.get(f"/admin/{path}").status_code == 403
    for path in FORMS[1:-1]:
        assert client.post(f"/admin/{path}", data={"form_token": token}, headers=OURS).status_code == 403


def test_another_institution_cannot_be_touched(browser: Browser, services: Services) -> None:
    west, token = browser(WEST, "administrator")
    browser(ZUID, "administrator")
    with services.database.write() as session:
        id = find_tenant(session, ZUID).id
        session.add(QuestionRow(id="q-1", tenant_id=id, subject="s", module="", text="Geheim", asked_at=NOW))
        text = library.read_document("a.md", b"# Geheim\n\nTekst.", library.About())
        document, _ = library.put(session, id, text, NOW)
        person = session.query(AdministratorRow).filter_by(tenant_id=id).one().id
    told = {"form_token": token, "answer": "Neen"}
    for path in ("questions/q-1", f"documents/{document}/remove", f"people/{person}/invite", f"people/{person}/remove"):
        assert west.post(f"/admin/{path}", data=told, headers=OURS).status_code == 404
    for path in PAGES:
        assert "Geheim" not in west.get(f"/admin/{path}").text


def test_a_key_goes_to_nobody_it_was_not_filled_in_for(browser: Browser, services: Services) -> None:
    client, token = browser(WEST, "administrator")
    model = {"model-0": "openai:gpt-4.1-mini", "url-0": "https://api.openai.com/v1", "key-0": "geheim"}
    first = {"form_token": token, **model}
    assert client.post("/admin/settings/providers", data=first, headers=OURS).status_code == 303
    again = {**first, "key-0": "", "price_in-0": "0,40"}
    assert client.post("/admin/settings/providers", data=again, headers=OURS).status_code == 303
    assert [(one.key, one.price_in) for one in providers_of(services)] == [("geheim", 0.4)]
    moved = {**again, "url-0": "https://example.com/v1"}
    assert client.post("/admin/settings/providers", data=moved, headers=OURS).status_code == 303
    assert [one.key for one in providers_of(services)] == [""]
    private = {**again, "url-0": "https://127.0.0.1/v1"}
    answer = client.post("/admin/settings/providers", data=private, headers=OURS)
    assert answer.status_code == 422 and "127.0.0.1" in answer.text


def test_an_invitation_is_over_after_a_week(app: Flask, services: Services, time: Time) -> None:
    with services.database.write() as session:
        secret = people.invite(session, find_tenant(session, WEST).id, "An", "adviser", by="opdrachtregel", at=time())
    client = app.test_client()
    assert "Welkom, An" in client.get(f"/admin/invitation?link={secret}").text
    time.now += people.INVITATION_LASTS
    assert client.get(f"/admin/invitation?link={secret}").status_code == 404
    answer = client.post("/admin/invitation/options", json={"link": secret}, headers=OURS)
    assert (answer.status_code, answer.json["code"]) == (404, "invitation-invalid")


def test_an_answer_that_nobody_asked_for_signs_nobody_in(app: Flask) -> None:
    client = app.test_client()
    asked = client.post("/admin/sign-in/options", json={}, headers=OURS).json
    for told in (
        {"id": asked["id"], "answer": {"id": "x"}},
        {"id": "x", "answer": {}},
        {"id": asked["id"], "answer": {"id": "y", "rawId": "y", "type": "public-key", "response": {}}},
    ):
        answer = client.post("/admin/sign-in", json=told, headers=OURS)
        assert (answer.status_code, answer.json["code"]) == (401, "passkey-refused")
    assert client.post("/admin/sign-in", json={"id": 1}, headers=OURS).status_code == 400
    assert client.post("/admin/sign-in/options", json={}).status_code == 403


def test_without_an_address_there_are_no_pages(tmp_path: Path) -> None:
    client = create_app(read({"VK_DATA": str(tmp_path)}), clock=lambda: NOW).test_client()
    assert client.get("/admin/sign-in").status_code == 404


def providers_of(services: Services):
    """Give the language models of west, keys open."""
    with services.database.read() as session:
        return policy_of(session, find_tenant(session, WEST).id, services.settings).providers
