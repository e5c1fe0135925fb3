"""A copied course keeps working: by the step's id in `custom`, and where that was lost, by the history."""

from typing import Any

import pytest

from lti_tool.tables import LinkRow
from tests.lti_tool.world import HANNE, LEEN, LTI, Browser, Person, Platform, World

CUSTOM = {"module": "samen-kijken", "step": "toets"}


def open_link(
    world: World, link: str, course: str, custom: dict[str, str], platform: Platform | None = None, who: Person = HANNE
) -> Browser:
    browser = world.browser()
    changes: dict[str, Any] = {
        f"{LTI}custom": custom,
        f"{LTI}resource_link": {"id": link},
        f"{LTI}context": {"id": course},
    }
    browser.launch(platform or world.west, who, **changes)
    return browser


def placed(world: World, link: str) -> tuple[str, str]:
    with world.services.database.read() as session:
        row = session.query(LinkRow).filter_by(resource_link_id=link).one()
        return row.module, row.step


def test_a_copied_link_finds_its_step_by_custom_as_on_moodle(world: World) -> None:
    open_link(world, "oud", "vorig-jaar", CUSTOM).ok("state")
    history = {"context_history": "vorig-jaar", "link_history": "$ResourceLink.id.history"}
    copy = open_link(world, "nieuw", "dit-jaar", {**CUSTOM, **history})
    assert copy.ok("state")["kind"] == "quiz"
    assert placed(world, "nieuw") == ("samen-kijken", "toets")


def test_custom_goes_before_history(world: World) -> None:
    open_link(world, "oud", "vorig-jaar", {"module": "samen-kijken", "step": "vooraf"})
    open_link(world, "nieuw", "dit-jaar", {**CUSTOM, "link_history": "oud"})
    assert placed(world, "nieuw") == ("samen-kijken", "toets")


def test_a_link_that_lost_its_parameters_finds_its_step_by_the_nearest_link_we_know(world: World) -> None:
    open_link(world, "oudst", "1", {"module": "samen-kijken", "step": "vooraf"})
    open_link(world, "oud, met komma", "2", CUSTOM)
    copy = open_link(world, "nieuw", "3", {"link_history": "onbekend,oud%2C%20met%20komma,oudst"})
    assert copy.ok("state")["kind"] == "quiz"


def test_an_unfilled_parameter_is_no_module(world: World) -> None:
    open_link(world, "oud", "1", CUSTOM)
    lost = {"module": "$Custom.module", "step": "$Custom.step", "link_history": "oud"}
    assert open_link(world, "nieuw", "2", lost).ok("state")["kind"] == "quiz"


def test_of_a_course_that_placed_one_thing_the_copy_is_known(world: World) -> None:
    open_link(world, "oud", "1", CUSTOM)
    assert open_link(world, "nieuw", "2", {"context_history": "1"}).ok("state")["kind"] == "quiz"


def test_of_a_course_that_placed_more_nothing_is_guessed(world: World) -> None:
    open_link(world, "oud", "1", CUSTOM)
    open_link(world, "ook-oud", "1", {"module": "samen-kijken", "step": "vooraf"})
    assert "module-missing" in open_link(world, "nieuw", "2", {"context_history": "1"}).page


@pytest.mark.parametrize(
    "history", [{}, {"link_history": "$ResourceLink.id.history", "context_history": "$Context.id.history"}]
)
def test_a_literal_variable_is_absent(world: World, history: dict[str, str]) -> None:
    open_link(world, "$ResourceLink.id.history", "$Context.id.history", CUSTOM)
    assert "module-missing" in open_link(world, "nieuw", "2", history).page


def test_the_history_of_another_platform_says_nothing(world: World) -> None:
    open_link(world, "oud", "1", CUSTOM)
    copy = open_link(world, "nieuw", "2", {"link_history": "oud", "context_history": "1"}, world.zuid, LEEN)
    assert "module-missing" in copy.page
