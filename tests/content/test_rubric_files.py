"""What every shipped rubric and its sample works promise to a teacher who grades with them.

That a file can be read at all is for the loader's tests; here are the house rules for what we publish.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from veranderkracht.modules.library import Library
from veranderkracht.rubrics.assessment import score
from veranderkracht.rubrics.model import Rubric

ROOT = Path(__file__).parents[2]
LIBRARY = Library.at(ROOT)
SLUGS = sorted(file.stem for file in (ROOT / "rubrics").glob("*.yaml"))
LEVELS = ["niet", "begin", "duidelijk", "sterk"]
EMPTY_WORDS = ("voldoende", "goed genoeg", "degelijk")
LEAST_WORDS = 25


def rubric_faults(rubric: Rubric) -> set[str]:
    """Name the house rules that a rubric breaks."""
    graded, descriptors = rubric.graded, [level.descriptor for each in rubric.graded for level in each.levels]
    broken = {
        "graded": not 3 <= len(graded) <= 5,
        "feedback-only": len(rubric.criteria) - len(graded) > 1,
        "levels": any([level.id for level in each.levels] != LEVELS for each in graded),
        "rising": any(len({level.points for level in each.levels}) < len(each.levels) for each in graded),
        "ten": rubric.maximum != Decimal(10),
        "questions": any(not 3 <= len(each.questions) <= 5 for each in rubric.criteria),
        "open": any(not question.endswith("?") for each in rubric.criteria for question in each.questions),
        "next steps": any(not 2 <= len(each.next_steps) <= 3 for each in rubric.criteria),
        "distinct": len(set(descriptors)) < len(descriptors),
        "vague": any(word in descriptor.lower() for descriptor in descriptors for word in EMPTY_WORDS),
    }
    return {rule for rule, is_broken in broken.items() if is_broken}


def test_there_are_at_least_eleven_rubrics() -> None:
    assert len(SLUGS) >= 11


@pytest.mark.parametrize("slug", SLUGS)
def test_every_rubric_keeps_the_house_rules(slug: str) -> None:
    assert rubric_faults(LIBRARY.rubric(slug)) == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_rubric_has_a_weak_a_middling_and_a_strong_sample_that_use_all_its_levels(slug: str) -> None:
    rubric, samples = LIBRARY.rubric(slug), LIBRARY.samples(slug)
    scores = [score(rubric, sample.levels) or Decimal(0) for sample in samples]
    assert scores[0] < scores[1] < scores[2]
    assert len(set(samples[1].levels.values())) >= 2
    assert {level for sample in samples for level in sample.levels.values()} == set(LEVELS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_assessment_quotes_the_work_and_says_something_to_the_learner(slug: str) -> None:
    for sample in LIBRARY.samples(slug):
        assert len(sample.comment.split()) >= LEAST_WORDS, sample.id
        quoted = [comment for comment in sample.comments.values() if "“" in comment]
        assert len(quoted) >= len(sample.comments) / 2, sample.id


def test_a_rubric_that_breaks_a_house_rule_is_told_which() -> None:
    rubric = LIBRARY.rubric("reflectie-basis")
    first = rubric.criteria[0]
    fewer = first.model_copy(update={"levels": first.levels[:-1]})
    assert rubric_faults(rubric.model_copy(update={"criteria": (fewer, *rubric.criteria[1:])})) == {"levels", "ten"}
    closed = first.model_copy(update={"questions": ("Schrijf het op.",), "next_steps": ()})
    said = rubric_faults(rubric.model_copy(update={"criteria": (closed, *rubric.criteria[1:])}))
    assert said == {"questions", "open", "next steps"}
