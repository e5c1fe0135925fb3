"""Guards the labelled reflections: whole, literal, and split by a hash that nobody chooses.

Leaves to others how well the guide does on them.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from tests.assistant_service.reflection_set import FOLDER, LabelledReflection, labelled_reflections, read_reflection

ROOT = Path(__file__).parents[2]
ALL = labelled_reflections()
each_reflection = pytest.mark.parametrize("reflection", ALL, ids=lambda reflection: reflection.id)


def criteria() -> list[str]:
    rubric = yaml.safe_load((ROOT / "rubrics" / "reflectie-basis.yaml").read_text(encoding="utf-8"))
    return [criterion["id"] for criterion in rubric["criteria"]]


def assignment_sentences() -> set[str]:
    module = yaml.safe_load((ROOT / "content/modules/samen-kijken/module.yaml").read_text(encoding="utf-8"))
    prompt = next(step["prompt"] for step in module["steps"] if step["id"] == "eigen-praktijk")
    return set(sentences(prompt.replace("**", "")))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!]) ", " ".join(text.split()))


def test_the_set_has_thirty_texts_of_the_agreed_classes() -> None:
    counts = Counter(reflection.kind for reflection in ALL)
    assert counts == {"good": 14, "thin": 5, "off-topic": 3, "negated": 5, "copied": 2, "empty": 1}


def test_the_halves_are_equally_large_and_hold_every_class_that_has_more_than_one_text() -> None:
    halves = {half: Counter(r.kind for r in labelled_reflections(half)) for half in ("dev", "held-out")}
    assert [half.total() for half in halves.values()] == [15, 15]
    for half in halves.values():
        assert {"good", "thin", "off-topic", "negated", "copied"} <= set(half)


def test_no_two_texts_are_the_same() -> None:
    assert len({reflection.text for reflection in ALL}) == len(ALL)


def test_in_both_halves_each_criterion_shows_in_some_good_texts_and_not_in_others() -> None:
    for half in ("dev", "held-out"):
        good = [reflection for reflection in labelled_reflections(half) if reflection.kind == "good"]
        for criterion in criteria():
            assert {bool(reflection.labels[criterion]) for reflection in good} == {True, False}, (half, criterion)


def test_a_key_that_the_format_does_not_know_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text((FOLDER / "wasmand.yaml").read_text(encoding="utf-8") + "lables: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lables"):
        read_reflection(broken)


@each_reflection
def test_the_file_is_named_after_the_id(reflection: LabelledReflection) -> None:
    assert (FOLDER / f"{reflection.id}.yaml").is_file()


@each_reflection
def test_the_half_follows_from_the_hash_of_the_id(reflection: LabelledReflection) -> None:
    even = sha256(reflection.id.encode()).digest()[0] % 2 == 0
    assert reflection.half == ("dev" if even else "held-out")


@each_reflection
def test_every_criterion_of_the_rubric_is_labelled(reflection: LabelledReflection) -> None:
    assert list(reflection.labels) == criteria()


@each_reflection
def test_every_passage_is_a_literal_clause_of_the_text(reflection: LabelledReflection) -> None:
    for passages in [*reflection.labels.values(), *reflection.borderline.values()]:
        for passage in passages:
            assert passage in reflection.text
            assert passage == passage.strip() and "\n" not in passage
            assert len(passage.split()) >= 3
        assert len(set(passages)) == len(passages)


@each_reflection
def test_only_a_criterion_that_does_not_show_can_be_borderline(reflection: LabelledReflection) -> None:
    for criterion, passages in reflection.borderline.items():
        assert passages and not reflection.labels[criterion]


@each_reflection
def test_the_length_is_that_of_a_learners_text(reflection: LabelledReflection) -> None:
    words = len(reflection.text.split())
    assert words == 0 if reflection.kind == "empty" else 30 <= words <= 350


@pytest.mark.parametrize("kind", ["off-topic", "empty"])
def test_nothing_shows_in_a_text_that_is_off_topic_or_empty(kind: str) -> None:
    assert not any(any(reflection.labels.values()) for reflection in ALL if reflection.kind == kind)


def test_the_copied_texts_hold_the_assignment_as_it_is_today_and_no_label_points_at_it() -> None:
    for reflection in (r for r in ALL if r.kind == "copied"):
        own = [line for line in sentences(reflection.text) if line not in assignment_sentences()]
        missing = assignment_sentences() - set(sentences(reflection.text))
        assert not missing, f"copy the changed prompt of eigen-praktijk into {reflection.id}.yaml: {missing}"
        for passages in reflection.labels.values():
            assert all(any(passage in line for line in own) for passage in passages)
