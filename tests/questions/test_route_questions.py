"""The questions of the route: two hundred, spread over every goal, in two halves that are about equal."""

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant_service.knowledge.documents import collect

HERE = Path(__file__).parent
CONTENT = HERE.parents[1] / "content"
ROUTE = CONTENT / "route.yaml"


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / "route.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def modules() -> dict[str, list[str]]:
    route = yaml.safe_load(ROUTE.read_text(encoding="utf-8"))
    return {module["slug"]: module["goals"] for module in route["modules"]}


def test_there_are_two_hundred_distinct_questions(questions: list[dict[str, Any]]) -> None:
    assert len(questions) == 200
    assert all(set(item) == {"question", "module", "goal", "answers"} for item in questions)
    # The same words with other capitals, spaces or a question mark more are the same question.
    assert len({" ".join(item["question"].casefold().split()).rstrip(" ?.!") for item in questions}) == 200


def test_every_module_has_twenty(questions: list[dict[str, Any]], modules: dict[str, list[str]]) -> None:
    assert Counter(item["module"] for item in questions) == dict.fromkeys(modules, 20)


def test_every_goal_has_at_least_four(questions: list[dict[str, Any]], modules: dict[str, list[str]]) -> None:
    asked = Counter((item["module"], item["goal"]) for item in questions)
    goals = {(slug, place) for slug, titles in modules.items() for place in range(1, len(titles) + 1)}
    assert set(asked) == goals
    assert {goal: count for goal, count in asked.items() if count < 4} == {}


def test_both_halves_are_large_enough_to_measure_with(questions: list[dict[str, Any]]) -> None:
    halves = Counter(int(sha256(item["question"].encode("utf-8")).hexdigest(), 16) % 2 for item in questions)
    assert all(80 <= halves[half] <= 120 for half in (0, 1)), halves


def test_every_answer_is_a_text_that_we_ship(questions: list[dict[str, Any]]) -> None:
    titles = {document.title for document in collect(CONTENT).documents}
    unknown = {title for item in questions for title in item["answers"]} - titles
    assert unknown == set()
    assert not [item["question"] for item in questions if len(set(item["answers"])) < len(item["answers"])]


def test_every_question_of_the_route_has_an_answer_somewhere(questions: list[dict[str, Any]]) -> None:
    assert [item["question"] for item in questions if not item["answers"]] == []
