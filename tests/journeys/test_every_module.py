"""Every step of every module opens and works in both channels: nobody meets a module that was never walked through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser import assert_accessible, look
from tests.journeys import people
from tests.journeys.conftest import Demo, running_demo
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module, Step

pytestmark = pytest.mark.browser

MODULES = Library.installed().modules()
WORDS = "Vorige week vroeg een collega me hoe we dit aanpakken. Ik dacht eerst dat ik het wist. "


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own: whoever walked a step before would meet it as it was left."""
    with running_demo(tmp_path_factory.mktemp("walk") / "data") as demo:
        yield demo


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.slug)
def test_a_learner_walks_through_a_whole_module_in_the_lms(demo: Demo, page: Page, module: Module) -> None:
    people.sign_in(page, demo, "yusuf")
    if module.slug == "samen-kijken":  # placed step by step
        for step in module.steps:
            page.goto(f"{demo.lms}/stap/link-{step.id}")
            work_through(page, page.frame_locator("iframe"), step)
        return
    page.goto(f"{demo.lms}/stap/module-{module.slug}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(module.title)
    look(page, f"route-{module.slug}")
    frame.get_by_role("button", name=f"Open de stap {module.steps[0].title}", exact=True).click()
    for number, step in enumerate(module.steps, start=1):
        work_through(page, frame, step)
        if number in (2, 5):
            look(page, f"route-{module.slug}-{step.id}")
        if number < len(module.steps):
            frame.get_by_role("button", name="Volgende stap").click()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.slug)
def test_a_learner_walks_through_a_whole_module_in_xblocks(demo: Demo, page: Page, module: Module) -> None:
    for step in module.steps:
        name = step.id if module.slug == "samen-kijken" else f"{module.slug}.{step.id}"
        work_through(page, people.open_xblock(page, demo, "hanne", name), step)


def work_through(page: Page, root: Page | FrameLocator, step: Step) -> None:
    """Do in a step what it is there for, and see that it was kept; the screen is accessible and fits a phone."""
    expect(root.get_by_role("heading", name=step.title, exact=True).first).to_be_visible()
    if step.kind == "reading":
        root.get_by_role("button", name="Ik heb dit gelezen").click()
        expect(root.get_by_role("button", name="Ik heb dit gelezen")).to_be_hidden()
    elif step.kind in {"case", "quiz"}:
        forms = root.locator("form[data-vk=choice]")
        expect(forms).to_have_count(len(step.decisions if step.kind == "case" else step.questions))
        for form in forms.all():
            form.locator("input").first.check()
            form.get_by_role("button").first.click()
            expect(form.locator("[data-vk=outcome]")).not_to_be_empty()
    elif step.kind == "scan":
        expect(root.get_by_role("radio").first).to_be_visible()
        for item in root.get_by_role("group").filter(has=root.get_by_role("radio")).all():
            item.get_by_role("radio").first.check()
        expect(root.get_by_text("Bewaard om")).to_be_visible()
    elif step.kind == "worksheet":
        root.get_by_role("textbox").first.fill(WORDS)
        expect(root.get_by_text("Bewaard om")).to_be_visible()
        if step.id == "betrokkenenkaart":  # of all that are graded, one
            people.ask_feedback(root, "Feedback bij je werkblad")
            expect(root.locator("mark.vk-mark").first).to_be_visible()
            look(page, "werkblad-feedback-echt")
    if step.kind in {"case", "reflection"}:
        people.write(root, WORDS * 12)
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)
    page.set_viewport_size({"width": 1280, "height": 900})
