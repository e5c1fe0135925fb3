"""What is kept of a learner can be asked for whole, and forgotten whole: here, and at the assistant."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select, text
from sqlalchemy.orm import Session

from lti_tool import forgetting, retention
from lti_tool.ags import Gradebooks
from lti_tool.configuration import LtiSettings
from lti_tool.database import MIGRATIONS, Database
from lti_tool.forgetting import FORGET, UNDER_WAY, rows_of, tables_of_learners
from lti_tool.outbox import GIVE_UP, KEPT, Sender
from lti_tool.tables import AuditRow, Base, OutboxRow, PersonRow, SnapshotRow, TenantRow
from tests.lti_tool.course import Course, fetch, member, review_of
from tests.lti_tool.test_store import postgres_url
from tests.lti_tool.world import ELS, HANNE, LEEN, LTI, MEMBERSHIP, START, YUSUF, Person, World
from veranderkracht.cli import main

__all__ = ["postgres_url"]

MARK = "Mijn-geheime-zin over een gesprek."
TEXT = MARK + " Vorige week zag ik hoe een dochter op de drempel bleef staan." * 20
REMARK = "Opmerking-van-de-docent."


@pytest.fixture
def sender(world: World) -> Sender:
    return Sender(world.services, Gradebooks(world.services.outgoing, world.services.access), chance=lambda: 1.0)


@pytest.fixture
def at_the_desk(world: World, settings: LtiSettings, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, with commands that work on it."""
    monkeypatch.setenv("VK_LTI_DATA", str(settings.data))
    monkeypatch.setenv("VK_LTI_BASE_URL", settings.base_url)
    monkeypatch.setenv("VK_ASSISTANT_URL", settings.assistant_url)
    monkeypatch.setenv("VK_LTI_ALLOW_PRIVATE", "true")
    return world


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["lti", *arguments], input=given)


def pseudonym(world: World, person: Person, platform: str = "west") -> str:
    at = getattr(world, platform)
    return str(world.services.keys.host_key(at.tenant).learner(at.issuer, person.id))


def of(world: World, person: Person) -> list[str]:
    return ["--tenant", world.west.tenant, "--issuer", world.west.issuer, "--user", person.id]


def leave_traces(world: World, person: Person) -> str:
    """Have somebody do everything that leaves something behind; give their submission."""
    browser = world.at(world.west, person)
    submission = browser.submit(TEXT)
    quiz = world.at(world.west, person, "toets")
    quiz.ok("state")
    course = Course(world.west, [member(person) for person in (HANNE, YUSUF)])
    world.at(world.west, person, **course.claim, **{f"{LTI}roles": [MEMBERSHIP + "Mentor"]})
    world.at(world.west, person, **course.claim)
    desk = world.at(world.west, ELS, **course.claim, **review_of(person, world.west.line_item))
    desk.ok("queue")
    fetch(world)
    desk.grade(submission, comment=REMARK)
    return submission


def everything(session: Session) -> dict[str, str]:
    """Give every row of every table as text."""
    return {
        table.name: "\n".join(
            json.dumps(list(row), default=str, ensure_ascii=False) for row in session.execute(select(table))
        )
        for table in Base.metadata.sorted_tables
    }


def found(world: World, *needles: str) -> set[str]:
    """Give the tables in which one of these stands."""
    with world.services.database.read() as session:
        return {name for name, text in everything(session).items() if any(needle in text for needle in needles)}


def requests_to_forget(world: World) -> list[OutboxRow]:
    with world.services.database.read() as session:
        return list(session.scalars(select(OutboxRow).where(OutboxRow.kind == FORGET)))


def audited(world: World, act: str) -> list[AuditRow]:
    with world.services.database.read() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.act == act)))


def test_after_forgetting_nothing_of_a_learner_is_anywhere(at_the_desk: World) -> None:
    world, learner = at_the_desk, pseudonym(at_the_desk, HANNE)
    leave_traces(world, HANNE)
    leave_traces(world, YUSUF)
    traces = (MARK, "Hanne Coppens", REMARK, learner)
    before = found(world, *traces)
    assert {"people", "seats", "sessions", "works", "submissions", "assessments", "outbox"} <= before
    assert {"members", "course_roles"} <= before
    with world.services.database.read() as session:
        kept = {name: text.count("\n") for name, text in everything(session).items()}
    world.services.database.close()

    result = run("forget", *of(world, HANNE), "--yes")
    assert result.exit_code == 0, result.output
    assert "submissions=1" in result.output
    assert found(world, "Hanne Coppens") == set()
    # The pseudonym alone, in the line that says it was done and in the question to the assistant.
    assert found(world, learner) == {"audit", "outbox"}
    [row] = audited(world, "learner-forgotten")
    assert (row.about, row.by, row.tenant) == (learner, "opdrachtregel", world.west.tenant)
    [asked] = requests_to_forget(world)
    assert asked.payload == {}
    # Who worked beside them keeps all.
    with world.services.database.read() as session:
        other = pseudonym(world, YUSUF)
        for table in tables_of_learners():
            count = len(
                session.execute(select(table).where(rows_of(table, session.get_one(TenantRow, 1), other))).all()
            )
            assert count >= 1, table.name
    assert kept["submissions"] == 1
    assert run("forget", *of(world, YUSUF), "--yes").exit_code == 0
    assert found(world, MARK, REMARK) == set()


