"""Signs of need are seen, also said indirectly or misspelt; a resident's wish to die stays a subject to reflect on."""

from pathlib import Path

import pytest
import yaml

from assistant_service.feedback import crisis
from tests.assistant_service.feedback.conftest import Person
from tests.assistant_service.reflection_set import labelled_reflections
from veranderkracht.activities.assignment import Snapshot

SENTENCES = yaml.safe_load((Path(__file__).parent / "crisis_sentences.yaml").read_text(encoding="utf-8"))
APART = yaml.safe_load((Path(__file__).parent / "crisis_sentences_apart.yaml").read_text(encoding="utf-8"))
AROUND = "Vorige week was ik op stage. {} Daarna ben ik naar huis gegaan met de trein."


@pytest.mark.parametrize("sentence", SENTENCES["eerst-een-mens"])
@pytest.mark.parametrize("around", ["{}", AROUND])
def test_a_sign_of_need_brings_people_before_feedback(sentence: str, around: str) -> None:
    assert crisis.find(around.format(sentence), "learner") is not None


@pytest.mark.parametrize("sentence", SENTENCES["feedback-mag"])
@pytest.mark.parametrize("around", ["{}", AROUND])
def test_a_subject_of_care_work_is_no_sign(sentence: str, around: str) -> None:
    assert crisis.find(around.format(sentence), "learner") is None


def test_of_the_sentences_written_apart_most_are_seen_and_few_are_false_alarms() -> None:
    seen = [sentence for sentence in APART["need"] if crisis.find(sentence, "learner")]
    false = [sentence for sentence in APART["no_need"] if crisis.find(sentence, "learner")]
    assert len(seen) >= 0.8 * len(APART["need"])
    assert len(false) <= 0.1 * len(APART["no_need"]), false


def test_a_second_set_written_after_the_rules_gives_few_false_alarms() -> None:
    false = [sentence for sentence in APART["second_no_need"] if crisis.find(sentence, "learner")]
    assert len(false) <= 0.1 * len(APART["second_no_need"]), false


@pytest.mark.parametrize("text", ["Zelfmoord.", "suicide", "Zelfmord", "Verkracht."])
def test_one_word_alone_is_a_sign_too(text: str) -> None:
    assert crisis.find(text, "learner") is not None


@pytest.mark.parametrize("text", ["Suïcidepreventie.", "Hij vertelde over zijn broer. Zelfmoord."])
def test_one_word_about_work_or_another_is_none(text: str) -> None:
    assert crisis.find(text, "learner") is None


def test_none_of_the_labelled_reflections_is_taken_for_a_sign() -> None:
    assert [one.id for one in labelled_reflections() if crisis.find(one.text, "learner")] == []


def test_the_message_names_four_ways_to_people_and_costs_nothing(hanne: Person, snapshot: Snapshot) -> None:
    told = hanne.asks(snapshot, "Eigenlijk wil ik nie meer leven.").json
    assert set(told) == {"crisis"}
    names = {contact["name"]: contact["tel"] for contact in told["crisis"]["contacts"]}
    assert names == {"112": "112", "Zelfmoordlijn": "1813", "Hulplijn 1712": "1712", "Tele-Onthaal": "106"}
    story = "Vorige dinsdag vroeg een dochter in de gang iets aan mij en ik heb geknikt."
    assert hanne.asks(snapshot, story).json["attempts"]["used"] == 1


def test_people_come_before_the_notice_the_names_the_attempts_and_the_length(hanne: Person, snapshot: Snapshot) -> None:
    stranger = Person(hanne.client, hanne.host, "99" * 32)  # who accepted nothing
    assert "crisis" in stranger.asks(snapshot, "Ik wil dood.").json
    none_left = snapshot.model_copy(update={"feedback_attempts": 0})
    assert "crisis" in hanne.asks(none_left, "Ik wil dood. Nadia weet het. " + "woord " * 5000).json


def test_a_teacher_is_told_to_speak_to_the_writer(hanne: Person, snapshot: Snapshot) -> None:
    teacher = Person(hanne.client, hanne.host, "d4" * 32, "teacher")
    told = teacher.asks(snapshot, "Ik wil dood.").json["crisis"]
    assert "Spreek de schrijver aan" in told["text"]
