"""Feedback on a worksheet: what is read of it, what is quoted, and what an empty field is told."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from assistant_service.feedback import fields, sheets
from assistant_service.feedback.crisis import find
from tests.assistant_service.feedback.conftest import ROOT, Person
from tests.assistant_service.hosts import Host
from tests.cast import TEACHER_WEST
from veranderkracht.activities.assignment import Snapshot, assign
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Worksheet
from veranderkracht.toolkit.model import WorksheetTool

MEAL = "De eerste maaltijd van een nieuwe bewoner op onze leefgroep."
SHEET: dict[str, Any] = {
    "vraag": {"onderwerp": MEAL, "voor-wie": "Voor wie hier nieuw is.\nDie zou niet alleen aan tafel zitten."},
    "betrokkenen": [
        {"wie": "de kok van de centrale keuken", "kring": "huis", "invloed": 4},
        {"wie": "nachtdienst", "kring": "huis"},
    ],
    "kijken": {"vergeten": "De nachtdienst"},
}


def graded_sheets() -> list[Snapshot]:
    """Every worksheet of the modules that a teacher grades."""
    library = Library.at(ROOT)
    return [
        assign(library, module, step).snapshot
        for module in library.modules()
        for step in module.steps
        if isinstance(step, Worksheet) and step.rubric
    ]


@pytest.fixture(scope="module")
def sheet() -> Snapshot:
    """The map of who is concerned, as its learners see it."""
    return next(one for one in graded_sheets() if one.step == "betrokkenenkaart")


@pytest.fixture
def hanne(client: FlaskClient, west: Host, sheet: Snapshot) -> Person:
    """A learner at a worksheet, who accepted the notice."""
    return Person(client, west).accepts(sheet)


def hands(person: Person, sheet: Snapshot, parts: object, **body: Any) -> TestResponse:
    sent = {"snapshot": person.host.key.sign_snapshot(sheet), "parts": parts, **body}
    return person.client.post("/v1/feedback", json=sent, headers=person.headers(sheet))


def shown(answer: TestResponse) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.json
    return {one["criterion"]: one for one in answer.json["criteria"]}


def test_the_guide_points_at_the_field_of_each_criterion_and_says_what_it_cannot_read(
    hanne: Person, sheet: Snapshot
) -> None:
    answer = hands(hanne, sheet, SHEET)
    told = shown(answer)
    assert list(told) == [one.id for one in sheet.rubric.criteria]
    assert told["vraag"]["quote"] in (MEAL, SHEET["vraag"]["voor-wie"])
    assert told["wie"]["quote"] == "de kok van de centrale keuken"
    assert "kan ik niet lezen" in told["wie"]["remark"] or "weeg je beter zelf" in told["wie"]["remark"]
    assert not told["belang"]["visible"] and "staat nog niets" in told["belang"]["remark"]
    assert "Wat staat er voor hen op het spel?" in told["belang"]["remark"]
    assert not told["lezen"]["visible"] and "weinig woorden (2)" in told["lezen"]["remark"]
    assert not told["bescherming"]["visible"] and "hele werkblad" in told["bescherming"]["remark"]
    assert all(one["question"] and one["next_step"] for one in told.values())
    assert answer.json["attempts"] == {"used": 1, "allowed": sheet.feedback_attempts}


def test_attempts_on_a_worksheet_are_those_of_its_assignment(hanne: Person, sheet: Snapshot) -> None:
    used = [hands(hanne, sheet, SHEET).status_code for _ in range(sheet.feedback_attempts + 1)]
    assert used == [200] * sheet.feedback_attempts + [429]
    # A teacher's reading is not counted.
    teacher = replace(hanne, subject=TEACHER_WEST, role="teacher")
    assert hands(teacher, sheet, SHEET).json["attempts"] == {"used": 0, "allowed": 0}


@pytest.mark.parametrize("parts", [{}, {"betrokkenen": [{"kring": "huis", "invloed": 4}]}])
def test_a_sheet_on_which_nothing_was_typed_has_nothing_to_read(
    hanne: Person, sheet: Snapshot, parts: dict[str, Any]
) -> None:
    answer = hands(hanne, sheet, parts)
    assert (answer.status_code, answer.json["code"]) == (422, "text-empty")


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"vraag": {"bestaat-niet": "x"}}, "field-unknown"),
        ({"vraag": {"onderwerp": ["x"]}}, "value-invalid"),
        ({"vraag": "geen vakken"}, "bad-input"),
    ],
)
def test_a_field_that_the_sheet_does_not_have_is_refused(
    hanne: Person, sheet: Snapshot, parts: dict[str, Any], code: str
) -> None:
    answer = hands(hanne, sheet, parts)
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_fields_for_a_step_that_is_no_worksheet_are_refused(hanne: Person, snapshot: Snapshot) -> None:
    assert hands(hanne, snapshot, SHEET).status_code == 400


def test_need_in_any_field_comes_before_feedback(hanne: Person, sheet: Snapshot) -> None:
    parts = {"kijken": {"spanning": "Eigenlijk wil ik niet meer leven."}}
    assert hands(hanne, sheet, parts).json["crisis"]["contacts"]


def test_names_are_pointed_out_and_the_sheets_own_words_are_none(hanne: Person, sheet: Snapshot) -> None:
    parts = {"stap": {"met-wie": "Mijn collega Nadia van de keuken"}}
    answer = hands(hanne, sheet, parts)
    assert (answer.status_code, answer.json["code"], answer.json["names"]) == (409, "likely-names", ["Nadia"])


@pytest.mark.parametrize("sheet", graded_sheets(), ids=lambda one: one.step)
def test_the_guide_knows_where_to_look_on_every_graded_worksheet(sheet: Snapshot) -> None:
    assert isinstance(sheet.tool, WorksheetTool) and sheet.rubric
    named = fields.known()[sheet.tool.slug]
    there = {f"{part.id}.{field.id}" for part in sheet.tool.parts for field in part.fields}
    assert list(named) == [one.id for one in sheet.rubric.criteria]
    assert all(set(one) <= there for one in named.values())


@pytest.mark.parametrize("sheet", graded_sheets(), ids=lambda one: one.step)
def test_what_was_typed_is_found_again_in_the_text_and_the_sheets_own_words_show_no_need(sheet: Snapshot) -> None:
    tool = sheet.tool
    assert isinstance(tool, WorksheetTool)
    rows = {
        part.id: {one.id: f"Antwoord op {one.id}\n\nin twee delen" for one in part.fields if one.kind == "text"}
        for part in tool.parts
    }
    parts = {part.id: [rows[part.id]] * 2 if part.layout == "list" else rows[part.id] for part in tool.parts}
    text = sheets.as_text(sheet, parts)
    found = {(one.name, one.text) for one in sheets.own_entries(text, sheet)}
    assert found == {(f"{part}.{id}", said) for part, row in rows.items() for id, said in row.items()}
    assert all(text[one.start :].startswith(one.text) for one in sheets.own_entries(text, sheet))
    assert find(text, "learner") is None