def test_who_was_forgotten_can_begin_anew(at_the_desk: World) -> None:
    world = at_the_desk
    page = world.at(world.west, HANNE)
    page.submit(TEXT)
    assert run("forget", *of(world, HANNE), "--yes").exit_code == 0
    assert page.call("state").status_code == 401
    again = world.at(world.west, HANNE)
    assert again.ok("state")["status"] == "new"


def test_the_same_pseudonym_at_another_institution_is_left_alone(world: World) -> None:
    world.at(world.west, HANNE).submit(TEXT)
    learner = pseudonym(world, HANNE)
    with world.services.database.write() as session:
        gone = forgetting.forget(session, forgetting.tenant_of(session, world.zuid.tenant), learner, by="x", at=START)
    assert str(gone) == "niets"
    assert "submissions" in found(world, learner)


def test_a_teacher_who_is_forgotten_leaves_the_assessments_without_a_name(world: World) -> None:
    leave_traces(world, HANNE)
    teacher = pseudonym(world, ELS)
    assert "assessments" in found(world, teacher)
    with world.services.database.write() as session:
        forgetting.forget(session, forgetting.tenant_of(session, world.west.tenant), teacher, by="x", at=START)
    assert found(world, teacher) == {"audit", "outbox"}
    state = world.at(world.west, HANNE).ok("state")
    assert state["assessment"]["comment"] == REMARK


def test_forgetting_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_traces(world, HANNE)

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("de stroom viel uit")

    monkeypatch.setattr(forgetting.audit, "note", fails)
    before = found(world, pseudonym(world, HANNE))
    with pytest.raises(RuntimeError), world.services.database.write() as session:
        tenant = forgetting.tenant_of(session, world.west.tenant)
        forgetting.forget(session, tenant, pseudonym(world, HANNE), by="x", at=START)
    assert found(world, pseudonym(world, HANNE)) == before
    assert requests_to_forget(world) == []


# A column with one of these names says whose a row is, or that it hangs on what a learner made.
TELLING = {"learner", "user_id", "user", "sub", "email", "person", "member", "member_id", "pseudonym", "submission"}


def test_every_table_that_tells_of_a_learner_is_forgotten_with_them(world: World) -> None:
    covered = {table.name for table in tables_of_learners()}
    telling = {table.name for table in Base.metadata.sorted_tables if TELLING & set(table.c.keys())}
    assert telling - covered == set(), (
        "a new table: give it a column `learner`, or say in forgetting.py what happens to it"
    )
    with world.services.database.read() as session:
        tenant = session.scalars(select(TenantRow).where(TenantRow.slug == world.west.tenant)).one()
        for table in tables_of_learners():
            session.execute(select(table).where(rows_of(table, tenant, "0" * 64)))


def test_a_table_that_does_not_say_whose_its_rows_are_is_not_passed_over(world: World) -> None:
    table = Table("proef", MetaData(), Column("learner", String(64)))
    with pytest.raises(LookupError, match="proef"), world.services.database.read() as session:
        rows_of(table, session.get_one(TenantRow, 1), "0" * 64)


def test_forgetting_asks_first_and_says_what_it_needs(at_the_desk: World) -> None:
    world, learner = at_the_desk, pseudonym(at_the_desk, HANNE)
    world.at(world.west, HANNE).submit(TEXT)
    stopped = run("forget", *of(world, HANNE), given="n\n")
    assert stopped.exit_code == 1
    assert "submissions" in found(world, learner)
    tenant = ["--tenant", world.west.tenant]
    assert "Geef --issuer en --user" in run("forget", *tenant, "--issuer", world.west.issuer, "--yes").output
    assert "64 tekens" in run("forget", *tenant, "--learner", "Hanne", "--yes").output
    assert "bestaat hier niet" in run("forget", "--tenant", "oost", "--learner", learner, "--yes").output
    assert "--tenant" in run("forget", "--learner", learner, "--yes").output
    assert run("forget", *tenant, "--learner", learner, given="y\n").exit_code == 0
    assert found(world, learner) == {"audit", "outbox"}


