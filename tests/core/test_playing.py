"""What a learner may count on when working on a step, in either face."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.cast import HANNE, REFLECTION_WEST, TEACHER_WEST, WEST, key
from tests.core.assignments import assignment
from tests.core.memory_store import MemoryStore
from tests.core.store_promises import StorePromises
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.player import Player
from veranderkracht.activities.words import count_words
from veranderkracht.errors import VkError

AT = datetime(2026, 3, 2, 21, 14, tzinfo=UTC)


def player(store: MemoryStore, step: str = "reflectie", prompt: str = "") -> Player:
    return Player(store, assignment(step, prompt), key(), clock=lambda: AT)


def desk(store: MemoryStore, step: str = "reflectie") -> Desk:
    return Desk(
        store,
        assignment(step),
        WEST,
        REFLECTION_WEST,
        grader=TEACHER_WEST,
        name_of=lambda learner: "Hanne" if learner == HANNE else "?",
        clock=lambda: AT,
    )


def refusal(call: Any) -> VkError:
    with pytest.raises(VkError) as caught:
        call()
    return caught.value


class TestMemoryStore(StorePromises):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()

    @pytest.fixture
    def open_store(self, store: MemoryStore) -> Any:
        return lambda: store

    def recorded(self, store: Any) -> list[str]:
        return [event.verb for event in store.events]


def test_a_draft_comes_back_with_its_version_and_time() -> None:
    store = MemoryStore()
    assert player(store).state()["status"] == "new"
    assert player(store).save(0, {"text": "Vrijdagavond belde ze."}) == {
        "version": 1,
        "saved_at": "2026-03-02T21:14:00.000Z",
    }
    state = player(store).state()
    assert state["status"] == "draft"
    assert state["work"]["body"] == {"text": "Vrijdagavond belde ze."}


def test_a_save_from_an_old_window_is_refused_with_the_text_that_stands() -> None:
    store = MemoryStore()
    player(store).save(0, {"text": "op de telefoon"})
    fault = refusal(lambda: player(store).save(0, {"text": "op de computer"}))
    assert (fault.status, fault.code) == (409, "draft-stale")
    assert fault.extra["current"]["body"]["text"] == "op de telefoon"


def test_a_text_that_is_too_short_is_saved_but_not_handed_in() -> None:
    store = MemoryStore()
    fault = refusal(lambda: player(store).submit(0, {"text": "te kort"}))
    assert (fault.status, fault.code) == (422, "too-short")
    assert "2 woorden" in fault.detail and "3" in fault.detail
    state = player(store).state()
    assert state["work"]["body"]["text"] == "te kort" and state["submission"] is None


def test_a_text_that_is_too_long_is_saved_but_not_handed_in() -> None:
    store = MemoryStore()
    fault = refusal(lambda: player(store).submit(0, {"text": "woord " * 11}))
    assert fault.code == "too-long"
    assert player(store).state()["work"]["version"] == 1


def test_handing_in_shows_the_submission_and_tells_the_outbox_once() -> None:
    store = MemoryStore()
    state = player(store).submit(0, {"text": "Ik belde haar terug."})
    assert state["status"] == "submitted"
    assert (state["submission"]["number"], state["submission"]["words"]) == (1, 4)
    assert [event.verb for event in store.events] == ["submitted", "completed"]
    player(store).submit(1, {"text": "Ik belde haar meteen terug."})
    assert [event.verb for event in store.events] == ["submitted", "completed", "submitted"]


def test_a_learner_can_hand_in_again_until_grading_starts() -> None:
    store = MemoryStore()
    player(store).submit(0, {"text": "Ik belde haar terug."})
    again = player(store).submit(1, {"text": "Ik ging bij haar langs."})
    assert again["submission"]["number"] == 2
    desk(store).assess(again["submission"]["id"], 0, {}, {}, "", False)
    fault = refusal(lambda: player(store).submit(2, {"text": "Nog een derde versie."}))
    assert fault.code == "grading-started"
    state = player(store).state()
    assert state["status"] == "in-review" and state["assessment"] is None
    assert state["may"] == {"save": False, "answer": False, "submit": False}


def test_a_held_assessment_does_not_show_and_a_published_one_does() -> None:
    store = MemoryStore()
    name = player(store).submit(0, {"text": "Ik belde haar terug."})["submission"]["id"]
    desk(store).assess(name, 0, {"situatie": "half", "inzicht": "half"}, {"situatie": "Mooi."}, "Dank je.", False)
    assert player(store).state()["assessment"] is None
    desk(store).assess(name, 1, {"situatie": "half", "inzicht": "half"}, {"situatie": "Mooi."}, "Dank je.", True)
    shown = player(store).state()
    assert shown["status"] == "published"
    assert shown["assessment"]["score"] == "0.3" and shown["assessment"]["maximum"] == "3.5"
    assert shown["assessment"]["comments"] == {"situatie": "Mooi."}


def test_the_teachers_own_prompt_is_what_the_snapshot_holds() -> None:
    own = assignment("reflectie", "Schrijf over je stage.")
    assert own.snapshot.prompt == "Schrijf over je stage."
    assert own.snapshot.hash != assignment("reflectie").snapshot.hash


def test_no_answer_shows_before_it_is_given() -> None:
    for step in ("toets", "casus"):
        assert "GEHEIM" not in str(player(MemoryStore(), step).state())


def test_a_quiz_answer_is_final_and_brings_its_feedback() -> None:
    store = MemoryStore()
    answer = player(store, "toets").answer(0, "een", ["b"])
    assert answer["outcome"]["correct"] is False
    assert {option["id"]: option["chosen"] for option in answer["outcome"]["options"]} == {"a": False, "b": True}
    assert refusal(lambda: player(store, "toets").answer(1, "een", ["a"])).code == "already-answered"


def test_a_quiz_gives_a_point_only_for_exactly_the_right_options() -> None:
    store = MemoryStore()
    player(store, "toets").answer(0, "een", ["a"])
    player(store, "toets").answer(1, "meer", ["b"])
    state = player(store, "toets").submit(2, {})
    assert state["status"] == "done" and state["result"] == {"score": "1", "maximum": "2"}
    assert store.events[-1].score == (Decimal(1), Decimal(2))


def test_a_quiz_with_an_open_question_is_not_handed_in() -> None:
    fault = refusal(lambda: player(MemoryStore(), "toets").submit(0, {}))
    assert fault.code == "unanswered" and fault.extra["items"] == ["een", "meer"]


@pytest.mark.parametrize(
    ("item", "choice", "code"),
    [
        ("weg", ["a"], "item-unknown"),
        ("een", ["z"], "choice-unknown"),
        ("een", [], "choice-missing"),
        ("een", "a", "choice-missing"),
        ("een", ["a", "b"], "choice-single"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(item: str, choice: Any, code: str) -> None:
    assert refusal(lambda: player(MemoryStore(), "toets").answer(0, item, choice)).code == code


def test_saving_cannot_write_answers() -> None:
    store = MemoryStore()
    player(store, "casus").save(0, {"text": "x", "answers": {"gesprek": ["bellen"]}})
    assert player(store, "casus").state()["outcomes"] == {}


def test_a_decision_brings_its_consequence_and_reactions() -> None:
    outcome = player(MemoryStore(), "casus").answer(0, "gesprek", ["bellen"])["outcome"]
    assert outcome["option"] == "bellen" and "GEHEIM-bellen" in outcome["consequence_html"]
    assert [reaction["person"] for reaction in outcome["reactions"]] == ["jan"]


def test_a_reading_is_done_once() -> None:
    store = MemoryStore()
    assert player(store, "lezen").submit(0, {})["status"] == "done"
    assert refusal(lambda: player(store, "lezen").submit(1, {})).code == "already-done"


@pytest.mark.parametrize("version", [None, "1", -1, True, 1.5])
def test_a_version_that_is_no_version_is_bad_input(version: Any) -> None:
    assert refusal(lambda: player(MemoryStore()).save(version, {"text": "x"})).code == "bad-input"


@pytest.mark.parametrize("body", [None, "tekst", ["tekst"], {"text": 3}, {}])
def test_a_body_that_is_no_body_is_bad_input(body: Any) -> None:
    assert refusal(lambda: player(MemoryStore()).save(0, body)).code == "bad-input"


@given(st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), max_size=30))
def test_words_are_counted_as_a_person_would(words: list[str]) -> None:
    assert count_words(" … ".join(words) + " !") == len(words)


def test_apostrophes_and_hyphens_do_not_split_a_word() -> None:
    assert count_words("Zo'n zorg-coach op 't werk") == 5


class Submitting(RuleBasedStateMachine):
    """Whatever the order of saves, submissions and grading: nothing handed in is lost or changed afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.version = 0
        self.text = ""
        self.graded = False
        self.handed_in: list[str] = []

    @rule(text=st.sampled_from(["een twee drie", "vier vijf zes zeven", "kort"]), stale=st.booleans())
    def save(self, text: str, stale: bool) -> None:
        version = self.version + 1 if stale else self.version
        try:
            self.version = player(self.store).save(version, {"text": text})["version"]
            self.text = text
            assert not stale and not self.graded
        except VkError as fault:
            assert fault.code == ("grading-started" if self.graded else "draft-stale")

    @rule(text=st.sampled_from(["acht negen tien", "kort"]))
    def submit(self, text: str) -> None:
        try:
            state = player(self.store).submit(self.version, {"text": text})
            self.version, self.text = state["work"]["version"], text
            self.handed_in.append(text)
            assert not self.graded and text != "kort"
        except VkError as fault:
            assert fault.code == ("grading-started" if self.graded else "too-short")
            if not self.graded:
                self.version, self.text = self.version + 1, text

    @precondition(lambda self: self.handed_in)
    @rule()
    def grade(self) -> None:
        item = desk(self.store).queue()["items"][0]
        version = desk(self.store).work(item["submission"])["version"]
        desk(self.store).assess(item["submission"], version, {"situatie": "heel"}, {}, "", False)
        self.graded = True

    @invariant()
    def everything_is_kept(self) -> None:
        work = self.store.work(key())
        assert (work.body["text"] if work else "") == self.text
        assert [row.body["text"] for row in self.store.submissions(key())] == self.handed_in


TestSubmitting = Submitting.TestCase
