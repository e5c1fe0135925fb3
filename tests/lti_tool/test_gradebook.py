"""Scores sent anew, results read back, and grades that no message of ours takes away."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.outbox_rows import OutboxRecorder
from lti_tool.outgoing import Outgoing
from lti_tool.results import RESULT_SCOPE, results_url
from lti_tool.tables import AuditRow, LinkRow, OutboxRow
from tests.lti_tool.strict_platform import REFLECTION, StrictPlatform
from tests.lti_tool.world import AGS, ELS, HANNE, LEEN, SCORE_SCOPE, YUSUF, Asked, Browser, Person, World
from veranderkracht.activities.store import ActivityEvent, LearnerId, PlacementId, SubmissionId, TenantSlug, WorkKey
from veranderkracht.cli import main

RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


@pytest.fixture
def sender(world: World) -> Sender:
    outgoing = Outgoing(allow_private=True, total=5.0)
    return Sender(world.services, Gradebooks(outgoing, AccessTokens(outgoing, world.services.keys)), chance=lambda: 1.0)


@pytest.fixture
def column(strict: StrictPlatform) -> str:
    return strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)


@pytest.fixture
def at(world: World, strict: StrictPlatform, column: str) -> Callable[..., Browser]:
    def launch(person: Person, **grades: Any) -> Browser:
        browser = world.browser()
        changes = strict.claims_for("schakel-1", REFLECTION, **{"line_item": column, **grades})
        assert strict.bring(browser, person, changes).status_code == 200
        return browser

    return launch


def graded(world: World, sender: Sender, at: Callable[..., Browser], *people: Person, level: int = -1) -> list[str]:
    submissions = [at(person).submit() for person in people]
    sender.drain()
    for submission in submissions:
        at(ELS).grade(submission, level=level)
    sender.drain()
    world.clock.advance(minutes=1)
    return submissions


def given(strict: StrictPlatform, person: Person = HANNE) -> list[float | None]:
    return [score.get("scoreGiven") for _, score in strict.grades.scores if score["userId"] == person.id]


def audit(world: World) -> list[tuple[str, str]]:
    with world.services.database.read() as session:
        return [(row.act, row.about) for row in session.query(AuditRow).order_by(AuditRow.id)]


def submitted_again(world: World, submission: str) -> ActivityEvent:
    """A second version of a graded work, as the rules may one day allow."""
    with world.services.database.read() as session:
        row = session.query(OutboxRow).filter_by(submission=submission, kind="ags-score").first()
        assert row is not None
        link = session.get_one(LinkRow, row.payload["link"])
    key = WorkKey(TenantSlug(row.tenant), PlacementId(f"{link.id}:samen-kijken/eigen-praktijk"), LearnerId(row.learner))
    return ActivityEvent(
        verb="submitted",
        key=key,
        module="samen-kijken",
        module_version=1,
        step="eigen-praktijk",
        kind="reflection",
        snapshot_hash="sha256:0",
        at=world.clock(),
        submission=SubmissionId(submission),
    )


def test_one_score_goes_again_with_a_later_time(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    hanne, _ = graded(world, sender, at, HANNE, YUSUF)
    answer = at(ELS).ok("resend", {"submission": hanne})
    assert (answer["scores"], answer["items"][hanne]["state"]) == (1, "waiting")
    sender.drain()
    assert given(strict) == [None, 10, 10]
    assert given(strict, YUSUF) == [None, 10]
    [(act, about)] = [each for each in audit(world) if each[0] == "scores-resent"]
    assert act == "scores-resent"
    assert HANNE.id not in about.split()


def test_all_scores_or_those_that_failed_go_again(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    hanne, *_ = graded(world, sender, at, HANNE, YUSUF)
    strict.grades.learners.remove(HANNE.id)
    at(ELS).ok("resend", {"submission": hanne})
    sender.drain()
    assert at(ELS).ok("sync")["items"][hanne]["state"] == "failed"
    strict.grades.learners.add(HANNE.id)
    world.clock.advance(minutes=1)
    assert at(ELS).ok("resend", {"failed": True})["scores"] == 1
    sender.drain()
    assert at(ELS).ok("resend", {"failed": True})["scores"] == 0
    world.clock.advance(minutes=1)
    assert at(ELS).ok("resend")["scores"] == 2
    sender.drain()
    assert (given(strict), given(strict, YUSUF)) == ([None, 10, 10, 10], [None, 10, 10])
    strict.wire.refusals.clear()


def test_what_is_not_published_is_never_sent(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    hanne = at(HANNE).submit()
    at(ELS).grade(hanne, publish=False)
    refused = at(ELS).call("resend", {"submission": hanne})
    assert (refused.status_code, refused.json["code"]) == (409, "nothing-published")
    assert at(ELS).ok("resend")["scores"] == 0
    sender.drain()
    assert given(strict) == [None]


def test_a_resend_takes_the_last_published_state_and_the_place_of_what_still_waits(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    [hanne] = graded(world, sender, at, HANNE, level=0)
    at(ELS).grade(hanne, level=-1)
    at(ELS).ok("resend")
    sender.drain()
    assert given(strict) == [None, 0, 10]


def test_only_a_teacher_of_the_course_sends_or_reads(world: World, sender: Sender, at: Callable[..., Browser]) -> None:
    [hanne] = graded(world, sender, at, HANNE)
    for operation in ("sync", "resend", "compare"):
        assert at(HANNE).call(operation).json["code"] == "teacher-only"
    elsewhere = world.at(world.zuid, ELS)
    assert elsewhere.call("resend", {"submission": hanne}).json["code"] == "submission-unknown"


@pytest.mark.parametrize("payload", [{"submission": 5}, {"failed": "ja"}, {"replace": True}, {"replace": 1}])
def test_a_resend_that_says_something_odd_is_refused(at: Callable[..., Browser], payload: Any) -> None:
    assert at(ELS).call("resend", payload).status_code == 400


def test_a_learner_without_a_column_gets_a_reason_and_their_score_once_there_is_one(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    hanne = at(HANNE, line_item="", lineitems="").submit()
    at(ELS).grade(hanne)
    refused = at(ELS).call("resend", {"submission": hanne})
    assert (refused.status_code, refused.json["code"]) == (409, "no-column")
    assert "laat de lerende ze opnieuw openen" in refused.json["detail"]
    at(HANNE)
    world.clock.advance(minutes=1)
    at(ELS).ok("resend", {"submission": hanne})
    sender.drain()
    assert given(strict) == [10]


def test_a_new_version_of_a_graded_work_leaves_the_grade(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser]
) -> None:
    [hanne] = graded(world, sender, at, HANNE)
    again = submitted_again(world, hanne)
    with world.services.database.write() as session:
        link = session.query(OutboxRow).filter_by(kind="ags-score").first().payload["link"]
        OutboxRecorder("https://tool", "cursus", link).record(session, again)
    sender.drain()
    assert given(strict) == [None, 10]


def test_a_grade_that_the_gradebook_has_already_is_not_emptied_by_handing_in(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser], column: str
) -> None:
    # The teacher gave it by hand, before anything was handed in here.
    by_hand = {"userId": HANNE.id, "timestamp": "2026-03-01T09:00:00.0Z", "scoreGiven": 4, "scoreMaximum": 10}
    strict.grades.scores.append((column, by_hand))
    hanne = at(HANNE).submit()
    sender.drain()
    assert given(strict) == [4]
    assert at(ELS).ok("sync")["items"][hanne]["detail"] == "Het puntenboek heeft al een score; die blijft staan."
    at(ELS).grade(hanne)
    world.clock.advance(minutes=1)
    sender.drain()
    assert given(strict) == [4, 10]


def change(world: World, strict: StrictPlatform, column: str, score: float) -> None:
    at = world.clock().isoformat(timespec="milliseconds")
    strict.grades.scores.append(
        (column, {"userId": HANNE.id, "timestamp": at, "scoreGiven": score, "scoreMaximum": 10})
    )


def test_a_difference_is_shown_and_stays_until_the_teacher_replaces_it(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser], column: str
) -> None:
    hanne, yusuf, leen = graded(world, sender, at, HANNE, YUSUF, LEEN_HERE)
    change(world, strict, column, 6.5)
    compared = at(ELS).ok("compare")["items"]
    assert compared[hanne] == {
        "state": "differs",
        "ours": {"score": "10", "maximum": "10"},
        "theirs": {"score": "6.5", "maximum": "10"},
    }
    assert (compared[yusuf]["state"], compared[leen]["state"]) == ("same", "same")
    assert len(strict.wire.to(strict.grades.path(column, "results"))) >= 2, "the list has more than one page"
    world.clock.advance(minutes=1)
    at(ELS).ok("resend")
    sender.drain()
    assert given(strict)[-1] == 6.5
    assert at(ELS).ok("sync")["items"][hanne]["state"] == "superseded"
    at(ELS).ok("resend", {"submission": hanne, "replace": True})
    sender.drain()
    assert given(strict)[-1] == 10
    assert "score-replaced" in [act for act, _ in audit(world)]
    assert at(ELS).ok("compare")["items"][hanne]["state"] == "same"


def test_an_older_score_of_ours_in_the_gradebook_is_no_change_by_hand(
    world: World, strict: StrictPlatform, sender: Sender, at: Callable[..., Browser], column: str
) -> None:
    [hanne] = graded(world, sender, at, HANNE, level=0)
    strict.grades.learners.remove(HANNE.id)
    at(ELS).grade(hanne, level=-1)
    sender.drain()
    strict.grades.learners.add(HANNE.id)
    strict.wire.refusals.clear()
    world.clock.advance(minutes=1)
    at(ELS).ok("resend", {"failed": True})
    sender.drain()
    assert given(strict) == [None, 0, 10]


LEEN_HERE = Person("7", "Learner", LEEN.name)


def results(world: World, *rows: dict[str, Any], status: int = 200, link: str = "") -> None:
    """Have the lenient platform answer what its column holds."""
    more = {"Link": link} if link else {}
    body = json.dumps(rows).encode()
    world.west.listener.answers["/west/lineitem/results"] = lambda asked: (status, RESULTS, body, more)


def launched(world: World, person: Person = HANNE, *scopes: str) -> Browser:
    claim = {"scope": [SCORE_SCOPE, *(scopes or (RESULT_SCOPE,))], "lineitem": world.west.line_item}
    return world.at(world.west, person, **{AGS: claim})


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"resultScore": 1}, "same"),  # of 1, for that is the default
        ({"resultScore": 100, "resultMaximum": 100}, "same"),
        ({"resultScore": 9.997, "resultMaximum": 10}, "same"),
        ({"resultScore": 9.9, "resultMaximum": 10}, "differs"),
        ({"resultScore": 0.5}, "differs"),
        ({"resultScore": None, "resultMaximum": 10}, "absent"),
        ({"resultMaximum": 10}, "absent"),
        ({"resultScore": "10", "resultMaximum": 10}, "absent"),
        ({"resultScore": 10, "resultMaximum": 0}, "differs"),
        ({"userId": 5, "resultScore": 10, "resultMaximum": 10}, "same"),
        ({"userId": "iemand anders", "resultScore": 10, "resultMaximum": 10}, "absent"),
    ],
)
def test_a_result_is_compared_out_of_its_own_maximum(world: World, row: dict[str, Any], state: str) -> None:
    submission = launched(world).submit()
    world.at(world.west, ELS).grade(submission)
    results(world, {"userId": HANNE.id, **row})
    assert world.at(world.west, ELS).ok("compare")["items"][submission]["state"] == state


def test_nought_that_the_platform_does_not_show_is_no_difference(world: World) -> None:
    submission = launched(world).submit()
    world.at(world.west, ELS).grade(submission, level=0)
    results(world, {"userId": HANNE.id})
    assert world.at(world.west, ELS).ok("compare")["items"][submission]["state"] == "same"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "De leeromgeving toont het puntenboek nu niet (status 403)."),
        (404, "staat niet meer in het puntenboek"),
        (503, "status 503"),
    ],
)
def test_a_gradebook_that_cannot_be_read_is_a_sentence(world: World, status: int, said: str) -> None:
    launched(world).submit()
    results(world, status=status)
    answer = world.at(world.west, ELS).call("compare")
    assert answer.status_code == 503
    assert said in answer.json["detail"]
    assert "Er is niets gewijzigd." in answer.json["detail"]


def test_without_leave_to_read_the_teacher_hears_whom_to_ask(world: World) -> None:
    launched(world, HANNE, SCORE_SCOPE).submit()
    answer = world.at(world.west, ELS).call("compare")
    assert "result.readonly" in answer.json["detail"]
    assert world.west.listener.to("/west/lineitem/results") == []


def test_moodles_own_way_of_writing_links_is_followed(world: World) -> None:
    submission = launched(world).submit()
    world.at(world.west, ELS).grade(submission)
    page = "/west/lineitem/results?type_id=1&amp;limit=1&amp;from=1"

    def answer(asked: Asked) -> tuple[int, str, bytes, dict[str, str]]:
        if "from=1" in asked.path and "amp;" not in asked.path:
            return 200, RESULTS, json.dumps([{"userId": HANNE.id, "resultScore": 10, "resultMaximum": 10}]).encode(), {}
        link = f"<{page}>; rel=“next”".encode().decode("latin-1")
        return 200, RESULTS, b"[]", {"Link": link}

    world.west.listener.answers["/west/lineitem/results"] = answer
    assert world.at(world.west, ELS).ok("compare")["items"][submission]["state"] == "same"


def test_canvas_says_in_a_sentence_that_it_knows_better(world: World, sender: Sender) -> None:
    said = {"errors": {"message": "Provided timestamp of 2026 before last updated timestamp of 2027"}}
    world.west.listener.json("/west/lineitem/scores", said, status=400)
    world.at(world.west, HANNE).submit()
    sender.drain()
    assert world.at(world.west, ELS).ok("queue")["items"][0]["sync"]["state"] == "superseded"


def test_results_go_before_the_query() -> None:
    asked = results_url("https://lms.example/2/lineitem?type_id=1", user_id="a b&c")
    assert asked == "https://lms.example/2/lineitem/results?type_id=1&user_id=a+b%26c"


def test_the_commands_count_and_send_anew(world: World, monkeypatch: pytest.MonkeyPatch, sender: Sender) -> None:
    settings = world.services.settings
    for name, value in (("DATA", settings.data), ("DATABASE_URL", settings.database_url), ("KEYS", settings.keys)):
        monkeypatch.setenv(f"VK_LTI_{name}", str(value))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["lti", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    assert "er wacht niets" in run("outbox")
    submission = launched(world).submit()
    assert f"{world.west.issuer}: 1 wachten, 0 verzonden, 0 vervangen, 0 mislukt" in run("outbox")
    assert "het langst wacht iets van 2026-03-02T09:00:00" in run("outbox")
    world.at(world.west, ELS).grade(submission)
    world.west.score_status = [403]
    sender.drain()
    assert "0 wachten, 0 verzonden, 1 vervangen, 1 mislukt" in run("outbox")
    assert "0 scores worden" in run("resend", "--tenant", world.zuid.tenant)
    assert "1 score wordt" in run("resend", "--tenant", world.west.tenant, "--failed")
    assert "0 scores worden" in run("resend", "--tenant", world.west.tenant, "--failed")
    assert CliRunner().invoke(main, ["lti", "resend", "--tenant", "nergens"]).exit_code == 1
    assert [act for act, _ in audit(world)].count("scores-resent") == 1