def test_the_assistant_is_told_with_a_token_of_ours_after_what_was_under_way(world: World, sender: Sender) -> None:
    leave_traces(world, HANNE)
    learner = pseudonym(world, HANNE)
    path = f"/v1/learners/{learner}"
    world.west.listener.answers[path] = lambda _: (204, "text/plain", b"")
    with world.services.database.write() as session:
        tenant = forgetting.tenant_of(session, world.west.tenant)
        forgetting.forget(session, tenant, learner, by="x", at=world.clock())
    sender.drain()
    assert world.west.listener.to(path) == []
    world.clock.at += UNDER_WAY
    sender.drain()
    [asked] = world.west.listener.to(path)
    assert asked.method == "DELETE"
    assert asked.headers["Authorization"].startswith("Bearer ")
    assert [row.status for row in requests_to_forget(world)] == ["sent"]
    world.clock.at += KEPT + timedelta(days=1)
    sender.clean()
    assert requests_to_forget(world) == []


def test_an_assistant_that_cannot_forget_yet_is_asked_again_and_it_is_never_lost_in_silence(
    at_the_desk: World, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    world, learner = at_the_desk, pseudonym(at_the_desk, HANNE)
    with world.services.database.write() as session:
        tenant = forgetting.tenant_of(session, world.west.tenant)
        forgetting.forget(session, tenant, learner, by="x", at=world.clock())
    world.clock.at += UNDER_WAY
    sender.drain()
    [row] = requests_to_forget(world)
    assert (row.status, row.attempts) == ("waiting", 1)
    assert "kan een lerende nog niet vergeten" in row.detail
    shown = run("forget", "--open").output
    assert learner in shown and "wacht" in shown and "nog niet vergeten" in shown
    world.clock.at += GIVE_UP + timedelta(hours=1)
    sender.drain()
    [row] = requests_to_forget(world)
    assert row.status == "failed"
    world.clock.at += KEPT + timedelta(days=1)
    sender.clean()
    assert "opgegeven; vraag opnieuw" in run("forget", "--open").output
    assert "kind=forget" in caplog.text
    # Asking again puts it back into the queue, once.
    assert run("forget", "--tenant", world.west.tenant, "--learner", learner, "--yes").exit_code == 0
    assert [row.status for row in requests_to_forget(world)] == ["waiting"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_an_assistant_that_is_not_well_is_asked_again(world: World, sender: Sender, status: int) -> None:
    learner = pseudonym(world, HANNE)
    world.west.listener.answers[f"/v1/learners/{learner}"] = lambda _: (status, "text/plain", b"")
    with world.services.database.write() as session:
        forgetting.forget(session, forgetting.tenant_of(session, world.west.tenant), learner, by="x", at=world.clock())
    world.clock.at += UNDER_WAY
    sender.drain()
    assert [(row.status, row.attempts) for row in requests_to_forget(world)] == [("waiting", 1)]


def export(world: World, person: Person, *more: str) -> Any:
    result = run("export", *of(world, person), *more)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_export_holds_all_that_a_learner_made_and_may_see(at_the_desk: World) -> None:
    world = at_the_desk
    submission = leave_traces(world, HANNE)
    told = export(world, HANNE)
    assert told["naam"] == "Hanne Coppens"
    assert told["pseudoniem"] == pseudonym(world, HANNE)
    [handed_in] = told["inzendingen"]
    assert handed_in["tekst"] == TEXT
    assert handed_in["titel"] and handed_in["opdracht"]
    assert handed_in["beoordeling"]["opmerking"] == REMARK
    assert handed_in["beoordeling"]["score"] == "10/10"
    rubric = world.services.library.rubric("reflectie-basis")
    graded = [criterion.title for criterion in rubric.criteria if criterion.graded]
    assert sorted(handed_in["beoordeling"]["niveaus"]) == sorted(graded)
    assert [work["activiteit"] for work in told["kladversies"]] == ["samen-kijken/eigen-praktijk"]
    assert {score["toestand"] for score in told["scores"]} == {"door een nieuwere vervangen", "nog niet verstuurd"}
    assert {place["gebruiker_in_de_leeromgeving"] for place in told["plaatsen"]} == {HANNE.id}
    assert told["bezoeken"] and told["gebeurtenissen_voor_de_assistent"]
    text = json.dumps(told)
    with world.services.database.read() as session:
        for name in session.execute(select(Base.metadata.tables["sessions"].c.id)).scalars():
            assert name not in text, "a session's name opens its pages"
    assert submission
    [row] = audited(world, "learner-exported")
    assert row.about == told["pseudoniem"]


def test_an_assessment_that_is_held_back_is_not_in_an_export(at_the_desk: World) -> None:
    world = at_the_desk
    submission = world.at(world.west, HANNE).submit(TEXT)
    world.at(world.west, ELS).grade(submission, publish=False, comment=REMARK)
    told = export(world, HANNE)
    assert told["inzendingen"][0]["beoordeling"] is None
    assert REMARK not in json.dumps(told)


def test_an_export_never_holds_somebody_else(at_the_desk: World) -> None:
    world = at_the_desk
    leave_traces(world, HANNE)
    world.at(world.zuid, LEEN).submit("Leens eigen woorden. " * 60)  # the same `sub`, on another platform
    world.at(world.west, YUSUF).submit("Yusufs eigen woorden. " * 60)
    text = json.dumps(export(world, HANNE))
    assert "Leens" not in text and "Yusufs" not in text
    assert pseudonym(world, YUSUF) not in text


def test_an_export_can_be_a_page_to_read_in_a_file_for_one_reader(at_the_desk: World, tmp_path: Path) -> None:
    world = at_the_desk
    leave_traces(world, Person("5", "Learner", "Hanne <script>alert(1)</script>"))
    result = run("export", *of(world, HANNE), "--html", "--output", str(tmp_path / "hanne.html"))
    assert result.exit_code == 0, result.output
    page = (tmp_path / "hanne.html").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "hanne.html").stat().st_mode) == 0o600
    assert MARK in page and REMARK in page
    assert "<script" not in page and "Hanne &lt;script" in page


