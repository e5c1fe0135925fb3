"""The log, the access log and faults say what went on, and never who somebody is or what they wrote."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Error as DatabaseFault
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import forgetting
from lti_tool.ags import Gradebooks
from lti_tool.database import Database
from lti_tool.outbox import Sender
from lti_tool.server_gunicorn import ACCESS_LINE
from lti_tool.tables import PersonRow
from tests.lti_tool.test_deep_linking import request_of
from tests.lti_tool.test_store import postgres_url
from tests.lti_tool.world import ELS, LTI, START, Person, World

__all__ = ["postgres_url"]

SAID = "Ze-zei-iets-dat-niemand-mag-lezen"
NAME = "Hanne-met-een-naam"
REMARK = "Lieve-opmerking-van-de-docent"
MAIL = "hanne-en-haar-adres@voorbeeld.example"
TEXT = f"{SAID} " + "Vorige week zag ik hoe een dochter op de drempel bleef staan. " * 20
LEARNER = Person("gebruiker-4711-van-het-platform", "Learner", NAME)


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Every line of every logger, down to the smallest, with the traces of faults."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


def assert_silent(logged: io.StringIO, *more: str) -> None:
    said = logged.getvalue()
    assert said, "nothing was logged at all"
    for word in (SAID, NAME, REMARK, MAIL, LEARNER.id, *more):
        assert word not in said, word


def test_a_whole_course_leaves_no_name_no_text_and_no_token_in_the_log(
    world: World, everything_logged: io.StringIO
) -> None:
    sender = Sender(world.services, Gradebooks(world.services.outgoing, world.services.access), chance=lambda: 1.0)
    person = {"name": NAME, "given_name": NAME, "email": MAIL}
    learner = world.at(world.west, LEARNER, **person)
    learner.ok("save", {"version": 0, "body": {"text": TEXT}})
    stale = learner.call("save", {"version": 0, "body": {"text": TEXT + SAID}})
    assert stale.status_code == 409
    assert learner.call("save", {"version": "x", "body": [SAID]}).status_code == 400
    assert learner.call("submit", {"version": 1, "body": {"text": SAID}}).status_code == 422
    assert learner.call(SAID, {}).status_code == 404
    submission = learner.submit(TEXT)
    renewed = learner.renew()
    world.west.score_status[:] = [500, 400]
    sender.drain()
    teacher = world.at(world.west, ELS)
    teacher.grade(submission, comment=REMARK)
    world.clock.advance(minutes=5)
    sender.drain()
    world.services.access.forget(world.west.registration, "https://purl.imsglobal.org/spec/lti-ags/scope/score")
    world.west.listener.json("/west/token", {"error": SAID, "error_description": NAME}, status=400)
    world.clock.advance(hours=2)
    world.at(world.west, ELS).grade(submission, comment=REMARK, level=0)
    sender.drain()
    # Launches that are refused, with a name in each.
    for changes in ({f"{LTI}version": SAID}, {"nonce": None}, {"sub": None}, {"exp": 1}):
        assert world.browser().launch(world.west, LEARNER, **{**person, **changes}).status_code >= 400
    state, nonce = world.browser().start(world.west)
    token = world.west.sign(world.west.claims(nonce, world.clock(), LEARNER, **person))
    assert world.browser().post(token, state).status_code == 403
    assert world.browser().post(token[:-5] + "AAAAA", state).status_code == 403
    assert world.browser().launch(world.west, ELS, **request_of(world.west)).status_code == 200
    with world.services.database.write() as session:
        tenant = forgetting.tenant_of(session, world.west.tenant)
        pseudonym = world.services.keys.host_key(tenant.slug).learner(world.west.issuer, LEARNER.id)
        forgetting.forget(session, tenant, pseudonym, by="x", at=world.clock())
    world.clock.advance(hours=13)
    sender.drain()
    sender.clean()
    said = everything_logged.getvalue()
    assert "launch admitted" in said and "launch refused" in said and "kind=forget" in said and "state=again" in said
    assert_silent(everything_logged, learner.token, renewed.json["token"], token, state, "sesam-west", teacher.token)


BREAKS = {
    "a fault of the database's own": "CREATE TRIGGER stop BEFORE UPDATE ON works BEGIN SELECT RAISE(ABORT, 'vol'); END",
    "a table that is gone": "DROP TABLE outbox",
    "another shape": "ALTER TABLE works RENAME COLUMN body TO lichaam",
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_fault_of_the_database_does_not_print_what_was_to_be_kept(
    world: World, everything_logged: io.StringIO, broken: str
) -> None:
    learner = world.at(world.west, LEARNER)
    learner.ok("save", {"version": 0, "body": {"text": "Een begin."}})
    with world.services.database.write() as session:
        session.execute(text(BREAKS[broken]))
    answers = [
        learner.call("save", {"version": 1, "body": {"text": TEXT}}),
        learner.call("submit", {"version": 1, "body": {"text": TEXT}}),
        learner.call("submit", {"version": 2, "body": {"text": TEXT}}),
    ]
    assert 500 in {answer.status_code for answer in answers}
    assert "Traceback" in everything_logged.getvalue()
    assert_silent(everything_logged)


def test_a_launch_that_the_database_cannot_keep_prints_no_name(world: World, everything_logged: io.StringIO) -> None:
    with world.services.database.write() as session:
        session.execute(text("ALTER TABLE people RENAME COLUMN name TO naam"))
    assert world.browser().launch(world.west, LEARNER).status_code == 500
    assert "Traceback" in everything_logged.getvalue()
    assert_silent(everything_logged)


def test_a_fault_of_postgresql_does_not_print_the_row(postgres_url: str, everything_logged: io.StringIO) -> None:
    database = Database(postgres_url)
    statements = {
        "SELECT CAST(:word AS json)": {"word": f'{{"tekst": "{SAID}'},
        "SELECT CAST(:word AS integer)": {"word": SAID},
        "INSERT INTO people (tenant_id, learner, name, seen_at) VALUES (1, NULL, :word, now())": {"word": NAME},
    }
    database.migrate()
    for statement, values in statements.items():
        try:
            with database.write() as session:
                session.execute(text(statement), values)
        except SQLAlchemyError:
            logging.getLogger("lti_tool").exception("a fault")
    for direct in (database.writing, database.asking):
        try:
            with direct() as straight:
                straight.execute(insert(PersonRow), {"tenant_id": 1, "learner": None, "name": NAME, "seen_at": START})
        except DatabaseFault:
            logging.getLogger("lti_tool").exception("a fault")
    database.close()
    assert everything_logged.getvalue().count("Traceback") >= len(statements) + 2
    assert_silent(everything_logged)


def access_line(**environ: Any) -> str:
    """Give gunicorn's own line for a request, by the format that we give it."""
    from datetime import timedelta
    from types import SimpleNamespace

    from gunicorn.config import Config
    from gunicorn.glogging import Logger

    request = SimpleNamespace(headers=[("REFERER", f"https://lms.example/?naam={NAME}")])
    response = SimpleNamespace(status="200 OK", headers=[], sent=5)
    full = {"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "193.190.1.1", **environ}
    atoms = Logger(Config()).atoms(response, request, full, timedelta(milliseconds=3))
    return ACCESS_LINE % atoms


@pytest.mark.parametrize("path", ["/lti/register", "/lti/admin", "/lti/login"])
def test_the_access_log_holds_no_query_and_no_referrer(path: str) -> None:
    query = f"invite=geheim-uit-een-link&login_hint={LEARNER.id}"
    line = access_line(
        PATH_INFO=path,
        QUERY_STRING=query,
        RAW_URI=f"{path}?{query}",
        HTTP_REFERER=f"https://lms.example/?{query}",
        HTTP_COOKIE="vk_state_1=geheim",
        HTTP_USER_AGENT=NAME,
    )
    assert json.dumps(path).strip('"') in line and " 200 " in line
    for word in ("geheim", LEARNER.id, NAME, "?"):
        assert word not in line
