"""Signing in to the administration with the institution's own account, and who is kept out, over HTTP."""

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from assistant_service.administration import institutions, people
from assistant_service.administration.tables import AdministratorRow, IdentityRow, InstitutionRow
from assistant_service.app import create_app
from assistant_service.audit import AuditRow
from assistant_service.configuration import read
from assistant_service.services import Services
from assistant_service.tenants import add_tenant, find_tenant
from tests.assistant_service.hosts import NOW
from tests.cast import WEST, ZUID
from tests.peers import stub_institution
from tests.peers.stub_institution import CLIENT, SECRET, Institution

ADDRESS = "http://assistent.school.be"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
GO = "/admin/sign-in/institution"


@pytest.fixture
def institution() -> Iterator[Institution]:
    """The server of West."""
    with stub_institution.running() as institution:
        yield institution


@pytest.fixture
def app(tmp_path: Path, institution: Institution) -> Iterator[Flask]:
    """A sidecar with two institutions, of which West has accounts of its own."""
    app = create_app(read({"VK_DATA": str(tmp_path), "VK_ASSISTANT_BASE_URL": ADDRESS}), clock=lambda: NOW)
    services: Services = app.extensions["veranderkracht"]
    with services.database.write() as session:
        for tenant in (WEST, ZUID):
            add_tenant(session, tenant, tenant.title(), NOW)
        west = find_tenant(session, WEST).id
        institutions.configure(session, west, institution.issuer, CLIENT, SECRET, services.settings, by="test", at=NOW)
    yield app
    services.knowledge.close()
    services.database.close()


@pytest.fixture
def services(app: Flask) -> Services:
    """What the app has at hand."""
    found: Services = app.extensions["veranderkracht"]
    return found


def invite(services: Services, tenant: str = WEST, name: str = "An Peeters") -> str:
    with services.database.write() as session:
        return people.invite(session, find_tenant(session, tenant).id, name, "administrator", by="test", at=NOW)


def leave(browser: FlaskClient, **told: str) -> str:
    """Send a browser off; gives the address at the institution's server."""
    page = browser.post(GO, data=told, headers=OURS, base_url=ADDRESS)
    assert page.status_code == 200, page.text
    link = re.search(r'href="([^"]*/authorize[^"]*)"', page.text)
    assert link is not None
    return unescape(link[1])


def come_back(browser: FlaskClient, there: str) -> TestResponse:
    """Let the institution's server send the browser back."""
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(back)
    return browser.get(f"{parts.path}?{parts.query}", base_url=ADDRESS)


def sign_in(browser: FlaskClient, **told: str) -> TestResponse:
    return come_back(browser, leave(browser, **told))


def overview(browser: FlaskClient) -> TestResponse:
    return browser.get("/admin/", base_url=ADDRESS)


@pytest.fixture
def tied(app: Flask, services: Services) -> Callable[[], FlaskClient]:
    """An, who tied her account to her invitation; gives a browser that she has not signed in with yet."""
    assert sign_in(app.test_client(), link=invite(services)).status_code == 200
    return app.test_client


def test_who_is_invited_ties_an_account_and_comes_back_with_it(app: Flask, services: Services) -> None:
    first, link = app.test_client(), invite(services)
    assert (
        "Gebruik mijn account van Hogeschool-West" in first.get(f"/admin/invitation?link={link}", base_url=ADDRESS).text
    )
    assert sign_in(first, link=link).status_code == 200
    assert overview(first).status_code == 200
    assert first.get(f"/admin/invitation?link={link}", base_url=ADDRESS).status_code == 404
    again = app.test_client()
    assert sign_in(again, tenant=WEST).status_code == 200
    assert "Hogeschool-West" in overview(again).text
    assert "account van de instelling" in again.get("/admin/people", base_url=ADDRESS).text


def test_being_known_to_the_institution_is_no_right_here(
    tied: Callable[[], FlaskClient], institution: Institution
) -> None:
    institution.subject = "u-9999"
    stranger = tied()
    answer = sign_in(stranger, tenant=WEST)
    assert (answer.status_code, "sign-in-refused" in answer.text) == (401, True)
    assert overview(stranger).status_code == 303