def test_an_export_of_nobody_says_so(at_the_desk: World) -> None:
    result = run("export", *of(at_the_desk, Person("nergens", "Learner")))
    assert result.exit_code == 0
    assert "niets bewaard" in result.stderr


def months(world: World, number: int | None) -> None:
    with world.services.database.write() as session:
        retention.set_months(
            session, forgetting.tenant_of(session, world.west.tenant), number, by="x", at=world.clock()
        )


def people(world: World) -> set[str]:
    with world.services.database.read() as session:
        return set(session.scalars(select(PersonRow.learner)))


def test_nobody_is_forgotten_until_the_institution_says_after_how_long(world: World, sender: Sender) -> None:
    leave_traces(world, HANNE)
    world.clock.advance(days=3650)
    sender.clean()
    assert pseudonym(world, HANNE) in people(world)


def test_who_stays_away_longer_than_the_term_is_forgotten_and_counted_without_names(
    world: World, sender: Sender
) -> None:
    months(world, 6)
    leave_traces(world, HANNE)
    world.at(world.zuid, LEEN).submit()
    world.clock.at = datetime(2026, 9, 2, 8, 59, tzinfo=UTC)
    sender.clean()
    assert pseudonym(world, HANNE) in people(world)
    world.at(world.west, YUSUF)
    world.clock.at = datetime(2026, 9, 2, 9, 1, tzinfo=UTC)
    sender.clean()
    assert people(world) == {pseudonym(world, YUSUF), pseudonym(world, LEEN, "zuid")}
    assert found(world, MARK, REMARK, "Hanne") == set()
    [row] = audited(world, "retention-cleaned")
    assert (row.tenant, row.by) == (world.west.tenant, "onderhoud")
    assert "people=1" in row.about and "submissions=1" in row.about
    assert pseudonym(world, HANNE) not in row.about
    assert [asked.target for asked in requests_to_forget(world)] == [pseudonym(world, HANNE)]
    sender.clean()
    assert len(audited(world, "retention-cleaned")) == 1, "a clean that finds nothing writes nothing"


def test_who_saved_something_later_than_their_last_launch_was_active_then(world: World, sender: Sender) -> None:
    months(world, 1)
    browser = world.at(world.west, HANNE)
    world.clock.advance(hours=11)
    token = browser.renew().json["token"]
    assert browser.call("save", {"version": 0, "body": {"text": "Laat op de dag."}}, token=token).status_code == 200
    world.clock.at = START + timedelta(days=31, hours=5)
    sender.clean()
    assert people(world) == {pseudonym(world, HANNE)}
    world.clock.advance(hours=7)
    sender.clean()
    assert people(world) == set()


