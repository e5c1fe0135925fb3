"""Invitations and waiting deployments from the command line, and what a running server writes of them."""

import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import Result

from lti_tool import waiting
from lti_tool.database import Database
from lti_tool.server_gunicorn import WithoutQueries
from lti_tool.tables import AuditRow, DeploymentRow, InviteRow, RegistrationRow
from tests.lti_tool.test_commands import environment, register, run
from tests.lti_tool.world import START

__all__ = ["environment"]  # the same clean environment for each test


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'lti.sqlite3'}")
    opened.migrate()
    yield opened
    opened.close()


def invite(*arguments: str) -> Result:
    return run("lti", "invite", *arguments)


def secret_in(output: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8001/lti/register\?invite=([\w-]{43})$", output, re.MULTILINE)
    assert found, output
    return found[1]


def test_an_invitation_is_shown_once_with_its_end_and_where_to_paste_it(database: Database) -> None:
    made = invite("--tenant", "hogeschool-west", "--days", "3")
    assert made.exit_code == 0, made.output
    secret = secret_in(made.output)
    for platform in ("Moodle", "Canvas", "Brightspace"):
        assert platform in made.output
    with database.read() as session:
        [row] = session.query(InviteRow).all()
    assert row.expires_at - row.created_at == timedelta(days=3)
    assert secret not in str(vars(row))
    listed = invite("--list")
    assert f"{row.id}: hogeschool-west" in listed.output
    assert secret not in listed.output


def test_a_withdrawn_invitation_is_no_longer_listed(database: Database) -> None:
    invite("--tenant", "west")
    assert "Ingetrokken: uitnodiging 1 voor west." in invite("--withdraw", "1").output
    assert "Er staat geen uitnodiging open." in invite("--list").output
    again = invite("--withdraw", "1")
    assert (again.exit_code, again.output.strip()) == (1, "Er staat geen uitnodiging 1 open.")
    with database.read() as session:
        acts = [(row.act, row.by, row.tenant) for row in session.query(AuditRow).order_by(AuditRow.id)]
    assert acts == [("invite-made", "opdrachtregel", "west"), ("invite-withdrawn", "opdrachtregel", "west")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tenant", "West!"], "kleine letters"),
        (["--tenant", "west", "--days", "0"], "--days"),
        (["--tenant", "west", "--list"], "--tenant"),
        ([], "--tenant"),
        (["--withdraw", "7"], "geen uitnodiging 7"),
    ],
)
def test_a_wrong_invitation_says_what_is_wrong(arguments: list[str], said: str) -> None:
    result = invite(*arguments)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_waiting_deployment_is_listed_and_accepted(database: Database) -> None:
    register("--deployment-id", "1")
    assert "Er wacht geen enkel deployment." in run("lti", "deployments").output
    with database.write() as session:
        platform = session.query(RegistrationRow).one().id
        for name in ("2", "3", "2"):
            waiting.knock(session, platform, name, START)
    listed = run("lti", "deployments").output
    assert "2 van https://lms.example (client-id c1)" in listed
    assert "wellicht west; 2 keer geweigerd" in listed
    assert "hoort bij west." in run("lti", "accept", "1").output
    assert "hoort bij zuid." in run("lti", "accept", "2", "--tenant", "zuid").output
    with database.read() as session:
        rows = session.query(DeploymentRow).order_by(DeploymentRow.id)
        assert [(row.deployment_id, row.tenant.slug) for row in rows] == [("1", "west"), ("2", "west"), ("3", "zuid")]
        assert waiting.waiting(session) == []
    again = run("lti", "accept", "1")
    assert (again.exit_code, again.output.strip()) == (1, "Er wacht geen deployment 1.")


def test_a_deployment_whose_institution_cannot_be_told_asks_which(database: Database) -> None:
    register("--deployment-id", "1")
    register("--deployment-id", "2", tenant="zuid")
    with database.write() as session:
        waiting.knock(session, session.query(RegistrationRow).one().id, "3", START)
    assert "instelling onbekend" in run("lti", "deployments").output
    refused = run("lti", "accept", "1")
    assert refused.exit_code == 1
    assert "bij welke instelling" in refused.output


def test_a_deployment_that_was_registered_meanwhile_waits_no_longer(database: Database) -> None:
    register("--deployment-id", "1")
    with database.write() as session:
        waiting.knock(session, session.query(RegistrationRow).one().id, "2", START)
    register("--deployment-id", "2", tenant="zuid")
    assert "Er wacht geen enkel deployment." in run("lti", "deployments").output
    assert run("lti", "accept", "1").exit_code == 1


def test_a_platform_cannot_fill_the_list_without_end(database: Database) -> None:
    register("--deployment-id", "1")
    with database.write() as session:
        platform = session.query(RegistrationRow).one().id
        for number in range(waiting.MOST + 5):
            waiting.knock(session, platform, f"d{number}", START)
        assert len(waiting.waiting(session)) == waiting.MOST


def test_a_running_server_writes_no_secret(tmp_path: Path) -> None:
    secret = secret_in(invite("--tenant", "west").output)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "veranderkracht.cli", "serve", "lti", "--port", str(port), "--workers", "1"]
    said = tmp_path / "said.txt"
    asked = f"/lti/register?invite={secret}&openid_configuration=http://lms.example/c&registration_token=eyJ.geheim"
    with said.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, env=dict(os.environ)) as server:
        try:
            until_open(port, server)
            statuses = []
            for path, method in ((asked, "GET"), (asked, "DELETE"), ("/lti/register?invite=" + secret + "x", "GET")):
                connection = HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request(method, path, headers={"Referer": f"http://127.0.0.1{asked}"})
                statuses.append(connection.getresponse().status)
                connection.close()
            for line in (
                f"GET {asked} HTTP/1.1\r\nBad Header",
                f"GET {asked} HTTP/one",
                f"GET {asked} and more HTTP/1.1",
            ):
                with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
                    raw.sendall(f"{line}\r\n\r\n".encode())
                    raw.recv(1024)
        finally:
            server.terminate()
    assert statuses == [422, 405, 404]  # plain http is not allowed here
    written = said.read_text()
    assert "Listening at" in written
    assert secret not in written
    assert "geheim" not in written


def test_an_error_that_passes_the_app_is_logged_without_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("gunicorn.error")
    without = WithoutQueries()
    log.addFilter(without)
    try:
        log.error("Error handling request %s %s", "GET", "/lti/register?invite=geheim&x=1")
    finally:
        log.removeFilter(without)
    assert "Error handling request GET /lti/register?…" in caplog.text
    assert "geheim" not in caplog.text


def until_open(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None, "the server stopped"
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not open")