def test_whose_access_was_taken_away_gets_in_no_more(
    tied: Callable[[], FlaskClient], services: Services, app: Flask
) -> None:
    assert sign_in(app.test_client(), link=invite(services, name="Bo")).status_code == 401  # An's account is An's
    with services.database.write() as session:
        an = session.scalars(select(AdministratorRow).where(AdministratorRow.name == "An Peeters")).one()
        people.remove(session, an.tenant_id, an.id, by="test", at=NOW)
    assert sign_in(tied(), tenant=WEST).status_code == 401
    with services.database.read() as session:
        assert session.scalars(select(IdentityRow)).all() == []


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://elders.example"},
        {"aud": "iemand-anders"},
        {"aud": [CLIENT, "iemand-anders"], "azp": "iemand-anders"},
        {"nonce": "een-andere"},
        {"nonce": None},
        {"exp": -600},
        {"exp": None},
        {"iat": 600},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    tied: Callable[[], FlaskClient], institution: Institution, claims: dict[str, Any]
) -> None:
    moments = {name: int(time.time()) + claims[name] for name in ("exp", "iat") if claims.get(name)}
    institution.claims = {**claims, **moments}
    browser = tied()
    assert sign_in(browser, tenant=WEST).status_code == 401
    assert overview(browser).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_signed_with_no_key_or_with_what_others_know_lets_nobody_in(
    tied: Callable[[], FlaskClient], institution: Institution, algorithm: str
) -> None:
    institution.algorithm = algorithm
    assert sign_in(tied(), tenant=WEST).status_code == 401


def test_a_token_signed_by_another_lets_nobody_in(tied: Callable[[], FlaskClient], institution: Institution) -> None:
    institution.published = rsa.generate_private_key(65537, 2048)
    assert sign_in(tied(), tenant=WEST).status_code == 401


def test_an_answer_counts_in_the_browser_that_left_and_once(
    tied: Callable[[], FlaskClient], institution: Institution
) -> None:
    mine, theirs = tied(), tied()
    there = leave(mine, tenant=WEST)
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    path = back.removeprefix(ADDRESS)
    assert theirs.get(path, base_url=ADDRESS).status_code == 401
    assert mine.get(path, base_url=ADDRESS).status_code == 401  # used up by the other's try
    assert sign_in(mine, tenant=WEST).status_code == 200


def test_an_answer_of_another_server_than_was_asked_counts_not(
    tied: Callable[[], FlaskClient], institution: Institution
) -> None:
    institution.also = {"iss": "http://elders.example"}
    assert sign_in(tied(), tenant=WEST).status_code == 401
    institution.also = {"iss": institution.issuer}
    assert sign_in(tied(), tenant=WEST).status_code == 200
    institution.also, institution.about = {}, {"authorization_response_iss_parameter_supported": True}
    assert sign_in(tied(), tenant=WEST).status_code == 401


def test_who_cancels_there_hears_what_to_do(tied: Callable[[], FlaskClient]) -> None:
    browser = tied()
    state = leave(browser, tenant=WEST).partition("state=")[2].partition("&")[0]
    answer = browser.get(f"{GO}/back?error=access_denied&state={state}", base_url=ADDRESS)
    assert (answer.status_code, "Probeer het opnieuw" in answer.text) == (401, True)


def test_a_server_that_is_gone_or_names_another_is_said_to_be_out_of_reach(
    tied: Callable[[], FlaskClient], institution: Institution
) -> None:
    institution.about = {"issuer": "http://elders.example"}
    answer = tied().post(GO, data={"tenant": WEST}, headers=OURS, base_url=ADDRESS)
    assert (answer.status_code, "sign-in-unavailable" in answer.text) == (503, True)


def test_nobody_finds_out_which_institutions_there_are(app: Flask) -> None:
    answers = [
        app.test_client().post(GO, data={"tenant": slug}, headers=OURS, base_url=ADDRESS) for slug in (ZUID, "?")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


def test_an_invitation_of_one_institution_cannot_be_taken_to_another(app: Flask, services: Services) -> None:
    browser = app.test_client()
    there = leave(browser, tenant=WEST)
    cookie = browser.get_cookie("vk_admin_way", domain="assistent.school.be")
    assert cookie is not None
    browser.set_cookie("vk_admin_way", f"{cookie.value}{invite(services, ZUID)}", domain="assistent.school.be")
    assert come_back(browser, there).status_code == 401


def test_the_way_there_starts_on_our_own_page(app: Flask) -> None:
    answer = app.test_client().post(
        GO, data={"tenant": WEST}, headers={"Origin": "https://elders.be"}, base_url=ADDRESS
    )
    assert answer.status_code == 403


def test_the_secret_is_sealed_and_nobody_is_named_in_the_log(
    tied: Callable[[], FlaskClient], services: Services, institution: Institution
) -> None:
    with services.database.read() as session:
        row = session.scalars(select(InstitutionRow)).one()
        assert SECRET not in row.client_secret
        acts = session.scalars(select(AuditRow)).all()
        assert "institution-account-tied" in {act.act for act in acts}
        assert not any(institution.subject in act.about + act.by for act in acts)
        assert institution.subject not in session.scalars(select(IdentityRow.id_hash)).one()
