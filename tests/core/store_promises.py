"""What every ActivityStore promises: a face inherits `StorePromises` and gives a `store` fixture on its own database.

For the promises on concurrency the fixture `open_store` must give a fresh store on the same database, to be used in
another thread.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.cast import HANNE, REFLECTION_WEST, REFLECTION_ZUID, WEST, YUSUF, ZUID, key
from tests.core.assignments import assignment
from veranderkracht.activities.store import ActivityEvent, ActivityStore, Assessment, Submission, SubmissionId, WorkKey

AT = datetime(2026, 3, 2, 21, 14, 5, tzinfo=UTC)


def submission(name: str, of: WorkKey, number: int = 1, minutes: int = 0) -> Submission:
    return Submission(
        id=SubmissionId(name),
        key=of,
        number=number,
        body={"text": "Mijn tekst é 🌱"},
        words=2,
        snapshot_hash=assignment("reflectie").snapshot.hash,
        submitted_at=AT + timedelta(minutes=minutes),
        result=(Decimal("1"), Decimal("2")),
    )


def assessment(of: str, version: int = 1, published: bool = False) -> Assessment:
    return Assessment(
        submission=SubmissionId(of),
        version=version,
        rubric="klein",
        rubric_version=2,
        snapshot_hash=assignment("reflectie").snapshot.hash,
        levels={"situatie": "half"},
        comments={"situatie": "Mooi gezien."},
        comment="Dank je.",
        score=Decimal("0.3"),
        maximum=Decimal("3.5"),
        grader="d4" * 32,
        saved_at=AT,
        published_at=AT if published else None,
    )


class StorePromises:
    """Inherit, and give the fixtures `store` and `open_store`."""

    def test_nothing_is_there_before_the_first_save(self, store: ActivityStore) -> None:
        assert store.work(key()) is None
        assert store.submissions(key()) == ()
        assert store.latest_submissions(WEST, REFLECTION_WEST) == ()
        assert store.submission(WEST, REFLECTION_WEST, SubmissionId("x")) is None
        assert store.assessment(SubmissionId("x")) is None
        assert store.snapshot("sha256-0") is None

    def test_work_comes_back_as_it_was_saved(self, store: ActivityStore) -> None:
        with store.atomic(key()):
            saved = store.put_work(key(), 0, {"text": "é 🌱", "answers": {"een": ["a"]}}, AT)
        assert saved is not None and saved.version == 1
        work = store.work(key())
        assert work is not None
        assert (work.version, dict(work.body), work.saved_at) == (1, {"text": "é 🌱", "answers": {"een": ["a"]}}, AT)

    def test_a_stale_save_changes_nothing(self, store: ActivityStore) -> None:
        with store.atomic(key()):
            store.put_work(key(), 0, {"text": "eerste"}, AT)
        for wrong in (0, 2):
            with store.atomic(key()):
                assert store.put_work(key(), wrong, {"text": "tweede"}, AT) is None
        work = store.work(key())
        assert work is not None and work.body["text"] == "eerste"

    def test_an_exception_undoes_the_whole_block(self, store: ActivityStore) -> None:
        with pytest.raises(RuntimeError), store.atomic(key()):
            store.put_work(key(), 0, {"text": "weg"}, AT)
            store.add_submission(submission("s1", key()))
            raise RuntimeError("halverwege")
        assert store.work(key()) is None
        assert store.submissions(key()) == ()

    def test_submissions_come_back_whole_and_in_order(self, store: ActivityStore) -> None:
        first, second = submission("s1", key()), submission("s2", key(), number=2, minutes=5)
        with store.atomic(key()):
            store.put_snapshot(assignment("reflectie").snapshot)
            store.add_submission(first)
            store.add_submission(second)
        assert store.submissions(key()) == (first, second)
        assert store.submission(WEST, REFLECTION_WEST, first.id) == first

    def test_the_queue_holds_each_learners_last_submission(self, store: ActivityStore) -> None:
        other = key(YUSUF)
        rows = [
            submission("s1", key(HANNE)),
            submission("s2", other, minutes=3),
            submission("s3", key(HANNE), number=2, minutes=5),
        ]
        for row in rows:
            with store.atomic(row.key):
                store.put_snapshot(assignment("reflectie").snapshot)
                store.add_submission(row)
        assert [row.id for row in store.latest_submissions(WEST, REFLECTION_WEST)] == ["s2", "s3"]

    def test_another_tenant_or_placement_sees_nothing(self, store: ActivityStore) -> None:
        with store.atomic(key()):
            store.put_snapshot(assignment("reflectie").snapshot)
            store.put_work(key(), 0, {"text": "van west"}, AT)
            store.add_submission(submission("s1", key()))
        assert store.work(key(tenant=ZUID)) is None
        assert store.work(key(placement=REFLECTION_ZUID)) is None
        assert store.submission(ZUID, REFLECTION_WEST, SubmissionId("s1")) is None
        assert store.submission(WEST, REFLECTION_ZUID, SubmissionId("s1")) is None
        assert store.latest_submissions(ZUID, REFLECTION_WEST) == ()
        assert store.submissions(key(tenant=ZUID)) == ()

    def test_a_snapshot_is_kept_once_under_its_hash(self, store: ActivityStore) -> None:
        snapshot = assignment("reflectie").snapshot
        for _ in range(2):
            with store.atomic(key()):
                store.put_snapshot(snapshot)
        assert store.snapshot(snapshot.hash) == snapshot

    def test_an_assessment_is_saved_by_compare_and_set(self, store: ActivityStore) -> None:
        with store.atomic(key()):
            store.put_snapshot(assignment("reflectie").snapshot)
            store.add_submission(submission("s1", key()))
            assert store.put_assessment(0, assessment("s1"))
        assert store.assessment(SubmissionId("s1")) == assessment("s1")
        with store.atomic(key()):
            assert not store.put_assessment(0, replace(assessment("s1"), comment="te laat"))
            assert store.put_assessment(1, assessment("s1", version=2, published=True))
        assert store.assessment(SubmissionId("s1")) == assessment("s1", version=2, published=True)

    def test_of_many_saves_at_once_exactly_one_wins(
        self, store: ActivityStore, open_store: Callable[[], ActivityStore]
    ) -> None:
        start = threading.Barrier(4)
        wins: list[int] = []
        faults: list[BaseException] = []

        def save(number: int) -> None:
            try:
                mine = open_store()
                start.wait(timeout=30)
                with mine.atomic(key()):
                    if mine.put_work(key(), 0, {"text": f"van {number}"}, AT) is not None:
                        wins.append(number)
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert faults == []
        assert len(wins) == 1
        work = store.work(key())
        assert work is not None and work.body["text"] == f"van {wins[0]}"

    def test_an_event_goes_with_its_transaction(self, store: ActivityStore) -> None:
        event = ActivityEvent(
            verb="completed",
            key=key(),
            module="proef",
            module_version=4,
            step="reflectie",
            kind="reflection",
            snapshot_hash=assignment("reflectie").snapshot.hash,
            at=AT,
        )
        with store.atomic(key()):
            store.record(event)
        assert self.recorded(store) == ["completed"]
        with pytest.raises(RuntimeError), store.atomic(key()):
            store.record(event)
            raise RuntimeError("halverwege")
        assert self.recorded(store) == ["completed"]

    def recorded(self, store: ActivityStore) -> list[str]:
        """Give the verbs in this store's outbox, oldest first; each face reads its own table."""
        raise NotImplementedError
