"""What people do on the screens, by what they read there: a learner at a step, a teacher at the desk."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.journeys.conftest import Demo

Root = Page | FrameLocator

TEXT = (
    "Vorige dinsdag stond de dochter van een bewoner op onze leefgroep te wachten tot ik tijd had. Ik was bezig met de "
    "medicatieronde en ik zei dat ze later maar eens moest terugkomen. Ik voelde dat ik kortaf was en ik schaamde me "
    "daar achteraf voor. Voor haar moet het geleken hebben alsof haar vraag er niet toe deed; zij had die ochtend al "
    "twee keer gebeld en niemand had opgenomen. Mijn collega van de nacht zag vooral dat ik onder druk stond. "
    "Nu besef ik dat ik familie pas zie als het slecht uitkomt, en dat dat komt doordat er nergens een vast moment "
    "voor hen is. Volgende maandag bespreek ik met mijn hoofdverpleegkundige of we elke donderdag een halfuur kunnen "
    "vrijhouden om met familie koffie te drinken. Ik bel de dochter morgen om te vragen wat haar bezighield. "
    "Wat ik nog niet weet, is of de rest van het team dat ziet zitten en wie het overneemt als ik er niet ben."
)


def sign_in(page: Page, demo: Demo, person: str) -> None:
    """Become another person in the demo LMS."""
    page.goto(demo.lms)
    page.get_by_label("Aangemeld als").select_option(person)
    page.get_by_role("button", name="Wissel").click()
    expect(page.get_by_text(re.compile("^Dag "))).to_be_visible()


def open_lti(page: Page, demo: Demo, person: str, step: str) -> FrameLocator:
    """Open a step in the demo LMS as this person; give the frame of the tool."""
    sign_in(page, demo, person)
    page.goto(f"{demo.lms}/stap/link-{step}")
    return page.frame_locator("iframe")


def open_xblock(page: Page, demo: Demo, person: str, step: str) -> Page:
    """Open a step in the XBlock workbench as this person."""
    page.goto(f"{demo.workbench}/scenario/vk.{step}/?student={person}")
    return page


def open_step(page: Page, demo: Demo, channel: str, person: str, step: str) -> Root:
    """Open a step through one of the two channels, `lti` or `xblock`."""
    return open_lti(page, demo, person, step) if channel == "lti" else open_xblock(page, demo, person, step)


def editor(root: Root) -> Locator:
    """Where the learner writes: a reflection's text, or the answer to a case's open question."""
    return root.get_by_role("textbox", name="Jouw tekst").or_(root.get_by_role("textbox", name="Jouw antwoord"))


def write(root: Root, text: str = TEXT) -> None:
    """Write a text and see that it is saved."""
    editor(root).fill(text)
    expect(root.get_by_text("Bewaard om")).to_be_visible()


def ask_feedback(root: Root, title: str = "Feedback bij je tekst") -> None:
    """Ask for feedback, with the notice before first use, and see it."""
    root.get_by_role("button", name="Vraag feedback").click()
    root.get_by_role("button", name="Akkoord, lees mijn tekst").click()
    expect(root.get_by_role("heading", name=title)).to_be_visible()


def hand_in(root: Root) -> None:
    """Hand the text in to the teacher."""
    root.get_by_role("button", name="Indienen bij je docent").click()
    expect(root.get_by_role("heading", name="Ingediend")).to_be_visible()


def read_along(root: Root, criterion: str) -> str:
    """Have the open work read along at the desk, take over the remark on a criterion, and give it."""
    root.get_by_role("button", name="Lees mee").click()
    yes = root.get_by_role("button", name="Akkoord, lees mee")
    title = root.get_by_role("heading", name="Wat de meelezer ziet")
    expect(yes.or_(title)).to_be_visible()
    if yes.is_visible():
        yes.click()
    expect(title).to_be_visible()
    root.get_by_role("button", name=f"Overnemen bij {criterion}", exact=True).click()
    return root.get_by_label(f"Opmerking bij {criterion}").input_value()


def grade(root: Root, name: str, level: str = "duidelijk", comment: str = "Knap hoe je naar jezelf kijkt.") -> str:
    """Open a learner's work, keep a remark of its reading, choose five levels, comment, publish; give the remark."""
    root.get_by_role("button", name=name).click()
    remark = read_along(root, "Een concrete situatie")
    choices = root.locator(f"input[type=radio][value={level}]")
    expect(choices).to_have_count(5)
    for choice in choices.all():
        choice.check()
    root.get_by_label("Jouw slotopmerking").fill(comment)
    root.get_by_role("button", name="Publiceren").click()
    expect(root.get_by_text("Gepubliceerd").first).to_be_visible()
    return remark