def test_a_large_institution_is_cleaned_in_small_transactions(world: World, sender: Sender) -> None:
    months(world, 1)
    with world.services.database.write() as session:
        rows = [
            {"tenant_id": 1, "learner": f"{number:064x}", "name": "", "seen_at": START}
            for number in range(2 * retention.BATCH + 5)
        ]
        session.execute(insert(PersonRow), rows)
    world.clock.advance(days=60)
    sender.clean()
    assert people(world) == set()
    assert [row.about for row in audited(world, "retention-cleaned")] == [
        f"people={count}" for count in (retention.BATCH, retention.BATCH, 5)
    ]


def test_snapshots_go_when_nothing_shows_them_any_more(world: World, sender: Sender) -> None:
    months(world, 1)
    leave_traces(world, HANNE)
    with world.services.database.write() as session:
        session.add(SnapshotRow(hash="sha256-niemand", body={}))
    sender.clean()
    with world.services.database.read() as session:
        [left] = session.scalars(select(SnapshotRow.hash))
    assert left != "sha256-niemand"
    assert world.at(world.west, HANNE).ok("state")["assessment"]["comment"] == REMARK
    world.clock.advance(days=60)
    sender.clean()
    with world.services.database.read() as session:
        assert list(session.scalars(select(SnapshotRow.hash))) == []


def test_the_term_is_set_shown_and_taken_away_and_each_time_written_down(at_the_desk: World) -> None:
    world = at_the_desk
    tenant = ["--tenant", world.west.tenant]
    world.at(world.west, HANNE)
    assert "tot iemand vraagt" in run("retention", *tenant, "--show").output
    assert "12 maanden" in run("retention", *tenant, "--months", "12").output
    shown = run("retention", *tenant, "--show").output
    assert "12 maanden" in shown and "aan de beurt" in shown
    assert "tot iemand vraagt" in run("retention", *tenant, "--never").output
    assert [row.about for row in audited(world, "retention-changed")] == ["12 maanden", "geen termijn"]
    assert run("retention", *tenant).exit_code == 1
    assert run("retention", *tenant, "--months", "0").exit_code == 2


@given(hours=st.integers(0, 600_000), number=st.integers(1, 600))
def test_months_are_those_of_the_calendar(hours: int, number: int) -> None:
    at = START + timedelta(hours=hours)
    before = retention.months_before(at, number)
    assert (at.year - before.year) * 12 + at.month - before.month == number
    assert before.day <= at.day and before.time() == at.time()
    assert before.day == at.day or (before + timedelta(days=1)).day == 1


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'oud.sqlite3'}"
    return str(request.getfixturevalue("postgres_url"))


def upgrade(url: str, to: str) -> None:
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    engine.dispose()


def test_what_was_waiting_before_the_upgrade_is_forgotten_too_on_either_database(url: str) -> None:
    upgrade(url, "0005-1")
    statement = {"statement": {"id": "e1", "actor": {"account": {"homePage": "x", "name": "a" * 64}}}}
    old = [
        {"kind": "ags-score", "target": "1:" + "a" * 64, "payload": json.dumps({"score": {}})},
        {"kind": "xapi", "target": "e1", "payload": json.dumps(statement)},
        {"kind": "xapi", "target": "e2", "payload": json.dumps({})},
    ]
    engine = create_engine(url)
    with engine.begin() as connection:
        for row in old:
            connection.execute(
                text(
                    "INSERT INTO outbox (kind, tenant, target, payload, status, detail, attempts, created_at, due_at) "
                    "VALUES (:kind, 'west', :target, :payload, 'waiting', '', 0, :at, :at)"
                ),
                {**row, "at": START},
            )
    engine.dispose()
    database = Database(url)
    database.migrate()
    with database.write() as session:
        tenant = session.scalars(select(TenantRow).where(TenantRow.slug == "west")).one_or_none()
        if tenant is None:
            tenant = TenantRow(slug="west", created_at=START)
            session.add(tenant)
        session.flush()
        tenant.retention_months = 1
        session.add(PersonRow(tenant_id=tenant.id, learner="a" * 64, name="Hanne", seen_at=START))
        session.add(SnapshotRow(hash="sha256-niemand", body={}))
    retention.clean(database, START + timedelta(days=60))
    with database.read() as session:
        assert session.scalars(select(PersonRow)).all() == []
        assert session.scalars(select(SnapshotRow)).all() == []
        kept = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        assert [(row.kind, row.target) for row in kept] == [("xapi", "e2"), (FORGET, "a" * 64)]
        [row] = session.scalars(select(AuditRow).where(AuditRow.act == "retention-cleaned"))
        assert row.about == "outbox=2 people=1"
    database.close()
