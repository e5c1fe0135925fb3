"""Promises of the route map: it shows the whole route, tells of progress only what is known, and why a module fits."""

import re
from pathlib import Path

import pytest

from tests.core.content_files import write_content
from veranderkracht.activities.progress import Place, Progress, playable, scan_places, walked
from veranderkracht.modules.library import Library
from veranderkracht.toolkit.model import ScanTool
from veranderkracht.web import render_route, route_view
from veranderkracht.web.route_map import RouteView, StopView

LIBRARY = Library.at(Path(__file__).parents[2])


def steps_of(slug: str) -> list[Place]:
    return [(slug, step.id) for step in playable(LIBRARY.module(slug))]


def done(*slugs: str) -> frozenset[Place]:
    return frozenset(place for slug in slugs for place in steps_of(slug))


def a_round(**ratings: int) -> dict[str, object]:
    """Rate every item of some themes; the others were not known."""
    tool = LIBRARY.tool("veranderklimaat")
    assert isinstance(tool, ScanTool)
    given = {
        item.id: None if theme.id not in ratings else 6 - ratings[theme.id] if item.reverse else ratings[theme.id]
        for theme in tool.themes
        for item in theme.items
    }
    return {"layer": "leiding", "ratings": given}


ALL_WELL = {"richting": 4, "ruimte": 4, "mensen": 4, "samen": 4, "blijven": 4}


def stop(view: RouteView, slug: str) -> StopView:
    [found] = [each for phase in view.phases for stage in phase.stages for each in stage.stops if each.slug == slug]
    return found


def words(view: RouteView) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", str(render_route(view))).split())


def fitting(view: RouteView) -> str:
    """Give what the part on what fits now says."""
    text = words(view)
    return text[text.index("Wat past nu") : text.index("Introductie")]


def test_the_map_shows_every_module_in_order_with_its_minutes_and_goals() -> None:
    view = route_view(LIBRARY, None)
    shown = [each.slug for phase in view.phases for stage in phase.stages for each in stage.stops]
    assert tuple(shown) == LIBRARY.route().slugs
    text = words(view)
    for module in LIBRARY.modules():
        assert module.title in text and module.goals[0] in text
    assert [phase.number for phase in view.phases] == [0, 1, 2, 3, 4]
    assert "60 minuten" in text


def test_where_nothing_is_known_of_somebody_nothing_is_said_of_progress() -> None:
    text = words(route_view(LIBRARY, None))
    assert not re.search(r"gedaan|begonnen|afgerond", text)
    assert "vk-route-step" not in str(render_route(route_view(LIBRARY, None)))


def test_how_far_somebody_is_stands_in_words() -> None:
    begun = frozenset(steps_of("partnerschap")[5:6])
    view = route_view(LIBRARY, Progress(done("vertrekken") | frozenset(steps_of("koers-kiezen")[:4]), begun))
    text = words(view)
    assert "1 van de 10 modules afgerond" in text
    assert f"4 van {len(steps_of('koers-kiezen'))} stappen gedaan" in text
    assert [stop(view, slug).stand for slug in ("vertrekken", "koers-kiezen", "partnerschap", "klein-beginnen")] == [
        *("finished", "underway", "begun", "new")
    ]
    assert text.count("nog niet begonnen") == 7


def test_a_host_that_cannot_tell_what_was_begun_does_not_say_that_nothing_was() -> None:
    text = words(route_view(LIBRARY, Progress(frozenset())))
    assert "begonnen" not in text and text.count("nog geen stap gedaan") == 10


def test_work_on_a_step_that_is_gone_counts_for_nothing() -> None:
    view = route_view(LIBRARY, Progress(frozenset({("vertrekken", "verdwenen"), ("verdwenen", "toets")})))
    assert stop(view, "vertrekken").done == 0


def test_before_the_scan_the_map_asks_for_it_and_says_where_it_stands() -> None:
    told = fitting(route_view(LIBRARY, Progress(frozenset())))
    scan = LIBRARY.module("vertrekken")
    assert "Het klimaat bij jullie: achttien stellingen" in told and scan.title in told


def test_the_lowest_theme_of_the_scan_names_its_modules_and_says_why() -> None:
    view = route_view(LIBRARY, Progress(frozenset(), round=a_round(**{**ALL_WELL, "samen": 2})))
    told = fitting(view)
    assert "kwam Samen het laagst uit: gemiddeld 2 op 5" in told
    fits = LIBRARY.route().fits
    assert fits and fits.why["samen"] in told
    for slug in ("samen-kijken", "partnerschap"):
        assert LIBRARY.module(slug).title in told
    assert LIBRARY.module("klein-beginnen").title not in told


def test_two_themes_that_are_equally_low_are_both_named() -> None:
    low = {**ALL_WELL, "samen": 2, "ruimte": 2}
    told = fitting(route_view(LIBRARY, Progress(frozenset(), round=a_round(**low))))
    assert "kwam Ruimte het laagst uit" in told and "Even laag kwam Samen uit." in told


@pytest.mark.parametrize("rated", [ALL_WELL, {}])
def test_where_no_theme_stands_out_the_map_goes_on_with_the_first_module_not_finished(rated: dict[str, int]) -> None:
    view = route_view(LIBRARY, Progress(done("vertrekken"), round=a_round(**rated)))
    told = fitting(view)
    assert "springt geen enkel thema eruit" in told
    assert f"Ga dan verder bij {LIBRARY.module('organisatie-lezen').title} ." in told


def test_when_what_serves_the_theme_is_finished_the_map_says_so_and_names_the_next() -> None:
    low = a_round(**{**ALL_WELL, "ruimte": 1})
    told = fitting(route_view(LIBRARY, Progress(done("klein-beginnen"), round=low)))
    assert "Dat rondde je al af." in told and f"bij {LIBRARY.module('vertrekken').title}" in told
    every = done(*LIBRARY.route().slugs)
    assert "Je rondde alle modules van de route af." in fitting(route_view(LIBRARY, Progress(every, round=low)))


ROUTE = """\
title: De kaart
introduction: Begin waar je bent.
phases:
  - id: doen
    title: Doen
    summary: Iets proberen.
    stages: [{id: de-proef, title: De proef, modules: [later, klein-begin]}]
modules:
  - {slug: klein-begin, title: Klein beginnen, goals: [Na deze module kun je één proef opzetten.]}
  - {slug: later, title: Later, goals: [Je kunt wachten.]}
"""


def test_without_a_scan_one_begins_at_the_first_module_that_is_written(tmp_path: Path) -> None:
    write_content(tmp_path)
    (tmp_path / "content" / "route.yaml").write_text(ROUTE, encoding="utf-8")
    library = Library.at(tmp_path)
    text = words(route_view(library, None))
    assert "Begin bij Klein beginnen ." in text
    assert "Deze module wordt nog geschreven." in text
    assert [module.slug for module in walked(library)] == ["klein-begin"]
    assert scan_places(library) == ()
    assert "Ga verder bij Klein beginnen ." in words(
        route_view(library, Progress(frozenset({("klein-begin", "lezen")})))
    )
