"""The built-in guide: it asks along a method, uses one's own words, quotes literally, and never pretends."""

from sqlalchemy import select

from assistant_service.conversations import inbox
from assistant_service.conversations.tables import GapRow, MessageRow
from assistant_service.services import Services
from assistant_service.tenants import find_tenant
from tests.assistant_service.conversations.conftest import Talker, text_of
from tests.assistant_service.feedback.conftest import ROOT
from tests.assistant_service.hosts import NOW
from tests.cast import WEST

STORY = "De dochter stond weer aan de deur. Ik voelde me betrapt en ik heb kortaf geantwoord. Daarna was het druk."


def test_it_begins_with_the_method_and_somebodys_own_words(hanne: Talker) -> None:
    told = hanne.says(hanne.begins(), STORY)
    assert [name for name, _ in told if name != "token"] == ["message", "done"]
    said = text_of(told)
    assert "“Ik voelde me betrapt en ik heb kortaf geantwoord.”" in said
    assert "We beginnen bij wat jij hieraan wilt hebben." in said and said.endswith("?")
    assert told[-1][1]["message"]["text"] == said


def test_it_answers_what_one_wants_to_know_with_literal_passages(hanne: Talker) -> None:
    path = hanne.begins("module")
    told = dict(hanne.says(path, "Wat is het verschil tussen naasten als cliënt en naasten als partner?"))
    sources = told["sources"]["sources"]
    assert sources and all(source["url"].startswith("veranderkracht:") for source in sources)
    texts = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "content/modules/samen-kijken").glob("*.md"))
    quoted = next(line for line in told["done"]["message"]["text"].split("\n\n") if line.startswith("> "))
    words = quoted.removeprefix("> ").removesuffix(" [1]").split(".")[0]
    assert " ".join(words.split()) in " ".join(texts.replace("*", "").split())


def test_what_it_cannot_find_it_says_and_notes_as_loose_words(hanne: Talker, services: Services) -> None:
    question = "Hoeveel bedraagt de belasting op een tweedehands zeilboot van An Peeters?"
    told = hanne.says(hanne.begins("module"), question, names_ok=True)
    assert ("unanswered", {}) in told
    assert "zelf bedenk ik niets" in text_of(told)
    with services.database.read() as session:
        (row,) = session.scalars(select(GapRow)).all()
        assert row.words == ["bedraagt", "belasting", "tweedehands", "zeilboot"]
        gap = inbox.gaps(session, find_tenant(session, WEST).id, NOW)[0]
    assert (gap.times, gap.module) == (1, "samen-kijken")


def test_numbers_come_back_in_ones_own_words_and_stay_out_of_the_gaps(hanne: Talker, services: Services) -> None:
    told = hanne.says(hanne.begins(), "Ik was boos en belde 0470 12 34 56 zonder na te denken.", names_ok=True)
    assert "0470 12 34 56" in text_of(told)
    with services.database.read() as session:
        assert "0470" not in str(session.scalars(select(GapRow.words)).all())


def test_it_says_each_time_that_it_answered(hanne: Talker, services: Services) -> None:
    hanne.says(hanne.begins(), STORY)
    with services.database.read() as session:
        answers = session.scalars(select(MessageRow.answered_by).where(MessageRow.by == "assistant")).all()
    assert answers == ["De ingebouwde gids"]
