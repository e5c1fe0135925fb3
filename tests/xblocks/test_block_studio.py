"""Studio's form: what it offers, who may save, and that a refusal changes nothing."""

from typing import Any

import pytest
from django.test import override_settings

from tests.xblocks.runtime import ELS, HANNE, PARTS, PASSER_BY, Site, call

GOOD = {
    "step": "samen-kijken/eigen-praktijk",
    "title": "  Stage  ",
    "prompt_override": "Regel een\r\n\r\nRegel twee \x07 ",
}


def block(tag: str = "vk_reflection", *, studio: bool = True, **place: Any) -> Any:
    return Site().block(tag, ELS, studio=studio, **place)


@pytest.mark.parametrize("tag", list(PARTS))
def test_the_form_offers_the_steps_of_its_own_kind(tag: str) -> None:
    made = block(tag)
    html = made.render("studio_view").body_html()
    for step in made.assignment.module.steps:
        assert (f'value="{made.module}/{step.id}"' in html) == (step.kind == made.kind)
    assert f'value="{made.module}/{made.step}" selected' in html
    assert ('name="prompt_override"' in html) == (made.kind in ("case", "reflection"))


def test_what_is_saved_is_what_learners_get() -> None:
    made = block(step="")
    assert call(made, "studio_submit", GOOD) == (200, {"result": "success"})
    assert (made.module, made.step, made.display_name) == ("samen-kijken", "eigen-praktijk", "Stage")
    assert made.prompt_override == made.assignment.prompt == "Regel een\n\nRegel twee"


def test_without_a_title_the_steps_own_is_taken() -> None:
    made = block(step="")
    call(made, "studio_submit", {**GOOD, "title": " "})
    assert made.display_name == made.assignment.step.title


def test_a_quiz_takes_no_prompt() -> None:
    made = block("vk_quiz")
    assert call(made, "studio_submit", {**GOOD, "step": "samen-kijken/toets"})[0] == 200
    assert made.prompt_override == ""


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"step": ""}, 422, "step"),
        ({"step": "samen-kijken"}, 422, "step"),
        ({"step": "samen-kijken/toets"}, 422, "step"),
        ({"step": "../etc/passwd"}, 422, "step"),
        ({"step": "samen-kijken/nergens"}, 422, "step"),
        ({"title": "x" * 256}, 422, "title"),
        ({"prompt_override": "x" * 10_001}, 422, "prompt_override"),
        ({"step": None}, 400, None),
        ({"title": ["x"]}, 400, None),
        ({"prompt_override": 3}, 400, None),
    ],
)
def test_what_will_not_do_is_refused_by_field_and_changes_nothing(
    change: dict[str, Any], status: int, field: str | None
) -> None:
    made = block()
    got, problem = call(made, "studio_submit", {**GOOD, **change})
    assert (got, problem.get("field")) == (status, field) and problem["detail"]
    assert (made.step, made.prompt_override, made.display_name) == ("eigen-praktijk", "", None)


@pytest.mark.parametrize("person", [HANNE, ELS, PASSER_BY])
def test_in_the_lms_nobody_changes_a_block(person: Any) -> None:
    made = Site().block("vk_reflection", person)
    status, problem = call(made, "studio_submit", GOOD)
    assert (status, problem["code"]) == (403, "author-only")
    assert made.display_name is None


def test_studio_is_known_by_its_addresses_too() -> None:
    with override_settings(ROOT_URLCONF="cms.urls"):
        assert call(block(studio=False), "studio_submit", GOOD)[0] == 200


def test_an_authors_text_cannot_break_out_of_the_form() -> None:
    made = block()
    made.display_name, made.prompt_override = '"><script>', "</textarea><script>"
    html = made.render("studio_view").body_html()
    assert "<script>" not in html and "&lt;/textarea&gt;" in html
