"""What people come for is all there: every module, sheet, rubric and article that the route promises."""

from pathlib import Path

import pytest

from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Case, Reflection, Scan, Worksheet

ROOT = Path(__file__).parents[2]
LIBRARY = Library.at(ROOT)
SLUGS = [module.slug for module in LIBRARY.route().modules]
PROMISED = {
    *("betrokkenenkaart", "veranderklimaat", "vier-themas", "participatiematrix", "impactcoalitie-starten"),
    *(
        "gedragskompas",
        "keuzematrix",
        "partnerschapsafspraak",
        "ontwikkelplan",
        "kleine-proef",
        "actieonderzoek-logboek",
    ),
    *(
        "weerstandsgesprek",
        "draagkrachtmeter",
        "voortgangsgesprek",
        "waardenkompas",
        "opschalingscanvas",
        "borgingslijst",
    ),
    *("validatiecasus", "train-de-trainer", "twinkel"),
}


def test_every_module_of_the_route_is_written() -> None:
    assert len(SLUGS) == 10
    assert {module.slug for module in LIBRARY.modules()} == set(SLUGS)


def test_every_sheet_and_scan_is_there() -> None:
    assert {tool.slug for tool in LIBRARY.tools()} == PROMISED


def test_every_module_can_be_found_more_about() -> None:
    articles = LIBRARY.articles()
    assert len(articles) >= 60
    thin = {slug: sum(slug in article.modules for article in articles) for slug in SLUGS}
    assert {slug: count for slug, count in thin.items() if count < 6} == {}


def test_the_thesaurus_knows_the_words_of_care_and_welfare() -> None:
    assert len(LIBRARY.thesaurus()) >= 150


@pytest.mark.parametrize("slug", SLUGS)
def test_a_module_has_what_learners_peers_and_a_supervisor_work_with(slug: str) -> None:
    module = LIBRARY.module(slug)
    kinds = {type(step) for step in module.steps}
    assert {Case, Reflection} <= kinds and kinds & {Worksheet, Scan}
    assert module.supervision is not None and module.intervision is not None


def test_every_rubric_is_what_some_work_is_graded_with() -> None:
    used = {getattr(step, "rubric", None) for module in LIBRARY.modules() for step in module.steps}
    assert {rubric.slug for rubric in LIBRARY.rubrics()} <= used


def test_no_two_people_in_the_cases_are_called_the_same() -> None:
    people = [
        (person.name.split()[0], module.slug)
        for module in LIBRARY.modules()
        for step in module.steps
        if isinstance(step, Case)
        for person in step.people
    ]
    names = [name for name, _ in people]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_nothing_says_that_an_expert_saw_it_before_one_did() -> None:
    assert [module.slug for module in LIBRARY.modules() if module.nagezien is not None] == []
    assert [tool.slug for tool in LIBRARY.tools() if tool.nagezien is not None] == []
