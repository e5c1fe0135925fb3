"""The store promises, on SQLite and on MariaDB, and what a database of an LMS adds to them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import HANNE, REFLECTION_WEST, TEACHER_WEST, WEST, YUSUF, key
from tests.core.assignments import assignment
from tests.core.store_promises import AT, StorePromises, assessment, submission
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.store import ActivityStore, LearnerId, PlacementId, SubmissionId, WorkKey
from xblocks.models import OutboxRow, WorkRow
from xblocks.outbox import OutboxRecorder
from xblocks.people import names_at
from xblocks.store_django import DjangoStore


def fresh() -> DjangoStore:
    return DjangoStore(OutboxRecorder(issuer="https://lms.west.example", course="course-v1:West+VK+2026"))


@pytest.fixture
def store(each_database: str) -> DjangoStore:
    return fresh()


@pytest.fixture
def open_store() -> Callable[[], ActivityStore]:
    return fresh


class TestDjangoStore(StorePromises):
    """The promises that every store makes."""

    def recorded(self, store: ActivityStore) -> list[str]:
        return [row.statement["verb"]["display"]["en"] for row in OutboxRow.objects.order_by("pk")]


@pytest.mark.parametrize(
    "other",
    [
        key(placement=PlacementId(REFLECTION_WEST.upper())),
        key(placement=PlacementId(REFLECTION_WEST.replace("e", "é"))),
        key(learner=LearnerId(HANNE.upper())),
    ],
)
def test_names_that_differ_by_case_or_accent_are_different_names(store: DjangoStore, other: WorkKey) -> None:
    with store.atomic(key()):
        store.put_work(key(), 0, {"text": "van Hanne"}, AT)
    assert store.work(key()) is not None
    assert store.work(other) is None


def test_the_longest_usage_key_is_found_again(store: DjangoStore) -> None:
    long = key(placement=PlacementId("block-v1:" + "x" * 246))
    with store.atomic(long):
        store.put_work(long, 0, {"text": "hier"}, AT)
    assert store.work(long) is not None
    assert store.work(key(placement=PlacementId("block-v1:" + "x" * 245))) is None


def test_moments_keep_their_microseconds(store: DjangoStore) -> None:
    at = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)  # a minute before the clocks change
    with store.atomic(key()):
        store.put_work(key(), 0, {"text": "x"}, at)
        store.put_snapshot(assignment("reflectie").snapshot)
        store.add_submission(replace(submission("s1", key()), submitted_at=at))
    work = store.work(key())
    assert work is not None and work.saved_at == at
    assert store.submissions(key())[0].submitted_at == at


def test_an_emoji_survives_in_every_text(store: DjangoStore) -> None:
    with store.atomic(key()):
        store.add_submission(submission("s1", key()))
        given = replace(assessment("s1"), comment="Dank je 💛", comments={"situatie": "Knap 👏🏽 \\ud83d"})
        assert store.put_assessment(0, given)
    assert store.assessment(SubmissionId("s1")) == given


def test_work_is_written_only_by_who_holds_it_locked(store: DjangoStore) -> None:
    with pytest.raises(RuntimeError):
        store.put_work(key(), 0, {"text": "x"}, AT)
    with pytest.raises(RuntimeError), store.atomic(key(YUSUF)):
        store.put_work(key(), 0, {"text": "x"}, AT)
    with store.atomic(key()), pytest.raises(RuntimeError), store.atomic(key()):
        pass


def test_a_refused_block_inside_a_requests_own_transaction_leaves_the_rest(store: DjangoStore) -> None:
    """An LMS runs each request in one transaction."""
    with transaction.atomic():
        with store.atomic(key()):
            store.put_work(key(), 0, {"text": "bewaard"}, AT)
        with pytest.raises(ValueError), store.atomic(key()):
            store.put_work(key(), 1, {"text": "weg"}, AT)
            raise ValueError
    work = store.work(key())
    assert work is not None and work.body["text"] == "bewaard"


def test_locking_makes_one_row_per_learner(store: DjangoStore) -> None:
    for _ in range(3):
        with store.atomic(key()):
            pass
    assert WorkRow.objects.filter(tenant=WEST).count() == 1
    assert store.work(key()) is None


def test_what_is_read_inside_the_lock_is_still_true_when_it_is_written(each_database: str) -> None:
    start = threading.Barrier(6)
    faults: list[object] = []

    def add(number: int) -> None:
        try:
            mine = fresh()
            start.wait(timeout=30)
            for _ in range(5):
                with mine.atomic(key()):
                    work = mine.work(key())
                    version, numbers = (work.version, work.body["numbers"]) if work else (0, [])
                    if mine.put_work(key(), version, {"numbers": [*numbers, number]}, AT) is None:
                        faults.append("somebody else wrote")
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    work = fresh().work(key())
    assert work is not None and sorted(work.body["numbers"]) == sorted([*range(6)] * 5)


def test_a_learners_lock_does_not_stop_another_learner(mariadb: None) -> None:
    for one in (key(HANNE), key(YUSUF)):
        with fresh().atomic(one):
            pass
    saved: list[object] = []

    def save() -> None:
        other = fresh()
        with other.atomic(key(YUSUF)):
            saved.append(other.put_work(key(YUSUF), 0, {"text": "intussen"}, AT))

    with fresh().atomic(key(HANNE)):
        thread = threading.Thread(target=save)
        thread.start()
        thread.join(timeout=30)
        assert saved and saved[0] is not None


def test_the_queue_asks_the_database_the_same_number_of_questions_for_any_class(store: DjangoStore) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.queue()
        return len(asked)

    names = names_at(WEST, REFLECTION_WEST)
    desk = Desk(fresh(), assignment("reflectie"), WEST, REFLECTION_WEST, grader=TEACHER_WEST, name_of=names)
    for number in range(12):
        learner = key(LearnerId(f"{number:064x}"))
        with store.atomic(learner):
            store.put_snapshot(assignment("reflectie").snapshot)
            store.add_submission(submission(f"s{number}", learner))
            if number % 2:
                store.put_assessment(0, assessment(f"s{number}"))
    assert [item["status"] for item in desk.queue()["items"]] == ["waiting"] * 6 + ["held"] * 6
    assert questions() <= 2


def test_what_a_queue_read_ahead_is_not_told_after_it_changed(store: DjangoStore) -> None:
    with store.atomic(key()):
        store.put_snapshot(assignment("reflectie").snapshot)
        store.add_submission(submission("s1", key()))
    store.latest_submissions(WEST, REFLECTION_WEST)
    with store.atomic(key()):
        assert store.put_assessment(0, assessment("s1"))
        assert store.assessment(SubmissionId("s1")) == assessment("s1")


def test_the_models_and_the_migrations_agree(database: None) -> None:
    call_command("makemigrations", "veranderkracht", check=True, dry_run=True, verbosity=0)
